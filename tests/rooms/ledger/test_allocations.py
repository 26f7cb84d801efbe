"""A person books a payment: onto a claim, as a credit, or as the money that went back to a customer."""

from __future__ import annotations

from datetime import date

import pytest
from tests import builders as b

from kulanz.kernel.money import Money
from kulanz.ledger.api import (
    Allocation,
    AmountNotPositive,
    BankLine,
    Claim,
    ClaimBalance,
    ClaimState,
    CurrenciesDiffer,
    InvoiceDraft,
    LineAlreadyExplained,
    MoreThanCredit,
    MoreThanOutstanding,
    NothingOutstanding,
    Portion,
    Posting,
    Suggestion,
    Transaction,
    accept_suggestion,
    allocate,
    assign_by_hand,
    credit_of,
    find_claim,
    issue_invoices,
    match,
    pay_out_credit,
)

pytestmark = pytest.mark.django_db
ACT = b.dana("2026-11-20")


@pytest.fixture
def claim() -> Claim:
    return b.an_invoice(b.a_customer(), "50.00")


def line_of(amount: str, words: str = "?") -> BankLine:
    [line] = b.bank_lines(b.a_bank_file((amount, words)))
    return line


def eur(cents: int) -> Money:
    return Money(cents, "EUR")


def left(line: BankLine) -> Money:
    line.refresh_from_db()
    return line.unexplained


def part(line: BankLine, claim: Claim, cents: int) -> Portion:
    return Portion(line.pk, claim.account_id, claim.pk, cents, "by_hand", 100)


def test_an_allocation_is_two_transactions_in_one_and_transit_is_empty(claim: Claim) -> None:
    line = line_of("50.00")
    assert assign_by_hand(ACT, line, claim, keep_rest_as_credit=False) == {claim.pk}
    done = Allocation.objects.get(bank_line=line)
    legs = Posting.objects.filter(transaction__link=done.pk).order_by("transaction_id", "line")
    assert [(p.account_id == claim.account_id, p.book, p.amount_cents) for p in legs] == [
        (False, "suspense", 5_000),
        (False, "transit", -5_000),
        (True, "transit", 5_000),
        (True, "receivable", -5_000),
    ]


def test_a_part_payment_leaves_the_rest_of_the_claim_open(claim: Claim) -> None:
    line = line_of("20.00")
    assert assign_by_hand(ACT, line, claim, keep_rest_as_credit=True) == frozenset()
    assert ClaimBalance.objects.get(claim=claim).state is ClaimState.PART_PAID
    assert (left(line), credit_of(claim.account_id)) == (eur(0), [])


def test_what_is_paid_too_much_stays_unexplained_unless_a_person_says_otherwise(claim: Claim) -> None:
    line = line_of("70.00")
    assign_by_hand(ACT, line, claim, keep_rest_as_credit=False)
    assert (left(line), credit_of(claim.account_id)) == (eur(2_000), [])


def test_what_is_paid_too_much_becomes_a_credit_where_a_person_says_so(claim: Claim) -> None:
    line = line_of("70.00")
    assign_by_hand(ACT, line, claim, keep_rest_as_credit=True)
    assert (left(line), credit_of(claim.account_id)) == (eur(0), [eur(2_000)])


def test_a_second_payment_of_a_paid_claim_becomes_a_credit_where_a_person_says_so(claim: Claim) -> None:
    assign_by_hand(ACT, line_of("50.00"), claim, keep_rest_as_credit=False)
    second = line_of("50.00")
    with pytest.raises(NothingOutstanding):
        assign_by_hand(ACT, second, claim, keep_rest_as_credit=False)
    assert left(second) == eur(5_000)
    assign_by_hand(ACT, second, claim, keep_rest_as_credit=True)
    assert (left(second), credit_of(claim.account_id)) == (eur(0), [eur(5_000)])


def test_a_line_that_is_booked_cannot_be_booked_again(claim: Claim) -> None:
    line = line_of("20.00")
    assign_by_hand(ACT, line, claim, keep_rest_as_credit=False)
    with pytest.raises(LineAlreadyExplained, match=r"0\.00 EUR"):
        assign_by_hand(ACT, line, claim, keep_rest_as_credit=True)
    assert Allocation.objects.filter(bank_line=line).count() == 1


def test_all_portions_are_booked_or_none(claim: Claim) -> None:
    other = b.an_invoice(claim.account, "10.00")
    line = line_of("70.00")
    before = Transaction.objects.count()
    with pytest.raises(MoreThanOutstanding, match=r"10\.00 EUR"):
        allocate(ACT, [part(line, claim, 5_000), part(line, other, 1_001)])
    with pytest.raises(LineAlreadyExplained, match=r"70\.00 EUR"):
        allocate(ACT, [part(line, claim, 5_000), part(line, other, 2_001)])
    assert (Transaction.objects.count(), left(line)) == (before, eur(7_000))


def test_the_same_claim_twice_in_one_booking_is_added_up(claim: Claim) -> None:
    one, two = line_of("30.00"), line_of("30.00")
    with pytest.raises(MoreThanOutstanding):
        allocate(ACT, [part(one, claim, 3_000), part(two, claim, 3_000)])
    assert allocate(ACT, [part(one, claim, 3_000), part(two, claim, 2_000)]) == {claim.pk}


