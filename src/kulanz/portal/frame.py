"""The frame of every portal page: what the navigation offers to whoever is there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from kulanz.parties.api import Permission, User
from kulanz.ui.context import NavigationItem


def portal_page(request: HttpRequest, template: str, page: object, *, status: int = 200) -> HttpResponse:
    """Render a page of the portal with its navigation."""
    request.kulanz_navigation = _navigation(request)  # type: ignore[attr-defined]  # read by ui.context
    return render(request, template, {"page": page}, status=status)


def _navigation(request: HttpRequest) -> list[NavigationItem]:
    entries = []
    user = request.user
    if isinstance(user, User) and user.may(Permission.OWN_ACCOUNT):
        entries.append((gettext("My account"), reverse("portal:accounts"), "person"))
    if isinstance(user, User) and user.may(Permission.DESK):
        entries.append((gettext("Desk"), reverse("desk:overview"), "menu"))
    if isinstance(user, User) and user.may(Permission.AGENCY_ORDERS):
        entries.append((gettext("Collection orders"), reverse("agency:orders"), "menu"))
    entries.append((gettext("Contact"), reverse("portal:concerns"), "mail"))
    return [NavigationItem(label, url, current=request.path.startswith(url), icon=icon) for label, url, icon in entries]
