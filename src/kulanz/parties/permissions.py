"""Roles and what they may do. The table below is the whole truth; a test walks every role past every view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a login is for. A person may have several."""

    CUSTOMER = "customer"
    AGENT = "agent"
    FINANCE = "finance"
    WAREHOUSE = "warehouse"
    AGENCY = "agency"
    ADMIN = "admin"


class Permission(StrEnum):
    """One thing a view may ask for."""

    OWN_ACCOUNT = "own_account"
    DESK = "desk"
    SEE_CUSTOMERS = "see_customers"
    SEE_ORDERS = "see_orders"
    SEE_BANK = "see_bank"
    BOOK_PAYMENTS = "book_payments"
    RELEASE_HOLDS = "release_holds"
    DECIDE_DISPUTES = "decide_disputes"
    CORRECT_CLAIMS = "correct_claims"
    WORK_CASES = "work_cases"
    SEE_OUTBOX = "see_outbox"
    SETTLE_UNSURE = "settle_unsure"
    SEE_AUDIT = "see_audit"
    MANAGE_ACCESS = "manage_access"
    AGENCY_ORDERS = "agency_orders"


_P = Permission
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.CUSTOMER: frozenset({_P.OWN_ACCOUNT}),
    Role.AGENT: frozenset({_P.DESK, _P.SEE_CUSTOMERS, _P.SEE_ORDERS, _P.WORK_CASES, _P.SEE_OUTBOX, _P.DECIDE_DISPUTES}),
    Role.FINANCE: frozenset(
        {
            _P.DESK,
            _P.SEE_CUSTOMERS,
            _P.SEE_ORDERS,
            _P.SEE_BANK,
            _P.BOOK_PAYMENTS,
            _P.RELEASE_HOLDS,
            _P.DECIDE_DISPUTES,
            _P.CORRECT_CLAIMS,
            _P.WORK_CASES,
            _P.SEE_OUTBOX,
            _P.SETTLE_UNSURE,
        }
    ),
    Role.WAREHOUSE: frozenset({_P.DESK, _P.SEE_ORDERS}),
    Role.AGENCY: frozenset({_P.AGENCY_ORDERS}),
    Role.ADMIN: frozenset({_P.DESK, _P.SEE_AUDIT, _P.MANAGE_ACCESS, _P.SEE_OUTBOX}),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything these roles may do together."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
