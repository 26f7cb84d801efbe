"""Holds: proposals to look at, what restricts people now, and what waits for a second pair of eyes."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from kulanz.desk.forms import NextLookForm, ReasonForm
from kulanz.desk.frame import at_desk, back_to, desk_page
from kulanz.desk.hold_rows import HoldRow, hold_rows
from kulanz.desk.paging import Pager, page_of
from kulanz.holds.api import (
    HoldKind,
    HoldState,
    confirm_security_hold,
    decline_hold,
    find_hold,
    holds_with_reasons,
    in_force,
    lift_hold,
    look_again,
    release_hold,
)
from kulanz.kernel import clock
from kulanz.kernel.refusals import Refusal
from kulanz.parties.api import Permission, act_of, user_of
from kulanz.ui.refusals import say

OLD_AFTER_DAYS = 30
MOST_WAITING = 50


@dataclass(frozen=True, slots=True)
class Page:
    """The three lists. Active holds stand oldest first: the longest restriction is looked at first."""

    proposals: tuple[HoldRow, ...]
    proposals_count: int
    waiting: tuple[HoldRow, ...]
    active: tuple[HoldRow, ...]
    pager: Pager
    old_after_days: int
    here: str


@at_desk(Permission.RELEASE_HOLDS)
def holds(request: HttpRequest) -> HttpResponseBase:
    """All that needs a look."""
    user, today = user_of(request), clock.today()
    every = holds_with_reasons()
    unconfirmed = Q(kind=HoldKind.SECURITY.value, confirmed_by="")
    proposals = every.filter(state=HoldState.PROPOSED.value).order_by("proposed_at")
    live = every.filter(in_force(today)).order_by("released_at", "pk")
    waiting = live.filter(unconfirmed).order_by("confirm_by")[:MOST_WAITING]
    active, pager = page_of(request, live.exclude(unconfirmed))
    page = Page(
        hold_rows(list(proposals[:MOST_WAITING]), user, today),
        proposals.count(),
        hold_rows(list(waiting), user, today),
        hold_rows(list(active), user, today),
        pager,
        OLD_AFTER_DAYS,
        reverse("desk:holds"),
    )
    return desk_page(request, "holds.html", page)


@at_desk(Permission.RELEASE_HOLDS)
@require_POST
def release(request: HttpRequest, reference: str) -> HttpResponseBase:
    """A person has looked at the proposal and places the hold."""
    release_hold(act_of(request, "looked at the proposal"), find_hold(reference))
    messages.success(request, gettext("The hold is placed. The customer is told why and what lifts it."))
    return redirect(back_to(request, reverse("desk:holds")))


@at_desk(Permission.RELEASE_HOLDS)
@require_POST
def decline(request: HttpRequest, reference: str) -> HttpResponseBase:
    """A person has looked at the proposal and does not place it."""
    hold = find_hold(reference)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Please write the reason."))
        return redirect(back_to(request, reverse("desk:holds")))
    decline_hold(act_of(request, form.cleaned_data["why"]), hold)
    messages.success(request, gettext("The proposal is declined; nothing is restricted."))
    return redirect(back_to(request, reverse("desk:holds")))


@at_desk(Permission.RELEASE_HOLDS)
@require_POST
def confirm(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The second pair of eyes."""
    confirm_security_hold(act_of(request, "second pair of eyes"), find_hold(reference))
    messages.success(request, gettext("The hold is confirmed."))
    return redirect(back_to(request, reverse("desk:holds")))


@at_desk(Permission.RELEASE_HOLDS)
@require_POST
def look(request: HttpRequest, reference: str) -> HttpResponseBase:
    """A person has looked at a hold again: it stands, and comes back on the day he says."""
    hold, form = find_hold(reference), NextLookForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Please write the day of the next look."))
        return redirect(back_to(request, reverse("desk:holds")))
    try:
        look_again(act_of(request, "looked at it again"), hold, form.cleaned_data["next_on"])
    except Refusal as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, gettext("Looked at. It comes back on the day you have named."))
    return redirect(back_to(request, reverse("desk:holds")))


@at_desk(Permission.WORK_CASES)
@require_POST
def lift(request: HttpRequest, reference: str) -> HttpResponseBase:
    """A person ends a hold, with a reason. What the customer wished for ends by whoever he tells; anything else by
    who may place holds."""
    hold, user = find_hold(reference), user_of(request)
    releases = user.may(Permission.RELEASE_HOLDS)
    if not releases and hold.kind != HoldKind.OWN_WISH.value:
        raise PermissionDenied
    otherwise = reverse("desk:holds") if releases else reverse("desk:customer", args=[hold.account.number])
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Please write the reason."))
        return redirect(back_to(request, otherwise))
    lift_hold(act_of(request, form.cleaned_data["why"]), hold)
    messages.success(request, gettext("The hold is lifted. The customer and the shop are told."))
    return redirect(back_to(request, otherwise))
