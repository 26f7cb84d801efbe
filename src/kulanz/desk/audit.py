"""Who did what, when and why. Reads only; nobody writes here by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kulanz.desk.frame import at_desk, desk_page
from kulanz.desk.paging import Pager, page_of
from kulanz.infra.models import AuditEntry
from kulanz.kernel.acts import ActorKind
from kulanz.kernel.refusals import NotFound
from kulanz.parties.api import Account, Permission, find_account


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry, with the customer number it belongs to where it belongs to one."""

    entry: AuditEntry
    account: str
    by_person: bool
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first."""

    rows: tuple[EntryRow, ...]
    pager: Pager
    asked: str
    unknown: bool


@at_desk(Permission.SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponseBase:
    """Everything, or what concerns one account."""
    asked = request.GET.get("account", "").strip()
    found, unknown = AuditEntry.objects.order_by("-at", "-id"), False
    if asked:
        try:
            found = found.filter(account_id=find_account(asked).pk)
        except NotFound:
            found, unknown = found.none(), True
    rows, pager = page_of(request, found)
    return desk_page(request, "audit.html", Page(_rows(rows), pager, asked, unknown))


def _rows(entries: Sequence[AuditEntry]) -> tuple[EntryRow, ...]:
    ids = {entry.account_id for entry in entries if entry.account_id is not None}
    numbers: dict[UUID, str] = dict(Account.objects.filter(pk__in=ids).values_list("pk", "number"))
    return tuple(
        EntryRow(
            entry,
            numbers.get(entry.account_id, "") if entry.account_id is not None else "",
            entry.actor_kind == ActorKind.PERSON.value,
            tuple((name, str(value)) for name, value in entry.facts.items()),
        )
        for entry in entries
    )
