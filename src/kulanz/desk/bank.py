"""The bank: statements come in, what is certain books itself, what is not is looked at here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from kulanz.desk.bank_forms import BankFileForm
from kulanz.desk.bank_lists import BankList, lines_of
from kulanz.desk.bank_rows import AgeRow, LineRow, age_rows, line_rows
from kulanz.desk.frame import at_desk, desk_page
from kulanz.desk.paging import Pager, page_of
from kulanz.kernel import clock
from kulanz.kernel.clock import start_of_day
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.ledger.api import (
    Allocation,
    BankAccount,
    BankStatement,
    bank_lines,
    books_differ,
    put_aside,
    statement_gaps,
    suspense_by_age,
    take_in,
)
from kulanz.parties.api import Permission, act_of, the_brand, user_of
from kulanz.ui.refusals import say, say_phrase, status_of

NEWEST_STATEMENTS = 5


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement and the proof that it adds up: opening plus entries is closing."""

    statement: BankStatement
    entries_sum: Money | None

    @property
    def known(self) -> int:
        """Lines that had come with an earlier file."""
        return self.statement.entries - self.statement.new_lines - self.statement.announced


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPage:
    """The morning's work: what nobody has understood yet, and the door for the next file."""

    form: BankFileForm
    refusal: str
    lines: tuple[LineRow, ...]
    pager: Pager
    ages: tuple[AgeRow, ...]
    booked_today: int
    aside: int
    statements: tuple[StatementRow, ...]
    may_book: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    """What became of a file."""

    name: str
    statements: tuple[StatementRow, ...]
    new: int
    known: int
    booked: int
    open: int
    lines: tuple[LineRow, ...]
    pager: Pager
    may_book: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """Lines that are booked, with evidence and what followed."""

    lines: tuple[LineRow, ...]
    pager: Pager
    by_rule_only: bool
    may_book: bool


@dataclass(frozen=True, slots=True)
class AsidePage:
    """Lines somebody put aside, with the reason and the day they come back."""

    lines: tuple[LineRow, ...]
    pager: Pager
    may_book: bool


@dataclass(frozen=True, slots=True)
class StatementsPage:
    """All statements, newest first."""

    statements: tuple[StatementRow, ...]
    pager: Pager
    gaps: tuple[str, ...]


@at_desk(Permission.SEE_BANK)
def bank(request: HttpRequest) -> HttpResponseBase:
    """What needs an eye, oldest first."""
    return _bank_page(request, BankFileForm())


