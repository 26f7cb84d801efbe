"""What the machine door answers: typed, described, in plain JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from kulanz.dunning.api import lifting_sentences
from kulanz.explain.api import Explanation, sentence_of_hold
from kulanz.explain.api import Fact as StoryFact
from kulanz.holds.api import Effect, Hold, HoldKind, Way
from kulanz.kernel.clock import berlin_day
from kulanz.kernel.money import Money
from kulanz.ledger.api import Claim, ClaimKind, ClaimState
from kulanz.machines.api import Delivery, DeliveryState

DecimalString = Annotated[str, Field(pattern=r"^-?[0-9]{1,18}(\.[0-9]{1,3})?$", examples=["12.34"])]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]


class Amount(BaseModel):
    """An exact amount: a decimal string with the places of its currency (ISO 4217), never a float."""

    amount: DecimalString
    currency: CurrencyCode

    @classmethod
    def of(cls, money: Money) -> Amount:
        return cls(**money.as_json())


class Ways(BaseModel):
    """What this account may do now. All but the first three are open under every hold."""

    order: bool
    pay_by_invoice: bool
    pay_after_delivery: bool
    withdrawal: bool
    complaint: bool
    return_: bool = Field(alias="return")
    refund: bool
    cancellation: bool
    objection: bool
    data_export: bool

    @classmethod
    def of(cls, permitted: dict[Way, bool]) -> Ways:
        return cls(**{way.value: open_ for way, open_ in permitted.items()})


class HeldClaim(BaseModel):
    """A claim that carries a hold."""

    reference: str = Field(description="The creditor reference a payer writes.")
    invoice: str
    invoice_date: date
    due: date
    amount: Amount
    open: Amount

    @classmethod
    def of(cls, claim: Claim) -> HeldClaim:
        return cls(
            reference=claim.reference,
            invoice=claim.title,
            invoice_date=claim.founded_on,
            due=claim.due_on,
            amount=Amount.of(claim.amount),
            open=Amount.of(claim.balance.outstanding),
        )


class ActiveHold(BaseModel):
    """A restriction of this account, why it exists, and what lifts it."""

    reference: str
    kind: HoldKind
    effect: Effect
    since: date
    sentence: str = Field(description="The sentence the customer reads, in the language asked for.")
    claims: list[HeldClaim] = Field(description="At least one under a payment hold.")
    lifts: list[str]

    @classmethod
    def of(cls, hold: Hold, claims: Sequence[Claim]) -> ActiveHold:
        return cls(
            reference=hold.reference,
            kind=HoldKind(hold.kind),
            effect=Effect(hold.effect),
            since=berlin_day(hold.released_at or hold.proposed_at),
            sentence=sentence_of_hold(hold, claims),
            claims=[HeldClaim.of(claim) for claim in claims],
            lifts=list(lifting_sentences(hold)),
        )


class AccountHolds(BaseModel):
    """What may this account do, and why."""

    account: str
    sentence: str
    may: Ways
    holds: list[ActiveHold]


class Fact(BaseModel):
    """One thing that happened."""

    on: date
    title: str
    text: str
    amount: Amount | None
    reference: str | None

    @classmethod
    def of(cls, fact: StoryFact) -> Fact:
        return cls(
            on=berlin_day(fact.at),
            title=fact.title,
            text=fact.text,
            amount=None if fact.amount is None else Amount.of(fact.amount),
            reference=fact.reference or None,
        )


class NextStep(BaseModel):
    """What the customer can do now."""

    step: str
    text: str


class AccountStory(BaseModel):
    """The story of an account, newest first."""

    account: str
    sentence: str
    facts: list[Fact]
    next_steps: list[NextStep]

    @classmethod
    def of(cls, story: Explanation) -> AccountStory:
        return cls(
            account=story.reference,
            sentence=story.sentence,
            facts=_facts(story),
            next_steps=_next_steps(story),
        )


class ClaimRow(BaseModel):
    """A claim in a list."""

    reference: str
    account: str = Field(description="The debtor's account.")
    invoice: str
    invoice_date: date
    due: date
    kind: ClaimKind
    state: ClaimState
    amount: Amount
    open: Amount

    @classmethod
    def of(cls, claim: Claim) -> ClaimRow:
        return cls(**_row(claim))


class ClaimPage(BaseModel):
    """Claims, newest first; `next` is the cursor of the page after this one."""

    claims: list[ClaimRow]
    next: UUID | None


class ClaimStory(ClaimRow):
    """A claim with what became of it, oldest first."""

    paid: Amount
    credited: Amount
    written_off: Amount
    reversed: Amount
    sentence: str
    facts: list[Fact]
    next_steps: list[NextStep]

    @classmethod
    def told(cls, claim: Claim, story: Explanation) -> ClaimStory:
        balance = claim.balance

        def amount(cents: int) -> Amount:
            return Amount.of(Money(cents, balance.currency))

        return cls(
            **_row(claim),
            paid=amount(balance.paid_cents),
            credited=amount(balance.credited_cents),
            written_off=amount(balance.written_off_cents),
            reversed=amount(balance.reversed_cents),
            sentence=story.sentence,
            facts=_facts(story),
            next_steps=_next_steps(story),
        )


class DeliveryRow(BaseModel):
    """A webhook: what was told, or is still to be told, and why it was not."""

    id: UUID = Field(description="The `webhook-id` of every attempt.")
    event: str
    account: str
    url: str
    state: DeliveryState
    attempts: int
    trouble: str
    created_at: datetime
    delivered_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryRow:
        return cls(
            id=delivery.pk,
            event=delivery.event,
            account=delivery.account.number,
            url=delivery.endpoint.url,
            state=DeliveryState(delivery.state),
            attempts=delivery.attempts,
            trouble=delivery.trouble,
            created_at=delivery.created_at,
            delivered_at=delivery.delivered_at,
        )


class DeliveryPage(BaseModel):
    """Webhooks, newest first; `next` is the cursor of the page after this one."""

    deliveries: list[DeliveryRow]
    next: UUID | None


def _row(claim: Claim) -> dict[str, Any]:
    return {
        "reference": claim.reference,
        "account": claim.account.number,
        "invoice": claim.title,
        "invoice_date": claim.founded_on,
        "due": claim.due_on,
        "kind": ClaimKind(claim.kind),
        "state": claim.balance.state,
        "amount": Amount.of(claim.amount),
        "open": Amount.of(claim.balance.outstanding),
    }


def _facts(story: Explanation) -> list[Fact]:
    return [Fact.of(fact) for fact in story.facts if not fact.internal]


def _next_steps(story: Explanation) -> list[NextStep]:
    return [NextStep(step=step.step.value, text=step.text) for step in story.next_steps]
