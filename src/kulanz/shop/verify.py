"""What must hold about the mirror."""

from __future__ import annotations

from kulanz.infra.checks import Check, sql_check

CHECKS: tuple[Check, ...] = (
    sql_check(
        "every line of an order lies on the order's account",
        "SELECT o.number FROM shop_order o JOIN shop_orderitem i ON i.order_id = o.id "
        "WHERE i.account_id <> o.account_id",
    ),
    sql_check(
        "every invoice that names an order lies on that order's account",
        "SELECT i.number FROM ledger_invoice i JOIN shop_order o ON o.brand_id = i.brand_id "
        "AND o.number = i.order_number WHERE i.order_number <> '' AND i.account_id <> o.account_id",
    ),
)
