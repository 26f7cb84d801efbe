"""Who pays for many customers at once. A room above knows the collectors and what is in their hands; it is joined to
this one in `wiring/subscriptions.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID


class Mandates(Protocol):
    """Somebody who knows which claims are in a collector's hands."""

    def paying_from(self) -> frozenset[str]:
        """The bank accounts (IBAN) from which collectors pay."""
        ...

    def in_hands(self, iban: str, claim_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Of these claims, those that the collector who pays from this account holds today."""
        ...


class _Nobody:
    def paying_from(self) -> frozenset[str]:
        return frozenset()

    def in_hands(self, iban: str, claim_ids: Iterable[UUID]) -> frozenset[UUID]:  # noqa: ARG002 - nobody holds any
        return frozenset()


_mandates: list[Mandates] = [_Nobody()]


def install(mandates: Mandates) -> None:
    """Called once by wiring."""
    _mandates[:] = [mandates]


def held_by_payer(named: Mapping[int, tuple[str, Iterable[UUID]]]) -> dict[int, frozenset[UUID]]:
    """For payments (by number: IBAN and the claims it names) that come from a collector: which of them he holds."""
    mandates = _mandates[0]
    ibans = mandates.paying_from()
    return {n: mandates.in_hands(iban, claim_ids) for n, (iban, claim_ids) in named.items() if iban in ibans}
