"""What a person does with one bank line: accept, assign, split, put aside, take up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from kulanz.desk.bank_forms import SPLIT_ROWS, AsideForm, AssignForm, SplitForm
from kulanz.desk.bank_lists import BankList, asked_list, following, place_in_list
from kulanz.desk.bank_rows import LineRow, line_rows
from kulanz.desk.frame import at_desk, desk_page
from kulanz.kernel import clock
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.ledger.api import (
    BankLine,
    Claim,
    Part,
    accept_suggestion,
    assign_by_hand,
    find_bank_line,
    find_claim,
    set_aside,
    split_by_hand,
    take_up_again,
)
from kulanz.parties.api import Permission, act_of, user_of
from kulanz.ui import formats
from kulanz.ui.refusals import say

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePage:
    """One line, with the forms to assign it by hand or to put it aside."""

    row: LineRow
    refusal: str
    assign: AssignForm | None
    aside: AsideForm | None
    may_book: bool
    came_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPage:
    """One line, and a row for each invoice it pays."""

    row: LineRow
    form: SplitForm


@at_desk(Permission.SEE_BANK)
def line(request: HttpRequest, line_id: UUID) -> HttpResponseBase:
    """One movement."""
    return _line_page(request, find_bank_line(line_id))


def _line_page(
    request: HttpRequest,
    found: BankLine,
    *,
    assign: AssignForm | None = None,
    aside: AsideForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = clock.today()
    may_book = user_of(request).may(Permission.BOOK_PAYMENTS)
    open_to_hands = may_book and found.amount_cents > 0 and bool(found.unexplained)
    [row] = line_rows([found], today)
    page = LinePage(
        row=row,
        refusal="" if open_to_hands else _said_in(assign or aside),
        assign=(assign or AssignForm()) if open_to_hands else None,
        aside=(aside or AsideForm(initial={"until": today + A_WEEK})) if open_to_hands else None,
        may_book=may_book,
        came_from=asked_list(request) or "",
    )
    return desk_page(request, "bank_line.html", page, status=status)


def _said_in(form: AssignForm | AsideForm | None) -> str:
    """What was wrong, for a page that cannot show the form any more: the line was explained by somebody meanwhile."""
    if form is None:
        return ""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


@at_desk(Permission.BOOK_PAYMENTS)
@require_POST
def accept(request: HttpRequest, line_id: UUID, suggestion_id: UUID) -> HttpResponseBase:
    """A person agrees with a suggestion."""
    found = find_bank_line(line_id)
    which, today = asked_list(request), clock.today()
    next_line = None if which is None else following(which, found, today)
    settled = accept_suggestion(act_of(request, "accepted the suggestion"), found, suggestion_id)
    _say_booked(request, found, settled_any=bool(settled))
    if which is None:  # who came from the line itself stays there
        return redirect("desk:bank_line", found.pk)
    return redirect(place_in_list(which, next_line, today))


@at_desk(Permission.BOOK_PAYMENTS)
@require_POST
def assign(request: HttpRequest, line_id: UUID) -> HttpResponseBase:
    """A person says which claim a line pays."""
    found = find_bank_line(line_id)
    form = AssignForm(request.POST)
    if not form.is_valid() or (claim := _named_claim(form, "claim")) is None:
        return _line_page(request, found, assign=form, status=422)
    act = act_of(request, "assigned by hand")
    try:
        settled = assign_by_hand(act, found, claim, keep_rest_as_credit=form.cleaned_data["keep_rest"])
    except Refusal as refusal:
        form.add_error(None, say(refusal))
        return _line_page(request, find_bank_line(line_id), assign=form, status=422)
    _say_booked(request, found, settled_any=bool(settled))
    return redirect("desk:bank_line", found.pk)


@at_desk(Permission.BOOK_PAYMENTS)
def split(request: HttpRequest, line_id: UUID) -> HttpResponseBase:
    """One payment, several invoices: all parts are booked together or none."""
    found = find_bank_line(line_id)
    form = SplitForm(found.currency, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _split_page(request, found, form)
    parts = _named_parts(form) if form.is_valid() else []
    if form.errors:
        return _split_page(request, found, form, status=422)
    rest_of = parts[0].claim.account if parts and form.cleaned_data["keep_rest"] else None
    try:
        settled = split_by_hand(act_of(request, "split by hand"), found, parts, rest_as_credit_of=rest_of)
    except Refusal as refusal:
        form.add_error(None, say(refusal))
        return _split_page(request, find_bank_line(line_id), form, status=422)
    _say_booked(request, found, settled_any=bool(settled))
    return redirect("desk:bank_line", found.pk)


def _split_page(request: HttpRequest, found: BankLine, form: SplitForm, *, status: int = 200) -> HttpResponse:
    [row] = line_rows([found], clock.today())
    return desk_page(request, "bank_split.html", SplitPage(row=row, form=form), status=status)


def _named_parts(form: SplitForm) -> list[Part]:
    """The rows that were filled in; what is wrong in one stands beside its field."""
    parts: list[Part] = []
    for number in range(1, SPLIT_ROWS + 1):
        if not form.cleaned_data[f"claim_{number}"]:
            continue
        claim = _named_claim(form, f"claim_{number}")
        if claim is not None:
            parts.append(Part(claim, form.amounts.get(number)))
    return parts


@at_desk(Permission.BOOK_PAYMENTS)
@require_POST
def put_aside(request: HttpRequest, line_id: UUID) -> HttpResponseBase:
    """Not today: with a reason, until a day."""
    found = find_bank_line(line_id)
    form = AsideForm(request.POST)
    if not form.is_valid():
        return _line_page(request, found, aside=form, status=422)
    which, today = asked_list(request) or BankList.EYE, clock.today()
    next_line = following(which, found, today)
    try:
        set_aside(act_of(request, "put aside"), found, until=form.cleaned_data["until"], why=form.cleaned_data["why"])
    except Refusal as refusal:
        form.add_error(None, say(refusal))
        return _line_page(request, find_bank_line(line_id), aside=form, status=422)
    messages.success(
        request,
        gettext("Put aside until %(day)s; on that day it stands on the list again.")
        % {"day": formats.short_day(form.cleaned_data["until"], get_language() or "en")},
    )
    return redirect(place_in_list(which, next_line, today))


@at_desk(Permission.BOOK_PAYMENTS)
@require_POST
def take_up(request: HttpRequest, line_id: UUID) -> HttpResponseBase:
    """It stands on the list again."""
    found = find_bank_line(line_id)
    if not take_up_again(act_of(request, "taken up again"), found):
        messages.info(request, gettext("This payment had not been put aside. Nothing was changed."))
    elif found.unexplained:
        messages.success(request, gettext("It stands on the list again."))
    else:
        messages.success(request, gettext("It is not put aside any more. All of it is explained."))
    return redirect("desk:bank_line", found.pk)


def _named_claim(form: AssignForm | SplitForm, name: str) -> Claim | None:
    try:
        return find_claim(form.cleaned_data[name])
    except NotFound as refusal:  # none, or more than one: the sentence says which
        form.add_error(name, say(refusal))
        return None


def _say_booked(request: HttpRequest, found: BankLine, *, settled_any: bool) -> None:
    """What was booked, by name and amount: who works fast sees at once if it was the wrong one."""
    before = found.unexplained
    found.refresh_from_db()
    facts = {
        "payer": found.payer_name or gettext("unknown payer"),
        "amount": formats.money(before - found.unexplained, get_language() or "en"),
    }
    if settled_any:
        said = gettext("Booked: %(amount)s from %(payer)s. The invoice is paid; what rested on it has ended.")
    else:
        said = gettext("Booked: %(amount)s from %(payer)s.")
    messages.success(request, said % facts)
