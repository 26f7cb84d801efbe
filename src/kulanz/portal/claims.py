"""One claim: the sentence, how to pay it, what happened, what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from kulanz.contact.api import NoGiroCode, Payment, girocode_svg
from kulanz.dunning.api import payment_for
from kulanz.explain.api import Explanation, Fact, explain_claim
from kulanz.kernel.refusals import NotFound
from kulanz.ledger.api import Claim, ClaimState, Dispute, DisputeState, find_claim
from kulanz.parties.api import Account, Permission, access_account, requires, user_of
from kulanz.portal.frame import portal_page
from kulanz.portal.states import StateWord, state_word
from kulanz.shop.api import Order


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """Everything on the page of a claim. `code` is the GiroCode drawing, empty where there is none."""

    account: Account
    claim: Claim
    state: StateWord
    explanation: Explanation
    facts: tuple[Fact, ...]
    payment: Payment | None
    code: SafeString
    order: Order | None
    dispute: Dispute | None
    can_object: bool
    can_pay: bool


def access_claim(request: HttpRequest, number: str, reference: str) -> tuple[Account, Claim]:
    """The claim, if it lies on an account this login may use; otherwise it looks as if it were not there."""
    account = access_account(user_of(request), number)
    found = find_claim(reference)
    if found.account_id != account.pk:
        raise NotFound(reference=reference)
    return account, found


@requires(Permission.OWN_ACCOUNT)
def claim(request: HttpRequest, number: str, reference: str) -> HttpResponse:
    """One claim."""
    account, found = access_claim(request, number, reference)
    state = found.balance.state
    can_pay = state in {ClaimState.OPEN, ClaimState.PART_PAID}
    payment = payment_for(found, found.balance.outstanding) if can_pay else None
    explanation = explain_claim(found)
    order_number = found.invoice.order_number if found.invoice else ""
    orders = Order.objects.filter(account=account, number=order_number).prefetch_related("items", "shipments")
    page = ClaimPage(
        account=account,
        claim=found,
        state=state_word(state),
        explanation=explanation,
        facts=tuple(reversed(explanation.facts)),
        payment=payment,
        code=_code(payment),
        order=orders.first() if order_number else None,
        dispute=Dispute.objects.filter(claim=found, state=DisputeState.OPEN.value).order_by("raised_at").first(),
        can_object=can_pay,
        can_pay=can_pay,
    )
    return portal_page(request, "portal/claim.html", page)


def _code(payment: Payment | None) -> SafeString:
    """The GiroCode as SVG, drawn by us from checked values; a banking app fills in the transfer from it."""
    if payment is None:
        return SafeString("")
    try:
        drawing = girocode_svg(payment, title=gettext("GiroCode for your banking app"))
    except NoGiroCode:
        return SafeString("")
    return mark_safe(drawing)  # noqa: S308 - segno's own drawing, its title is escaped there
