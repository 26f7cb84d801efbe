"""Every check of every room: what `kulanz verify` proves."""

from __future__ import annotations

from dataclasses import dataclass

from kulanz.cases.api import CHECKS as CASE_CHECKS
from kulanz.contact.api import CHECKS as CONTACT_CHECKS
from kulanz.dunning.api import CHECKS as DUNNING_CHECKS
from kulanz.holds.api import CHECKS as HOLD_CHECKS
from kulanz.infra.checks import Check
from kulanz.ledger.api import CHECKS as LEDGER_CHECKS
from kulanz.machines.api import CHECKS as MACHINE_CHECKS
from kulanz.shop.api import CHECKS as SHOP_CHECKS

CHECKS: tuple[Check, ...] = (
    *LEDGER_CHECKS,
    *HOLD_CHECKS,
    *DUNNING_CHECKS,
    *CONTACT_CHECKS,
    *CASE_CHECKS,
    *SHOP_CHECKS,
    *MACHINE_CHECKS,
)


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of one check."""

    name: str
    offenders: list[str]

    @property
    def ok(self) -> bool:
        return not self.offenders


def verify() -> list[Verified]:
    """Run every check. Reads only."""
    return [Verified(check.name, check.offenders()) for check in CHECKS]
