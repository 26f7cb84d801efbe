"""The bank takes a payment back: the claim is open again, the fee is the house's, and a person releases what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import override_settings
from tests import builders as b
from tests.money_back import HIS_IBAN, Movement, a_line, eur, left, lines, paid

from kulanz.ledger.api import (
    CHECKS,
    Allocation,
    AllocationReversal,
    BankLine,
    Claim,
    ClaimBalance,
    ClaimKind,
    ClaimState,
    CreditUsed,
    DisputeKind,
    FeeNotCharged,
    HouseBooking,
    NotReturnable,
    Posting,
    RefundState,
    ReturnFee,
    Transaction,
    UndoneAlready,
    assign_by_hand,
    book_return,
    book_returns,
    charge_return_fee,
    chargeable_return_fees,
    credit_of,
    fee_of,
    find_claim,
    find_returned,
    mark_exported,
    order_payout,
    pay_out_credit,
    payments_it_may_return,
    raise_dispute,
    release_refund,
    return_sentence,
    send_back,
    take_in,
    undo,
    undo_allocation,
    undo_return,
    why_returned,
)
from kulanz.ledger.return_reasons import RETURN_SENTENCES

pytestmark = pytest.mark.django_db
ACT = b.dana("2026-11-20")
LATER = b.dana("2026-11-25")
DAY = "2026-11-25"


@pytest.fixture
def claim() -> Claim:
    return b.an_invoice(b.a_customer(), "50.00")


def debited(claim: Claim, end_to_end_id: str = "E2E-1") -> Allocation:
    """We drew the amount of this claim by direct debit, and it came."""
    return paid(claim, end_to_end_id=end_to_end_id)


def came_back(amount: str = "-50.00", code: str = "AM04", end_to_end_id: str = "E2E-1") -> BankLine:
    [line] = lines(Movement(amount=amount, return_code=code, end_to_end_id=end_to_end_id), on=DAY)
    return line


def open_cents(claim: Claim) -> int:
    return ClaimBalance.objects.get(claim=claim).outstanding_cents


def house_books() -> dict[str, int]:
    """The sums of the house account by book, without those that are empty."""
    sums: dict[str, int] = {}
    for book, cents in Posting.objects.filter(account__kind="house").values_list("book", "amount_cents"):
        sums[book] = sums.get(book, 0) + cents
    return {book: cents for book, cents in sums.items() if cents}


def sound() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return [check.name for check in CHECKS if check.offenders()] == []


def test_a_returned_debit_books_itself_by_its_end_to_end_id(claim: Claim) -> None:
    allocation = debited(claim)
    line = came_back()
    assert book_returns(LATER).booked == 1
    assert ClaimBalance.objects.get(claim=claim).state is ClaimState.OPEN
    assert (left(line), left(allocation.bank_line)) == (eur(0), eur(0))
    reversal = AllocationReversal.objects.get(allocation=allocation)
    assert (reversal.bank_line, reversal.return_code, reversal.returned) == (line, "AM04", True)
    assert reversal.reversed_by == "ledger.returns"
    assert {t.booked_on for t in Transaction.objects.filter(link=reversal.pk)} == {date(2026, 11, 25)}
    assert sound()


def test_the_reversing_bookings_are_the_exact_mirrors(claim: Claim) -> None:
    allocation = debited(claim)
    came_back()
    book_returns(LATER)
    assert house_books() == {}
    mirrored = Transaction.objects.filter(reverses__in=[allocation.house_transaction, allocation.customer_transaction])
    assert mirrored.count() == 2


def test_the_banks_fee_is_borne_by_the_house(claim: Claim) -> None:
    allocation = debited(claim)
    line = came_back("-53.00")
    assert fee_of(line, allocation.bank_line) == eur(300)
    book_returns(LATER)
    assert (open_cents(claim), left(line)) == (5_000, eur(0))
    assert house_books() == {"bank": -300, "bank_fees": 300}
    fee = ReturnFee.objects.get(claim=claim)
    assert (fee.amount, fee.return_code, fee.account) == (eur(300), "AM04", claim.account)
    assert [c.kind for c in Claim.objects.filter(account=claim.account)] == [ClaimKind.PRINCIPAL.value]
    assert sound()


def test_a_payment_on_several_claims_returns_as_a_whole(claim: Claim) -> None:
    other = b.an_invoice(claim.account, "30.00")
    first = paid(claim, "100.00", end_to_end_id="E2E-2")
    credit = Allocation.objects.get(bank_line=first.bank_line, claim=None)
    undo_allocation(ACT, credit, reason="It pays the other invoice.")
    assign_by_hand(ACT, first.bank_line, other, keep_rest_as_credit=False)
    line = came_back("-100.00", end_to_end_id="E2E-2")
    book_returns(LATER)
    assert (open_cents(claim), open_cents(other)) == (5_000, 3_000)
    # Twenty had not been understood by anybody: they came and went.
    assert (left(line), left(first.bank_line), house_books()) == (eur(0), eur(0), {})
    assert sound()


def test_what_nobody_had_understood_comes_and_goes(claim: Claim) -> None:
    earlier = a_line("70.00", end_to_end_id="E2E-3")
    line = came_back("-70.00", end_to_end_id="E2E-3", code="MD06")
    assert book_returns(LATER).booked == 1
    assert (left(line), left(earlier), house_books()) == (eur(0), eur(0), {})
    assert sound()


def test_the_same_return_is_booked_once(claim: Claim) -> None:
    debited(claim)
    line = came_back()
    book_returns(LATER)
    assert book_returns(LATER).booked == 0
    with pytest.raises(NotReturnable, match="booked already"):
        book_return(LATER, line, BankLine.objects.get(end_to_end_id="E2E-1", amount_cents=5_000))
    second = came_back()
    assert (book_returns(LATER).booked, left(second)) == (0, eur(-5_000))
    with pytest.raises(NotReturnable, match="speak to the bank"):
        book_return(LATER, second, BankLine.objects.get(end_to_end_id="E2E-1", amount_cents=5_000))


def test_a_return_comes_in_with_the_bank_file_and_is_booked_at_once(claim: Claim) -> None:
    debited(claim)
    content = b.a_bank_file(("12.00", "?"), on=DAY)
    came_back()
    take_in(LATER, brand=claim.account.brand, name="bank.xml", content=content)
    assert open_cents(claim) == 5_000


def test_two_payments_with_one_end_to_end_id_are_for_a_person(claim: Claim) -> None:
    first, second = debited(claim), a_line("50.00", end_to_end_id="E2E-1")
    line = came_back()
    assert {(r.earlier_id, r.certain) for r in find_returned([line.pk])} == {
        (first.bank_line_id, False),
        (second.pk, False),
    }
    done = book_returns(LATER)
    assert (done.booked, done.for_a_person, open_cents(claim)) == (0, 1, 0)
    book_return(LATER, line, first.bank_line)
    assert open_cents(claim) == 5_000


@pytest.mark.parametrize(
    ("amount", "end_to_end_id"),
    [("-49.99", "E2E-1"), ("-65.01", "E2E-1"), ("-50.00", "E2E-9"), ("-50.00", "NOTPROVIDED")],
)
def test_what_does_not_fit_is_never_booked_by_a_rule(claim: Claim, amount: str, end_to_end_id: str) -> None:
    debited(claim, "NOTPROVIDED" if end_to_end_id == "NOTPROVIDED" else "E2E-1")
    line = came_back(amount, end_to_end_id=end_to_end_id)
    assert book_returns(LATER).booked == 0
    assert (open_cents(claim), left(line).cents) == (0, line.amount_cents)


def test_an_ordinary_outgoing_line_is_no_return(claim: Claim) -> None:
    debited(claim)
    [line] = lines(Movement(amount="-50.00", end_to_end_id="E2E-1"), on=DAY)
    assert find_returned([line.pk]) == []


def test_a_reversal_without_a_code_is_a_return_as_well(claim: Claim) -> None:
    debited(claim)
    lines(Movement(amount="-50.00", end_to_end_id="E2E-1", reversal=True), on=DAY)
    assert book_returns(LATER).booked == 1


def test_a_return_of_money_that_has_been_paid_out_waits_for_a_person(claim: Claim) -> None:
    first = paid(claim, "70.00", end_to_end_id="E2E-4")
    pay_out_credit(ACT, a_line("-20.00"), claim.account)
    other = b.an_invoice(claim.account, "50.00")
    debited(other)
    lost, sure = came_back("-70.00", end_to_end_id="E2E-4"), came_back()
    done = book_returns(LATER)
    # The other return of the same file is booked all the same.
    assert (done.booked, done.refused) == (1, [lost.pk])
    assert (open_cents(claim), open_cents(other), left(lost), left(sure)) == (0, 5_000, eur(-7_000), eur(0))
    with pytest.raises(CreditUsed):
        book_return(LATER, lost, first.bank_line)


def test_a_payment_that_was_sent_back_cannot_be_returned_as_well() -> None:
    earlier = a_line("70.00", end_to_end_id="E2E-5")
    send_back(ACT, earlier, to_iban=HIS_IBAN, reason="Not ours.")
    line = came_back("-70.00", end_to_end_id="E2E-5")
    assert book_returns(LATER).refused == [line.pk]
    with pytest.raises(NotReturnable, match="left twice"):
        book_return(LATER, line, earlier)


def test_a_line_in_the_same_direction_is_no_return(claim: Claim) -> None:
    allocation = debited(claim)
    with pytest.raises(NotReturnable, match="other direction"):
        book_return(LATER, a_line("50.00"), allocation.bank_line)
    with pytest.raises(NotReturnable, match="less came back"):
        book_return(LATER, a_line("-49.00"), allocation.bank_line)


def test_a_person_is_shown_the_payments_a_line_may_take_back() -> None:
    payer = "DE02100100100006820101"
    fits = a_line("50.00", on="2026-06-01", payer_iban=payer)
    newest = a_line("48.00", on="2026-11-01", payer_iban=payer)
    a_line("51.00", on="2026-11-01", payer_iban=payer)
    a_line("34.99", on="2026-11-01", payer_iban=payer)
    a_line("-50.00", on="2026-11-01", payer_iban=payer)
    a_line("50.00", on="2025-10-20", payer_iban=payer)
    gone = a_line("50.00", on="2026-07-01", payer_iban=payer)
    undo_payer = b.an_invoice(b.a_customer(), "50.00")
    assign_by_hand(ACT, gone, undo_payer, keep_rest_as_credit=False)
    book_return(LATER, a_line("-50.00", on=DAY), gone)
    line = a_line("-50.00", on=DAY, payer_iban=payer)
    assert payments_it_may_return(line) == [newest, fits]
    assert payments_it_may_return(a_line("-50.00", on=DAY, payer_iban="")) == []


# --- the wrong payment ---


def test_a_return_booked_on_the_wrong_payment_is_undone_and_booked_anew(claim: Claim) -> None:
    other = b.an_invoice(b.a_customer("Cleo Brandt"), "50.00")
    wrong, right = debited(claim), debited(other, "E2E-2")
    line = came_back("-53.00", end_to_end_id="")
    book_return(LATER, line, wrong.bank_line)
    undo_return(LATER, line, reason="It was Cleo Brandt's debit.")
    assert (left(line), left(wrong.bank_line), open_cents(claim)) == (eur(-5_000), eur(5_000), 5_000)
    with pytest.raises(UndoneAlready):
        undo_return(LATER, line, reason="Once more.")
    assign_by_hand(LATER, wrong.bank_line, claim, keep_rest_as_credit=False)
    fee = HouseBooking.objects.get(bank_line=line, kind="bank_fee")
    undo(LATER, fee.transaction, reason="It belongs to the other return.")
    book_return(LATER, line, right.bank_line)
    assert (open_cents(claim), open_cents(other), left(line)) == (0, 5_000, eur(0))
    assert house_books() == {"bank": 4_700, "transit": -5_000, "bank_fees": 300}
    assert sound()


def test_what_came_back_without_a_claim_is_separated_again() -> None:
    earlier = a_line("70.00", end_to_end_id="E2E-6")
    line = came_back("-70.00", end_to_end_id="E2E-6")
    book_returns(LATER)
    undo_return(LATER, line, reason="Another payment's.")
    assert (left(line), left(earlier), book_returns(LATER).booked) == (eur(-7_000), eur(7_000), 0)
    assert sound()


# --- refunds that come back ---


def test_a_pay_out_that_comes_back_makes_the_credit_live_again(claim: Claim) -> None:
    paid(claim, "70.00")
    order = order_payout(ACT, claim.account, eur(2_000), to_iban=HIS_IBAN, reason="He asked on the phone.")
    release_refund(b.cem("2026-11-20"), order)
    mark_exported(ACT, [order])
    lines(Movement(amount="-20.00", end_to_end_id=order.end_to_end_id), on="2026-11-23")
    take_in(LATER, brand=claim.account.brand, name="bank.xml", content=b.a_bank_file(("1.00", "?"), on="2026-11-24"))
    assert credit_of(claim.account_id) == []
    [back] = lines(Movement(amount="20.00", end_to_end_id=order.end_to_end_id, return_code="AC04"), on=DAY)
    assert book_returns(LATER).booked == 1
    order.refresh_from_db()
    assert (order.state, order.return_code) == (RefundState.RETURNED.value, "AC04")
    assert (credit_of(claim.account_id), left(back)) == ([eur(2_000)], eur(0))
    assert sound()
    # The credit is free: it may be ordered to another account.
    order_payout(LATER, claim.account, eur(2_000), to_iban=HIS_IBAN, reason="New account number.")


def test_a_pay_out_without_an_order_comes_back_by_a_persons_hand(claim: Claim) -> None:
    paid(claim, "70.00")
    out = a_line("-20.00")
    pay_out_credit(ACT, out, claim.account)
    back = a_line("20.00", on=DAY)
    book_return(LATER, back, out)
    assert (credit_of(claim.account_id), left(back)) == ([eur(2_000)], eur(0))


# --- the fee, passed on only by policy and by a person ---

PASSED_ON = replace(settings.CONFIG, pass_on_return_fees=True)


def a_fee(claim: Claim, code: str = "AM04") -> ReturnFee:
    debited(claim)
    came_back("-53.00", code=code)
    book_returns(LATER)
    return ReturnFee.objects.get(claim=claim)


def test_by_default_nobody_is_charged(claim: Claim) -> None:
    fee = a_fee(claim)
    assert list(chargeable_return_fees()) == []
    with pytest.raises(FeeNotCharged, match="KULANZ_PASS_ON_RETURN_FEES"):
        charge_return_fee(LATER, fee)
    assert Claim.objects.filter(account=claim.account).count() == 1


@override_settings(CONFIG=PASSED_ON)
def test_where_the_policy_allows_a_person_charges_exactly_what_the_bank_took(claim: Claim) -> None:
    fee = a_fee(claim)
    assert list(chargeable_return_fees()) == [fee]
    charge = charge_return_fee(LATER, fee)
    assert (charge.kind, charge.parent, charge.amount) == (ClaimKind.RETURN_CHARGE.value, claim, eur(300))
    assert (charge.due_on, open_cents(charge), find_claim(charge.reference)) == (date(2026, 12, 9), 300, charge)
    assert list(chargeable_return_fees()) == []
    with pytest.raises(FeeNotCharged, match="charged before"):
        charge_return_fee(LATER, fee)
    assert sound()


@override_settings(CONFIG=PASSED_ON)
@pytest.mark.parametrize("code", ["MD06", "MS02", "MD01", "MS03"])
def test_nobody_is_charged_for_refusing_a_debit(claim: Claim, code: str) -> None:
    fee = a_fee(claim, code)
    assert list(chargeable_return_fees()) == []
    with pytest.raises(FeeNotCharged, match="not one a customer answers for"):
        charge_return_fee(LATER, fee)


@override_settings(CONFIG=PASSED_ON)
def test_no_rule_charges_anybody_and_no_disputed_invoice_is_charged_for(claim: Claim) -> None:
    fee = a_fee(claim)
    with pytest.raises(FeeNotCharged, match="a person has to release it"):
        charge_return_fee(b.system(DAY), fee)
    raise_dispute(b.customer_act(claim.account, DAY), claim, kind=DisputeKind.OTHER)
    assert list(chargeable_return_fees()) == []
    with pytest.raises(FeeNotCharged, match="disputed"):
        charge_return_fee(LATER, fee)


# --- words ---


def test_every_code_has_a_sentence_and_an_unknown_one_as_well() -> None:
    assert {"AC01", "AC04", "AC06", "AM04", "MD01", "MD06", "MD07", "MS02", "MS03", "SL01"} <= set(RETURN_SENTENCES)
    assert all(sentence.endswith(".") for sentence in RETURN_SENTENCES.values())
    assert return_sentence("am04") == "There was not enough money on the account on that day."
    assert return_sentence("ZZ99") == "The bank has not given a reason that we know."
    assert why_returned(came_back()) == "There was not enough money on the account on that day."
