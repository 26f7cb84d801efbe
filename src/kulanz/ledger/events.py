"""Facts the books state. They carry sets: a bank file settles eighty thousand claims at once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kulanz.kernel.events import Event
from kulanz.ledger.states import ReopenedBecause


@dataclass(frozen=True, slots=True)
class ClaimsSettled(Event):
    """Nothing is left of these claims: paid, credited or written off."""

    claim_ids: frozenset[UUID]
    account_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class ClaimsReversed(Event):
    """These claims never existed."""

    claim_ids: frozenset[UUID]
    account_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class ClaimsCorrected(Event):
    """A part of these claims was taken back; something may be left of them."""

    claim_ids: frozenset[UUID]
    account_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class ClaimsReopened(Event):
    """Something is outstanding on these claims again, or more than before: what had lowered them was taken back.

    `reversal_ids` are the payments that were taken back, with the reason of each; none for other causes.
    """

    claim_ids: frozenset[UUID]
    account_ids: frozenset[UUID]
    because: ReopenedBecause
    reversal_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class ReturnFeesCharged(Event):
    """These claims are what the bank took for a returned debit, passed on to who caused it. A person released it."""

    claim_ids: frozenset[UUID]
    account_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class RefundsReturned(Event):
    """Money we had paid out came back: what is owed to these accounts is owed again."""

    order_ids: frozenset[UUID]
    account_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class DisputeRaised(Event):
    """Somebody says he does not owe it."""

    dispute_id: UUID
    claim_id: UUID
    account_id: UUID


@dataclass(frozen=True, slots=True)
class DisputeDecided(Event):
    """A person has decided an objection, with reasons."""

    dispute_id: UUID
    claim_id: UUID
    account_id: UUID
