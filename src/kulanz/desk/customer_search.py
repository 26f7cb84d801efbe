"""Finding a customer by whatever the caller has in his hand."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext

from kulanz.cases.api import find_case
from kulanz.desk.frame import at_desk, desk_page
from kulanz.kernel.refusals import NotFound
from kulanz.ledger.api import find_claim
from kulanz.parties.api import Account, AccountKind, Permission, sort_key, user_of
from kulanz.shop.api import find_order

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One customer, and by what he was found."""

    account: Account
    by: str


@dataclass(frozen=True, slots=True)
class Page:
    """The search: what was asked and who was found."""

    asked: str
    found: tuple[Found, ...]
    more: bool


@at_desk(Permission.SEE_CUSTOMERS)
def search(request: HttpRequest) -> HttpResponseBase:
    """One hit leads straight to the customer; a case reference leads to the case."""
    asked = request.GET.get("q", "").strip()
    if not asked:
        return desk_page(request, "customers.html", Page("", (), more=False))
    if user_of(request).may(Permission.WORK_CASES) and (reference := _case_reference(asked)):
        return redirect("desk:case", reference)
    found = find_customers(asked)
    if len(found) == 1:
        return redirect("desk:customer", found[0].account.number)
    return desk_page(request, "customers.html", Page(asked, tuple(found[:MOST_FOUND]), more=len(found) > MOST_FOUND))


def find_customers(asked: str) -> list[Found]:
    """The first way that finds somebody wins: number, invoice, order, e-mail, beginning of a name, of a surname."""
    customers = Account.objects.select_related("person", "brand").filter(kind=AccountKind.CUSTOMER)
    for by, accounts in (
        (gettext("customer number"), customers.filter(number__iexact=asked)),
        (gettext("invoice"), _of_claim(customers, asked)),
        (gettext("order"), _of_order(customers, asked)),
        (gettext("e-mail"), customers.filter(person__email__iexact=asked) if "@" in asked else customers.none()),
        (gettext("name"), _by_name(customers, asked, beginning=True)),
        (gettext("surname"), _by_name(customers, asked, beginning=False)),
    ):
        found = [Found(account, by) for account in accounts.order_by("person__sort_key", "number")[: MOST_FOUND + 1]]
        if found:
            return found
    return []


def _by_name(customers: QuerySet[Account], asked: str, *, beginning: bool) -> QuerySet[Account]:
    """The beginning of the whole name uses the index; only when nobody is found, words inside names are looked at."""
    key = sort_key(asked)
    if len(key) < 2:
        return customers.none()
    return customers.filter(
        Q(person__sort_key__startswith=key) if beginning else Q(person__sort_key__contains=f" {key}")
    )


def _of_claim(customers: QuerySet[Account], asked: str) -> QuerySet[Account]:
    try:
        return customers.filter(pk=find_claim(asked).account_id)
    except NotFound:
        return customers.none()


def _of_order(customers: QuerySet[Account], asked: str) -> QuerySet[Account]:
    try:
        return customers.filter(pk=find_order(asked).account_id)
    except NotFound:
        return customers.none()


def _case_reference(asked: str) -> str:
    try:
        return find_case(asked).reference
    except NotFound:
        return ""
