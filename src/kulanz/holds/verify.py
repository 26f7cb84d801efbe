"""What must hold about holds."""

from __future__ import annotations

from kulanz.infra.checks import Check, sql_check

CHECKS: tuple[Check, ...] = (
    sql_check(
        "every live payment hold rests only on due, open, undisputed claims of its account",
        "SELECT h.reference FROM holds_hold h JOIN holds_holdreason r ON r.hold_id = h.id AND r.ended_at IS NULL "
        "LEFT JOIN ledger_claimbalance b ON b.claim_id = r.claim_id "
        "WHERE h.kind = 'payment' AND h.state IN ('proposed', 'active') AND (b.claim_id IS NULL "
        "OR b.outstanding_cents = 0 OR b.open_disputes > 0 OR b.account_id <> h.account_id "
        "OR b.due_on >= (r.given_at AT TIME ZONE 'Europe/Berlin')::date)",
    ),
    sql_check(
        "every live payment hold has a living reason",
        "SELECT h.reference FROM holds_hold h WHERE h.kind = 'payment' AND h.state IN ('proposed', 'active') "
        "AND NOT EXISTS (SELECT 1 FROM holds_holdreason r WHERE r.hold_id = h.id AND r.ended_at IS NULL)",
    ),
    sql_check(
        "no ended hold keeps a living reason",
        "SELECT h.reference FROM holds_hold h JOIN holds_holdreason r ON r.hold_id = h.id AND r.ended_at IS NULL "
        "WHERE h.state IN ('lifted', 'declined')",
    ),
    sql_check(
        "every active hold was released by a person",
        "SELECT reference FROM holds_hold WHERE state = 'active' AND released_by_kind <> 'person'",
    ),
)
