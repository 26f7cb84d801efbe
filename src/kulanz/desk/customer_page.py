"""The one page about a customer. The number of queries does not grow with the number of his claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import BooleanField, ExpressionWrapper, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext

from kulanz.cases.api import TOPIC_NAMES, Case, PromiseState, Topic, cases_of
from kulanz.desk.forms import CaseForm, ObjectionForm, OwnWishForm, SecurityForm
from kulanz.desk.hold_rows import HoldRow, hold_rows
from kulanz.desk.words import TRANSACTION_NAMES, Badge, case_badge, claim_badge, dispute_badge
from kulanz.explain.api import Fact, account_sentence, holds_of, timeline_of_account
from kulanz.holds.api import HoldState, active_holds
from kulanz.kernel.money import Money
from kulanz.kernel.references import grouped
from kulanz.ledger.api import (
    BOOK_NAMES,
    DISPUTE_KIND_NAMES,
    Book,
    Claim,
    Dispute,
    DisputeKind,
    Posting,
    Transaction,
    TransactionKind,
    claims_with_balance,
    credit_of,
    open_claims_of,
)
from kulanz.parties.api import Account, Permission, User
from kulanz.shop.api import Order, Return, Subscription, orders_of, returns_of, subscriptions_of

FEW_CLAIMS = 40
FEW_ORDERS = 20
FEW_FACTS = 60


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One row of a booking: on which book, how much, debit positive."""

    book: str
    amount: Money


@dataclass(frozen=True, slots=True)
class BookingRow:
    """One booking that touched a claim, with all its postings."""

    on: date
    kind: str
    text: str
    by: str
    postings: tuple[PostingRow, ...]


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim and everything that was booked on it."""

    claim: Claim
    badge: Badge
    bookings: tuple[BookingRow, ...]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as the shop has it, with its sum."""

    order: Order
    total: Money


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with what is promised next."""

    case: Case
    reference: str
    topic: str
    badge: Badge
    next_due_on: date | None


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """An objection with its state."""

    dispute: Dispute
    kind: str
    badge: Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """The forms of the page; one of them may come back with what is wrong in it."""

    objection: ObjectionForm | None = None
    case: CaseForm | None = None
    own_wish: OwnWishForm | None = None
    security: SecurityForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything about one customer."""

    account: Account
    sentence: str
    blocked: bool
    outstanding: tuple[Money, ...]
    credit: tuple[Money, ...]
    holds: tuple[HoldRow, ...]
    past_holds: tuple[HoldRow, ...]
    claims: tuple[ClaimRow, ...]
    more_claims: bool
    orders: tuple[OrderRow, ...]
    more_orders: bool
    returns: tuple[Return, ...]
    subscriptions: tuple[Subscription, ...]
    cases: tuple[CaseRow, ...]
    disputes: tuple[DisputeRow, ...]
    facts: tuple[Fact, ...]
    more_facts: bool
    forms: Forms
    may_release: bool
    may_see_outbox: bool
    today: date = field(default=date.min)

    @property
    def here(self) -> str:
        """Where a form of this page leads back to."""
        return reverse("desk:customer", args=[self.account.number])


def customer_page(
    account: Account, user: User, today: date, *, whole: bool = False, forms: Forms | None = None
) -> Page:
    """Build the page; `whole` shows everything where it usually shows the newest."""
    holds = holds_of(account.pk)
    active = active_holds(account.pk, on=today)
    proposed = [hold for hold in holds if hold.state == HoldState.PROPOSED.value]
    live = [hold for hold in holds if hold in active or hold in proposed]
    open_claims = open_claims_of(account.pk)
    claims, more_claims = _claims(account, whole=whole)
    orders, more_orders = _orders(account, whole=whole)
    facts = timeline_of_account(account.pk)
    return Page(
        account=account,
        sentence=account_sentence(active, open_claims),
        blocked=bool(active),
        outstanding=_sums(open_claims),
        credit=tuple(credit_of(account.pk)),
        holds=hold_rows(live, user, today),
        past_holds=hold_rows([hold for hold in holds if hold not in live], user, today),
        claims=tuple(_claim_row(claim, today) for claim in claims),
        more_claims=more_claims,
        orders=tuple(_order_row(order) for order in orders),
        more_orders=more_orders,
        returns=tuple(returns_of(account.pk)[:FEW_ORDERS]),
        subscriptions=tuple(subscriptions_of(account.pk)),
        cases=tuple(_case_row(case) for case in cases_of(account.pk)),
        disputes=_disputes(account, today),
        facts=facts if whole else facts[:FEW_FACTS],
        more_facts=not whole and len(facts) > FEW_FACTS,
        forms=_forms(forms or Forms(), user, open_claims, today),
        may_release=user.may(Permission.RELEASE_HOLDS),
        may_see_outbox=user.may(Permission.SEE_OUTBOX),
        today=today,
    )


