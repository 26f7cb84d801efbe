"""The stranger's way in, and everybody's: what is it about? Then words, an address to answer to, a reference."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext, gettext_lazy

from kulanz.cases.api import (
    TOPIC_NAMES,
    Case,
    Concern,
    Topic,
    add_file,
    answer_by,
    find_case,
    may_add_file,
    open_case,
)
from kulanz.infra.ids import new_id
from kulanz.infra.uploads import FileRefused, keep_upload, read_upload, too_many_files
from kulanz.kernel import clock
from kulanz.kernel.acts import Act, by_person
from kulanz.kernel.references import grouped
from kulanz.kernel.refusals import NotFound
from kulanz.parties.api import Account, Permission, User, accounts_of, act_of, public, the_brand
from kulanz.portal.frame import portal_page
from kulanz.portal.limits import TooManyConcerns, count_stranger
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
    """The choice. `query` carries the account whose page led here."""

    first: tuple[Way, ...]
    more: tuple[Way, ...]
    query: str


_TEXTS = {
    Topic.NOT_MINE: gettext_lazy("You do not need an account. A person looks at it first."),
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


def _page(request: HttpRequest) -> ConcernsPage:
    more = tuple(_way(topic) for topic in Topic if topic not in FIRST)
    return ConcernsPage(tuple(_way(topic) for topic in FIRST), more, _account_query(request))


@public
def start(request: HttpRequest) -> HttpResponse:
    """The first page: for everybody, with or without an account."""
    return portal_page(request, "portal/start.html", _page(request))


@public
def concerns(request: HttpRequest) -> HttpResponse:
    """What is it about?"""
    return portal_page(request, "portal/concerns.html", _page(request))


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: a stranger (no user), or a login with the accounts it may write for."""

    user: User | None = None
    accounts: tuple[Account, ...] = ()

    @property
    def account(self) -> Account | None:
        """The account it is about; None for strangers, and as long as several are possible."""
        return self.accounts[0] if len(self.accounts) == 1 else None


class ConcernForm(forms.Form):
    """The words first. A name and an address only from those we do not know; an account from who has several."""

    account = forms.ChoiceField(
        label=gettext_lazy("Which account is it about?"),
        error_messages={"required": gettext_lazy("Please choose the account it is about.")},
    )
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
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, writer: Writer, topic: Topic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._withdraws = topic is Topic.WITHDRAWAL
        if self._withdraws:
            self._ask_for_the_order_only()
        self._accounts = {account.number: account for account in writer.accounts}
        if writer.user is not None:
            del self.fields["name"]
            del self.fields["email"]
        if len(writer.accounts) < 2:
            del self.fields["account"]
        else:
            choices = [("", ""), *((a.number, f"{a.holder.name} ({a.number})") for a in writer.accounts)]
            self.fields["account"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField has them

    def _ask_for_the_order_only(self) -> None:
        """Who withdraws says from what. No reason and no form is needed (BGB § 355(1) s. 2 to 4)."""
        self.order_fields(["account", "about", "words"])
        self.fields["about"].label = gettext("Order or invoice number")
        self.fields["words"].label = gettext("Anything you want to add")
        self.fields["words"].required = False
        self.fields["words"].help_text = gettext(
            "You need not give a reason. Without a number, tell us here what you bought and when."
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self._withdraws and "words" in given and not given["words"].strip():
            about = given.get("about", "").strip()
            if about:
                given["words"] = gettext("I withdraw from the order %(order)s.") % {"order": about}
            else:
                self.add_error("about", gettext("Please tell us which order you withdraw from."))
        return given

    def clean_account(self) -> Account:
        return self._accounts[self.cleaned_data["account"]]

    def clean_key(self) -> str:
        """A key nobody has made here is replaced: it opens a concern, it finds none."""
        try:
            return str(UUID(self.cleaned_data["key"]))
        except ValueError:
            return str(new_id())


@dataclass(frozen=True, slots=True)
class ConcernPage:
    """The form of one concern. `query` carries the account back to the choice."""

    way: Way
    form: ConcernForm
    writer: Writer
    query: str


@public
def concern(request: HttpRequest, topic: str) -> HttpResponseBase:
    """Tell us. No login is needed; who is logged in need not say who he is."""
    if topic not in set(Topic):
        raise NotFound(reference=topic)
    writer = _writer(request)
    if request.session.session_key is None:
        # The form's key is worth something in this browser only: the page already needs a session, not the sending.
        request.session.create()
    initial = {"key": str(new_id()), "about": request.GET.get("about", "")[:60]}
    form = ConcernForm(request.POST or None, request.FILES or None, writer=writer, topic=Topic(topic), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            case = _open(request, Topic(topic), form.cleaned_data, writer)
        except TooManyConcerns as refusal:
            # What he wrote stays in the form.
            form.add_error(None, say(refusal))
        else:
            request.session["received"] = [*request.session.get("received", []), case.reference][-5:]
            return redirect("portal:received")
    return portal_page(
        request, "portal/concern.html", ConcernPage(_way(Topic(topic)), form, writer, _account_query(request))
    )


def _writer(request: HttpRequest) -> Writer:
    """Whoever is logged in as a customer, with the account his link names, or all of his."""
    user = request.user
    if not isinstance(user, User) or not user.may(Permission.OWN_ACCOUNT):
        return Writer()
    mine = tuple(accounts_of(user))
    named = tuple(account for account in mine if account.number == request.GET.get("account"))
    return Writer(user, named or mine) if mine else Writer()


def _account_query(request: HttpRequest) -> str:
    number = request.GET.get("account", "")
    return "?" + urlencode({"account": number}) if number else ""


def _open(request: HttpRequest, topic: Topic, given: dict[str, Any], writer: Writer) -> Case:
    language = "de" if (get_language() or "de").startswith("de") else "en"
    account = writer.account or given.get("account")
    if writer.user is not None:
        act, name, email = act_of(request, "contact form"), str(writer.user), writer.user.email
    else:
        # A name that anybody may type is told in the case; it is not who acted.
        act, name, email = (
            by_person("contact form", clock.now(), "contact form"),
            given["name"],
            given["email"],
        )
    with transaction.atomic():
        case = open_case(
            act,
            Concern(
                brand=account.brand if account else the_brand(),
                topic=topic,
                words=given["words"],
                name=name,
                email=email,
                language=language,
                key=_key(request, topic, given),
                account=account,
                about=given["about"],
            ),
        )
        if account is None and case.opened_at == act.at:
            count_stranger(request, email=email, at=act.at)
    if given["file"]:
        _keep_file(request, act, case, given["file"])
    return case


def _key(request: HttpRequest, topic: Topic, given: dict[str, Any]) -> str:
    """The same form with the same words in the same browser is one concern; other words are another one."""
    account = given.get("account")
    parts = (
        str(request.session.session_key),
        given["key"],
        topic.value,
        given["words"].strip(),
        given["about"],
        given.get("email", ""),
        account.number if account else request.GET.get("account", ""),
    )
    return f"form:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


def _keep_file(request: HttpRequest, act: Act, case: Case, file: UploadedFile[bytes]) -> None:
    """A refused file never refuses the concern."""
    name = file.name or ""
    try:
        with transaction.atomic():
            if not may_add_file(case):
                raise too_many_files(name)
            upload = keep_upload(act, name=name, content=read_upload(file), account_id=case.account_id)
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
