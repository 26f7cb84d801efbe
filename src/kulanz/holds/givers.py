"""Who may give reasons. A room above registers its giver in `wiring/subscriptions.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from kulanz.holds.states import Effect


@dataclass(frozen=True, slots=True)
class Reason:
    """Today, this claim is a reason for this effect on this account."""

    giver: str
    account_id: UUID
    claim_id: UUID
    effect: Effect


class ReasonGiver(Protocol):
    """A room that knows facts which justify a hold."""

    code: str

    def reasons(self, account_ids: Iterable[UUID], on: date) -> Sequence[Reason]:
        """Every reason that exists on that day for these accounts, in a constant number of queries."""
        ...

    def accounts(self, on: date) -> set[UUID]:
        """Every account for which there is a reason on that day."""
        ...


_givers: list[ReasonGiver] = []


def install(givers: Iterable[ReasonGiver]) -> None:
    """Called once by wiring."""
    _givers[:] = list(givers)


def reasons_today(account_ids: Iterable[UUID], on: date) -> list[Reason]:
    """Ask everybody."""
    ids = list(account_ids)
    return [reason for giver in _givers for reason in giver.reasons(ids, on)]


def accounts_with_reasons(on: date) -> set[UUID]:
    """Whom anybody has a reason about."""
    return set[UUID]().union(*(giver.accounts(on) for giver in _givers))