def _sums(claims: Sequence[Claim]) -> tuple[Money, ...]:
    """What is open, per currency."""
    currencies = sorted({claim.currency for claim in claims})
    return tuple(
        Money.total((c.balance.outstanding for c in claims if c.currency == currency), currency)
        for currency in currencies
    )


def _claims(account: Account, *, whole: bool) -> tuple[list[Claim], bool]:
    """What is open comes first, then the newest; with all bookings in three more queries."""
    bookings = Posting.objects.select_related("transaction").prefetch_related(
        Prefetch("transaction__postings", queryset=Posting.objects.order_by("line"))
    )
    rows = (
        claims_with_balance()
        .filter(account=account)
        .prefetch_related(Prefetch("postings", queryset=bookings.order_by("transaction__booked_on", "id")))
        .annotate(is_open=ExpressionWrapper(Q(balance__outstanding_cents__gt=0), output_field=BooleanField()))
        .order_by("-is_open", "-founded_on", "-id")
    )
    found: list[Claim] = [*(rows if whole else rows[: FEW_CLAIMS + 1])]
    return (found, False) if whole else (found[:FEW_CLAIMS], len(found) > FEW_CLAIMS)


def _claim_row(claim: Claim, today: date) -> ClaimRow:
    bookings = {posting.transaction_id: posting.transaction for posting in claim.postings.all()}
    return ClaimRow(claim, claim_badge(claim, today), tuple(_booking_row(b) for b in bookings.values()))


def _booking_row(booking: Transaction) -> BookingRow:
    return BookingRow(
        booking.booked_on,
        gettext(TRANSACTION_NAMES[TransactionKind(booking.kind)]),
        booking.text,
        booking.actor,
        tuple(PostingRow(gettext(BOOK_NAMES[Book(p.book)]), p.amount) for p in booking.postings.all()),
    )


def _orders(account: Account, *, whole: bool) -> tuple[list[Order], bool]:
    rows = orders_of(account.pk)
    found = list(rows if whole else rows[: FEW_ORDERS + 1])
    return (found, False) if whole else (found[:FEW_ORDERS], len(found) > FEW_ORDERS)


def _order_row(order: Order) -> OrderRow:
    return OrderRow(order, Money.rounded(sum((item.amount for item in order.items.all()), Decimal(0)), order.currency))


def _case_row(case: Case) -> CaseRow:
    waiting = [promise.due_on for promise in case.promises.all() if promise.state != PromiseState.KEPT.value]
    topic = gettext(TOPIC_NAMES[Topic(case.topic)])
    return CaseRow(case, grouped(case.reference), topic, case_badge(case), min(waiting, default=None))


def _disputes(account: Account, today: date) -> tuple[DisputeRow, ...]:
    rows = Dispute.objects.select_related("claim__invoice").filter(account=account).order_by("-raised_at")
    return tuple(
        DisputeRow(dispute, gettext(DISPUTE_KIND_NAMES[DisputeKind(dispute.kind)]), dispute_badge(dispute, today))
        for dispute in rows
    )


def _forms(given: Forms, user: User, open_claims: Sequence[Claim], today: date) -> Forms:
    """What this login may do here; a form that came back keeps its answers."""
    may_work = user.may(Permission.WORK_CASES)
    may_place = user.may(Permission.RELEASE_HOLDS)
    return Forms(
        objection=given.objection or (ObjectionForm(open_claims, today) if may_work and open_claims else None),
        case=given.case or (CaseForm() if may_work else None),
        own_wish=given.own_wish or (OwnWishForm() if may_work else None),
        security=given.security or (SecurityForm(today) if may_place else None),
    )
