"""The clerk's own collection orders with their live state, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from kulanz.dunning.api import CollectionOrder, OrderState, Pause
from kulanz.kernel.money import Money
from kulanz.kernel.references import normalise
from kulanz.kernel.text import N_
from kulanz.parties.api import Permission, User, requires, user_of
from kulanz.ui.context import NavigationItem

ROWS = 50


class LiveState(StrEnum):
    """Whether the agency may go on, today."""

    COLLECTABLE = "collectable"
    PAUSED = "paused"
    SETTLED = "settled"
    RECALLED = "recalled"


STATE_NAMES = {
    LiveState.COLLECTABLE: N_("collectable"),
    LiveState.PAUSED: N_("paused: do nothing"),
    LiveState.SETTLED: N_("settled: closed"),
    LiveState.RECALLED: N_("recalled: stop"),
}
STATE_KINDS = {
    LiveState.COLLECTABLE: "info",
    LiveState.PAUSED: "warning",
    LiveState.SETTLED: "success",
    LiveState.RECALLED: "stop",
}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order. `open` is what may still be demanded: nothing on an order that has ended or is paused.

    The address of whoever owes is shown as long as the agency needs it; of an ended order only the name is left.
    """

    order: CollectionOrder
    state: str
    state_kind: str
    owed_by: tuple[str, ...]
    open: Money


@dataclass(frozen=True, slots=True)
class Tab:
    """One state to filter by; empty for all."""

    value: str
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The orders of this clerk's agency."""

    rows: tuple[OrderRow, ...]
    tabs: tuple[Tab, ...]
    asked: str
    state: str
    number: int
    more: bool


@requires(Permission.AGENCY_ORDERS)
def orders(request: HttpRequest) -> HttpResponseBase:
    """Newest first; by state, or by file number or invoice."""
    asked = request.GET.get("q", "").strip()
    chosen = request.GET.get("state", "")
    state = LiveState(chosen) if chosen in set(LiveState) else None
    number = _page_number(request)
    found = _in_state(orders_of(user_of(request)), state)
    if asked:
        found = found.filter(Q(reference=normalise(asked)) | Q(claim__invoice__number__iexact=asked))
    rows = list(found[(number - 1) * ROWS : number * ROWS + 1])
    page = Page(_rows(rows[:ROWS]), _tabs(state), asked, state or "", number, len(rows) > ROWS)
    request.kulanz_navigation = (  # type: ignore[attr-defined]  # read by ui.context
        NavigationItem(gettext("Collection orders"), reverse("agency:orders"), current=True),
    )
    return render(request, "agency/orders.html", {"page": page})


def orders_of(clerk: User) -> QuerySet[CollectionOrder]:
    """The orders of the agencies this clerk works for, and of no other; `is_paused` asked along with them."""
    return (
        CollectionOrder.objects.select_related(
            "collector", "claim__invoice", "claim__balance", "account__person", "account__brand"
        )
        .filter(collector__clerks=clerk)
        .annotate(is_paused=_paused())
        .order_by("-handed_over_at", "-id")
    )


def live_state(order: CollectionOrder) -> LiveState:
    """What the collector may do with this order today; for one read by `orders_of`."""
    if order.state != OrderState.HANDED_OVER.value:
        return LiveState(order.state)
    is_paused: bool = order.is_paused  # type: ignore[attr-defined]  # annotated by orders_of
    return LiveState.PAUSED if is_paused else LiveState.COLLECTABLE


def _in_state(found: QuerySet[CollectionOrder], state: LiveState | None) -> QuerySet[CollectionOrder]:
    if state is None:
        return found
    if state in {LiveState.SETTLED, LiveState.RECALLED}:
        return found.filter(state=state.value)
    in_hand = found.filter(state=OrderState.HANDED_OVER.value)
    return in_hand.filter(_paused()) if state is LiveState.PAUSED else in_hand.filter(~_paused())


def _paused() -> Exists:
    return Exists(Pause.objects.filter(claim_id=OuterRef("claim_id"), ended_at=None))


def _rows(found: Sequence[CollectionOrder]) -> tuple[OrderRow, ...]:
    return tuple(_row(order) for order in found)


def _row(order: CollectionOrder) -> OrderRow:
    state = live_state(order)
    outstanding = order.claim.balance.outstanding
    demanded = outstanding if state is LiveState.COLLECTABLE else Money(0, outstanding.currency)
    person = order.account.holder
    in_hand = state in {LiveState.COLLECTABLE, LiveState.PAUSED}
    owed_by = person.address_lines if in_hand else (person.name,)
    return OrderRow(order, gettext(STATE_NAMES[state]), STATE_KINDS[state], owed_by, demanded)


def _tabs(state: LiveState | None) -> tuple[Tab, ...]:
    every = Tab("", gettext("All"), state is None)
    return (every, *(Tab(s.value, gettext(STATE_NAMES[s]), s is state) for s in LiveState))


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
