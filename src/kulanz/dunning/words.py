"""What we say about reminders, collection and payment holds, in the language of whoever reads it.

One sentence per fact, used everywhere: the customer's page, the agent's page, the letter and the API say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext, override

from kulanz.contact.api import Draft, Payment, Sheet, Table, draft_for
from kulanz.dunning.models import CollectionOrder, Procedure
from kulanz.dunning.states import LEVEL_NAMES, OrderState
from kulanz.holds.api import EFFECT_NAMES, Effect, Hold, HoldKind, HoldState
from kulanz.kernel.clock import berlin_day
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import NotFound
from kulanz.ledger.api import (
    DISPUTE_KIND_NAMES,
    Claim,
    ClaimBalance,
    Dispute,
    DisputeKind,
    DisputeState,
    receiving_account,
)
from kulanz.ui import formats


def as_money(amount: Money) -> str:
    return formats.money(amount, _language())


def as_day(day: date) -> str:
    return formats.day(day, _language())


def _language() -> str:
    return "de" if (get_language() or "de").startswith("de") else "en"


def salutation(name: str) -> str:
    return gettext("Hello %(name)s,") % {"name": name}


def payment_for(claim: Claim, amount: Money, *, due_on: date | None = None) -> Payment | None:
    """How to pay this claim; None where we have no bank account in its currency."""
    try:
        account = receiving_account(claim.account.brand, amount.currency)
    except NotFound:
        return None
    return Payment(account.holder, account.iban, account.bic, amount, claim.reference, due_on)


def invoice_facts(claim: Claim) -> dict[str, str]:
    """Number, date, amount and due day of a claim, formatted for the active language."""
    return {
        "invoice": claim.title,
        "founded": as_day(claim.founded_on),
        "amount": as_money(claim.amount),
        "due": as_day(claim.due_on),
    }


def _link(path: str) -> str:
    return f"{settings.CONFIG.public_url}{path}"


def answer_links() -> tuple[tuple[str, str], ...]:
    return (
        (gettext("See, pay or object"), _link("/account/")),
        (gettext("Ask a person"), _link("/contact/")),
    )


def hold_sentence(hold: Hold, claims: Sequence[Claim]) -> str:
    """Why this account is restricted, in one sentence with numbers (active language).

    `claims` are those the hold rests on. The same sentence for the customer, the agent and the machine.
    """
    what = _what_is_held(hold)
    if hold.kind != HoldKind.PAYMENT.value:
        return gettext("%(what)s: %(words)s") % {"what": what, "words": hold.words}
    if len(claims) == 1:
        facts = invoice_facts(claims[0]) | {"open": as_money(claims[0].balance.outstanding)}
        return gettext(
            "%(what)s, because invoice %(invoice)s of %(founded)s over %(amount)s is still "
            "open: %(open)s has been due since %(due)s."
        ) % (facts | {"what": what})
    listed = "; ".join(
        gettext("%(invoice)s of %(founded)s: %(open)s")
        % (invoice_facts(claim) | {"open": as_money(claim.balance.outstanding)})
        for claim in claims
    )
    return gettext("%(what)s, because %(count)s invoices are still open (%(listed)s).") % {
        "what": what,
        "count": len(claims),
        "listed": listed,
    }


def _what_is_held(hold: Hold) -> str:
    """The restriction with its day. A proposal restricts nobody yet, and says so."""
    effect = gettext(EFFECT_NAMES[Effect(hold.effect)])
    if hold.state == HoldState.PROPOSED.value:
        day = as_day(berlin_day(hold.proposed_at))
        return gettext("Proposed on %(day)s, not in force yet: %(effect)s") % {"day": day, "effect": effect}
    day = as_day(berlin_day(hold.released_at or hold.proposed_at))
    return gettext("%(effect)s since %(since)s") % {"effect": effect, "since": day}


def notice(claim: Claim, balance: ClaimBalance, *, level: int, pay_by: date, procedure: Procedure) -> Draft:
    """A reminder. It names the claim, what is outstanding, how to pay and how to object."""
    person = claim.account.holder
    with override(person.language):
        facts = invoice_facts(claim) | {"open": as_money(balance.outstanding), "pay_by": as_day(pay_by)}
        if level == 0:
            first = gettext(
                "Perhaps it slipped your mind: %(open)s of invoice %(invoice)s of %(founded)s is still open. "
                "It was due on %(due)s. Please pay by %(pay_by)s."
            )
        else:
            first = gettext(
                "%(open)s of invoice %(invoice)s of %(founded)s has not been paid; it has been due since %(due)s. "
                "Please pay by %(pay_by)s."
            )
        sheet = Sheet(
            subject=gettext("%(what)s: invoice %(invoice)s") % {"what": gettext(LEVEL_NAMES[level]), **facts},
            paragraphs=(salutation(person.name), first % facts),
            reference_lines=reference_lines(claim),
            table=_claim_table(claim, balance.outstanding),
            after_table=(
                gettext(
                    "You have already paid, or you think the claim is wrong? Object under “See, pay or object”: from "
                    "that moment nothing more is sent on this invoice until a person has decided. Without a login, "
                    "write to us under “Ask a person”."
                ),
            ),
            payment=payment_for(claim, balance.outstanding, due_on=pay_by),
            links=answer_links(),
        )
    return draft_for(claim.account, key=f"notice:{procedure.pk}:{level}", kind="dunning_notice", sheet=sheet)


def handed_over_debtor(claim: Claim, balance: ClaimBalance, order: CollectionOrder) -> Draft:
    """The debtor learns who holds the claim now, and that he can still object."""
    person = claim.account.holder
    with override(person.language):
        facts = invoice_facts(claim) | {
            "open": as_money(balance.outstanding),
            "collector": order.collector.name,
        }
        sheet = Sheet(
            subject=gettext("Invoice %(invoice)s has been handed to %(collector)s") % facts,
            paragraphs=(
                salutation(person.name),
                gettext(
                    "We have asked %(collector)s to collect %(open)s of invoice %(invoice)s of %(founded)s for us, "
                    "because it was not paid after our reminders."
                )
                % facts,
                gettext(
                    "Their file number is %(reference)s. You can pay to us or to them. If you object, tell us: we then "
                    "stop the collection at once until a person has decided."
                )
                % {"reference": order.reference},
            ),
            reference_lines=reference_lines(claim),
            payment=payment_for(claim, balance.outstanding),
            links=answer_links(),
        )
    return draft_for(claim.account, key=f"handed-over:{order.pk}", kind="handed_over", sheet=sheet)


def handed_over_collector(claim: Claim, balance: ClaimBalance, order: CollectionOrder) -> Draft:
    """The order as the agency gets it."""
    collector = order.collector
    with override(collector.language):
        person = claim.account.holder
        facts = invoice_facts(claim) | {"open": as_money(balance.outstanding), "reference": order.reference}
        sheet = Sheet(
            subject=gettext("Collection order %(reference)s: invoice %(invoice)s") % facts,
            paragraphs=(
                gettext("Please collect %(open)s of invoice %(invoice)s of %(founded)s, due since %(due)s.") % facts,
                gettext("Owed by: %(address)s") % {"address": ", ".join(person.address_lines)},
            ),
        )
    return _to_collector(order, key=f"order:{order.pk}", kind="collection_order", sheet=sheet)


def collection_ended(order: CollectionOrder, state: OrderState) -> Draft:
    """The agency must stop: settled or recalled."""
    with override(order.collector.language):
        facts = {"reference": order.reference, "invoice": order.claim.title}
        if state is OrderState.SETTLED:
            subject = gettext("Settled: collection order %(reference)s") % facts
            text = gettext(
                "Invoice %(invoice)s is paid. Order %(reference)s is closed: please stop every measure at once and "
                "confirm. Nothing may be demanded from the customer any more."
            )
        else:
            subject = gettext("Recalled: collection order %(reference)s") % facts
            text = gettext(
                "We recall order %(reference)s (invoice %(invoice)s). Please stop every measure at once and confirm. "
                "Nothing may be demanded from the customer any more."
            )
        sheet = Sheet(subject=subject, paragraphs=(text % facts,))
    return _to_collector(order, key=f"order-ended:{order.pk}", kind="collection_ended", sheet=sheet)


def collection_paused(order: CollectionOrder, dispute: Dispute) -> Draft:
    """The agency must wait: there is an objection."""
    with override(order.collector.language):
        facts = {"reference": order.reference, "invoice": order.claim.title}
        sheet = Sheet(
            subject=gettext("Paused: collection order %(reference)s") % facts,
            paragraphs=(
                gettext(
                    "There is an objection against invoice %(invoice)s. Please pause every measure on order "
                    "%(reference)s until you hear from us."
                )
                % facts,
            ),
        )
    return _to_collector(order, key=f"order-paused:{dispute.pk}", kind="collection_paused", sheet=sheet)


def collection_resumed(order: CollectionOrder, dispute: Dispute) -> Draft:
    """The objection was not accepted: the agency may go on."""
    with override(order.collector.language):
        facts = {"reference": order.reference, "invoice": order.claim.title}
        sheet = Sheet(
            subject=gettext("No longer paused: collection order %(reference)s") % facts,
            paragraphs=(
                gettext(
                    "The objection against invoice %(invoice)s has been decided and not accepted. Order "
                    "%(reference)s is no longer paused."
                )
                % facts,
            ),
        )
    return _to_collector(order, key=f"order-resumed:{dispute.pk}", kind="collection_resumed", sheet=sheet)


def _to_collector(order: CollectionOrder, *, key: str, kind: str, sheet: Sheet) -> Draft:
    collector = order.collector
    return Draft(
        key=key,
        kind=kind,
        brand=order.account.brand,
        to_name=collector.name,
        email=collector.email,
        address_lines=(collector.name, collector.street, f"{collector.postcode} {collector.city}"),
        language=collector.language,
        sheet=sheet,
        account_id=order.account_id,
    )


def settled(claim: Claim, *, reopened: int = 0) -> Draft:
    """The money has arrived: everything that rested on this claim has ended. After it was reopened, this is news
    again."""
    person = claim.account.holder
    with override(person.language):
        facts = invoice_facts(claim)
        sheet = Sheet(
            subject=gettext("Invoice %(invoice)s is paid") % facts,
            paragraphs=(
                salutation(person.name),
                gettext(
                    "Invoice %(invoice)s of %(founded)s over %(amount)s is settled in full. Nothing is open on it any "
                    "more: no reminders, no collection, and no hold rests on it."
                )
                % facts,
                gettext("You do not have to do anything. Please keep this message."),
            ),
            reference_lines=reference_lines(claim),
        )
    return draft_for(claim.account, key=settled_key(claim, reopened), kind="claim_settled", sheet=sheet)


def settled_key(claim: Claim, reopened: int) -> str:
    """The same for every message that says a claim is over, anew each time it was reopened."""
    return f"settled:{claim.pk}:{reopened}" if reopened else f"settled:{claim.pk}"


def nothing_open(claim: Claim, *, reopened: int = 0) -> Draft:
    """We took back what was left of it: nobody paid, and nothing is open all the same."""
    person = claim.account.holder
    with override(person.language):
        facts = invoice_facts(claim)
        sheet = Sheet(
            subject=gettext("Nothing is open on invoice %(invoice)s any more") % facts,
            paragraphs=(
                salutation(person.name),
                gettext(
                    "We have credited what was left of invoice %(invoice)s of %(founded)s over %(amount)s. Nothing is "
                    "open on it any more: no reminders, no collection, and no hold rests on it."
                )
                % facts,
                gettext("You do not have to do anything. Please keep this message."),
            ),
            reference_lines=reference_lines(claim),
        )
    return draft_for(claim.account, key=settled_key(claim, reopened), kind="claim_settled", sheet=sheet)


def reversed_claim(claim: Claim) -> Draft:
    """The claim never existed: we say so, and that we are sorry."""
    person = claim.account.holder
    with override(person.language):
        facts = invoice_facts(claim)
        sheet = Sheet(
            subject=gettext("Invoice %(invoice)s was our mistake") % facts,
            paragraphs=(
                salutation(person.name),
                gettext(
                    "Invoice %(invoice)s of %(founded)s over %(amount)s should never have been issued to you. You owe "
                    "nothing on it and never did. Whoever we had told otherwise has been told so."
                )
                % facts,
                gettext("We apologise for the trouble."),
            ),
            reference_lines=reference_lines(claim),
        )
    return draft_for(claim.account, key=f"reversed:{claim.pk}", kind="claim_reversed", sheet=sheet)


def dispute_received(dispute: Dispute) -> Draft:
    """An objection is confirmed at once: what stops now, and by when a person decides."""
    claim = dispute.claim
    person = dispute.account.holder
    with override(person.language):
        facts = invoice_facts(claim) | {
            "reference": dispute.reference,
            "kind": gettext(DISPUTE_KIND_NAMES[DisputeKind(dispute.kind)]),
            "decide_by": as_day(dispute.decide_by),
        }
        sheet = Sheet(
            subject=gettext("Your objection %(reference)s to invoice %(invoice)s") % facts,
            paragraphs=(
                salutation(person.name),
                gettext(
                    "We have your objection “%(kind)s” to invoice %(invoice)s of %(founded)s. From now on nothing is "
                    "sent or collected on it until a person has decided. A person decides by %(decide_by)s."
                )
                % facts,
                gettext("You do not have to send anything else. If you have proof, you may add it under “My account”."),
            ),
            # No payment reference: nothing is to be paid while a person decides.
            reference_lines=(
                (gettext("Objection"), dispute.reference),
                (gettext("Invoice"), claim.title),
                (gettext("Customer number"), claim.account.number),
            ),
            links=((gettext("My account"), _link("/account/")),),
        )
    return draft_for(dispute.account, key=f"dispute:{dispute.pk}", kind="dispute_received", sheet=sheet)


def dispute_decided(dispute: Dispute) -> Draft:
    """The decision and its reasons, and what follows."""
    claim = dispute.claim
    person = dispute.account.holder
    with override(person.language):
        facts = invoice_facts(claim) | {"reference": dispute.reference, "reason": dispute.decision_reason}
        if dispute.state == DisputeState.UPHELD.value:
            first = gettext("You are right with your objection %(reference)s to invoice %(invoice)s. %(reason)s")
            then = gettext("Nothing more is demanded or collected on the part you objected to; we correct it now.")
        else:
            first = gettext(
                "We have looked at your objection %(reference)s to invoice %(invoice)s and cannot agree. %(reason)s"
            )
            nothing_open = gettext("You do not have to do anything.")
            then = (
                nothing_open
                if not claim.balance.outstanding
                else gettext(
                    "%(open)s therefore remains due. If you have something new to show us, send it: a person reads it."
                )
                % {"open": as_money(claim.balance.outstanding)}
            )
        sheet = Sheet(
            subject=gettext("Decision on your objection %(reference)s") % facts,
            paragraphs=(salutation(person.name), first % facts, then),
            reference_lines=((gettext("Objection"), dispute.reference), *reference_lines(claim)),
            links=answer_links(),
        )
    return draft_for(dispute.account, key=f"dispute-decided:{dispute.pk}", kind="dispute_decided", sheet=sheet)


def hold_placed(hold: Hold) -> Draft:
    """The statement of reasons, at once: what is restricted, why, what lifts it, and what stays open."""
    claims = [reason.claim for reason in hold.living_reasons]  # type: ignore[attr-defined]  # holds_with_reasons
    person = hold.account.holder
    with override(person.language):
        sheet = Sheet(
            subject=gettext("%(effect)s: why, and how it ends")
            % {"effect": gettext(EFFECT_NAMES[Effect(hold.effect)])},
            paragraphs=(
                salutation(person.name),
                hold_sentence(hold, claims),
                *lifting_sentences(hold),
                gettext(
                    "Withdrawals, complaints, returns, refunds, cancellations, objections and the export of your data "
                    "are open to you all the same. You can object, and a person will look at it."
                ),
            ),
            reference_lines=((gettext("Hold"), hold.reference),),
            payment=payment_for(claims[0], claims[0].balance.outstanding) if len(claims) == 1 else None,
            links=answer_links(),
        )
    return draft_for(hold.account, key=f"hold-placed:{hold.pk}", kind="hold_placed", sheet=sheet)


def lifting_sentences(hold: Hold) -> tuple[str, ...]:
    """What lifts this hold (active language)."""
    if hold.kind == HoldKind.PAYMENT.value:
        return (
            gettext(
                "It ends by itself at the moment the payment is booked. It also ends at once if you object to the "
                "claim, until a person has decided."
            ),
        )
    if hold.kind == HoldKind.SECURITY.value and hold.ends_on and hold.review_on:
        return (
            gettext("A person looks at it again on %(review)s; it ends on %(ends)s at the latest.")
            % {"review": as_day(hold.review_on), "ends": as_day(hold.ends_on)},
        )
    return (gettext("You can end it at any time: under “My account”, or by telling us."),)


def hold_lifted(hold: Hold, claims: Sequence[Claim]) -> Draft:
    """It has ended: say so, name the claims, and that nothing more has to be done."""
    person = hold.account.holder
    with override(person.language):
        facts = {
            "effect": gettext(EFFECT_NAMES[Effect(hold.effect)]),
            "when": as_day(berlin_day(hold.lifted_at or hold.proposed_at)),
            "named": ", ".join(claim.title for claim in claims),
        }
        ended = [gettext("“%(effect)s” has ended on %(when)s.") % facts]
        if claims:
            sentence = ngettext("It was about invoice %(named)s.", "It was about invoices %(named)s.", len(claims))
            ended.append(sentence % facts)
        sheet = Sheet(
            subject=gettext("Ended: %(effect)s") % facts,
            paragraphs=(salutation(person.name), " ".join(ended), gettext("You do not have to do anything.")),
            reference_lines=((gettext("Hold"), hold.reference),),
        )
    return draft_for(hold.account, key=f"hold-lifted:{hold.pk}", kind="hold_lifted", sheet=sheet)


def reference_lines(claim: Claim) -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Invoice"), claim.title),
        (gettext("Customer number"), claim.account.number),
        (gettext("Payment reference"), claim.reference),
    )


def _claim_table(claim: Claim, outstanding: Money) -> Table:
    return Table(
        header=(gettext("Invoice"), gettext("Date"), gettext("Due on"), gettext("Amount"), gettext("Open")),
        rows=(
            (
                claim.title,
                formats.short_day(claim.founded_on, _language()),
                formats.short_day(claim.due_on, _language()),
                as_money(claim.amount),
                as_money(outstanding),
            ),
        ),
        numeric_columns=frozenset({3, 4}),
    )
