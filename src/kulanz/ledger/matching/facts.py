"""What is known about a payment and about the claims it may pay, and what may be concluded from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from kulanz.ledger.matching.words import NAMES_AGREE


@dataclass(frozen=True, slots=True)
class Payment:
    """A bank line that nobody has explained.

    `untold` when the bank did not explain its amount, `undone` when a person has taken back an earlier booking of it:
    such lines are only ever suggested. `tokens` are what the text holds of possible references; `cut_off` the last of
    them where the bank cut the text.
    """

    number: int
    line_id: UUID
    cents: int
    currency: str
    payer_name: str
    payer_iban: str
    booked_on: date
    untold: bool
    undone: bool
    text: str = ""
    tokens: tuple[str, ...] = ()
    cut_off: str = ""


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim that is named by the payment, or lies on an account whose holder may be the payer.

    `named_by` is the reference the payer wrote, empty where he wrote none; `known` how often this bank account has
    paid for this customer account before; `similarity` compares payer and holder (0 to 100).
    """

    claim_id: UUID
    account_id: UUID
    cents: int
    references: tuple[str, ...]
    named_by: str
    kind: str
    parent_id: UUID | None
    due_on: date
    known: int
    similarity: int

    @property
    def payer_agrees(self) -> bool:
        """Whether we have reason to think that the account's holder pays."""
        return self.known > 0 or self.similarity >= NAMES_AGREE


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the payment: for a claim of which `owed_cents` are open, or as the account's credit where `claim_id`
    is None."""

    account_id: UUID
    claim_id: UUID | None
    cents: int
    owed_cents: int = 0


@dataclass(frozen=True, slots=True)
class Solution:
    """One way to read a payment: what it pays, how sure we are (0 to 100), by which rule, and why."""

    score: int
    rule: str
    shares: tuple[Share, ...]
    evidence: dict[str, object] = field(default_factory=dict)

    @property
    def same_as(self) -> frozenset[tuple[UUID, UUID | None]]:
        """Two solutions are one if they pay the same claims."""
        return frozenset((share.account_id, share.claim_id) for share in self.shares)


@dataclass(frozen=True, slots=True)
class Reading:
    """Every way to read one payment, best first, and whether its payer is a stranger to the best one."""

    payment: Payment
    solutions: tuple[Solution, ...]
    by_stranger: bool = False
