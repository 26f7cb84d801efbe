"""Verbs and questions about claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.infra.sets import among
from kulanz.kernel.acts import Act
from kulanz.kernel.events import publish
from kulanz.kernel.money import MixedCurrencies, Money
from kulanz.kernel.references import normalise
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.booking import Entry, KeyTaken, Leg, book
from kulanz.ledger.events import ClaimsCorrected, ClaimsReversed, ClaimsSettled
from kulanz.ledger.models import Claim, ClaimBalance, Posting, Transaction
from kulanz.ledger.rules import GivenBack, give_back
from kulanz.ledger.states import Book, ClaimState, TransactionKind
from kulanz.parties.api import Brand, lock_accounts


class NothingOutstanding(Refusal):
    """The claim is already settled."""

    code = "nothing_outstanding"
    sentence = N_("Nothing is outstanding on %(claim)s any more. Nothing was changed.")


class MoreThanOutstanding(Refusal):
    """More would be taken from a claim than is left of it."""

    code = "more_than_outstanding"
    sentence = N_("Only %(outstanding)s is outstanding on %(claim)s; %(amount)s cannot be taken from it.")


class SeveralClaims(NotFound):
    """What was written means more than one claim. For whoever only asks whether there is one, it names none."""

    code = "several_claims"
    sentence = N_(
        "“%(reference)s” is the number of more than one invoice. Say which: "
        "use the payment reference that begins with RF, or write the number exactly as it is printed."
    )


class AmountNotPositive(Refusal):
    """Nothing, or less than nothing, would be given back or disputed."""

    code = "amount_not_positive"
    sentence = N_("The amount must be more than zero; %(amount)s is not. Nothing was changed.")


class MoreThanInvoiced(Refusal):
    """More would be given back than the customer owes or has paid."""

    code = "more_than_invoiced"
    sentence = N_("Only %(left)s of %(claim)s can still be given back; %(amount)s is more. Nothing was changed.")


def claims_with_balance() -> QuerySet[Claim]:
    """Claims with all that lists and letters need, in one query."""
    return Claim.objects.select_related("balance", "invoice", "account", "account__person", "account__brand")


def find_claim(reference: str, *, brand: Brand | None = None) -> Claim:
    """By creditor reference or invoice number, in any spacing; of this brand, where one is given. Raises NotFound, or
    SeveralClaims.

    Two invoices may read alike without separators ("A-1" and "A1"): then the number as it was written decides, and
    where it does not, nobody guesses.
    """
    value = normalise(reference)
    known = claims_with_balance() if brand is None else claims_with_balance().filter(account__brand=brand)
    claims = list(known.filter(Q(reference=value) | Q(references__value=value)).distinct().order_by("pk"))
    if not claims:
        raise NotFound(reference=reference)
    exact = [claim for claim in claims if claim.reference == value] or [
        claim for claim in claims if claim.title == reference.strip()
    ]
    match exact or claims:
        case [claim]:
            return claim
        case _:
            raise SeveralClaims(reference=reference)


def claims_of(account_id: UUID) -> list[Claim]:
    """Every claim on an account, newest first."""
    return list(claims_with_balance().filter(account_id=account_id).order_by("-founded_on", "-id"))


def open_claims_of(account_id: UUID) -> list[Claim]:
    """What is still outstanding on an account, longest due first."""
    return list(
        claims_with_balance().filter(account_id=account_id, balance__outstanding_cents__gt=0).order_by("due_on", "id")
    )


def in_state(claims: QuerySet[Claim], state: ClaimState) -> QuerySet[Claim]:
    """Filter by derived state; the same decision as `rules.claim_state`, as a query (a test compares both)."""
    gone = Q(balance__outstanding_cents=0)
    reversed_ = gone & Q(balance__reversed_cents__gt=0)
    written_off = gone & ~Q(balance__reversed_cents__gt=0) & Q(balance__written_off_cents__gt=0)
    disputed = Q(balance__outstanding_cents__gt=0, balance__open_disputes__gt=0)
    undisputed = Q(balance__outstanding_cents__gt=0, balance__open_disputes=0)
    partly = Q(balance__outstanding_cents__lt=F("balance__charged_cents"))
    conditions = {
        ClaimState.REVERSED: reversed_,
        ClaimState.WRITTEN_OFF: written_off,
        ClaimState.SETTLED: gone & ~Q(balance__reversed_cents__gt=0) & ~Q(balance__written_off_cents__gt=0),
        ClaimState.DISPUTED: disputed,
        ClaimState.PART_PAID: undisputed & partly,
        ClaimState.OPEN: undisputed & ~partly,
    }
    return claims.filter(conditions[state])


def credit_of(account_id: UUID) -> list[Money]:
    """What we owe this account (over-payments, credit notes), per currency; empty where nothing."""
    rows = (
        Posting.objects.filter(account_id=account_id, book=Book.REFUNDS_PAYABLE.value)
        .values_list("currency")
        .annotate(total=Sum("amount_cents"))
    )
    return [Money(-total, currency) for currency, total in sorted(rows) if total < 0]


@transaction.atomic
def reverse_claim(act: Act, claim: Claim) -> None:
    """The claim never existed: what is outstanding is taken back from revenue, what was paid becomes a credit.

    Raises NothingOutstanding when the claim has been reversed before.
    """
    lock_accounts([claim.account_id])
    balance = ClaimBalance.objects.get(claim=claim)
    if balance.state is ClaimState.REVERSED:
        raise NothingOutstanding(claim=claim.title)
    never_owed = balance.outstanding_cents + balance.paid_cents
    if not never_owed:
        raise NothingOutstanding(claim=claim.title)
    book(act, _reversal(act, claim, never_owed, balance.paid_cents))
    record(act, [Note("reversed", "ledger.claim", claim.pk, claim.account_id)])
    publish(ClaimsReversed(act, frozenset({claim.pk}), frozenset({claim.account_id})))


def _reversal(act: Act, claim: Claim, never_owed_cents: int, paid_cents: int) -> list[Entry]:
    """Receivable against revenue; and what had been paid on it becomes the payer's credit."""

    def entry(suffix: str, kind: TransactionKind, *legs: Leg) -> Entry:
        key = f"reversal:{claim.pk}{suffix}"
        return Entry(key, claim.account_id, kind, act.on, claim.currency, claim.title, legs)

    entries = [
        entry(
            "",
            TransactionKind.CLAIM_REVERSAL,
            Leg(Book.REVENUE, never_owed_cents),
            Leg(Book.RECEIVABLE, -never_owed_cents, claim.pk),
        )
    ]
    if paid_cents:
        entries.append(
            entry(
                ":paid",
                TransactionKind.ALLOCATION,
                Leg(Book.RECEIVABLE, paid_cents, claim.pk),
                Leg(Book.REFUNDS_PAYABLE, -paid_cents),
            )
        )
    return entries


