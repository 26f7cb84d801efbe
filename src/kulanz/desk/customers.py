"""One customer: everything about him, and what can be done for him on the phone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from kulanz.cases.api import Concern, open_case
from kulanz.desk.customer_page import Forms, customer_page
from kulanz.desk.forms import CaseForm, ObjectionForm, OwnWishForm, SecurityForm
from kulanz.desk.frame import at_desk, desk_page
from kulanz.holds.api import place_own_wish_hold, place_security_hold
from kulanz.kernel import clock
from kulanz.kernel.references import grouped
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.ledger.api import Claim, Objection, object_to, open_claims_of
from kulanz.parties.api import Account, AccountKind, Permission, act_of, find_account, user_of
from kulanz.ui.refusals import say


def access_customer(number: str) -> Account:
    """The customer's account; the house account is nobody's customer. Raises NotFound."""
    account = find_account(number)
    if account.kind != AccountKind.CUSTOMER:
        raise NotFound(reference=number)
    return account


@at_desk(Permission.SEE_CUSTOMERS)
def customer(request: HttpRequest, number: str) -> HttpResponseBase:
    """The one page."""
    return _page(request, access_customer(number))


def _page(request: HttpRequest, account: Account, *, forms: Forms | None = None) -> HttpResponse:
    whole = request.GET.get("all") == "1"
    page = customer_page(account, user_of(request), clock.today(), whole=whole, forms=forms)
    return desk_page(request, "customer.html", page, status=422 if forms is not None else 200)


@at_desk(Permission.WORK_CASES)
@require_POST
def record_objection(request: HttpRequest, number: str) -> HttpResponseBase:
    """The customer objects on the phone: from this moment nothing pursues the claim."""
    account = access_customer(number)
    open_claims = open_claims_of(account.pk)
    form = ObjectionForm(open_claims, clock.today(), request.POST)
    if not form.is_valid():
        return _page(request, account, forms=Forms(objection=form))
    claim: Claim = next(claim for claim in open_claims if claim.reference == form.cleaned_data["claim"])
    act = act_of(request, "the customer objected")
    try:
        objection = object_to(act, claim, kind=form.dispute_kind, words=form.cleaned_data["words"])
    except Refusal as refusal:
        form.add_error(None, say(refusal))
        return _page(request, account, forms=Forms(objection=form))
    messages.success(request, _what_became_of(objection))
    return redirect("desk:customer", account.number)


def _what_became_of(objection: Objection) -> str:
    """The truth about a second call: no second objection, but nothing that was said is lost."""
    if objection.is_new:
        sentence = gettext("Objection %(reference)s is recorded. Nothing is demanded until a person has decided.")
    elif objection.words_added:
        sentence = gettext("Objection %(reference)s was open already for this reason. The new words are added to it.")
    else:
        sentence = gettext("Objection %(reference)s was open already for this reason. Nothing was added to it.")
    return sentence % {"reference": objection.dispute.reference}


@at_desk(Permission.WORK_CASES)
@require_POST
def record_case(request: HttpRequest, number: str) -> HttpResponseBase:
    """A concern taken down for the customer; he gets the reference and the promised answer by mail."""
    account = access_customer(number)
    form = CaseForm(request.POST)
    if not form.is_valid():
        return _page(request, account, forms=Forms(case=form))
    person = account.holder
    concern = Concern(
        brand=account.brand,
        account=account,
        topic=form.topic_chosen,
        words=form.cleaned_data["words"],
        name=person.name,
        email=person.email,
        language=person.language,
        key=form.cleaned_data["key"],
    )
    case = open_case(act_of(request, "taken down at the desk"), concern)
    messages.success(request, gettext("Case %(reference)s is open.") % {"reference": grouped(case.reference)})
    return redirect("desk:case", case.reference)


@at_desk(Permission.WORK_CASES)
@require_POST
def place_own_wish(request: HttpRequest, number: str) -> HttpResponseBase:
    """The customer asked to be stopped."""
    account = access_customer(number)
    form = OwnWishForm(request.POST)
    if not form.is_valid():
        return _page(request, account, forms=Forms(own_wish=form))
    act = act_of(request, "the customer asked for it")
    try:
        place_own_wish_hold(act, account, effect=form.effect_chosen, words=form.cleaned_data["words"])
    except Refusal as refusal:
        form.add_error(None, say(refusal))
        return _page(request, account, forms=Forms(own_wish=form))
    messages.success(request, gettext("The hold is placed. The customer is told how it ends."))
    return redirect("desk:customer", account.number)


@at_desk(Permission.RELEASE_HOLDS)
@require_POST
def place_security(request: HttpRequest, number: str) -> HttpResponseBase:
    """One person stops an account for one working day; a second confirms, or it lifts by itself."""
    account = access_customer(number)
    form = SecurityForm(clock.today(), request.POST)
    if not form.is_valid():
        return _page(request, account, forms=Forms(security=form))
    try:
        place_security_hold(
            act_of(request, form.cleaned_data["words"]),
            account,
            effect=form.effect_chosen,
            words=form.cleaned_data["words"],
            ends_on=form.cleaned_data["ends_on"],
            review_on=form.cleaned_data["review_on"],
        )
    except Refusal as refusal:
        form.add_error(None, say(refusal))
        return _page(request, account, forms=Forms(security=form))
    messages.success(request, gettext("The hold is placed. A second person has to confirm it, or it lifts by itself."))
    return redirect("desk:customer", account.number)
