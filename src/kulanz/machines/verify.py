"""What must hold at the machine door."""

from __future__ import annotations

from kulanz.infra.checks import Check, sql_check
from kulanz.machines.knocking import MAX_ATTEMPTS

CHECKS: tuple[Check, ...] = (
    sql_check(
        "a webhook tells a shop about its own accounts only",
        "SELECT d.id FROM machines_delivery d JOIN machines_endpoint e ON e.id = d.endpoint_id "
        "JOIN parties_account a ON a.id = d.account_id WHERE a.brand_id <> e.brand_id",
    ),
    sql_check(
        "no webhook is tried without end",
        f"SELECT id FROM machines_delivery WHERE attempts > {MAX_ATTEMPTS}",  # noqa: S608 - our own constant
    ),
)
