"""The name people know stands on every page, also on those that are not ours, like the login."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from kulanz.kernel.refusals import NotFound
from kulanz.parties.api import the_brand


def name_the_brand(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: `request.kulanz_brand`, looked up only where a page shows it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.kulanz_brand = SimpleLazyObject(_name)  # type: ignore[attr-defined]  # read by ui.context
        return get_response(request)

    return middleware


def _name() -> str:
    try:
        return the_brand().name
    except NotFound:
        return ""
