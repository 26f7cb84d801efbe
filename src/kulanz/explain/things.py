"""Explaining one thing: found by whatever reference a person has in his hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext, ngettext

from kulanz.cases.api import CASE_STATE_NAMES, TOPIC_NAMES, Case, CaseState, PromiseState, Topic, find_case
from kulanz.dunning.api import (
    hold_sentence,
    invoice_facts,
    lifting_sentences,
)
from kulanz.explain import timeline
from kulanz.explain.story import Explanation, Fact, NextStep, Step
from kulanz.holds.api import Hold, HoldKind, HoldReason, HoldState, active_holds, find_hold, holds_with_reasons
from kulanz.kernel.money import Money
from kulanz.kernel.references import grouped
from kulanz.kernel.refusals import NotFound
from kulanz.ledger.api import (
    Claim,
    ClaimState,
    Dispute,
    DisputeState,
    SeveralClaims,
    claims_with_balance,
    find_claim,
    open_claims_of,
)
from kulanz.parties.api import Account, find_account
from kulanz.ui import formats


def explain(reference: str, *, on: date) -> Explanation:
    """A claim, invoice, hold, case or account by its reference, as it stands that day, in the active language.

    Raises NotFound, or SeveralClaims where the number means more than one invoice.
    """
    try:
        return explain_claim(find_claim(reference))
    except SeveralClaims:
        raise  # it means more than one invoice; that is another answer than "there is nothing"
    except NotFound:
        pass
    try:
        return explain_hold(find_hold(reference))
    except NotFound:
        pass
    try:
        return explain_case(find_case(reference))
    except NotFound:
        pass
    return explain_account(find_account(reference), on=on)


def _money(amount: Money) -> str:
    return formats.money(amount, timeline.language())


def claim_sentence(claim: Claim) -> str:
    """What became of this claim, in one sentence with numbers."""
    facts = invoice_facts(claim) | {
        "open": _money(claim.balance.outstanding),
        "paid": _money(claim.balance.paid),
    }
    state = claim.balance.state
    if state is ClaimState.SETTLED:
        return gettext("Invoice %(invoice)s of %(founded)s over %(amount)s is settled; nothing is open.") % facts
    if state is ClaimState.REVERSED:
        return gettext("Invoice %(invoice)s of %(founded)s over %(amount)s was withdrawn: nothing was owed.") % facts
    if state is ClaimState.WRITTEN_OFF:
        return gettext("Invoice %(invoice)s of %(founded)s over %(amount)s is no longer pursued.") % facts
    # The claim was read a moment before: an objection that has been decided since leaves it simply open.
    if state is ClaimState.DISPUTED and (dispute := _open_dispute(claim)) is not None:
        facts["by"] = formats.day(dispute.decide_by, timeline.language())
        return (
            gettext(
                "Invoice %(invoice)s of %(founded)s over %(amount)s is disputed: nothing is demanded until a person "
                "has decided, by %(by)s. Open: %(open)s."
            )
            % facts
        )
    if claim.balance.outstanding_cents < claim.balance.charged_cents:
        return (
            gettext(
                "Of invoice %(invoice)s of %(founded)s over %(amount)s, %(open)s is still open; it was due on %(due)s."
            )
            % facts
        )
    return gettext("Invoice %(invoice)s of %(founded)s over %(amount)s is open: %(open)s, due on %(due)s.") % facts


def _open_dispute(claim: Claim) -> Dispute | None:
    return Dispute.objects.filter(claim=claim, state=DisputeState.OPEN.value).order_by("raised_at").first()


def steps_for_claim(claim: Claim) -> tuple[NextStep, ...]:
    """What its debtor can do about a claim now."""
    state = claim.balance.state
    if state is ClaimState.DISPUTED:
        return (
            NextStep(Step.WAIT, gettext("You do not have to do anything: a person decides and tells you.")),
            NextStep(Step.ADD_PROOF, gettext("Add proof, if you have any.")),
            NextStep(Step.ASK, gettext("Ask a person.")),
        )
    if state in {ClaimState.OPEN, ClaimState.PART_PAID}:
        facts = {"open": _money(claim.balance.outstanding), "reference": claim.reference}
        return (
            NextStep(Step.PAY, gettext("Pay %(open)s with the reference %(reference)s.") % facts),
            NextStep(Step.OBJECT, gettext("Object, if you do not owe it or have already paid.")),
            NextStep(Step.ADD_PROOF, gettext("Add proof, if you have any.")),
            NextStep(Step.ASK, gettext("Ask a person.")),
        )
    return (NextStep(Step.NOTHING, gettext("There is nothing to do.")),)


def explain_claim(claim: Claim) -> Explanation:
    """The whole story of a claim, oldest first."""
    facts = sorted(timeline.of_claims(Claim.objects.filter(pk=claim.pk)), key=lambda fact: fact.at)
    cents = claim.balance.credited_cents
    return Explanation(
        "claim",
        claim.reference,
        claim_sentence(claim),
        tuple(facts),
        steps_for_claim(claim),
        credited=Money(cents, claim.currency) if cents else None,
    )


def claims_behind(hold: Hold) -> list[Claim]:
    """The claims a hold rests on; for an ended one those it rested on."""
    reasons = HoldReason.objects.filter(hold=hold)
    if hold.state in {HoldState.ACTIVE.value, HoldState.PROPOSED.value}:
        reasons = reasons.filter(ended_at=None)
    return list(claims_with_balance().filter(pk__in=reasons.values("claim_id")).order_by("due_on", "pk"))


def sentence_of_hold(hold: Hold, claims: Sequence[Claim]) -> str:
    """The one sentence: what is restricted and why, or that it has ended."""
    if hold.state == HoldState.LIFTED.value and hold.lifted_at is not None:
        return gettext("This hold ended on %(when)s; it restricts nothing any more.") % {
            "when": formats.moment(hold.lifted_at, timeline.language())
        }
    if hold.state == HoldState.DECLINED.value:
        return gettext("This hold was never placed; it restricted nothing.")
    if hold.kind == HoldKind.PAYMENT.value and not claims:  # lifted between two looks at the books
        return gettext("This hold has just ended; it restricts nothing any more.")
    return hold_sentence(hold, claims)


def explain_hold(hold: Hold) -> Explanation:
    """Why an account is restricted, what happened before, and what ends it."""
    claims = claims_behind(hold)
    facts: list[Fact] = [
        *timeline.of_claims(Claim.objects.filter(pk__in=[claim.pk for claim in claims])),
        *timeline.of_holds(Hold.objects.filter(pk=hold.pk)),
    ]
    facts.sort(key=lambda fact: fact.at)
    return Explanation(
        "hold", hold.reference, sentence_of_hold(hold, claims), tuple(facts), _steps_for_hold(hold, claims)
    )


def _steps_for_hold(hold: Hold, claims: Sequence[Claim]) -> tuple[NextStep, ...]:
    if hold.state != HoldState.ACTIVE.value:
        return (NextStep(Step.NOTHING, gettext("There is nothing to do.")),)
    steps = _steps_for(claims) or (NextStep(Step.ASK, gettext("Ask a person.")),)
    waiting = tuple(NextStep(Step.WAIT, sentence) for sentence in lifting_sentences(hold))
    return (*steps, *waiting)


def _steps_for(claims: Sequence[Claim]) -> tuple[NextStep, ...]:
    """What can be done about several claims: each payment of its own, what is the same only once."""
    steps = dict.fromkeys(step for claim in claims for step in steps_for_claim(claim))
    order = list(Step)
    return tuple(sorted(steps, key=lambda step: order.index(step.step)))


def account_sentence(holds: Sequence[Hold], open_claims: Sequence[Claim]) -> str:
    """“Why is this account blocked?” answered in one sentence; or what is open; or that all is well."""
    resting = [(hold, claims_behind(hold)) for hold in holds]
    # A payment hold without a claim was lifted since the holds were read: it is no answer any more.
    if living := [(hold, claims) for hold, claims in resting if claims or hold.kind != HoldKind.PAYMENT.value]:
        return " ".join(hold_sentence(hold, claims) for hold, claims in living)
    if open_claims:
        by_currency: dict[str, list[Money]] = {}
        for claim in open_claims:
            by_currency.setdefault(claim.currency, []).append(claim.balance.outstanding)
        total = " + ".join(_money(Money.total(amounts, currency)) for currency, amounts in sorted(by_currency.items()))
        count = len(open_claims)
        return ngettext(
            "No hold is on this account. Open: %(total)s on one invoice.",
            "No hold is on this account. Open: %(total)s on %(count)s invoices.",
            count,
        ) % {"total": total, "count": count}
    return gettext("No hold is on this account and nothing is open.")


def explain_account(account: Account, *, on: date) -> Explanation:
    """The story of an account on that day, newest first, with what its holder can do."""
    holds = active_holds(account.pk, on=on)
    open_claims = open_claims_of(account.pk)
    nothing = NextStep(Step.NOTHING, gettext("There is nothing to do."))
    facts = tuple(fact for fact in timeline.of_account(account.pk) if not fact.internal)
    return Explanation(
        "account",
        account.number,
        account_sentence(holds, open_claims),
        facts,
        _steps_for(open_claims) or (nothing,),
    )


def explain_case(case: Case) -> Explanation:
    """What a case is about, where it stands, and what was promised by when."""
    promise = min(
        (p for p in case.promises.all() if p.state != PromiseState.KEPT.value),
        key=lambda p: p.due_on,
        default=None,
    )
    facts = {
        "reference": grouped(case.reference),
        "topic": gettext(TOPIC_NAMES[Topic(case.topic)]),
        "state": gettext(CASE_STATE_NAMES[CaseState(case.state)]),
    }
    sentence = gettext("Case %(reference)s, “%(topic)s”, is %(state)s.") % facts
    steps: tuple[NextStep, ...] = (NextStep(Step.NOTHING, gettext("There is nothing to do.")),)
    if promise is not None:
        by = formats.day(promise.due_on, timeline.language())
        steps = (NextStep(Step.WAIT, gettext("By %(by)s: %(what)s.") % {"what": gettext(promise.what), "by": by}),)
    events = tuple(sorted((f for f in timeline.of_case(case.pk) if not f.internal), key=lambda fact: fact.at))
    return Explanation("case", case.reference, sentence, events, steps)


def holds_of(account_id: UUID) -> list[Hold]:
    """All holds of an account, newest first, proposals included."""
    return list(holds_with_reasons().filter(account_id=account_id).order_by("-proposed_at"))
