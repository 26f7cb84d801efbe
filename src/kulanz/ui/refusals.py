"""An expected no becomes a page a person can use: what happened, that nothing was changed, what to do now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kulanz.kernel.money import Money
from kulanz.kernel.refusals import NotFound, Refusal, SomebodyWasFaster
from kulanz.kernel.states import ImpossibleMove
from kulanz.kernel.text import Phrase
from kulanz.ui import formats
from kulanz.ui.context import is_desk


def say(refusal: Refusal) -> str:
    """The refusal's sentence in the reader's language, with amounts and days written as he reads them."""
    language = get_language() or "en"
    facts = {name: _say_fact(fact, language) for name, fact in refusal.fields.items()}
    return _(refusal.sentence) % facts


def say_phrase(phrase: Phrase | str) -> str:
    """A phrase in the reader's language, with its facts written as he reads them; plain text stays as it is."""
    return str(_say_fact(phrase, get_language() or "en"))


def _say_fact(fact: object, language: str) -> object:
    if isinstance(fact, Money):
        return formats.money(fact, language)
    if isinstance(fact, datetime):
        return formats.moment(fact, language)
    if isinstance(fact, date):
        return formats.day(fact, language)
    if isinstance(fact, Decimal):
        return formats.number(fact, language)
    if isinstance(fact, Phrase):
        return _(fact.sentence) % {name: _say_fact(value, language) for name, value in fact.fields.items()}
    # Numbers stay numbers: a sentence may say %(count)d.
    return fact


def status_of(refusal: Refusal) -> int:
    """404 where nothing may be seen, 409 where the world has moved on, 422 for everything else."""
    if isinstance(refusal, NotFound):
        return 404
    return 409 if isinstance(refusal, SomebodyWasFaster | ImpossibleMove) else 422


class RefusalAnswers:
    """Middleware: answers a Refusal that a view let through. The api answers its own, as problem+json."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal) or request.path.startswith("/api/"):
            return None
        if request.headers.get("HX-Request") == "true":
            return _answer_fragment(request, exception)
        return _answer_page(request, exception)


def answer_refusals(get_response: Callable[[HttpRequest], HttpResponse]) -> RefusalAnswers:
    """What the settings name."""
    return RefusalAnswers(get_response)


def _answer_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    desk = is_desk(request)
    context = {
        "face": "ui/desk.html" if desk else "ui/portal.html",
        "heading": _heading(refusal),
        "sentence": say(refusal),
        "code": refusal.code,
        "back": _page_before(request),
        "start": "/desk/" if desk else "/",
    }
    return render(request, "ui/refusal.html", context, status=status_of(refusal))


def _answer_fragment(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """For a request that replaces a part of the page: only the notice, among the announcements."""
    response = render(request, "ui/refusal_notice.html", {"sentence": say(refusal)}, status=status_of(refusal))
    response.headers["HX-Retarget"] = "#announcements"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _heading(refusal: Refusal) -> str:
    if isinstance(refusal, NotFound):
        return _("We could not find this")
    if isinstance(refusal, SomebodyWasFaster):
        return _("Somebody was faster")
    return _("This was not possible")


def _page_before(request: HttpRequest) -> str:
    """The page the person came from, if it was ours and not this one; otherwise empty."""
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, allowed_hosts={request.get_host()}):
        return ""
    path = urlsplit(referrer)._replace(scheme="", netloc="").geturl()
    return "" if path == request.get_full_path() and request.method == "GET" else path
