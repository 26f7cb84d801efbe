"""Money goes out: ordered by one person, released by another, booked when the bank has carried it out."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from tests import builders as b
from tests.money_back import HIS_IBAN, OTHER_IBAN, Movement, a_line, eur, left, lines, paid, with_credit

from kulanz.kernel.acts import Act, by_person
from kulanz.kernel.refusals import NotFound, SomebodyWasFaster
from kulanz.kernel.states import ImpossibleMove
from kulanz.ledger.api import (
    CHECKS,
    REFUND,
    Allocation,
    AmountNotPositive,
    AnotherPersonReleases,
    AtTheBankAlready,
    CreditIsOrdered,
    CreditUsed,
    HouseBooking,
    LineAlreadyExplained,
    MoreThanCredit,
    NotReleased,
    NotUndoable,
    OnlyPeopleSendMoney,
    ReasonNeeded,
    RefundOrder,
    RefundState,
    UnusableIban,
    accounts_with_credit,
    ask_for_payout,
    assign_by_hand,
    book_bank_fee,
    book_ordered_refunds,
    book_refunds,
    book_return,
    cancel_refund,
    credit_of,
    find_refund_order,
    free_credit,
    goes_elsewhere,
    mark_exported,
    order_asked_payout,
    order_payout,
    outgoing_lines,
    pay_out_credit,
    refund_orders,
    refused_by_bank,
    release_refund,
    send_back,
    take_in,
    undo,
    undo_allocation,
)
from kulanz.parties.api import Account

pytestmark = pytest.mark.django_db
DAY = "2026-11-20"
DANA, CEM = b.dana(DAY), b.cem(DAY)
WHY = "He asked on the phone."


@pytest.fixture
def account() -> Account:
    return with_credit("20.00")


def ordered(account: Account, cents: int = 2_000, act: Act = DANA) -> RefundOrder:
    return order_payout(act, account, eur(cents), to_iban=HIS_IBAN, reason=WHY)


def released(account: Account, cents: int = 2_000) -> RefundOrder:
    order = ordered(account, cents)
    release_refund(CEM, order)
    return order


def state(order: RefundOrder) -> RefundState:
    order.refresh_from_db()
    return RefundState(order.state)


def sound() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return [check.name for check in CHECKS if check.offenders()] == []


# --- who has something to get ---


def test_accounts_with_a_credit_are_listed_with_what_is_ordered_of_it(account: Account) -> None:
    larger = with_credit("75.00")
    ordered(account, 500)
    rows = [row for row in accounts_with_credit() if row.account.pk in {account.pk, larger.pk}]
    assert [(row.account, row.credit, row.ordered, row.free) for row in rows] == [
        (larger, eur(7_500), eur(0), eur(7_500)),
        (account, eur(2_000), eur(500), eur(1_500)),
    ]
    assert rows[0].account.holder.name == "Frieda Anders"


def test_who_has_nothing_to_get_and_the_house_are_on_no_list(account: Account) -> None:
    pay_out_credit(DANA, a_line("-20.00"), account)
    send_back(DANA, a_line("5.00"), to_iban=HIS_IBAN, reason="Not ours.")
    assert {row.account.kind for row in accounts_with_credit()} <= {"customer"}
    assert account not in [row.account for row in accounts_with_credit()]


# --- from the wish to the bank ---


def test_a_customer_asks_two_people_of_ours_pay_and_the_bank_line_books_itself(account: Account) -> None:
    order = ask_for_payout(b.customer_act(account, DAY), account, eur(2_000), to_iban="DE75 5121 0800 1245 1261 99")
    assert (order.state, order.asked_by, order.to_iban) == ("asked", "Frieda Anders", HIS_IBAN)
    order_asked_payout(DANA, order)
    release_refund(CEM, order)
    assert list(refund_orders(RefundState.RELEASED)) == [order]
    mark_exported(DANA, [order])
    [line] = lines(Movement(amount="-20.00", end_to_end_id=order.end_to_end_id))
    assert book_ordered_refunds(DANA) == 1
    assert (state(order), order.paid_by_line, left(line)) == (RefundState.PAID, line, eur(0))
    assert (credit_of(account.pk), free_credit(account.pk, "EUR")) == ([], eur(0))
    allocation = Allocation.objects.get(bank_line=line)
    assert (allocation.rule, allocation.evidence["order"], allocation.allocated_by) == (
        "refund_order",
        order.reference,
        "ledger.refunds",
    )
    assert book_ordered_refunds(DANA) == 0
    assert sound()


def test_an_order_says_whom_it_pays_and_what_he_reads(account: Account) -> None:
    order = ordered(account)
    assert (order.to_name, order.end_to_end_id) == ("Frieda Anders", f"KULANZ-{order.reference}")
    assert order.reference in order.remittance
    assert account.number in order.remittance
    assert find_refund_order(order.reference.lower()) == order
    with pytest.raises(NotFound):
        find_refund_order("A9999999")


def test_the_same_wish_twice_is_one(account: Account) -> None:
    act = b.customer_act(account, DAY)
    first = ask_for_payout(act, account, eur(1_500), to_iban=HIS_IBAN)
    assert ask_for_payout(act, account, eur(1_500), to_iban=HIS_IBAN) == first
    with pytest.raises(CreditUsed):
        ask_for_payout(act, account, eur(1_500), to_iban=OTHER_IBAN)


def test_who_ordered_it_does_not_release_it(account: Account) -> None:
    order = ordered(account)
    with pytest.raises(AnotherPersonReleases, match=order.reference):
        release_refund(DANA, order)
    assert state(order) is RefundState.ORDERED
    # Logins decide where both are known: a second name of the same person is the same person.
    other, login = with_credit("5.00"), uuid4()
    mine = ordered(other, 500, by_person("Dana Vogt", DANA.at, WHY, user_id=login))
    with pytest.raises(AnotherPersonReleases):
        release_refund(by_person("D. Vogt", DANA.at, WHY, user_id=login), mine)
    release_refund(by_person("Dana Vogt", DANA.at, WHY, user_id=uuid4()), mine)


def test_the_database_knows_four_eyes_too(account: Account) -> None:
    order = ordered(account)
    with pytest.raises(IntegrityError, match="two_people_release_a_refund"), transaction.atomic():
        RefundOrder.objects.filter(pk=order.pk).update(state="released", released_at=DANA.at, released_by="Dana Vogt")
    with pytest.raises(IntegrityError, match="people_release_refunds"), transaction.atomic():
        RefundOrder.objects.filter(pk=order.pk).update(state="exported", exported_at=DANA.at)
    for column, value in (("to_iban", OTHER_IBAN), ("amount_cents", 1), ("to_name", "Somebody Else")):
        with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
            RefundOrder.objects.filter(pk=order.pk).update(**{column: value})


def test_no_rule_sends_money_away(account: Account) -> None:
    rule = b.system(DAY)
    with pytest.raises(OnlyPeopleSendMoney):
        ordered(account, act=rule)
    with pytest.raises(OnlyPeopleSendMoney):
        send_back(rule, a_line("5.00"), to_iban=HIS_IBAN, reason=WHY)
    order = ordered(account)
    with pytest.raises(OnlyPeopleSendMoney):
        release_refund(rule, order)
    with pytest.raises(OnlyPeopleSendMoney):
        cancel_refund(rule, order, reason=WHY)
    assert state(order) is RefundState.ORDERED


def test_nothing_is_ordered_without_reason_account_number_or_amount(account: Account) -> None:
    before = RefundOrder.objects.count()
    with pytest.raises(ReasonNeeded):
        order_payout(DANA, account, eur(100), to_iban=HIS_IBAN, reason=" ")
    with pytest.raises(UnusableIban, match="DE75512108001245126198"):
        order_payout(DANA, account, eur(100), to_iban="DE75512108001245126198", reason=WHY)
    with pytest.raises(AmountNotPositive):
        ordered(account, 0)
    with pytest.raises(CreditUsed, match=r"20\.01 EUR.*20\.00 EUR"):
        ordered(account, 2_001)
    assert RefundOrder.objects.count() == before


def test_what_is_ordered_is_used_for_nothing_else(account: Account) -> None:
    order = ordered(account, 1_500)
    with pytest.raises(CreditUsed, match=r"6\.00 EUR.*5\.00 EUR"):
        ordered(account, 600)
    with pytest.raises(CreditIsOrdered, match=rf"{account.number}.*5\.00 EUR.*{order.reference}"):
        pay_out_credit(DANA, a_line("-20.00"), account)
    credit = Allocation.objects.get(account=account, claim=None)
    with pytest.raises(CreditUsed):
        undo_allocation(DANA, credit, reason="It was somebody else's.")
    pay_out_credit(DANA, a_line("-5.00"), account)
    assert (credit_of(account.pk), free_credit(account.pk, "EUR")) == ([eur(1_500)], eur(0))
    assert sound()


def test_nobody_without_an_order_is_paid_more_than_he_has_to_get(account: Account) -> None:
    with pytest.raises(MoreThanCredit):
        pay_out_credit(DANA, a_line("-20.01"), account)


def test_the_database_reserves_what_is_ordered(account: Account) -> None:
    order = ordered(account)
    with pytest.raises(IntegrityError, match="does not cover"), transaction.atomic():
        RefundOrder.objects.bulk_create(
            [
                RefundOrder(
                    reference="AXXXXXXX",
                    end_to_end_id="X",
                    kind="credit",
                    account=account,
                    amount_cents=1,
                    currency="EUR",
                    to_name="x",
                    to_iban=HIS_IBAN,
                    remittance="x",
                    reason="x",
                    state="asked",
                    created_at=DANA.at,
                )
            ]
        )
    cancel_refund(DANA, order, reason="He wants to keep it.")
    assert free_credit(account.pk, "EUR") == eur(2_000)


def test_an_order_is_cancelled_until_it_is_at_the_bank(account: Account) -> None:
    order = released(account)
    with pytest.raises(ReasonNeeded):
        cancel_refund(DANA, order, reason="")
    cancel_refund(DANA, order, reason="He wants to keep it.")
    assert (state(order), order.ended_because) == (RefundState.CANCELLED, "He wants to keep it.")
    with pytest.raises(ImpossibleMove):
        cancel_refund(DANA, order, reason="Again.")
    with pytest.raises(SomebodyWasFaster):
        release_refund(CEM, order)
    sent = released(account)
    mark_exported(DANA, [sent])
    with pytest.raises(AtTheBankAlready, match=sent.reference):
        cancel_refund(DANA, sent, reason="He wants to keep it.")
    refused_by_bank(DANA, sent, reason="AC04")
    assert (state(sent), free_credit(account.pk, "EUR")) == (RefundState.CANCELLED, eur(2_000))


def test_an_order_stands_in_one_file_only(account: Account) -> None:
    order, other = released(account, 500), released(account, 600)
    mark_exported(DANA, [order])
    with pytest.raises(SomebodyWasFaster):
        mark_exported(DANA, [other, order])
    assert (state(order), state(other)) == (RefundState.EXPORTED, RefundState.RELEASED)


def test_the_moves_of_an_order_are_a_table() -> None:
    assert {state for state in RefundState if REFUND.final(state)} == {RefundState.RETURNED, RefundState.CANCELLED}
    assert not any(REFUND.allows(old, RefundState.RELEASED) for old in (RefundState.ASKED, RefundState.EXPORTED))


# --- the line that carried it out ---


def test_a_line_books_itself_only_on_an_order_that_is_on_its_way(account: Account) -> None:
    order = ordered(account)
    [line] = lines(Movement(amount="-20.00", end_to_end_id=order.end_to_end_id))
    assert book_ordered_refunds(DANA) == 0
    with pytest.raises(NotReleased, match=order.reference):
        book_refunds(DANA, line, [order])
    assert (left(line), credit_of(account.pk)) == (eur(-2_000), [eur(2_000)])


@pytest.mark.parametrize("amount", ["-19.99", "-20.01", "20.00"])
def test_a_line_with_another_amount_is_for_a_person(account: Account, amount: str) -> None:
    order = released(account)
    lines(Movement(amount=amount, end_to_end_id=order.end_to_end_id))
    assert (book_ordered_refunds(DANA), state(order)) == (0, RefundState.RELEASED)


def test_an_order_that_left_twice_is_for_a_person(account: Account) -> None:
    order = released(account)
    twice = Movement(amount="-20.00", end_to_end_id=order.end_to_end_id)
    lines(twice, twice)
    assert (book_ordered_refunds(DANA), state(order)) == (0, RefundState.RELEASED)


def test_several_orders_in_one_line_and_the_rest_is_the_banks_fee(account: Account) -> None:
    other = with_credit("30.00")
    orders = [released(account), released(other, 3_000)]
    line = a_line("-50.25")
    book_refunds(DANA, line, orders)
    assert [state(order) for order in orders] == [RefundState.PAID, RefundState.PAID]
    assert (credit_of(account.pk), credit_of(other.pk), left(line)) == ([], [], eur(-25))
    with pytest.raises(LineAlreadyExplained):
        book_bank_fee(DANA, line, amount=eur(26), reason="Fee")
    book_bank_fee(DANA, line, reason="Fee")
    assert left(line) == eur(0)
    assert sound()


def test_a_line_smaller_than_its_orders_carried_out_something_else(account: Account) -> None:
    order = released(account)
    line = a_line("-19.99")
    with pytest.raises(LineAlreadyExplained):
        book_refunds(DANA, line, [order])
    assert (state(order), left(line)) == (RefundState.RELEASED, eur(-1_999))


def test_a_line_taken_for_an_order_by_mistake_is_undone_and_the_order_waits_again(account: Account) -> None:
    order = released(account)
    line = a_line("-20.00")
    book_refunds(DANA, line, [order])
    undo_allocation(DANA, Allocation.objects.get(bank_line=line), reason="That was a supplier.")
    assert (state(order), order.paid_by_line, left(line)) == (RefundState.RELEASED, None, eur(-2_000))
    assert (credit_of(account.pk), free_credit(account.pk, "EUR")) == ([eur(2_000)], eur(0))
    [right] = lines(Movement(amount="-20.00", end_to_end_id=order.end_to_end_id))
    assert (book_ordered_refunds(DANA), state(order), order.paid_by_line) == (1, RefundState.PAID, right)
    assert sound()


def test_an_exported_order_goes_back_to_the_bank_and_not_into_a_second_file(account: Account) -> None:
    order = released(account)
    mark_exported(DANA, [order])
    line = a_line("-20.00")
    book_refunds(DANA, line, [order])
    undo_allocation(DANA, Allocation.objects.get(bank_line=line), reason="That was a supplier.")
    assert state(order) is RefundState.EXPORTED


def test_orders_book_themselves_when_the_bank_file_comes_in(account: Account) -> None:
    order = released(account)
    lines(Movement(amount="-20.00", end_to_end_id=order.end_to_end_id))
    take_in(DANA, brand=account.brand, name="bank.xml", content=b.a_bank_file(("1.00", "?")))
    assert state(order) is RefundState.PAID


def test_outgoing_lines_wait_until_they_are_explained(account: Account) -> None:
    line, other = a_line("-20.00"), a_line("-1.00")
    assert [row for row in outgoing_lines() if row in (line, other)] == [line, other]
    pay_out_credit(DANA, line, account)
    assert line not in outgoing_lines()


# --- the bank's fee ---


def test_the_banks_fee_is_the_houses_expense() -> None:
    line = a_line("-12.00", words="Kontofuehrung")
    fee = book_bank_fee(DANA, line, amount=eur(1_000), reason="Account keeping")
    assert (fee.amount, left(line)) == (eur(-1_000), eur(-200))
    legs = fee.transaction.postings.order_by("line").values_list("book", "amount_cents")
    assert list(legs) == [("suspense", -1_000), ("bank_fees", 1_000)]
    assert sound()


def test_a_fee_the_bank_gives_back_lowers_the_expense() -> None:
    line = a_line("3.00")
    fee = book_bank_fee(DANA, line, reason="Given back")
    assert (fee.amount, left(line)) == (eur(300), eur(0))


def test_a_fee_has_a_reason_and_an_amount() -> None:
    line = a_line("-12.00")
    with pytest.raises(ReasonNeeded):
        book_bank_fee(DANA, line, reason="")
    with pytest.raises(AmountNotPositive):
        book_bank_fee(DANA, line, amount=eur(-1), reason="Fee")
    with pytest.raises(LineAlreadyExplained):
        book_bank_fee(DANA, line, amount=eur(1_201), reason="Fee")
    assert left(line) == eur(-1_200)


# --- sending back ---


def test_a_payment_that_is_not_ours_is_set_aside_released_and_sent_back() -> None:
    line = a_line("70.00", payer="Cleo Brandt")
    order = send_back(DANA, line, to_iban=HIS_IBAN, reason="Meant for another shop.")
    assert (order.amount, order.to_name, left(line), goes_elsewhere(order)) == (
        eur(7_000),
        "Cleo Brandt",
        eur(0),
        False,
    )
    claim = b.an_invoice(b.a_customer(), "70.00")
    with pytest.raises(LineAlreadyExplained):
        assign_by_hand(DANA, line, claim, keep_rest_as_credit=False)
    release_refund(CEM, order)
    [out] = lines(Movement(amount="-70.00", end_to_end_id=order.end_to_end_id))
    assert book_ordered_refunds(DANA) == 1
    assert (state(order), left(out)) == (RefundState.PAID, eur(0))
    assert sum(booking.amount_cents for booking in HouseBooking.objects.filter(order=order)) == 0
    assert sound()


def test_money_that_goes_to_another_account_than_it_came_from_is_pointed_out() -> None:
    order = send_back(DANA, a_line("70.00"), to_iban=OTHER_IBAN, reason="He says it is his new account.")
    assert goes_elsewhere(order)


def test_sending_back_is_cancelled_and_the_payment_waits_again() -> None:
    line = a_line("70.00")
    order = send_back(DANA, line, to_iban=HIS_IBAN, reason="Meant for another shop.")
    with pytest.raises(LineAlreadyExplained):
        send_back(DANA, line, to_iban=HIS_IBAN, reason="Meant for another shop.")
    cancel_refund(CEM, order, reason="We found the invoice.")
    assert (state(order), left(line)) == (RefundState.CANCELLED, eur(7_000))
    assign_by_hand(DANA, line, b.an_invoice(b.a_customer(), "70.00"), keep_rest_as_credit=False)
    assert left(line) == eur(0)
    assert sound()


def test_only_what_came_in_and_is_left_is_sent_back() -> None:
    with pytest.raises(LineAlreadyExplained):
        send_back(DANA, a_line("-5.00"), to_iban=HIS_IBAN, reason="Meant for another shop.")
    claim = b.an_invoice(b.a_customer(), "50.00")
    line = paid(claim, "50.00").bank_line
    with pytest.raises(LineAlreadyExplained):
        send_back(DANA, line, to_iban=HIS_IBAN, reason="Meant for another shop.")
    with pytest.raises(ReasonNeeded):
        send_back(DANA, a_line("5.00"), to_iban=HIS_IBAN, reason="")


def test_what_was_sent_back_and_came_back_waits_to_be_understood_again() -> None:
    line = a_line("70.00")
    order = send_back(DANA, line, to_iban=HIS_IBAN, reason="Meant for another shop.")
    release_refund(CEM, order)
    [out] = lines(Movement(amount="-70.00", end_to_end_id=order.end_to_end_id))
    book_ordered_refunds(DANA)
    [back] = lines(Movement(amount="70.00", end_to_end_id=order.end_to_end_id, return_code="AC04"), on="2026-11-25")
    book_return(DANA, back, out)
    assert (state(order), left(line), left(back), left(out)) == (RefundState.RETURNED, eur(7_000), eur(0), eur(0))
    again = send_back(DANA, line, to_iban=OTHER_IBAN, reason="New account number.")
    assert state(again) is RefundState.ORDERED
    assert sound()


def test_what_is_set_aside_is_ended_by_its_order_only() -> None:
    order = send_back(DANA, a_line("70.00"), to_iban=HIS_IBAN, reason="Meant for another shop.")
    booking = HouseBooking.objects.get(order=order)
    with pytest.raises(NotUndoable, match="Cancel the order"):
        undo(DANA, booking.transaction, reason="We found the invoice.")
    assert state(order) is RefundState.ORDERED
