"""Money that goes back: a debit that was returned, told from both sides, and a payment that was somebody else's."""

from __future__ import annotations

import pytest
from django.db import connection
from tests import builders as b
from tests.money_back import HIS_IBAN, Movement, a_line, eur, left, lines

from kulanz.cases.api import Case
from kulanz.contact.api import Message
from kulanz.dunning.api import CollectionOrder, OrderState
from kulanz.explain.api import explain
from kulanz.holds.api import Hold, HoldState, active_holds
from kulanz.kernel import clock
from kulanz.ledger.api import (
    Allocation,
    BankLine,
    ClaimState,
    RefundState,
    accounts_with_credit,
    ask_for_payout,
    assign_by_hand,
    book_return,
    book_returns,
    find_claim,
    match,
    order_asked_payout,
    release_refund,
    send_back,
    take_in,
    undo_allocation,
    why_returned,
)
from kulanz.wiring.verify import verify

pytestmark = pytest.mark.django_db


def everything_holds() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return [check.name for check in verify() if not check.ok] == []


def test_a_debit_comes_back_and_both_sides_know_why_and_what_now() -> None:
    # Frau Anders pays by direct debit. The money comes on the first of October; her invoice is paid.
    anders = b.a_customer("Frieda Anders", language="en")
    claim = b.an_invoice(anders, "50.00", issued="2026-09-17", number="RE-880")
    [drawn] = lines(Movement(amount="50.00", end_to_end_id="DD-2026-880", words="RE-880"), on="2026-10-01")
    assert match(b.dana("2026-10-01"), line_ids=[drawn.pk]).booked == 1
    assert find_claim("RE-880").balance.state is ClaimState.SETTLED

    # Four days later the bank takes it back, and three euros with it. Dana imports the file; nothing is left to do.
    [back] = lines(Movement(amount="-53.00", end_to_end_id="DD-2026-880", return_code="AM04"), on="2026-10-05")
    take_in(
        b.dana("2026-10-05"), brand=anders.brand, name="05.xml", content=b.a_bank_file(("1.00", "?"), on="2026-10-05")
    )

    # The house's side: both lines are explained, the claim is open, the fee is ours. And what the bank says.
    assert (left(drawn), left(back)) == (eur(0), eur(0))
    assert why_returned(back) == "There was not enough money on the account on that day."
    claim = find_claim("RE-880")
    assert (claim.balance.state, claim.balance.outstanding, claim.balance.paid) == (ClaimState.OPEN, eur(5_000), eur(0))

    # Her side: one message, the same day, with what happened, what is open, how to pay and how to object.
    [message] = Message.objects.filter(account=anders)
    assert message.kind == "claim_reopened"
    assert message.sheet["subject"] == "Invoice RE-880 is open again"
    assert "the bank took back your payment of €50.00" in message.sheet["paragraphs"][1]
    assert "You pay no fee for it." in message.sheet["paragraphs"]
    assert message.sheet["payment"]["cents"] == 5_000
    assert active_holds(anders.pk, on=clock.today()) == []

    # Whoever asks, reads the same story.
    assert [(fact.title, fact.text) for fact in explain("RE-880", on=clock.today()).facts] == [
        ("Invoice RE-880", "Due on 1 October 2026."),
        ("Payment on invoice RE-880", "Received on 1 October 2026 from Frieda Anders."),
        (
            "Payment on invoice RE-880 taken back by the bank",
            "On 5 October 2026. There was not enough money on the account on that day.",
        ),
    ]

    # She transfers it, and reads that it is over.
    [transfer] = b.bank_lines(b.a_bank_file(("50.00", "RE-880"), on="2026-10-12"), on="2026-10-12")
    assert match(b.dana("2026-10-12"), line_ids=[transfer.pk]).booked == 1
    assert [m.kind for m in Message.objects.filter(account=anders).order_by("queued_at")] == [
        "claim_reopened",
        "claim_settled",
    ]
    assert everything_holds()


