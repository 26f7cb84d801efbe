"""One payment for several invoices, split by a person: all parts or none."""

from __future__ import annotations

import pytest
from tests import builders as b

from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.ledger.api import (
    Allocation,
    AmountNotPositive,
    BankLine,
    Claim,
    ClaimNamedTwice,
    CurrenciesDiffer,
    LineAlreadyExplained,
    MoreThanOutstanding,
    NothingOutstanding,
    NothingToSplit,
    Part,
    credit_of,
    split_by_hand,
)

pytestmark = pytest.mark.django_db
DAY = "2026-11-20"


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


def a_payment(amount: str) -> BankLine:
    [line] = b.bank_lines(b.a_bank_file((amount, "two invoices")))
    return line


def outstanding(claim: Claim) -> int:
    claim.balance.refresh_from_db()
    return claim.balance.outstanding_cents


def test_a_payment_pays_the_invoices_of_two_customers() -> None:
    hers, his = b.an_invoice(b.a_customer("Frau Anders"), "100.00"), b.an_invoice(b.a_customer("Herr Brandt"), "50.00")
    line = a_payment("150.00")
    settled = split_by_hand(b.dana(DAY), line, [Part(hers), Part(his)])
    assert settled == {hers.pk, his.pk}
    assert (outstanding(hers), outstanding(his)) == (0, 0)


def test_without_an_amount_as_much_is_booked_as_is_left() -> None:
    first, second = b.an_invoice(b.a_customer(), "100.00"), b.an_invoice(b.a_customer(), "80.00")
    line = a_payment("150.00")
    settled = split_by_hand(b.dana(DAY), line, [Part(first), Part(second)])
    assert settled == {first.pk}
    assert outstanding(second) == 3_000


def test_the_rest_stays_in_suspense_or_becomes_a_credit_where_a_person_says_so() -> None:
    account = b.a_customer()
    claim = b.an_invoice(account, "100.00")
    line = a_payment("150.00")
    split_by_hand(b.dana(DAY), line, [Part(claim, euros(4_000))])
    line.refresh_from_db()
    assert line.unexplained == euros(11_000)
    split_by_hand(b.dana(DAY), line, [Part(claim, euros(6_000))], rest_as_credit_of=account)
    line.refresh_from_db()
    assert line.unexplained == euros(0)
    assert credit_of(account.pk) == [euros(5_000)]


def refused(line: BankLine, parts: list[Part], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        split_by_hand(b.dana(DAY), line, parts)
    assert Allocation.objects.filter(bank_line=line).count() == 0


def test_nothing_is_booked_where_one_part_is_too_much() -> None:
    first, second = b.an_invoice(b.a_customer(), "100.00"), b.an_invoice(b.a_customer(), "80.00")
    line = a_payment("150.00")
    refused(line, [Part(first, euros(10_000)), Part(second, euros(5_001))], LineAlreadyExplained)
    refused(line, [Part(first, euros(10_001))], MoreThanOutstanding)
    refused(line, [Part(first), Part(second, euros(0))], AmountNotPositive)


def test_an_invoice_is_named_once_and_at_least_one_is() -> None:
    claim = b.an_invoice(b.a_customer(), "100.00")
    line = a_payment("150.00")
    refused(line, [Part(claim, euros(100)), Part(claim, euros(200))], ClaimNamedTwice)
    refused(line, [], NothingToSplit)


def test_a_part_in_another_currency_than_the_payment_is_refused_and_nothing_is_booked() -> None:
    claim = b.an_invoice(b.a_customer(), "100.00")
    with pytest.raises(CurrenciesDiffer) as refused:
        split_by_hand(b.dana(DAY), a_payment("100.00"), [Part(claim, Money(5_000, "GBP"))])
    assert refused.value.fields == {"paid": "EUR", "owed": "GBP", "claim": claim.title}
    assert Allocation.objects.count() == 0


@pytest.mark.parametrize("amount", [None, euros(1_000)])
def test_an_invoice_that_is_paid_already_is_named_in_the_refusal(amount: Money | None) -> None:
    account = b.a_customer()
    paid, other = b.an_invoice(account, "100.00"), b.an_invoice(account, "50.00")
    split_by_hand(b.dana(DAY), a_payment("100.00"), [Part(paid)])
    with pytest.raises(NothingOutstanding) as refused:
        split_by_hand(b.dana(DAY), a_payment("60.00"), [Part(other), Part(paid, amount)])
    assert refused.value.fields == {"claim": paid.title}
    assert outstanding(other) == 5_000


def test_a_payment_that_is_used_up_before_its_last_invoice_says_how_much_there_was() -> None:
    first, second = b.an_invoice(b.a_customer(), "100.00"), b.an_invoice(b.a_customer(), "30.00")
    with pytest.raises(LineAlreadyExplained) as refused:
        split_by_hand(b.dana(DAY), a_payment("100.00"), [Part(first), Part(second)])
    assert refused.value.fields == {"left": euros(10_000), "amount": euros(13_000)}
    assert (outstanding(first), outstanding(second)) == (10_000, 3_000)
