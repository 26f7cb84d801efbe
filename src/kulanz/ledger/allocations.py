"""A bank line pays claims: two transactions in one, linked over transit, and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.booking import Entry, Leg, book
from kulanz.ledger.claims import (
    AmountNotPositive,
    MoreThanOutstanding,
    NothingOutstanding,
    announce_settled,
    credit_of,
)
from kulanz.ledger.models import Allocation, BankLine, Claim, ClaimBalance, Suggestion
from kulanz.ledger.states import Book, TransactionKind
from kulanz.parties.api import Account, lock_accounts


class LineAlreadyExplained(Refusal):
    """The line has nothing left to give: somebody booked it a moment ago."""

    code = "line_already_explained"
    sentence = N_("Only %(left)s of this bank line is still unexplained; %(amount)s cannot be booked from it.")


class CurrenciesDiffer(Refusal):
    """A payment in pounds does not pay a claim in euros by itself."""

    code = "currencies_differ"
    sentence = N_("The payment is in %(paid)s, the claim %(claim)s in %(owed)s. It cannot be booked directly.")


class MoreThanCredit(Refusal):
    """More went out than the account had to get."""

    code = "more_than_credit"
    sentence = N_("Only %(owed)s is owed to this account; %(amount)s cannot be booked as paid out to it.")


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of a bank line that pays a claim, or becomes the account's credit where `claim_id` is None.

    `cents` has the sign of the line: money in is positive; a payout of a credit is negative.
    """

    bank_line_id: UUID
    account_id: UUID
    claim_id: UUID | None
    cents: int
    rule: str
    score: int
    evidence: Mapping[str, object] = field(default_factory=dict)


@transaction.atomic
def allocate(act: Act, portions: Sequence[Portion]) -> frozenset[UUID]:
    """Book these portions, all or none, and tell the house which claims are settled. Returns the settled ids.

    In the same database transaction: holds lift, dunning ends, collection is recalled, messages are queued.
    Raises LineAlreadyExplained, AmountNotPositive, MoreThanOutstanding, MoreThanCredit or CurrenciesDiffer; nothing
    is booked then.
    """
    if not portions:
        return frozenset()
    lock_accounts(p.account_id for p in portions)
    lines = {line.pk: line for line in lock_lines(p.bank_line_id for p in portions)}
    balances = {
        b.claim_id: b
        for b in ClaimBalance.objects.select_related("claim", "claim__invoice").filter(
            claim_id__in=[p.claim_id for p in portions if p.claim_id]
        )
    }
    _refuse_too_much(portions, lines, balances)
    _refuse_paying_out_too_much(portions, lines)
    allocations = [_allocation(act, p, lines[p.bank_line_id]) for p in portions]
    entries = [e for p, a in zip(portions, allocations, strict=True) for e in _entries(p, a, lines, balances)]
    book(act, entries)
    Allocation.objects.bulk_create(allocations, batch_size=2_000)
    _forget_suggestions(portions)
    record(
        act,
        [
            Note(
                "payment booked",
                "ledger.bankline",
                p.bank_line_id,
                p.account_id,
                {"claim": str(p.claim_id) if p.claim_id else None, "cents": p.cents, "rule": p.rule},
            )
            for p in portions
        ],
    )
    return announce_settled(act, [p.claim_id for p in portions if p.claim_id])


def lock_lines(line_ids: Iterable[UUID]) -> list[BankLine]:
    """Take the locks of these bank lines in id order, after those of the accounts, and read what is left of them."""
    ids = set(line_ids)
    return list(BankLine.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))


def _refuse_too_much(
    portions: Sequence[Portion], lines: Mapping[UUID, BankLine], balances: Mapping[UUID, ClaimBalance]
) -> None:
    """The database would refuse as well; here the refusal can say which line or claim and how much is left."""
    taken: dict[UUID, int] = defaultdict(int)
    paid: dict[UUID, int] = defaultdict(int)
    for portion in portions:
        line = lines[portion.bank_line_id]
        taken[line.pk] += portion.cents
        if abs(taken[line.pk]) > abs(line.unexplained.cents) or portion.cents * line.amount_cents < 0:
            raise LineAlreadyExplained(left=line.unexplained, amount=Money(taken[line.pk], line.currency))
        if portion.claim_id is None:
            continue
        if portion.cents <= 0:
            raise AmountNotPositive(amount=Money(portion.cents, line.currency))
        balance = balances[portion.claim_id]
        if balance.currency != line.currency:
            raise CurrenciesDiffer(paid=line.currency, owed=balance.currency, claim=balance.claim.title)
        paid[portion.claim_id] += portion.cents
        if paid[portion.claim_id] > balance.outstanding_cents:
            raise MoreThanOutstanding(
                claim=balance.claim.title,
                outstanding=balance.outstanding,
                amount=Money(paid[portion.claim_id], line.currency),
            )


