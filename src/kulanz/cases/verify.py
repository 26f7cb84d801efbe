"""What must hold about cases."""

from __future__ import annotations

from kulanz.infra.checks import Check, sql_check

CHECKS: tuple[Check, ...] = (
    sql_check(
        "every case begins with what the person said",
        "SELECT c.reference FROM cases_case c WHERE NOT EXISTS "
        "(SELECT 1 FROM cases_caseevent e WHERE e.case_id = c.id AND e.kind = 'opened')",
    ),
    sql_check(
        "every open case has a promise with a date and an owner",
        "SELECT c.reference FROM cases_case c WHERE c.state <> 'closed' AND NOT EXISTS "
        "(SELECT 1 FROM cases_promise p WHERE p.case_id = c.id AND p.owner <> '')",
    ),
)
