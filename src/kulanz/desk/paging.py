"""Long lists, fifty rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

ROWS = 50
T = TypeVar("T", bound=Model)


@dataclass(frozen=True, slots=True)
class Pager:
    """Where we are in a list, and the addresses before and after; empty where there is nothing."""

    number: int
    before_url: str
    after_url: str

    @property
    def needed(self) -> bool:
        return bool(self.before_url or self.after_url)


def page_of(request: HttpRequest, rows: QuerySet[T], *, size: int = ROWS) -> tuple[Sequence[T], Pager]:
    """The rows of the page asked for. One row more is fetched instead of counting the whole table."""
    asked = request.GET.get("page", "")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    start = (number - 1) * size
    found = list(rows[start : start + size + 1])
    before = _url(request, number - 1) if number > 1 else ""
    after = _url(request, number + 1) if len(found) > size else ""
    return found[:size], Pager(number, before, after)


def _url(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"{request.path}?{query.urlencode()}"
