"""My account: holds in plain words, what is open, what was paid, orders, concerns, my data."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from kulanz.cases.api import CASE_STATE_NAMES, TOPIC_NAMES, Case, CaseState, Topic, cases_of, find_case
from kulanz.explain.api import (
    Explanation,
    Fact,
    account_sentence,
    claims_behind,
    explain_case,
    explain_hold,
    export_account,
)
from kulanz.holds.api import EFFECT_NAMES, Effect, Hold, HoldKind, active_holds, find_hold, lift_hold
from kulanz.kernel import clock
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import NotFound
from kulanz.ledger.api import Allocation, Claim, claims_of, credit_of, open_claims_of
from kulanz.parties.api import Account, Permission, access_account, accounts_of, act_of, requires, user_of
from kulanz.portal.frame import portal_page
from kulanz.portal.states import StateWord, state_word
from kulanz.shop.api import Order, Return, Subscription, orders_of, returns_of, subscriptions_of

NEWEST_ORDERS = 50


@dataclass(frozen=True, slots=True)
class HoldNotice:
    """One hold as its holder reads it: what, why, what happened, what ends it, which claims. Whoever wished for it
    may end it: `may_end`."""

    effect: str
    explanation: Explanation
    claims: tuple[Claim, ...]
    outstanding: Money | None
    may_end: bool


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One line of the list of open claims."""

    claim: Claim
    state: StateWord


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the list of concerns."""

    case: Case
    topic: str
    state: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Everything on "My account"."""

    account: Account
    sentence: str
    holds: tuple[HoldNotice, ...]
    open_claims: tuple[ClaimRow, ...]
    credits: tuple[Money, ...]
    cases: tuple[CaseRow, ...]
    others: tuple[Account, ...]


@requires(Permission.OWN_ACCOUNT)
def accounts(request: HttpRequest) -> HttpResponseBase:
    """Straight to the one account, or a choice where there are several."""
    mine = accounts_of(user_of(request))
    if len(mine) == 1:
        return redirect("portal:account", mine[0].number)
    return portal_page(request, "portal/accounts.html", mine)


@requires(Permission.OWN_ACCOUNT)
def overview(request: HttpRequest, number: str) -> HttpResponse:
    """My account."""
    account = access_account(user_of(request), number)
    holds = active_holds(account.pk, on=clock.today())
    still_open = open_claims_of(account.pk)
    page = AccountPage(
        account=account,
        sentence=account_sentence(holds, still_open),
        holds=tuple(_notice(hold) for hold in holds),
        open_claims=tuple(ClaimRow(claim, state_word(claim.balance.state)) for claim in still_open),
        credits=tuple(credit_of(account.pk)),
        cases=tuple(_case_row(case) for case in cases_of(account.pk)[:20]),
        others=tuple(other for other in accounts_of(user_of(request)) if other.pk != account.pk),
    )
    return portal_page(request, "portal/account.html", page)


def _notice(hold: Hold) -> HoldNotice:
    claims = tuple(claims_behind(hold))
    outstanding = Money.total((c.balance.outstanding for c in claims), claims[0].currency) if claims else None
    may_end = hold.kind == HoldKind.OWN_WISH.value
    return HoldNotice(gettext(EFFECT_NAMES[Effect(hold.effect)]), explain_hold(hold), claims, outstanding, may_end)


@requires(Permission.OWN_ACCOUNT)
@require_POST
def end_hold(request: HttpRequest, number: str, reference: str) -> HttpResponseBase:
    """Who wished to be stopped no longer wishes it. Holds of any other kind look here as if they were not there."""
    account = access_account(user_of(request), number)
    hold = find_hold(reference)
    if hold.account_id != account.pk or hold.kind != HoldKind.OWN_WISH.value:
        raise NotFound(reference=reference)
    lift_hold(act_of(request, "ended at his own wish"), hold)
    messages.success(request, gettext("The hold has ended. We confirm it in a message."))
    return redirect("portal:account", account.number)


def _case_row(case: Case) -> CaseRow:
    return CaseRow(case, gettext(TOPIC_NAMES[Topic(case.topic)]), gettext(CASE_STATE_NAMES[CaseState(case.state)]))


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Orders, parcels and what came back."""

    account: Account
    orders: tuple[Order, ...]
    returns: tuple[Return, ...]
    subscriptions: tuple[Subscription, ...]


@requires(Permission.OWN_ACCOUNT)
def orders(request: HttpRequest, number: str) -> HttpResponse:
    """My orders."""
    account = access_account(user_of(request), number)
    page = OrdersPage(
        account,
        tuple(orders_of(account.pk)[:NEWEST_ORDERS]),
        tuple(returns_of(account.pk)[:NEWEST_ORDERS]),
        tuple(subscriptions_of(account.pk)),
    )
    return portal_page(request, "portal/orders.html", page)


@dataclass(frozen=True, slots=True)
class PaymentsPage:
    """Every payment with the claim it paid, and every claim with what became of it."""

    account: Account
    payments: tuple[Allocation, ...]
    claims: tuple[ClaimRow, ...]
    credits: tuple[Money, ...]


@requires(Permission.OWN_ACCOUNT)
def payments(request: HttpRequest, number: str) -> HttpResponse:
    """My payments and invoices."""
    account = access_account(user_of(request), number)
    allocations = (
        Allocation.objects.select_related("bank_line", "claim__invoice")
        .filter(account=account, reversal=None)
        .order_by("-bank_line__booked_on", "-allocated_at")[:100]
    )
    page = PaymentsPage(
        account,
        tuple(allocations),
        tuple(ClaimRow(claim, state_word(claim.balance.state)) for claim in claims_of(account.pk)[:200]),
        tuple(credit_of(account.pk)),
    )
    return portal_page(request, "portal/payments.html", page)


@requires(Permission.OWN_ACCOUNT)
def data(request: HttpRequest, number: str) -> HttpResponse:
    """Everything we hold about this account, as a file to keep. Open under every hold."""
    account = access_account(user_of(request), number)
    response = JsonResponse(export_account(account), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = f'attachment; filename="kulanz-{account.number}.json"'
    return response


@dataclass(frozen=True, slots=True)
class CasePage:
    """One concern: where it stands and what happened."""

    account: Account
    case: Case
    topic: str
    explanation: Explanation
    facts: tuple[Fact, ...]


@requires(Permission.OWN_ACCOUNT)
def case(request: HttpRequest, number: str, reference: str) -> HttpResponse:
    """My concern."""
    account = access_account(user_of(request), number)
    found = find_case(reference)
    if found.account_id != account.pk:
        raise NotFound(reference=reference)
    explanation = explain_case(found)
    topic = gettext(TOPIC_NAMES[Topic(found.topic)])
    page = CasePage(account, found, topic, explanation, tuple(reversed(explanation.facts)))
    return portal_page(request, "portal/case.html", page)
