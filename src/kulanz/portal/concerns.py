"""The stranger's way in, and everybody's: what is it about? Then words, an address to answer to, a reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext, gettext_lazy

from kulanz.cases.api import TOPIC_NAMES, Case, Concern, Topic, add_file, answer_by, find_case, open_case
from kulanz.infra.ids import new_id
from kulanz.infra.uploads import FileRefused, keep_upload
from kulanz.kernel import clock
from kulanz.kernel.acts import Act, by_person
from kulanz.kernel.references import grouped
from kulanz.kernel.refusals import NotFound
from kulanz.parties.api import Account, User, accounts_of, public, the_brand
from kulanz.portal.frame import portal_page
from kulanz.ui.refusals import say

# What stands first on the start page: the concerns of people in distress before everyday ones.
FIRST = (Topic.NOT_MINE, Topic.BILL, Topic.BLOCKED, Topic.SUSPICIOUS)


@dataclass(frozen=True, slots=True)
class Way:
    """One concern to choose: what it is called and one line about it."""

    topic: Topic
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ConcernsPage:
    """The choice."""

    first: tuple[Way, ...]
    more: tuple[Way, ...]


_TEXTS = {
    Topic.NOT_MINE: gettext_lazy("You do not need an account. We stop and look."),
    Topic.BILL: gettext_lazy("Paid already, wrong amount, a reminder you do not understand."),
    Topic.BLOCKED: gettext_lazy("We tell you which invoice it is about, or end it."),
    Topic.SUSPICIOUS: gettext_lazy("Somebody wants money or access in our name? Tell us what happened."),
    Topic.ORDER: gettext_lazy("Where it is, what was sent, what is missing."),
    Topic.COMPLAINT: gettext_lazy("Defective, damaged, wrong item, incomplete."),
    Topic.WITHDRAWAL: gettext_lazy("Tell us which order; you do not have to give a reason."),
    Topic.RETURN: gettext_lazy("How to send it and what happens then."),
    Topic.REFUND: gettext_lazy("We look up where the money is."),
    Topic.CANCELLATION: gettext_lazy("An order or a subscription."),
    Topic.OTHER: gettext_lazy("In your own words."),
}


def _way(topic: Topic) -> Way:
    return Way(topic, gettext(TOPIC_NAMES[topic]), str(_TEXTS[topic]))


def _page() -> ConcernsPage:
    more = tuple(_way(topic) for topic in Topic if topic not in FIRST)
    return ConcernsPage(tuple(_way(topic) for topic in FIRST), more)


@public
def start(request: HttpRequest) -> HttpResponse:
    """The first page: for everybody, with or without an account."""
    return portal_page(request, "portal/start.html", _page())


@public
def concerns(request: HttpRequest) -> HttpResponse:
    """What is it about?"""
    return portal_page(request, "portal/concerns.html", _page())


class ConcernForm(forms.Form):
    """The words first. A name and an address only from those we do not know."""

    words = forms.CharField(
        label=gettext_lazy("What happened?"),
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy("In your own words. Never send passwords or card numbers; we never ask for them."),
        error_messages={"required": gettext_lazy("Please write in a few words what it is about.")},
    )
    about = forms.CharField(
        label=gettext_lazy("Order or invoice number, if you have one"), required=False, max_length=60
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Please tell us your name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address for our answer"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Please give an e-mail address: our answer goes there.")},
    )
    file = forms.FileField(
        label=gettext_lazy("A photo or PDF, if it helps"),
        required=False,
        help_text=gettext_lazy("For example the letter you received. PDF, JPEG or PNG, at most 10 MB."),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(self, *args: Any, account: Account | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if account is not None:
            del self.fields["name"]
            del self.fields["email"]


@dataclass(frozen=True, slots=True)
class ConcernPage:
    """The form of one concern."""

    way: Way
    form: ConcernForm
    account: Account | None


@public
def concern(request: HttpRequest, topic: str) -> HttpResponseBase:
    """Tell us. No login is needed; who is logged in need not say who he is."""
    if topic not in set(Topic):
        raise NotFound(reference=topic)
    account = _account(request)
    initial = {"key": str(new_id()), "about": request.GET.get("about", "")[:60]}
    form = ConcernForm(request.POST or None, request.FILES or None, account=account, initial=initial)
    if request.method == "POST" and form.is_valid():
        case = _open(request, Topic(topic), form.cleaned_data, account)
        request.session["received"] = [*request.session.get("received", []), case.reference][-5:]
        return redirect("portal:received")
    return portal_page(request, "portal/concern.html", ConcernPage(_way(Topic(topic)), form, account))


def _account(request: HttpRequest) -> Account | None:
    """The account of whoever is logged in as a customer; the first where there are several."""
    mine = accounts_of(request.user) if isinstance(request.user, User) else []
    return mine[0] if mine else None


def _open(request: HttpRequest, topic: Topic, given: dict[str, Any], account: Account | None) -> Case:
    name = account.holder.name if account else given["name"]
    act = by_person(name, clock.now(), "contact form")
    language = "de" if (get_language() or "de").startswith("de") else "en"
    case = open_case(
        act,
        Concern(
            brand=account.brand if account else the_brand(),
            topic=topic,
            words=given["words"],
            name=name,
            email=account.holder.email if account else given["email"],
            language=language,
            key=f"form:{given['key']}",
            account=account,
            about=given["about"],
        ),
    )
    if given["file"]:
        _keep_file(request, act, case, given["file"])
    return case


def _keep_file(request: HttpRequest, act: Act, case: Case, file: Any) -> None:
    """A refused file never refuses the concern."""
    try:
        upload = keep_upload(act, name=file.name, content=file.read(), account_id=case.account_id)
        add_file(act, case, upload)
    except FileRefused as refusal:
        messages.warning(request, say(refusal))


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """The reference, what happens next and by when."""

    case: Case
    reference: str
    answer_by: date


@public
def received(request: HttpRequest) -> HttpResponseBase:
    """It has arrived: only for the browser that sent it."""
    references = request.session.get("received", [])
    if not references:
        return redirect("portal:concerns")
    case = find_case(references[-1])
    return portal_page(
        request,
        "portal/received.html",
        ReceivedPage(case, grouped(case.reference), answer_by(clock.berlin_day(case.opened_at))),
    )