def _refuse_paying_out_too_much(portions: Sequence[Portion], lines: Mapping[UUID, BankLine]) -> None:
    """Money that went out explains itself only by what we owed this account: anything more was paid by mistake."""
    paid_out: dict[tuple[UUID, str], int] = defaultdict(int)
    for portion in portions:
        if portion.claim_id is None and portion.cents < 0:
            paid_out[portion.account_id, lines[portion.bank_line_id].currency] -= portion.cents
    for (account_id, currency), cents in paid_out.items():
        owed = _owed(account_id, currency)
        if cents > owed.cents:
            raise MoreThanCredit(owed=owed, amount=Money(cents, currency))


def _owed(account_id: UUID, currency: str) -> Money:
    return next((credit for credit in credit_of(account_id) if credit.currency == currency), Money(0, currency))


def _forget_suggestions(portions: Sequence[Portion]) -> None:
    """What was booked needs no suggestion any more, and a line without a rest none at all. What else was suggested
    for a line with a rest still helps whoever looks for the owner of that rest."""
    lines = {p.bank_line_id for p in portions}
    claims = {p.claim_id for p in portions if p.claim_id}
    used_up = Q(bank_line__allocated_cents=F("bank_line__amount_cents"))
    Suggestion.objects.filter(used_up | Q(claim_id__in=claims), bank_line_id__in=lines).delete()


def _allocation(act: Act, portion: Portion, line: BankLine) -> Allocation:
    return Allocation(
        id=new_id(),
        bank_line=line,
        claim_id=portion.claim_id,
        account_id=portion.account_id,
        amount_cents=portion.cents,
        currency=line.currency,
        house_transaction_id=new_id(),
        customer_transaction_id=new_id(),
        rule=portion.rule,
        score=portion.score,
        evidence=dict(portion.evidence),
        allocated_at=act.at,
        allocated_by=act.by.name,
    )


def _entries(
    portion: Portion,
    allocation: Allocation,
    lines: Mapping[UUID, BankLine],
    balances: Mapping[UUID, ClaimBalance],
) -> tuple[Entry, Entry]:
    """House: suspense to transit. Customer: transit to receivable (or to what we owe him)."""
    line, cents = lines[portion.bank_line_id], portion.cents
    if portion.claim_id is not None:
        target, text = Leg(Book.RECEIVABLE, -cents, portion.claim_id), balances[portion.claim_id].claim.title
    else:
        target, text = Leg(Book.REFUNDS_PAYABLE, -cents), line.remittance or line.payer_name
    house = Entry(
        id=allocation.house_transaction_id,
        key=f"allocation:{allocation.pk}:house",
        account_id=line.account_id,
        kind=TransactionKind.ALLOCATION_HOUSE,
        on=line.booked_on,
        currency=line.currency,
        text=text,
        legs=(Leg(Book.SUSPENSE, cents), Leg(Book.TRANSIT, -cents)),
        link=allocation.pk,
    )
    customer = Entry(
        id=allocation.customer_transaction_id,
        key=f"allocation:{allocation.pk}:customer",
        account_id=portion.account_id,
        kind=TransactionKind.ALLOCATION,
        on=line.booked_on,
        currency=line.currency,
        text=text,
        legs=(Leg(Book.TRANSIT, cents), target),
        link=allocation.pk,
    )
    return house, customer


@transaction.atomic
def assign_by_hand(act: Act, line: BankLine, claim: Claim, *, keep_rest_as_credit: bool) -> frozenset[UUID]:
    """A person says which claim a line pays: as much as is outstanding; the rest stays in suspense, or becomes the
    account's credit where he says so. A claim that is paid already takes nothing: then all of it is rest.

    Raises LineAlreadyExplained when nothing is left of the line, NothingOutstanding when nothing would be booked.
    """
    lock_accounts([claim.account_id])
    line.refresh_from_db()
    outstanding = ClaimBalance.objects.get(claim=claim).outstanding_cents
    left = line.unexplained.cents
    if left <= 0:
        raise LineAlreadyExplained(left=line.unexplained, amount=Money(outstanding, claim.currency))
    if not outstanding and not keep_rest_as_credit:
        raise NothingOutstanding(claim=claim.title)
    paying = min(outstanding, left)
    wanted = [(claim.pk, paying), (None, left - paying if keep_rest_as_credit else 0)]
    return allocate(
        act,
        [
            Portion(line.pk, claim.account_id, claim_id, cents, "by_hand", 100, {"by": act.by.name})
            for claim_id, cents in wanted
            if cents
        ],
    )


@transaction.atomic
def pay_out_credit(act: Act, line: BankLine, account: Account) -> None:
    """An outgoing bank line repaid what we owed this account.

    Raises LineAlreadyExplained for money that came in or was booked before, MoreThanCredit when we owed less: then
    somebody was paid too much, and a person has to find out why before it is hidden in an account.
    """
    lock_accounts([account.pk])
    line.refresh_from_db()
    paid_out = -line.unexplained
    if paid_out.cents <= 0:
        raise LineAlreadyExplained(left=line.unexplained, amount=_owed(account.pk, line.currency))
    allocate(act, [Portion(line.pk, account.pk, None, -paid_out.cents, "by_hand", 100, {"by": act.by.name})])
