"""The two lists finance works through, and where work goes on when a line has left one of them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from kulanz.desk.paging import ROWS
from kulanz.ledger.api import BankLine, needs_an_eye, put_aside


class BankList(StrEnum):
    """The value stands in the forms and links of the list's rows, so that work goes on where it was begun."""

    EYE = "list"
    ASIDE = "aside"


_VIEWS = {BankList.EYE: "desk:bank", BankList.ASIDE: "desk:bank_aside"}
_ORDERS: dict[BankList, tuple[str, ...]] = {
    BankList.EYE: ("booked_on", "id"),
    BankList.ASIDE: ("until", "booked_on", "id"),
}


def lines_of(which: BankList, today: date) -> QuerySet[BankLine]:
    """The lines of a list in its order: what needs an eye oldest first, what is put aside by the day it comes back."""
    if which is BankList.EYE:
        return needs_an_eye(today).order_by(*_ORDERS[which])
    until = Max("asides__until", filter=Q(asides__ended_at=None))
    return put_aside(today).annotate(until=until).order_by(*_ORDERS[which])


def asked_list(request: HttpRequest) -> BankList | None:
    """The list the person comes from, as its rows say; None for who came from elsewhere."""
    asked = request.POST.get("from") or request.GET.get("from", "")
    return BankList(asked) if asked in set(BankList) else None


def following(which: BankList, line: BankLine, today: date) -> UUID | None:
    """The line after this one, asked while it still stands in the list; None after the last, or where it is not."""
    lines = lines_of(which, today)
    here = lines.filter(pk=line.pk).values(*_ORDERS[which]).first()
    return None if here is None else _pk(lines.filter(_beside(here, "gt")).first())


def place_in_list(which: BankList, line_id: UUID | None, today: date) -> str:
    """The address of that line in the list, on the page on which it stands now; the start of the list without one."""
    url, lines = reverse(_VIEWS[which]), lines_of(which, today)
    here = None if line_id is None else lines.filter(pk=line_id).values(*_ORDERS[which]).first()
    if here is None:
        return url
    page = lines.filter(_beside(here, "lt")).count() // ROWS + 1
    return f"{url}?page={page}#line-{line_id}" if page > 1 else f"{url}#line-{line_id}"


def _beside(here: dict[str, object], comparison: str) -> Q:
    """What stands after (`gt`) or before (`lt`) this place, in the order of its columns."""
    beside, same = Q(), Q()
    for column, value in here.items():
        beside |= same & Q(**{f"{column}__{comparison}": value})
        same &= Q(**{column: value})
    return beside


def _pk(line: BankLine | None) -> UUID | None:
    return None if line is None else line.pk