def test_a_payment_booked_on_the_wrong_customer_is_undone_and_neither_of_them_suffers() -> None:
    # Herr Brandt's invoice was handed over and held; then a payment that named it came in. The name was another one, so
    # no rule booked it; a person did, and all of it ended.
    brandt, anders = b.a_customer("Cleo Brandt", language="en"), b.a_customer("Frieda Anders", language="en")
    his = b.an_invoice(brandt, "98.90", issued="2026-06-01", number="RE-901")
    hers = b.an_invoice(anders, "98.90", issued="2026-06-01", number="RE-910")
    hold = b.a_payment_hold(his, on="2026-09-01")
    [line] = b.bank_lines(b.a_bank_file(("98.90", "RE-901"), on="2026-10-01"), on="2026-10-01")
    assert match(b.dana("2026-10-01"), line_ids=[line.pk]).booked == 0
    assign_by_hand(b.dana("2026-10-01"), line, his, keep_rest_as_credit=False)
    hold.refresh_from_db()
    assert (hold.state, find_claim("RE-901").balance.state) == (HoldState.LIFTED.value, ClaimState.SETTLED)

    # Frau Anders writes: she had mistyped the number. Dana undoes the booking and books it where it belongs.
    allocation = Allocation.objects.get(bank_line=line)
    undo_allocation(b.dana("2026-10-08"), allocation, reason="Frau Anders mistyped RE-910.")
    assert left(line) == eur(9_890)
    assert match(b.dana("2026-10-08")).booked == 0
    assign_by_hand(b.dana("2026-10-08"), line, hers, keep_rest_as_credit=False)
    assert (find_claim("RE-901").balance.state, find_claim("RE-910").balance.state) == (
        ClaimState.OPEN,
        ClaimState.SETTLED,
    )

    # He is told that we were wrong, and nothing more: no hold, no collector, no fee comes back by itself.
    news = Message.objects.filter(account=brandt, queued_at=b.moment("2026-10-08"))
    assert [message.kind for message in news] == ["claim_reopened"]
    assert active_holds(brandt.pk, on=clock.today()) == []
    assert Hold.objects.filter(account=brandt, state=HoldState.PROPOSED.value).count() == 0
    assert CollectionOrder.objects.get(claim=his).state == OrderState.SETTLED.value
    # Whether the collector is asked again, a person decides; it is on the desk with a date and an owner.
    assert Case.objects.get(account=brandt).promises.get().owner == "finance"

    # His timeline says what happened, and not whose money it was.
    story = [(fact.title, fact.text) for fact in explain("RE-901", on=clock.today()).facts][-2:]
    assert story == [
        ("Payment on invoice RE-901", "Received on 1 October 2026."),
        (
            "Payment on invoice RE-901 undone",
            "It had been booked here by mistake: the payment was meant for something else.",
        ),
    ]
    assert "Anders" not in str(explain("RE-901", on=clock.today()).facts)
    assert everything_holds()


def test_a_credit_finds_its_way_home_and_so_does_a_strangers_payment() -> None:
    # Frau Anders pays too much; she sees it and asks for it.
    anders = b.a_customer("Frieda Anders")
    claim = b.an_invoice(anders, "30.00")
    assign_by_hand(b.dana("2026-10-01"), a_line("50.00", on="2026-10-01"), claim, keep_rest_as_credit=True)
    order = ask_for_payout(b.customer_act(anders, "2026-10-02"), anders, eur(2_000), to_iban=HIS_IBAN)
    assert [(row.account, row.free) for row in accounts_with_credit() if row.account == anders] == [(anders, eur(0))]

    # Dana orders, Cem releases, the bank pays, and the line books itself. But her account was closed.
    order_asked_payout(b.dana("2026-10-02"), order)
    release_refund(b.cem("2026-10-02"), order)
    lines(Movement(amount="-20.00", end_to_end_id=order.end_to_end_id), on="2026-10-05")
    take_in(
        b.dana("2026-10-06"), brand=anders.brand, name="06.xml", content=b.a_bank_file(("70.00", "?"), on="2026-10-06")
    )
    lines(Movement(amount="20.00", end_to_end_id=order.end_to_end_id, return_code="AC04"), on="2026-10-07")
    assert book_returns(b.dana("2026-10-07")).booked == 1
    order.refresh_from_db()
    assert order.state == RefundState.RETURNED.value
    assert [row.free for row in accounts_with_credit() if row.account == anders] == [eur(2_000)]
    assert Message.objects.get(account=anders).kind == "refund_returned"

    # The seventy euros are nobody's here: they go back, released by a second person.
    stranger = BankLine.objects.get(amount_cents=7_000, allocated_cents=0, booked_on="2026-10-06")
    sending = send_back(b.dana("2026-10-08"), stranger, to_iban=HIS_IBAN, reason="Meant for another shop.")
    release_refund(b.cem("2026-10-08"), sending)
    [out] = lines(Movement(amount="-70.00", end_to_end_id=sending.end_to_end_id), on="2026-10-09")
    take_in(
        b.dana("2026-10-10"), brand=anders.brand, name="10.xml", content=b.a_bank_file(("1.00", "?"), on="2026-10-10")
    )
    sending.refresh_from_db()
    assert (sending.state, left(stranger), left(out)) == (RefundState.PAID.value, eur(0), eur(0))
    # And if the bank brings it back, finance looks at the payment anew.
    book_return(b.dana("2026-10-12"), a_line("70.00", on="2026-10-12"), out)
    assert left(stranger) == eur(7_000)
    assert everything_holds()
