"""Where a login leads: everybody to his own door."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kulanz.parties.api import Permission, public, user_of


@public
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The first door this login may use."""
    user = user_of(request)
    if user.may(Permission.DESK):
        return redirect("desk:overview")
    if user.may(Permission.AGENCY_ORDERS):
        return redirect("agency:orders")
    if user.may(Permission.OWN_ACCOUNT):
        return redirect("portal:accounts")
    return redirect("portal:start")
