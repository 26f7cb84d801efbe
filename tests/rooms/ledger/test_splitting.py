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
    LineAlreadyExplained,
    MoreThanOutstanding,
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