def test_a_line_gives_money_only_in_its_own_direction(claim: Claim) -> None:
    with pytest.raises(LineAlreadyExplained):
        allocate(ACT, [part(line_of("20.00"), claim, -1)])
    with pytest.raises(LineAlreadyExplained):
        allocate(ACT, [part(line_of("-20.00"), claim, 1)])


def test_a_positive_and_a_negative_part_of_one_line_do_not_hide_each_other(claim: Claim) -> None:
    line = line_of("20.00")
    with pytest.raises(LineAlreadyExplained):
        allocate(ACT, [part(line, claim, 2_000), Portion(line.pk, claim.account_id, None, -500, "by_hand", 100)])
    assert left(line) == eur(2_000)


def test_money_that_went_out_never_raises_a_claim(claim: Claim) -> None:
    assign_by_hand(ACT, line_of("50.00"), claim, keep_rest_as_credit=False)
    out = line_of("-50.00")
    with pytest.raises(AmountNotPositive):
        allocate(ACT, [part(out, claim, -5_000)])
    assert (left(out), ClaimBalance.objects.get(claim=claim).state) == (eur(-5_000), ClaimState.SETTLED)


def test_suggestions_for_the_rest_of_a_line_stay_when_one_is_accepted(claim: Claim) -> None:
    other = b.an_invoice(b.a_customer(), "30.00")
    line = line_of("100.00", f"{claim.title} {other.title}")
    match(ACT, line_ids=[line.pk])
    first = Suggestion.objects.get(bank_line=line, claim=claim)
    accept_suggestion(ACT, line, first.pk)
    [second] = Suggestion.objects.filter(bank_line=line)
    assert second.claim == other
    accept_suggestion(ACT, line, second.pk)
    assert (left(line), Suggestion.objects.filter(bank_line=line).count()) == (eur(2_000), 0)


def test_a_line_that_is_used_up_has_no_suggestions(claim: Claim) -> None:
    other = b.an_invoice(b.a_customer(), "30.00")
    line = line_of("50.00", f"{claim.title} {other.title}")
    match(ACT, line_ids=[line.pk])
    accept_suggestion(ACT, line, Suggestion.objects.get(bank_line=line, claim=claim).pk)
    assert not Suggestion.objects.filter(bank_line=line).exists()


def test_pounds_do_not_pay_euros(claim: Claim) -> None:
    line = line_of("50.00")
    draft = InvoiceDraft("R-GBP", claim.account_id, Money(5_000, "GBP"), date(2026, 3, 1), date(2026, 3, 15))
    issue_invoices(ACT, claim.account.brand, [draft])
    with pytest.raises(CurrenciesDiffer, match=r"EUR.*R-GBP.*GBP"):
        assign_by_hand(ACT, line, find_claim("R-GBP"), keep_rest_as_credit=False)


# --- paying out ---


def with_credit(claim: Claim) -> Claim:
    assign_by_hand(ACT, line_of("70.00"), claim, keep_rest_as_credit=True)
    return claim


@pytest.mark.parametrize(("amount", "rest"), [("-20.00", []), ("-5.00", [eur(1_500)])])
def test_money_that_went_back_to_the_customer_lowers_his_credit(claim: Claim, amount: str, rest: list[Money]) -> None:
    with_credit(claim)
    line = line_of(amount)
    pay_out_credit(ACT, line, claim.account)
    assert (left(line), credit_of(claim.account_id)) == (eur(0), rest)


def test_nobody_is_paid_out_more_than_is_owed_to_him(claim: Claim) -> None:
    with_credit(claim)
    line = line_of("-20.01")
    with pytest.raises(MoreThanCredit, match=r"20\.00 EUR.*20\.01 EUR"):
        pay_out_credit(ACT, line, claim.account)
    assert (left(line), credit_of(claim.account_id)) == (eur(-2_001), [eur(2_000)])


def test_no_door_pays_out_more_than_is_owed_not_even_in_parts(claim: Claim) -> None:
    with_credit(claim)
    one, two = line_of("-15.00"), line_of("-15.00")
    parts = [Portion(line.pk, claim.account_id, None, -1_500, "by_hand", 100) for line in (one, two)]
    with pytest.raises(MoreThanCredit, match=r"20\.00 EUR.*30\.00 EUR"):
        allocate(ACT, parts)
    allocate(ACT, parts[:1])
    with pytest.raises(MoreThanCredit, match=r"5\.00 EUR.*15\.00 EUR"):
        allocate(ACT, parts[1:])
    assert credit_of(claim.account_id) == [eur(500)]


def test_a_payout_is_booked_once(claim: Claim) -> None:
    with_credit(claim)
    line = line_of("-5.00")
    pay_out_credit(ACT, line, claim.account)
    with pytest.raises(LineAlreadyExplained):
        pay_out_credit(ACT, line, claim.account)


def test_money_that_came_in_is_no_payout(claim: Claim) -> None:
    with pytest.raises(LineAlreadyExplained):
        pay_out_credit(ACT, line_of("20.00"), claim.account)
    assert credit_of(claim.account_id) == []
