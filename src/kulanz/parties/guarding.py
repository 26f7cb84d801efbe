"""May he? Every view says what it asks for; a test walks all routes and refuses a view that says nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kulanz.kernel import clock
from kulanz.kernel.acts import Act, by_person
from kulanz.parties.models import User
from kulanz.parties.permissions import Permission

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], R]
PUBLIC = "public"


def requires(permission: Permission) -> Callable[[View[P, R]], View[P, HttpResponseBase]]:
    """Only for logins with this permission: others are led to the login, or told that this is the wrong door."""

    def decorate(view: View[P, R]) -> View[P, HttpResponseBase]:
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            if not request.user.may(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        update_wrapper(guarded, view)
        guarded.permission = permission  # type: ignore[attr-defined]  # read by the test of the house
        return guarded

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """For everybody, with or without a login: said aloud, so that nothing is public by forgetting."""
    view.permission = PUBLIC  # type: ignore[attr-defined]  # read by the test of the house
    return view


def user_of(request: HttpRequest) -> User:
    """The login behind a request that passed `requires`."""
    assert isinstance(request.user, User)
    return request.user


def act_of(request: HttpRequest, why: str) -> Act:
    """This person, now, for this reason."""
    user = user_of(request)
    return by_person(str(user), clock.now(), why, user_id=user.pk)


__all__ = ["PUBLIC", "act_of", "public", "requires", "user_of"]