def _bank_page(request: HttpRequest, form: BankFileForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    today = clock.today()
    lines, pager = page_of(request, lines_of(BankList.EYE, today))
    page = BankPage(
        form=form,
        refusal=refusal,
        lines=line_rows(lines, today),
        pager=pager,
        ages=age_rows(suspense_by_age(today)),
        booked_today=_booked_by_rules(today),
        aside=put_aside(today).count(),
        statements=_statement_rows(_newest_statements()[:NEWEST_STATEMENTS]),
        may_book=user_of(request).may(Permission.BOOK_PAYMENTS),
    )
    return desk_page(request, "bank.html", page, status=status)


def _booked_by_rules(today: date) -> int:
    """Payments that explained themselves today."""
    by_rules = Allocation.objects.exclude(evidence__has_key="by").filter(allocated_at__gte=start_of_day(today))
    return by_rules.aggregate(lines=Count("bank_line", distinct=True))["lines"] or 0


@at_desk(Permission.SEE_BANK)
def aside(request: HttpRequest) -> HttpResponseBase:
    """What somebody put aside until a day, the next to come back first."""
    today = clock.today()
    lines, pager = page_of(request, lines_of(BankList.ASIDE, today))
    may_book = user_of(request).may(Permission.BOOK_PAYMENTS)
    return desk_page(request, "bank_aside.html", AsidePage(line_rows(lines, today), pager, may_book))


def _newest_statements() -> QuerySet[BankStatement]:
    return BankStatement.objects.select_related("bank_account").order_by("-imported_at", "-id")


def _statement_rows(statements: QuerySet[BankStatement] | Sequence[BankStatement]) -> tuple[StatementRow, ...]:
    return tuple(StatementRow(statement, _entries_sum(statement)) for statement in statements)


def _entries_sum(statement: BankStatement) -> Money | None:
    """Only balanced statements are let in, so the entries are what lies between the two balances."""
    if statement.opening is None or statement.closing is None:
        return None
    return statement.closing - statement.opening


@at_desk(Permission.BOOK_PAYMENTS)
@require_POST
def upload(request: HttpRequest) -> HttpResponseBase:
    """A bank file comes in: checked, booked, matched. A file that is refused changes nothing and says why."""
    form = BankFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _bank_page(request, form, status=422)
    file: UploadedFile[bytes] = form.cleaned_data["statement"]
    name = file.name or "statement"
    try:
        # Not read into memory: its size was looked at by the form, and the reader takes it piece by piece.
        taken = take_in(act_of(request, f"uploaded {name}"), brand=the_brand(), name=name, content=cast(BinaryIO, file))
    except Refusal as refusal:
        return _bank_page(request, BankFileForm(), refusal=say(refusal), status=status_of(refusal))
    if not taken.file.statements:
        messages.warning(request, gettext("There is no statement in %(name)s.") % {"name": name})
        return redirect("desk:bank")
    url = reverse("desk:bank_file", args=[taken.file.statements[0].id])
    return redirect(f"{url}?statements={len(taken.file.statements)}")


@at_desk(Permission.SEE_BANK)
def bank_file(request: HttpRequest, statement_id: UUID) -> HttpResponseBase:
    """What became of one statement; with `?statements=` of all that came with it in one file, after it."""
    first = BankStatement.objects.filter(pk=statement_id).first()
    if first is None:
        raise NotFound(reference=str(statement_id))
    # Ids rise with time, so the statements of one upload follow one another, and the same file uploaded again
    # comes after them.
    following = BankStatement.objects.filter(file_sha256=first.file_sha256, pk__gte=first.pk).order_by("pk")
    ids = list(following.values_list("pk", flat=True)[: _asked_statements(request)])
    together = BankStatement.objects.select_related("bank_account").filter(pk__in=ids)
    statements = _statement_rows(together.order_by("from_on", "id"))
    of_file = bank_lines().filter(statement_id__in=ids)
    lines, pager = page_of(request, of_file)
    page = FilePage(
        name=first.file_name,
        statements=statements,
        new=sum(row.statement.new_lines for row in statements),
        known=sum(row.known for row in statements),
        booked=of_file.exclude(allocated_cents=0).count(),
        open=of_file.filter(amount_cents__gt=0, allocated_cents=0).count(),
        lines=line_rows(lines, clock.today()),
        pager=pager,
        may_book=user_of(request).may(Permission.BOOK_PAYMENTS),
    )
    return desk_page(request, "bank_file.html", page)


def _asked_statements(request: HttpRequest) -> int:
    """How many statements the file had; one where nobody says."""
    asked = request.GET.get("statements", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1


@at_desk(Permission.SEE_BANK)
def booked(request: HttpRequest) -> HttpResponseBase:
    """Lines that were booked, newest first: by themselves or, where asked for, all of them."""
    by_rule_only = request.GET.get("by") != "all"
    allocations = Allocation.objects.filter(reversal=None)
    if by_rule_only:
        allocations = allocations.exclude(evidence__has_key="by")
    lines, pager = page_of(request, bank_lines().filter(pk__in=allocations.values("bank_line_id")))
    may_book = user_of(request).may(Permission.BOOK_PAYMENTS)
    return desk_page(
        request, "bank_booked.html", ListPage(line_rows(lines, clock.today()), pager, by_rule_only, may_book)
    )


@at_desk(Permission.SEE_BANK)
def statements(request: HttpRequest) -> HttpResponseBase:
    """Every statement that came in, and what is missing between them."""
    rows, pager = page_of(request, _newest_statements())
    return desk_page(request, "bank_statements.html", StatementsPage(_statement_rows(rows), pager, _gaps()))


def _gaps() -> tuple[str, ...]:
    """What is missing on our accounts, as sentences in the reader's language."""
    ours = list(BankAccount.objects.filter(on_trial=False).order_by("iban"))
    gaps = [gap.sentence for account in ours for gap in statement_gaps(account)]
    gaps += [sentence for account in ours for sentence in books_differ(account)]
    return tuple(say_phrase(sentence) for sentence in gaps)
