"""Everything that happened to an account, from every room, as one list of facts. A constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.utils.translation import get_language, gettext

from kulanz.cases.api import EVENT_NAMES, INTERNAL_EVENTS, CaseEvent, EventKind, event_words
from kulanz.contact.api import CHANNEL_NAMES, MESSAGE_STATE_NAMES, Channel, Message, MessageState
from kulanz.dunning.api import LEVEL_NAMES, CollectionOrder, DunningNotice, OrderState
from kulanz.explain import money_back
from kulanz.explain.story import Fact
from kulanz.holds.api import EFFECT_NAMES, Effect, Hold, HoldKind, HoldReason, HoldState
from kulanz.kernel.clock import start_of_day
from kulanz.kernel.money import Money
from kulanz.kernel.references import grouped
from kulanz.ledger.api import (
    DISPUTE_KIND_NAMES,
    Allocation,
    Book,
    Claim,
    Dispute,
    DisputeKind,
    DisputeState,
    Posting,
    Transaction,
    TransactionKind,
)
from kulanz.shop.api import Order
from kulanz.ui import formats

MOST_PER_KIND = 200


def language() -> str:
    """The reader's language: de or en."""
    return "de" if (get_language() or "de").startswith("de") else "en"


def newest_first(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Sorted for reading down from today."""
    return tuple(sorted(facts, key=lambda fact: fact.at, reverse=True))


def of_account(account_id: UUID) -> tuple[Fact, ...]:
    """The one timeline of a customer, newest first; at most 200 facts of each kind."""
    return newest_first(
        [
            *_orders(Order.objects.filter(account_id=account_id)),
            *of_claims(Claim.objects.filter(account_id=account_id)),
            *_credits(Allocation.objects.filter(account_id=account_id, claim=None)),
            *money_back.credits_taken_back(account_id),
            *money_back.refunds(account_id),
            *_corrections(
                Transaction.objects.filter(account_id=account_id).exclude(
                    pk__in=Posting.objects.filter(account_id=account_id, claim__isnull=False).values("transaction_id")
                )
            ),
            *of_holds(Hold.objects.filter(account_id=account_id)),
            *_messages(Message.objects.filter(account_id=account_id)),
            *_cases(CaseEvent.objects.filter(account_id=account_id)),
        ]
    )


def of_claims(claims: QuerySet[Claim]) -> list[Fact]:
    """What happened to these claims: invoice, reminders, hand-over, objections, payments, corrections."""
    ids = claims.values("pk")
    return [
        *_invoices(claims),
        *_notices(DunningNotice.objects.filter(claim_id__in=ids)),
        *_collections(CollectionOrder.objects.filter(claim_id__in=ids)),
        *_disputes(Dispute.objects.filter(claim_id__in=ids)),
        *_payments(Allocation.objects.filter(claim_id__in=ids)),
        *money_back.payments_taken_back(ids),
        *_corrections(Transaction.objects.filter(postings__claim_id__in=ids)),
    ]


def _orders(orders: QuerySet[Order]) -> Iterator[Fact]:
    for order in orders.order_by("-ordered_at")[:MOST_PER_KIND]:
        yield Fact(
            order.ordered_at,
            gettext("Order %(number)s") % {"number": order.number},
            reference=order.number,
            theirs=True,
        )


def _invoices(claims: QuerySet[Claim]) -> Iterator[Fact]:
    for claim in claims.select_related("invoice").order_by("-founded_on")[:MOST_PER_KIND]:
        facts = {"invoice": claim.title, "due": formats.day(claim.due_on, language())}
        yield Fact(
            start_of_day(claim.founded_on),
            gettext("Invoice %(invoice)s") % facts,
            gettext("Due on %(due)s.") % facts,
            claim.amount,
            claim.reference,
        )


def _notices(notices: QuerySet[DunningNotice]) -> Iterator[Fact]:
    for notice in notices.select_related("claim__invoice").order_by("-issued_at")[:MOST_PER_KIND]:
        facts = {"invoice": notice.claim.title, "by": formats.day(notice.pay_by, language())}
        yield Fact(
            notice.issued_at,
            gettext(LEVEL_NAMES[notice.level]),
            gettext("Invoice %(invoice)s, payable by %(by)s.") % facts,
            notice.outstanding,
            notice.claim.reference,
        )


def _collections(orders: QuerySet[CollectionOrder]) -> Iterator[Fact]:
    for order in orders.select_related("collector", "claim__invoice").order_by("-handed_over_at")[:MOST_PER_KIND]:
        facts = {
            "collector": order.collector.name,
            "invoice": order.claim.title,
            "reference": order.reference,
        }
        yield Fact(
            order.handed_over_at,
            gettext("Handed to %(collector)s") % facts,
            gettext("Invoice %(invoice)s, their file number %(reference)s.") % facts,
            order.amount,
            order.claim.reference,
        )
        if order.ended_at is not None:
            settled = order.state == OrderState.SETTLED.value
            title = gettext("Collection closed: paid") if settled else gettext("Collection recalled")
            text = gettext("%(collector)s has been told.") % facts
            yield Fact(order.ended_at, title, text, None, order.claim.reference)


def _disputes(disputes: QuerySet[Dispute]) -> Iterator[Fact]:
    rows = disputes.select_related("claim__invoice").prefetch_related("notes").order_by("-raised_at")
    for dispute in rows[:MOST_PER_KIND]:
        facts = {
            "kind": gettext(DISPUTE_KIND_NAMES[DisputeKind(dispute.kind)]),
            "invoice": dispute.claim.title,
            "by": formats.day(dispute.decide_by, language()),
            "reason": dispute.decision_reason,
        }
        text = gettext("Against invoice %(invoice)s. A person decides by %(by)s.") % facts
        words = gettext("%(text)s “%(words)s”") % {"text": text, "words": dispute.words} if dispute.words else text
        yield Fact(
            dispute.raised_at,
            gettext("Objection: %(kind)s") % facts,
            words,
            dispute.amount,
            dispute.claim.reference,
            theirs=True,
        )
        for note in dispute.notes.all():
            title = gettext("Further words on the objection: %(kind)s") % facts
            yield Fact(note.added_at, title, note.words, None, dispute.claim.reference, theirs=True)
        if dispute.decided_at is not None:
            upheld = dispute.state == DisputeState.UPHELD.value
            title = gettext("Objection upheld") if upheld else gettext("Objection not accepted")
            yield Fact(dispute.decided_at, title, dispute.decision_reason, None, dispute.claim.reference)


def _payments(allocations: QuerySet[Allocation]) -> Iterator[Fact]:
    rows = allocations.select_related("claim__invoice", "bank_line").order_by("-allocated_at")[:MOST_PER_KIND]
    mistaken = money_back.mistaken(rows)
    for allocation in rows:
        line = allocation.bank_line
        assert allocation.claim is not None
        facts = {
            "invoice": allocation.claim.title,
            "arrived": formats.day(line.booked_on, language()),
            "payer": line.payer_name or gettext("unknown payer"),
        }
        # Whose payment it really was is nobody else's business.
        received = (
            gettext("Received on %(arrived)s.")
            if allocation.pk in mistaken
            else gettext("Received on %(arrived)s from %(payer)s.")
        )
        yield Fact(
            allocation.allocated_at,
            gettext("Payment on invoice %(invoice)s") % facts,
            received % facts,
            allocation.amount,
            allocation.claim.reference,
            theirs=True,
        )


def _credits(allocations: QuerySet[Allocation]) -> Iterator[Fact]:
    """Money that came in beyond every claim, and what of it was paid out again."""
    rows = allocations.select_related("bank_line").order_by("-allocated_at")[:MOST_PER_KIND]
    mistaken = money_back.mistaken(rows)
    for allocation in rows:
        line = allocation.bank_line
        facts = {
            "day": formats.day(line.booked_on, language()),
            "payer": line.payer_name or gettext("unknown payer"),
        }
        if allocation.amount_cents > 0:
            title = gettext("Payment kept as your credit")
            from_whom = gettext("Received on %(day)s from %(payer)s.")
            text = (gettext("Received on %(day)s.") if allocation.pk in mistaken else from_whom) % facts
            yield Fact(allocation.allocated_at, title, text, allocation.amount, theirs=True)
        else:
            title = gettext("Credit paid out")
            text = gettext("Left our bank on %(day)s.") % facts
            yield Fact(allocation.allocated_at, title, text, -allocation.amount)


def _corrections(transactions: QuerySet[Transaction]) -> Iterator[Fact]:
    titles = {
        TransactionKind.CREDIT_NOTE.value: gettext("Credit note"),
        TransactionKind.REFUND.value: gettext("Credit on the invoice"),
        TransactionKind.WRITE_OFF.value: gettext("Written off"),
        TransactionKind.CLAIM_REVERSAL.value: gettext("Claim withdrawn: it never existed"),
    }
    undone = {
        TransactionKind.REFUND.value: gettext("Credit on the invoice taken back"),
        TransactionKind.WRITE_OFF.value: gettext("Pursued again: no longer written off"),
    }
    rows = list(transactions.filter(kind__in=titles).distinct().order_by("-recorded_at")[:MOST_PER_KIND])
    sums = _given_up([row.pk for row in rows])
    for row in rows:
        title = titles[row.kind] if row.reverses_id is None else undone.get(row.kind, titles[row.kind])
        yield Fact(row.recorded_at, title, row.text, sums.get(row.pk))


def _given_up(transaction_ids: list[UUID]) -> dict[UUID, Money]:
    """What each booking took off the claims of an account and added to its credit, together."""
    theirs = (Book.RECEIVABLE.value, Book.REFUNDS_PAYABLE.value)
    rows = (
        Posting.objects.filter(transaction__in=transaction_ids, book__in=theirs)
        .values_list("transaction_id", "currency")
        .annotate(total=Sum("amount_cents"))
    )
    return {transaction_id: Money(-total, currency) for transaction_id, currency, total in rows}


def of_holds(holds: QuerySet[Hold]) -> Iterator[Fact]:
    """Proposals are for colleagues; what restricted somebody is for everybody, and so is its end."""
    rows = list(holds.order_by("-proposed_at")[:MOST_PER_KIND])
    claims = _claim_titles([hold.pk for hold in rows if hold.kind == HoldKind.PAYMENT.value])
    for hold in rows:
        effect = gettext(EFFECT_NAMES[Effect(hold.effect)])
        about = ", ".join(claims.get(hold.pk, [])) or hold.words
        if hold.kind == HoldKind.PAYMENT.value:
            text = gettext("It rests on: %(about)s.") % {"about": about}
            yield Fact(
                hold.proposed_at,
                gettext("Hold proposed: %(effect)s") % {"effect": effect},
                text,
                internal=True,
            )
        else:
            text = about
        if hold.released_at is not None:
            title = gettext("Hold placed: %(effect)s") % {"effect": effect}
            yield Fact(hold.released_at, title, text, reference=hold.reference)
        if hold.lifted_at is not None and hold.state == HoldState.LIFTED.value:
            title = gettext("Hold lifted: %(effect)s") % {"effect": effect}
            yield Fact(hold.lifted_at, title, text, reference=hold.reference)


def _claim_titles(hold_ids: list[UUID]) -> dict[UUID, list[str]]:
    titles: dict[UUID, list[str]] = {}
    for reason in HoldReason.objects.select_related("claim__invoice").filter(hold_id__in=hold_ids):
        named = titles.setdefault(reason.hold_id, [])
        if reason.claim.title not in named:
            named.append(reason.claim.title)
    return titles


def _messages(messages: QuerySet[Message]) -> Iterator[Fact]:
    for message in messages.order_by("-queued_at")[:MOST_PER_KIND]:
        channel = gettext(CHANNEL_NAMES[Channel(message.channel)])
        state = gettext(MESSAGE_STATE_NAMES[MessageState(message.state)])
        yield Fact(
            message.sent_at or message.queued_at,
            gettext("Message: %(subject)s") % {"subject": message.subject},
            gettext("To %(name)s by %(channel)s, %(state)s.")
            % {"name": message.to_name, "channel": channel, "state": state},
            internal=True,
        )


def _cases(events: QuerySet[CaseEvent]) -> Iterator[Fact]:
    for event in events.select_related("case").order_by("-at")[:MOST_PER_KIND]:
        kind = EventKind(event.kind)
        facts = {"what": gettext(EVENT_NAMES[kind]), "case": grouped(event.case.reference)}
        yield Fact(
            event.at,
            gettext("%(what)s (%(case)s)") % facts,
            event_words(event),
            reference=event.case.reference,
            theirs=kind in {EventKind.OPENED, EventKind.WRITTEN},
            internal=kind in INTERNAL_EVENTS,
        )


def of_case(case_id: UUID) -> list[Fact]:
    """What happened in one case."""
    return list(_cases(CaseEvent.objects.filter(case_id=case_id)))
