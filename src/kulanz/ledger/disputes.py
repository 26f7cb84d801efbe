"""Objections: anybody may say he does not owe it; a person decides, with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.infra.moves import move
from kulanz.kernel.acts import Act, ActorKind
from kulanz.kernel.events import publish
from kulanz.kernel.money import Money
from kulanz.kernel.references import new_code, normalise
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.claims import AmountNotPositive, MoreThanOutstanding, NothingOutstanding
from kulanz.ledger.events import DisputeDecided, DisputeRaised
from kulanz.ledger.models import Claim, ClaimBalance, Dispute, DisputeNote, DisputeProof
from kulanz.ledger.rules import decision_due
from kulanz.ledger.states import DISPUTE, DisputeKind, DisputeState
from kulanz.parties.api import lock_accounts


class DecisionNeedsReason(Refusal):
    """Who decides about a person says why."""

    code = "decision_needs_reason"
    sentence = N_("Please give the reason for the decision: it is told to the person who objected.")


class OnlyPeopleDecide(Refusal):
    """A rule may not decide an objection."""

    code = "only_people_decide"
    sentence = N_("An objection is decided by a person, never by a rule.")


class OtherAmountDisputed(Refusal):
    """The same reason is under examination for another amount: neither may silently stand for the other."""

    code = "other_amount_disputed"
    sentence = N_(
        "Objection %(reference)s for the same reason is open already, about %(disputed)s. Nothing is demanded until it "
        "is decided. To object to another amount as well, choose another reason or write to us."
    )


@dataclass(frozen=True, slots=True)
class Objection:
    """What became of somebody's words: a new objection, or one that was open already and perhaps knows more now."""

    dispute: Dispute
    is_new: bool
    words_added: bool


def raise_dispute(
    act: Act,
    claim: Claim,
    *,
    kind: DisputeKind,
    amount: Money | None = None,
    words: str = "",
    proof_id: UUID | None = None,
) -> Dispute:
    """`object_to`, where it makes no difference whether the objection is new."""
    return object_to(act, claim, kind=kind, amount=amount, words=words, proof_id=proof_id).dispute


@transaction.atomic
def object_to(
    act: Act,
    claim: Claim,
    *,
    kind: DisputeKind,
    amount: Money | None = None,
    words: str = "",
    proof_id: UUID | None = None,
) -> Objection:
    """Somebody objects to a claim. Needs no form and no proof; dunning pauses at once (others listen).

    The same objection of the same kind again is the open one; further words and a proof join it. Raises
    OtherAmountDisputed where that one is about another amount, NothingOutstanding on a claim that is already settled,
    AmountNotPositive or MoreThanOutstanding for a part that is none.
    """
    if amount is not None and amount.cents <= 0:
        raise AmountNotPositive(amount=amount)
    lock_accounts([claim.account_id])
    balance = ClaimBalance.objects.get(claim=claim)
    if not balance.outstanding_cents:
        raise NothingOutstanding(claim=claim.title)
    dispute = Dispute.objects.filter(claim=claim, kind=kind.value, state=DisputeState.OPEN.value).first()
    is_new = dispute is None
    if dispute is None:
        if amount is not None and amount > balance.outstanding:
            raise MoreThanOutstanding(claim=claim.title, outstanding=balance.outstanding, amount=amount)
        dispute = _raise(act, claim, kind, amount, words)
    elif amount != dispute.amount:
        raise OtherAmountDisputed(
            reference=dispute.reference, disputed=dispute.amount or Phrase(N_("the whole invoice"))
        )
    words_added = not is_new and add_words(act, dispute, words)
    if proof_id is not None:
        add_proof(act, dispute, proof_id)
    if is_new:
        publish(DisputeRaised(act, dispute.pk, claim.pk, claim.account_id))
    return Objection(dispute, is_new, words_added)


def _raise(act: Act, claim: Claim, kind: DisputeKind, amount: Money | None, words: str) -> Dispute:
    dispute = Dispute.objects.create(
        reference="E" + new_code(7),
        claim=claim,
        account_id=claim.account_id,
        kind=kind.value,
        amount_cents=None if amount is None else amount.cents,
        currency=claim.currency,
        words=words.strip(),
        raised_at=act.at,
        raised_by=act.by.name,
        decide_by=decision_due(act.on),
    )
    record(
        act,
        [
            Note(
                "dispute raised",
                "ledger.claim",
                claim.pk,
                claim.account_id,
                {"kind": kind.value, "dispute": dispute.reference},
            )
        ],
    )
    return dispute


@transaction.atomic
def add_words(act: Act, dispute: Dispute, words: str) -> bool:
    """Further words join an objection. Returns whether they did: nothing, or the same words again, adds nothing."""
    said = words.strip()
    lock_accounts([dispute.account_id])
    if not said or said == dispute.words or dispute.notes.filter(words=said).exists():
        return False
    DisputeNote.objects.create(
        dispute=dispute, account_id=dispute.account_id, words=said, added_at=act.at, added_by=act.by.name
    )
    facts = {"dispute": dispute.reference}
    record(act, [Note("words added to the objection", "ledger.claim", dispute.claim_id, dispute.account_id, facts)])
    return True


@transaction.atomic
def add_proof(act: Act, dispute: Dispute, upload_id: UUID) -> None:
    """A file joins an objection, now or later. Nobody needs one; a person reads each."""
    DisputeProof.objects.create(
        id=new_id(),
        dispute=dispute,
        account_id=dispute.account_id,
        upload_id=upload_id,
        added_at=act.at,
        added_by=act.by.name,
    )
    record(act, [Note("proof added", "ledger.claim", dispute.claim_id, dispute.account_id)])


@transaction.atomic
def decide_dispute(act: Act, dispute: Dispute, *, upheld: bool, reason: str) -> None:
    """A person decides. Upholding does not move money by itself: the person credits or reverses the claim.

    Raises OnlyPeopleDecide for a rule, DecisionNeedsReason without a reason, SomebodyWasFaster when it was decided.
    """
    if act.by.kind is not ActorKind.PERSON:
        raise OnlyPeopleDecide
    if not reason.strip():
        raise DecisionNeedsReason
    lock_accounts([dispute.account_id])
    move(
        act,
        dispute,
        DISPUTE,
        old=DisputeState.OPEN,
        new=DisputeState.UPHELD if upheld else DisputeState.REJECTED,
        account_id=dispute.account_id,
        decided_at=act.at,
        decided_by=act.by.name,
        decision_reason=reason.strip(),
    )
    publish(DisputeDecided(act, dispute.pk, dispute.claim_id, dispute.account_id))


def find_dispute(reference: str) -> Dispute:
    """By its reference. Raises NotFound."""
    found = (
        Dispute.objects.select_related("claim", "claim__invoice", "claim__balance", "account__person")
        .filter(reference=normalise(reference))
        .first()
    )
    if found is None:
        raise NotFound(reference=reference)
    return found
