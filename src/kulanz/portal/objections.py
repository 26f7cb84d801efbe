"""Objecting in two steps: what is the reason? anything to add? Then: it stops at once, and by when a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy

from kulanz.infra.uploads import MAX_FILES, FileRefused, keep_upload, read_upload, too_many_files
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import NotFound
from kulanz.ledger.api import (
    DISPUTE_KIND_NAMES,
    Claim,
    Dispute,
    DisputeKind,
    DisputeState,
    Objection,
    add_proof,
    object_to,
    raise_dispute,
)
from kulanz.parties.api import Account, Permission, act_of, lock_accounts, requires
from kulanz.portal.claims import access_claim
from kulanz.portal.frame import portal_page
from kulanz.ui.refusals import say


class ReasonForm(forms.Form):
    """The one question of step one."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Why do you object?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose what fits best. “Something else” is fine too.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.value, gettext(name)) for kind, name in DISPUTE_KIND_NAMES.items()]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField has them


class WordsForm(forms.Form):
    """Step two: nothing of it is required."""

    words = forms.CharField(
        label=gettext_lazy("Anything we should know?"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("In your own words, for example when and how you paid."),
    )
    proof = forms.FileField(
        label=gettext_lazy("Proof, if you have any"),
        required=False,
        help_text=gettext_lazy(
            "PDF, JPEG or PNG, at most 10 MB: a bank statement, a photo, a letter. It can follow later."
        ),
    )


class ProofForm(forms.Form):
    """A file for an objection that is there already."""

    proof = forms.FileField(
        label=gettext_lazy("Your proof"), help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB.")
    )


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """One step of an objection."""

    account: Account
    claim: Claim
    form: forms.Form | None = None
    kind: str = ""
    dispute: Dispute | None = None


@requires(Permission.OWN_ACCOUNT)
def reason(request: HttpRequest, number: str, reference: str) -> HttpResponse:
    """Step one: why?"""
    account, claim = access_claim(request, number, reference)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("portal:object_words", account.number, claim.reference, form.cleaned_data["kind"])
    return portal_page(request, "portal/object.html", ObjectionPage(account, claim, form))


@requires(Permission.OWN_ACCOUNT)
def words(request: HttpRequest, number: str, reference: str, kind: str) -> HttpResponse:
    """Step two: anything to add? Sending it stops everything on this claim at once."""
    account, claim = access_claim(request, number, reference)
    if kind not in set(DisputeKind):
        raise NotFound(reference=kind)
    form = WordsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        act = act_of(request, "objected in the portal")
        objection = object_to(act, claim, kind=DisputeKind(kind), words=form.cleaned_data["words"])
        if not objection.is_new:
            messages.info(request, _said_before(objection))
        if form.cleaned_data["proof"]:
            _keep_proof(request, claim, form.cleaned_data["proof"])
        return redirect("portal:objection", account.number, claim.reference)
    name = gettext(DISPUTE_KIND_NAMES[DisputeKind(kind)])
    return portal_page(request, "portal/object_words.html", ObjectionPage(account, claim, form, name))


def _said_before(objection: Objection) -> str:
    """Who objects a second time for the same reason is told that one objection is under examination, and knows more."""
    if objection.words_added:
        return gettext("You had already objected for this reason. We have added your words to that objection.")
    return gettext("You had already objected for this reason. That objection is still with a person.")


def _keep_proof(request: HttpRequest, claim: Claim, file: UploadedFile[bytes]) -> bool:
    """A refused file changes nothing: what stands already stands, and nobody objects by a file we did not take."""
    try:
        _add_proof(act_of(request, "proof sent in the portal"), claim, file)
    except FileRefused as refusal:
        messages.warning(request, say(refusal))
        return False
    return True


@transaction.atomic
def _add_proof(act: Act, claim: Claim, file: UploadedFile[bytes]) -> None:
    """Where there is no objection yet, proof of payment is one. Raises FileRefused."""
    name = file.name or ""
    lock_accounts([claim.account_id])
    dispute = _latest_open(claim)
    if dispute is not None and dispute.proofs.count() >= MAX_FILES:
        raise too_many_files(name)
    # The objection first: where there is nothing to object to, no file is kept for it.
    dispute = dispute or raise_dispute(act, claim, kind=DisputeKind.ALREADY_PAID)
    upload = keep_upload(act, name=name, content=read_upload(file), account_id=claim.account_id)
    add_proof(act, dispute, upload.pk)


def _latest_open(claim: Claim) -> Dispute | None:
    return Dispute.objects.filter(claim=claim, state=DisputeState.OPEN.value).order_by("-raised_at").first()


def _open_dispute(claim: Claim) -> Dispute:
    found = _latest_open(claim)
    if found is None:
        raise NotFound(reference=claim.reference)
    return found


@requires(Permission.OWN_ACCOUNT)
def received(request: HttpRequest, number: str, reference: str) -> HttpResponse:
    """What stops now, by when a person decides, the reference to keep."""
    account, claim = access_claim(request, number, reference)
    dispute = _open_dispute(claim)
    name = gettext(DISPUTE_KIND_NAMES[DisputeKind(dispute.kind)])
    return portal_page(request, "portal/objection.html", ObjectionPage(account, claim, kind=name, dispute=dispute))


@requires(Permission.OWN_ACCOUNT)
def proof(request: HttpRequest, number: str, reference: str) -> HttpResponse:
    """Proof may follow later. Where there is no objection yet, proof of payment is one."""
    account, claim = access_claim(request, number, reference)
    form = ProofForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _keep_proof(request, claim, form.cleaned_data["proof"]):
        messages.success(request, gettext("Your file has arrived. A person reads it."))
        return redirect("portal:objection", account.number, claim.reference)
    return portal_page(request, "portal/proof.html", ObjectionPage(account, claim, form))
