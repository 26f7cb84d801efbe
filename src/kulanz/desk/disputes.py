"""Objections: the list by the day a person has promised to decide, one objection with its story, the decision."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from kulanz.desk.forms import CreditForm, DecisionForm
from kulanz.desk.frame import at_desk, desk_page
from kulanz.desk.paging import Pager, page_of
from kulanz.desk.words import Badge, claim_badge, dispute_badge
from kulanz.explain.api import Explanation, explain_claim
from kulanz.infra.models import Upload
from kulanz.kernel import clock
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.api import (
    DISPUTE_KIND_NAMES,
    ClaimState,
    Dispute,
    DisputeKind,
    DisputeState,
    KeyTaken,
    claims_with_balance,
    credit_claim,
    credits_booked,
    decide_dispute,
    find_dispute,
    reverse_claim,
)
from kulanz.parties.api import Permission, act_of, user_of
from kulanz.ui import formats


class CorrectionNeedsDecision(Refusal):
    """Money is corrected because a person has found the customer right, not before."""

    code = "correction_needs_decision"
    sentence = N_("Objection %(reference)s has not been upheld, so there is nothing to correct.")


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One line of the list."""

    dispute: Dispute
    kind: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class ListPage:
    """Open objections by day, or decided ones, newest first."""

    rows: tuple[DisputeRow, ...]
    pager: Pager
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputePage:
    """One objection, the whole story of its claim, and what is to be done."""

    dispute: Dispute
    kind: str
    badge: Badge
    claim_badge: Badge
    story: Explanation
    proofs: tuple[Upload, ...]
    credited: tuple[Money, ...]
    decision: DecisionForm | None
    credit: CreditForm | None
    may_reverse: bool
    may_see_customer: bool


@at_desk(Permission.DECIDE_DISPUTES)
def disputes(request: HttpRequest) -> HttpResponseBase:
    """What waits for a decision, the earliest promised day first."""
    decided = request.GET.get("show") == "decided"
    every = Dispute.objects.select_related("claim__invoice", "account__person")
    if decided:
        found = every.exclude(state=DisputeState.OPEN.value).order_by("-decided_at", "-id")
    else:
        found = every.filter(state=DisputeState.OPEN.value).order_by("decide_by", "raised_at")
    rows, pager = page_of(request, found)
    today = clock.today()
    listed = tuple(DisputeRow(dispute, _kind(dispute), dispute_badge(dispute, today)) for dispute in rows)
    return desk_page(request, "disputes.html", ListPage(listed, pager, decided))


def _kind(dispute: Dispute) -> str:
    return gettext(DISPUTE_KIND_NAMES[DisputeKind(dispute.kind)])


@at_desk(Permission.DECIDE_DISPUTES)
def dispute(request: HttpRequest, reference: str) -> HttpResponseBase:
    """One objection."""
    return _page(request, find_dispute(reference))


def _page(
    request: HttpRequest,
    found: Dispute,
    *,
    decision: DecisionForm | None = None,
    credit: CreditForm | None = None,
) -> HttpResponse:
    claim = claims_with_balance().get(pk=found.claim_id)
    today = clock.today()
    undecided = found.state == DisputeState.OPEN.value
    most = correctable(found)
    credited = _credited(found)
    may_correct = user_of(request).may(Permission.CORRECT_CLAIMS)
    correct = may_correct and found.state == DisputeState.UPHELD.value and bool(most)
    page = DisputePage(
        dispute=found,
        kind=_kind(found),
        badge=dispute_badge(found, today),
        claim_badge=claim_badge(claim, today),
        story=explain_claim(claim),
        proofs=tuple(proof.upload for proof in found.proofs.select_related("upload").order_by("added_at")),
        credited=tuple(credited),
        decision=decision or (DecisionForm() if undecided else None),
        credit=credit or (CreditForm(most, number=len(credited) + 1) if correct else None),
        may_reverse=correct,
        may_see_customer=user_of(request).may(Permission.SEE_CUSTOMERS),
    )
    wrong = decision is not None or credit is not None
    return desk_page(request, "dispute.html", page, status=422 if wrong else 200)


