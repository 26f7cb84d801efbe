"""Today: what waits for a person, in numbers and with the first few of each. Only what this login may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext

from kulanz.cases.api import TOPIC_NAMES, Case, CaseState, Promise, PromiseState, Topic, open_cases
from kulanz.contact.api import Message, MessageState, messages
from kulanz.desk.frame import at_desk, desk_page
from kulanz.desk.machines import deliveries_given_up
from kulanz.desk.outbox import shown_subject
from kulanz.dunning.api import Pause
from kulanz.holds.api import EFFECT_NAMES, Effect, Hold, HoldKind, HoldState, holds_with_reasons, in_force
from kulanz.kernel import clock
from kulanz.kernel.clock import berlin_day
from kulanz.kernel.references import grouped
from kulanz.ledger.api import DISPUTE_KIND_NAMES, BankLine, Dispute, DisputeKind, DisputeState, needs_an_eye, put_aside
from kulanz.machines.api import Delivery
from kulanz.parties.api import Permission, User, user_of
from kulanz.ui import formats
from kulanz.ui.gallery import gallery as ui_gallery

FEW = 5
T = TypeVar("T", bound=Model)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits. `end` stands at the right: an amount or the day by which."""

    title: str
    about: str
    end: str
    url: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits of one kind: how much, the first few, and where the whole list is."""

    title: str
    icon: str
    url: str
    count: int
    items: tuple[Item, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class Page:
    """The queues of this login; `queues` is empty for who only looks things up."""

    today: date
    queues: tuple[Queue, ...]
    waiting: int
    orders_url: str


@at_desk(Permission.DESK)
def overview(request: HttpRequest) -> HttpResponseBase:
    """The start of the working day."""
    user, today = user_of(request), clock.today()
    queues = tuple(_queues(user, today))
    orders = reverse("desk:orders") if user.may(Permission.SEE_ORDERS) else ""
    return desk_page(request, "overview.html", Page(today, queues, sum(queue.count for queue in queues), orders))


@at_desk(Permission.DESK)
def gallery(request: HttpRequest) -> HttpResponseBase:
    """Every component of the design system, inside the frame of the desk."""
    return ui_gallery(request)


def _queues(user: User, today: date) -> Iterator[Queue]:
    if user.may(Permission.SEE_BANK):
        yield _bank(today)
    if user.may(Permission.DECIDE_DISPUTES):
        yield _disputes(today)
    if user.may(Permission.CORRECT_CLAIMS) and (uncorrected := _uncorrected()).count:
        yield uncorrected
    if user.may(Permission.RELEASE_HOLDS):
        yield _proposals()
        yield _unconfirmed(today)
        yield _to_review(today)
    if user.may(Permission.WORK_CASES):
        yield _broken_promises()
        if left_open := _left_open(today):
            yield left_open
        yield _cases(today)
    if user.may(Permission.SETTLE_UNSURE) or user.may(Permission.MANAGE_ACCESS):
        yield _messages()
    if user.may(Permission.MANAGE_ACCESS):
        yield _webhooks()


def _queue(title: str, icon: str, url: str, rows: QuerySet[T], item: Callable[[T], Item], empty: str) -> Queue:
    return Queue(title, icon, url, rows.count(), tuple(item(row) for row in rows[:FEW]), empty)


def _day(day: date) -> str:
    return formats.short_day(day, get_language() or "en")


def _bank(today: date) -> Queue:
    def item(line: BankLine) -> Item:
        amount = formats.money(line.unexplained, get_language() or "en")
        payer = line.payer_name or gettext("unknown payer")
        return Item(payer, line.remittance[:80], amount, reverse("desk:bank_line", args=[line.pk]))

    return _queue(
        gettext("Payments nobody has understood yet"),
        "bank",
        reverse("desk:bank"),
        needs_an_eye(today),
        item,
        _no_payment_waits(put_aside(today).count()),
    )


def _no_payment_waits(aside: int) -> str:
    """Money that was put aside is not explained: it comes back."""
    if not aside:
        return gettext("Every payment is explained.")
    sentence = ngettext(
        "Nothing needs an eye today. %(count)d payment is put aside.",
        "Nothing needs an eye today. %(count)d payments are put aside.",
        aside,
    )
    return sentence % {"count": aside}


def _disputes(today: date) -> Queue:
    def item(dispute: Dispute) -> Item:
        title = f"{dispute.account.holder.name}: {gettext(DISPUTE_KIND_NAMES[DisputeKind(dispute.kind)])}"
        url = reverse("desk:dispute", args=[dispute.reference])
        return Item(title, dispute.claim.title, _day(dispute.decide_by), url, late=dispute.decide_by < today)

    rows = Dispute.objects.select_related("claim__invoice", "account__person").filter(state=DisputeState.OPEN.value)
    return _queue(
        gettext("Objections to decide"),
        "return",
        reverse("desk:disputes"),
        rows.order_by("decide_by", "raised_at"),
        item,
        gettext("Nobody waits for a decision."),
    )


def _uncorrected() -> Queue:
    """We have said that the customer is right and the books still say otherwise. Rare, so it is shown while it lasts:
    a queue of its own that is always empty would only hide the others."""

    def item(dispute: Dispute) -> Item:
        decided_on = "" if dispute.decided_at is None else _day(berlin_day(dispute.decided_at))
        url = reverse("desk:dispute", args=[dispute.reference])
        return Item(dispute.account.holder.name, dispute.claim.title, decided_on, url, late=True)

    paused = Pause.objects.filter(dispute_id=OuterRef("pk"), ended_at=None)
    rows = Dispute.objects.select_related("claim__invoice", "account__person").filter(
        Exists(paused), state=DisputeState.UPHELD.value
    )
    return _queue(
        gettext("Objections upheld, not yet corrected"),
        "return",
        f"{reverse('desk:disputes')}?show=decided",
        rows.order_by("decided_at"),
        item,
        gettext("Everything found wrong is corrected."),
    )


def _hold_item(hold: Hold, day: date | None, *, late: bool = False) -> Item:
    effect = gettext(EFFECT_NAMES[Effect(hold.effect)])
    end = "" if day is None else _day(day)
    return Item(hold.account.holder.name, effect, end, f"{reverse('desk:holds')}#{hold.reference}", late=late)


def _proposals() -> Queue:
    rows = holds_with_reasons().filter(state=HoldState.PROPOSED.value).order_by("proposed_at")
    return _queue(
        gettext("Holds proposed by a rule"),
        "pause",
        reverse("desk:holds"),
        rows,
        lambda hold: _hold_item(hold, berlin_day(hold.proposed_at)),
        gettext("No hold is proposed."),
    )


def _unconfirmed(today: date) -> Queue:
    rows = holds_with_reasons().filter(in_force(today), kind=HoldKind.SECURITY.value, confirmed_by="")
    return _queue(
        gettext("Security holds that need a second person"),
        "lock",
        reverse("desk:holds"),
        rows.order_by("confirm_by"),
        lambda hold: _hold_item(hold, hold.confirm_by, late=hold.confirm_by is not None and hold.confirm_by <= today),
        gettext("None waits for a second person."),
    )


def _to_review(today: date) -> Queue:
    """A restriction nobody looks at again becomes a habit: its review day brings it back to a person."""
    rows = holds_with_reasons().filter(in_force(today), review_on__lte=today)
    # What ends by itself today leaves no day for another look.
    rows = rows.exclude(kind=HoldKind.SECURITY.value, ends_on__lte=today)
    return _queue(
        gettext("Holds to be looked at again"),
        "pause",
        reverse("desk:holds"),
        rows.order_by("review_on"),
        lambda hold: _hold_item(hold, hold.review_on, late=hold.review_on is not None and hold.review_on < today),
        gettext("No hold is due for a second look."),
    )


def _promise_item(promise: Promise, *, late: bool) -> Item:
    about = f"{grouped(promise.case.reference)}, {promise.case.name}"
    url = reverse("desk:case", args=[promise.case.reference])
    return Item(gettext(promise.what), about, _day(promise.due_on), url, late=late)


def _left_open(today: date) -> Queue | None:
    """What was promised in a case that somebody has closed since: its list shows it no more, we still owe it."""
    rows = Promise.objects.select_related("case").filter(
        state=PromiseState.OPEN.value, case__state=CaseState.CLOSED.value
    )
    found = _queue(
        gettext("Promises still open in closed cases"),
        "clock",
        f"{reverse('desk:cases')}?show=closed",
        rows.order_by("due_on"),
        lambda promise: _promise_item(promise, late=promise.due_on < today),
        "",
    )
    return found if found.count else None


def _broken_promises() -> Queue:
    rows = Promise.objects.select_related("case").filter(state=PromiseState.BROKEN.value).order_by("due_on")
    return _queue(
        gettext("Promises we did not keep in time"),
        "clock",
        reverse("desk:cases"),
        rows,
        lambda promise: _promise_item(promise, late=True),
        gettext("Every promise is kept so far."),
    )


def _cases(today: date) -> Queue:
    def item(case: Case) -> Item:
        due_on: date | None = getattr(case, "next_due_on", None)
        topic = gettext(TOPIC_NAMES[Topic(case.topic)])
        end = "" if due_on is None else _day(due_on)
        late = due_on is not None and due_on < today
        return Item(case.name, topic, end, reverse("desk:case", args=[case.reference]), late=late)

    return _queue(
        gettext("Open cases"),
        "chat",
        reverse("desk:cases"),
        open_cases(),
        item,
        gettext("No case is open."),
    )


def _messages() -> Queue:
    def item(message: Message) -> Item:
        url = reverse("desk:message", args=[message.pk])
        state = gettext("unsure") if message.state == MessageState.UNSURE.value else gettext("failed")
        return Item(shown_subject(message), message.to_name, state, url, late=True)

    unsent = (MessageState.UNSURE.value, MessageState.FAILED.value)
    return _queue(
        gettext("Messages that did not go out, or perhaps did"),
        "mail",
        f"{reverse('desk:outbox')}?state={MessageState.UNSURE.value}",
        messages().filter(state__in=unsent),
        item,
        gettext("Every message went out."),
    )


def _webhooks() -> Queue:
    def item(delivery: Delivery) -> Item:
        return Item(delivery.event, delivery.endpoint.url, delivery.trouble, reverse("desk:machines"), late=True)

    return _queue(
        gettext("What the shop could not be told"),
        "external",
        reverse("desk:machines"),
        deliveries_given_up(),
        item,
        gettext("The shop knows everything."),
    )