@transaction.atomic
def credit_claim(act: Act, claim: Claim, amount: Money, *, key: str) -> bool:
    """A correction, return or goodwill lowers the claim; what had been paid for it already becomes a credit.

    `key` makes it idempotent: the same credit twice lowers the claim once. Returns whether it was booked now; False
    says that it had been booked before. Raises KeyTaken when the key comes with another claim or amount,
    AmountNotPositive, or MoreThanInvoiced: what was never charged, or was written off or reversed, cannot be given
    back.
    """
    if amount.currency != claim.currency:
        raise MixedCurrencies(f"{amount} on a claim in {claim.currency}")
    if amount.cents <= 0:
        raise AmountNotPositive(amount=amount)
    lock_accounts([claim.account_id])
    if _credited_before(claim, amount, key):
        return False
    balance = ClaimBalance.objects.get(claim=claim)
    split = give_back(amount.cents, outstanding_cents=balance.outstanding_cents, paid_cents=balance.paid_cents)
    if split.beyond:
        raise MoreThanInvoiced(claim=claim.title, left=balance.outstanding + balance.paid, amount=amount)
    entry = Entry(key, claim.account_id, TransactionKind.REFUND, act.on, claim.currency, claim.title, legs=())
    book(act, entries_giving_back(entry, claim.pk, split))
    record(act, [Note("credited", "ledger.claim", claim.pk, claim.account_id, {"amount": str(amount)})])
    publish(ClaimsCorrected(act, frozenset({claim.pk}), frozenset({claim.account_id})))
    if split.lowered:
        announce_settled(act, [claim.pk])
    return True