def _credit_key(found: Dispute) -> str:
    """What every credit of this objection is booked under: the first under the key itself, later ones numbered."""
    return f"objection:{found.pk}"


def _credited(found: Dispute) -> list[Money]:
    """What has been taken back because of this objection, oldest first."""
    return credits_booked(found.claim, key=_credit_key(found))


def correctable(found: Dispute) -> Money:
    """What can still be taken back from the claim: what is outstanding and what was paid on it."""
    balance = found.claim.balance
    if balance.state is ClaimState.REVERSED:
        return Money(0, balance.currency)
    return balance.outstanding + balance.paid


@at_desk(Permission.DECIDE_DISPUTES)
@require_POST
def decide(request: HttpRequest, reference: str) -> HttpResponseBase:
    """A person decides, with reasons; the customer is told."""
    found = find_dispute(reference)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, decision=form)
    act = act_of(request, "decided the objection")
    decide_dispute(act, found, upheld=form.upheld, reason=form.cleaned_data["reason"])
    if form.upheld:
        messages.success(request, gettext("Upheld. The customer is told; finance corrects the claim."))
    else:
        messages.success(request, gettext("Rejected. The customer is told the reasons."))
    return redirect("desk:dispute", found.reference)


@at_desk(Permission.CORRECT_CLAIMS)
@require_POST
def reverse(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The claim never existed."""
    found = _upheld(reference)
    reverse_claim(act_of(request, f"objection {found.reference} upheld"), found.claim)
    messages.success(request, gettext("The claim is withdrawn. The customer is told that he never owed it."))
    return redirect("desk:dispute", found.reference)


@at_desk(Permission.CORRECT_CLAIMS)
@require_POST
def credit(request: HttpRequest, reference: str) -> HttpResponseBase:
    """A part of the claim is taken back: once per form that was shown, however often its button is pressed.

    The form carries the number of its credit. Who sends the number of one that has been booked meanwhile has seen an
    older page: the same amount is that credit, another one is decided anew.
    """
    found = _upheld(reference)
    if not (most := correctable(found)):
        messages.info(request, gettext("Nothing is left of this claim that could be taken back. Nothing was booked."))
        return redirect("desk:dispute", found.reference)
    form = CreditForm(most, request.POST)
    if not form.is_valid():
        return _page(request, found, credit=form)
    act, number = act_of(request, f"objection {found.reference} upheld"), form.cleaned_data["number"]
    key = _credit_key(found) if number == 1 else f"{_credit_key(found)}:{number}"
    try:
        booked = credit_claim(act, found.claim, form.cleaned_data["amount"], key=key)
    except KeyTaken:
        return _credited_meanwhile(request, found, form)
    if booked:
        messages.success(request, gettext("The amount is taken back from the claim."))
    else:
        messages.info(request, gettext("This amount had been taken back already. Nothing more was booked."))
    return redirect("desk:dispute", found.reference)


def _credited_meanwhile(request: HttpRequest, found: Dispute, form: CreditForm) -> HttpResponse:
    """Another amount has been taken back since the page was shown. The form comes back and knows of it."""
    credited = _credited(found)
    fresh = CreditForm(form.most, {**request.POST.dict(), "number": len(credited) + 1})
    taken = formats.money(Money.total(credited, form.most.currency), get_language() or "en")
    sentence = gettext(
        "%(taken)s has been taken back on this objection already. Nothing more was booked. If this amount shall be "
        "taken back as well, send it again."
    )
    fresh.add_error(None, sentence % {"taken": taken})
    return _page(request, found, credit=fresh)


def _upheld(reference: str) -> Dispute:
    found = find_dispute(reference)
    if found.state != DisputeState.UPHELD.value:
        raise CorrectionNeedsDecision(reference=found.reference)
    return found
