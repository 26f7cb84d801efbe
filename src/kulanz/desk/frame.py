"""What stands around every page of the desk, and who may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from kulanz.kernel.text import N_
from kulanz.parties.api import Permission, requires, user_of
from kulanz.ui.context import NavigationItem

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Entry:
    """One room of the desk in the navigation."""

    label: str
    view: str
    permission: Permission
    icon: str


ENTRIES = (
    Entry(N_("Today"), "desk:overview", Permission.DESK, "calendar"),
    Entry(N_("Customers"), "desk:customers", Permission.SEE_CUSTOMERS, "person"),
    Entry(N_("Cases"), "desk:cases", Permission.WORK_CASES, "chat"),
    Entry(N_("Objections"), "desk:disputes", Permission.DECIDE_DISPUTES, "return"),
    Entry(N_("Bank"), "desk:bank", Permission.SEE_BANK, "bank"),
    Entry(N_("Holds"), "desk:holds", Permission.RELEASE_HOLDS, "pause"),
    Entry(N_("Orders"), "desk:orders", Permission.SEE_ORDERS, "parcel"),
    Entry(N_("Outbox"), "desk:outbox", Permission.SEE_OUTBOX, "mail"),
    Entry(N_("Access"), "desk:access", Permission.MANAGE_ACCESS, "key"),
    Entry(N_("Audit"), "desk:audit", Permission.SEE_AUDIT, "clock"),
)


def at_desk(permission: Permission) -> Callable[[View[P]], View[P]]:
    """`requires(permission)`, and the frame around whatever the view answers, refusals included."""

    def decorate(view: View[P]) -> View[P]:
        @requires(permission)
        @wraps(view)
        def framed(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            _put_frame(request)
            return view(request, *args, **kwargs)

        return framed

    return decorate


def desk_page(request: HttpRequest, template: str, page: object, *, status: int = 200) -> HttpResponse:
    """A page of the desk: the template gets `page` and nothing else."""
    return render(request, f"desk/{template}", {"page": page}, status=status)


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Where the form says it came from, if that is one of our own pages; else the given address."""
    asked = request.POST.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else otherwise


def _put_frame(request: HttpRequest) -> None:
    user = user_of(request)
    mine = [entry for entry in ENTRIES if user.may(entry.permission)]
    request.kulanz_navigation = tuple(_item(request, entry) for entry in mine)  # type: ignore[attr-defined]  # for ui.context
    request.kulanz_search_url = _search_url(request)  # type: ignore[attr-defined]  # both read by ui.context


def _item(request: HttpRequest, entry: Entry) -> NavigationItem:
    url = reverse(entry.view)
    current = request.path == url if entry.view == "desk:overview" else request.path.startswith(url)
    return NavigationItem(gettext(entry.label), url, current=current, icon=entry.icon)


def _search_url(request: HttpRequest) -> str:
    """Customers for who may see them; the warehouse searches orders."""
    user = user_of(request)
    if user.may(Permission.SEE_CUSTOMERS):
        return reverse("desk:customers")
    return reverse("desk:orders") if user.may(Permission.SEE_ORDERS) else ""
