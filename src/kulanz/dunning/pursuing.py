"""Recording reminders and hand-overs. Running them over many claims is not here yet; every fact is."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from kulanz.contact.api import queue
from kulanz.dunning import words
from kulanz.dunning.events import ClaimsHandedOver, NoticesIssued
from kulanz.dunning.models import CollectionOrder, Collector, DunningNotice, Pause, Procedure
from kulanz.dunning.states import OrderState, ProcedureState
from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act, ActorKind
from kulanz.kernel.events import publish
from kulanz.kernel.references import new_code
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.api import Claim, ClaimBalance, ClaimKind
from kulanz.parties.api import lock_accounts


class NotPursuable(Refusal):
    """The claim is not due, not open, disputed or paused: no notice, no hand-over."""

    code = "not_pursuable"
    sentence = N_("%(claim)s cannot be pursued: %(reason)s. Nothing was sent and nothing was handed over.")


class OnlyPeopleHandOver(Refusal):
    """Giving a person to a collector is released by a person."""

    code = "only_people_hand_over"
    sentence = N_("A hand-over to collection is released by a person, never by a rule.")


class LevelsMissing(Refusal):
    """A hand-over without a reminder before it."""

    code = "levels_missing"
    sentence = N_("%(claim)s has not been reminded of yet; it cannot be handed over to collection.")


def why_not_pursuable(balance: ClaimBalance, on: date, *, paused: bool) -> str | None:
    """The first reason against pursuing this claim on that day, as a translatable sentence; None if there is none."""
    if balance.outstanding_cents == 0:
        return N_("nothing is outstanding")
    if balance.open_disputes:
        return N_("there is an objection that nobody has decided yet")
    if paused:
        return N_("it is paused")
    if balance.due_on >= on:
        return N_("it is not overdue yet")
    return None


def _refuse_unless_pursuable(claim: Claim, on: date) -> ClaimBalance:
    if claim.kind != ClaimKind.PRINCIPAL.value:
        raise NotPursuable(claim=claim.title, reason=Phrase(N_("it is a fee or interest, not an invoice")))
    balance = ClaimBalance.objects.get(claim=claim)
    paused = Pause.objects.filter(claim=claim, ended_at=None).exists()
    reason = why_not_pursuable(balance, on, paused=paused)
    if reason is not None:
        raise NotPursuable(claim=claim.title, reason=Phrase(reason))
    return balance


@transaction.atomic
def issue_notice(act: Act, claim: Claim, *, level: int, pay_by: date) -> DunningNotice:
    """Remind the debtor: the notice is recorded and its message queued. Raises NotPursuable."""
    lock_accounts([claim.account_id])
    balance = _refuse_unless_pursuable(claim, act.on)
    if DunningNotice.objects.filter(claim=claim, procedure__state=ProcedureState.RUNNING.value, level=level).exists():
        raise NotPursuable(claim=claim.title, reason=Phrase(N_("this reminder has been sent before")))
    procedure, started = Procedure.objects.get_or_create(
        claim=claim,
        state=ProcedureState.RUNNING.value,
        defaults={"account_id": claim.account_id, "started_at": act.at},
    )
    if started:
        record(act, [Note("dunning started", "ledger.claim", claim.pk, claim.account_id)])
    [message] = queue(act, [words.notice(claim, balance, level=level, pay_by=pay_by, procedure=procedure)])
    notice = DunningNotice.objects.create(
        id=new_id(),
        procedure=procedure,
        claim=claim,
        account_id=claim.account_id,
        level=level,
        issued_on=act.on,
        issued_at=act.at,
        pay_by=pay_by,
        outstanding_cents=balance.outstanding_cents,
        currency=balance.currency,
        message_id=message.pk,
    )
    record(act, [Note("reminded", "ledger.claim", claim.pk, claim.account_id, {"level": level})])
    publish(NoticesIssued(act, frozenset({claim.pk}), frozenset({claim.account_id})))
    return notice


@transaction.atomic
def hand_over(act: Act, claim: Claim, collector: Collector) -> CollectionOrder:
    """Give the claim to a collector; debtor and collector are told. Released by a person.

    Raises OnlyPeopleHandOver, LevelsMissing when the claim was never reminded of, or NotPursuable: also while a
    reminder still leaves time to pay, because who keeps the day he was given must not meet a collector before it.
    """
    if act.by.kind is not ActorKind.PERSON:
        raise OnlyPeopleHandOver
    lock_accounts([claim.account_id])
    balance = _refuse_unless_pursuable(claim, act.on)
    notices = DunningNotice.objects.filter(claim=claim, procedure__state=ProcedureState.RUNNING.value)
    if not notices.filter(level__gte=1).exists():
        raise LevelsMissing(claim=claim.title)
    if notices.filter(pay_by__gte=act.on).exists():
        raise NotPursuable(claim=claim.title, reason=Phrase(N_("the day of payment in the last reminder is not over")))
    if CollectionOrder.objects.filter(claim=claim, state=OrderState.HANDED_OVER.value).exists():
        raise NotPursuable(claim=claim.title, reason=Phrase(N_("a collector holds it already")))
    order = CollectionOrder.objects.create(
        id=new_id(),
        reference="K" + new_code(7),
        claim=claim,
        account_id=claim.account_id,
        collector=collector,
        state=OrderState.HANDED_OVER.value,
        amount_cents=balance.outstanding_cents,
        currency=balance.currency,
        handed_over_at=act.at,
        handed_over_by=act.by.name,
    )
    queue(
        act,
        [words.handed_over_debtor(claim, balance, order), words.handed_over_collector(claim, balance, order)],
    )
    record(act, [Note("handed over", "ledger.claim", claim.pk, claim.account_id, {"order": order.reference})])
    publish(ClaimsHandedOver(act, frozenset({order.pk}), frozenset({claim.pk}), frozenset({claim.account_id})))
    return order