def credits_booked(claim: Claim, *, key: str) -> list[Money]:
    """What was given back of a claim under this key and under those that continue it (`key:2`, `key:3`), oldest
    first."""
    rows = Posting.objects.filter(
        Q(transaction__key=key) | Q(transaction__key__startswith=f"{key}:"),
        claim=claim,
        transaction__kind=TransactionKind.REFUND.value,
    )
    return [-row.amount for row in rows.order_by("transaction__recorded_at", "transaction_id")]


def _credited_before(claim: Claim, amount: Money, key: str) -> bool:
    """Whether this very credit is in the books, on whatever day it was booked. Raises KeyTaken for another one."""
    if not Transaction.objects.filter(key=key).exists():
        return False
    if not Posting.objects.filter(transaction__key=key, claim=claim, amount_cents=-amount.cents).exists():
        raise KeyTaken(key=key)
    return True


def entries_giving_back(entry: Entry, claim_id: UUID, split: GivenBack) -> list[Entry]:
    """`entry` with its legs: revenue against the claim; and a second one where what was paid becomes a credit.

    What lies beyond the claim is never booked: nobody owed or paid it, so nobody gets it.
    """
    taken = split.lowered + split.paid_back
    if not taken:
        return []
    entries = [replace(entry, legs=(Leg(Book.REVENUE, taken), Leg(Book.RECEIVABLE, -taken, claim_id)))]
    if split.paid_back:
        back = (Leg(Book.RECEIVABLE, split.paid_back, claim_id), Leg(Book.REFUNDS_PAYABLE, -split.paid_back))
        entries.append(replace(entry, id=new_id(), key=f"{entry.key}:paid", kind=TransactionKind.ALLOCATION, legs=back))
    return entries


@transaction.atomic
def write_off(act: Act, claim: Claim) -> None:
    """We no longer pursue what is outstanding. Raises NothingOutstanding."""
    lock_accounts([claim.account_id])
    balance = ClaimBalance.objects.get(claim=claim)
    if not balance.outstanding_cents:
        raise NothingOutstanding(claim=claim.title)
    cents = balance.outstanding_cents
    undone = Transaction.objects.filter(
        kind=TransactionKind.WRITE_OFF.value, reverses__isnull=False, postings__claim=claim
    ).count()
    entry = Entry(
        # One that was undone stands in the books; giving up again is another event.
        key=f"write-off:{claim.pk}:{undone}" if undone else f"write-off:{claim.pk}",
        account_id=claim.account_id,
        kind=TransactionKind.WRITE_OFF,
        on=act.on,
        currency=claim.currency,
        text=claim.title,
        legs=(Leg(Book.WRITE_OFF, cents), Leg(Book.RECEIVABLE, -cents, claim.pk)),
    )
    book(act, [entry])
    record(act, [Note("written off", "ledger.claim", claim.pk, claim.account_id)])
    announce_settled(act, [claim.pk])


def announce_settled(act: Act, claim_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Of these claims, those of which nothing is left: say so to the house. Returns their ids."""
    rows: Sequence[tuple[UUID, UUID]] = list(
        ClaimBalance.objects.filter(claim_id__in=among(claim_ids), outstanding_cents=0).values_list(
            "claim_id", "account_id"
        )
    )
    settled = frozenset(claim_id for claim_id, _ in rows)
    if settled:
        publish(ClaimsSettled(act, settled, frozenset(account_id for _, account_id in rows)))
    return settled
