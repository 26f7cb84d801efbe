"""The family account.

A customer of many years is told he may pay only by card. An old claim is "open", though it was paid two years ago.
Nobody can say which claim, of when, over how much. Here it is told with Kulanz: from block to release.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.utils import translation
from tests import builders
from tests.builders import (
    a_bank_file,
    a_customer,
    a_payment_hold,
    an_invoice,
    bank_lines,
    dana,
)

from kulanz.contact.api import Message
from kulanz.dunning.api import CollectionOrder, OrderState, Procedure, ProcedureState
from kulanz.explain.api import account_sentence, explain, explain_hold
from kulanz.holds.api import Hold, HoldKind, HoldState, Way, active_holds, permitted
from kulanz.kernel import clock
from kulanz.kernel.money import Money
from kulanz.ledger.api import Allocation, ClaimState, find_claim, match, open_claims_of
from kulanz.wiring.verify import verify

pytestmark = pytest.mark.django_db


def test_he_is_told_which_claim_pays_and_is_free_in_the_same_moment() -> None:
    # He ordered two years ago; she lives with him and has an account of her own.
    he = a_customer("Thomas Reinhardt")
    she = a_customer("Katrin Reinhardt")
    claim = an_invoice(he, "98.90", issued="2024-10-26", number="RE536761")
    hers = an_invoice(she, "45.00", issued="2026-11-10")

    # The claim was reminded of, handed over, and finance released a hold on his account.
    hold = a_payment_hold(claim, on="2026-10-18")

    # "Which claim, of when, over how much?" One sentence with numbers, the same for him and for the agent.
    sentence = (
        "No purchase on invoice since 18 October 2026, because invoice RE536761 of 26 October 2024 over €98.90 "
        "is still open: €98.90 has been due since 9 November 2024."
    )
    assert explain_hold(hold).sentence == sentence
    assert account_sentence(active_holds(he.pk, on=clock.today()), open_claims_of(he.pk)) == sentence
    with translation.override("de"):
        assert "RE536761" in explain_hold(hold).sentence
        assert "98,90\N{NO-BREAK SPACE}€" in explain_hold(hold).sentence

    # What happened before is all there: invoice, two reminders, hand-over, hold.
    assert [fact.title for fact in explain_hold(hold).facts if not fact.internal] == [
        "Invoice RE536761",
        "Payment reminder",
        "First reminder notice",
        "Handed to Recht & Billig Inkasso GmbH",
        "Hold placed: No purchase on invoice",
    ]

    # Her account has no hold: they share an address, nothing else.
    assert active_holds(she.pk, on=clock.today()) == []
    assert permitted(she.pk, on=clock.today())[Way.PAY_BY_INVOICE] is True
    assert permitted(he.pk, on=clock.today())[Way.PAY_BY_INVOICE] is False
    # Under the hold he may still order and pay otherwise, withdraw, complain, object.
    assert [way for way, allowed in permitted(he.pk, on=clock.today()).items() if not allowed] == [Way.PAY_BY_INVOICE]

    # The forgotten statement is found: he had paid in time.
    [line] = bank_lines(a_bank_file(("98.90", "Rechnung RE536761"), on="2024-11-07", payer="Thomas Reinhardt"))
    result = match(dana("2026-11-22"), line_ids=[line.pk])
    assert (result.booked, result.suggested, result.unmatched) == (1, 0, 0)

    # The evidence is kept with the booking.
    allocation = Allocation.objects.get(bank_line=line)
    assert allocation.rule == "reference_and_amount"
    assert allocation.evidence["reference"] == "RE536761"
    assert allocation.evidence["amount"] == "equal"

    # In the same transaction: settled, lifted, dunning ended, collection closed.
    assert find_claim("RE536761").balance.state is ClaimState.SETTLED
    hold.refresh_from_db()
    assert hold.state == HoldState.LIFTED.value
    assert Procedure.objects.get(claim=claim).state == ProcedureState.ENDED.value
    assert CollectionOrder.objects.get(claim=claim).state == OrderState.SETTLED.value
    assert permitted(he.pk, on=clock.today())[Way.PAY_BY_INVOICE] is True
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    # Everybody is told, once: he that it is over, the collector that he must stop.
    told = Message.objects.filter(account=he, queued_at=builders.moment("2026-11-22")).order_by("kind")
    assert [(message.kind, message.to_name) for message in told] == [
        ("claim_settled", "Thomas Reinhardt"),
        ("collection_ended", "Recht & Billig Inkasso GmbH"),
        ("hold_lifted", "Thomas Reinhardt"),
    ]

    # The same file again books nothing and tells nobody.
    assert match(dana("2026-11-23")).booked == 0
    assert Message.objects.filter(account=he, queued_at__gt=builders.moment("2026-11-22")).count() == 0

    # Her invoice is untouched, and everything holds.
    assert find_claim(hers.reference).balance.outstanding == Money(4500)
    assert [check.name for check in verify() if not check.ok] == []


def test_whoever_asks_with_any_reference_gets_the_same_story() -> None:
    he = a_customer("Thomas Reinhardt")
    claim = an_invoice(he, "98.90", issued="2024-10-26")
    hold = a_payment_hold(claim, on="2026-10-18")

    assert explain(claim.title, on=clock.today()).reference == claim.reference
    assert explain(claim.reference, on=clock.today()).kind == "claim"
    assert explain(hold.reference, on=clock.today()).sentence == explain(he.number, on=clock.today()).sentence


def test_a_shared_address_is_never_a_reason() -> None:
    he = a_customer("Thomas Reinhardt")
    she = a_customer("Katrin Reinhardt")
    claim = an_invoice(he, "98.90", issued="2024-10-26")
    a_payment_hold(claim, on="2026-10-18")
    assert Hold.objects.filter(account=she).count() == 0
    assert Hold.objects.filter(account=he, kind=HoldKind.PAYMENT.value).count() == 1


def test_his_objection_lifts_the_hold_at_once_until_a_person_has_decided() -> None:
    from kulanz.ledger.api import DisputeKind, decide_dispute, raise_dispute

    he = a_customer("Thomas Reinhardt")
    claim = an_invoice(he, "98.90", issued="2024-10-26")
    hold = a_payment_hold(claim, on="2026-10-18")

    dispute = raise_dispute(
        builders.customer_act(he, "2026-11-20"), claim, kind=DisputeKind.ALREADY_PAID, words="Paid in 2024."
    )
    hold.refresh_from_db()
    assert hold.state == HoldState.LIFTED.value
    assert dispute.decide_by == date(2026, 11, 27)

    # Rejected with reasons: the claim stands, the hold comes back only as a new proposal for a person.
    decide_dispute(dana("2026-11-25"), dispute, upheld=False, reason="We find no payment of this amount.")
    assert active_holds(he.pk, on=clock.today()) == []
    again = Hold.objects.get(account=he, state=HoldState.PROPOSED.value)
    assert again.pk != hold.pk
