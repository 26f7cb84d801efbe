"""Whatever payers write: no line is booked twice, no cent is lost, no invoice is paid by a stranger's slip."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import builders as b

from kulanz.kernel.money import Money
from kulanz.ledger.api import Allocation, BankLine, Claim, ClaimBalance, match
from kulanz.ledger.verify import CHECKS
from kulanz.parties.api import Account

pytestmark = pytest.mark.django_db
ACT = b.dana("2026-11-20")
_series = itertools.count(100)
# Few prices, so that amounts meet; few last digits, so that numbers do.
PRICES = (999, 1_999, 2_998)
NAMES = ("Frieda Anders", "Bernd Brandt", "Petra Pohl")
EXAMPLES = settings(max_examples=max(8, settings.default.max_examples // 6))


@dataclass(frozen=True)
class Written:
    """Whose bank account pays, which of the claims he means, what he makes of its number, and how much he pays."""

    payer: int
    meant: int
    slip: int
    digit: int
    cents: int | None


WRITTEN = st.builds(
    Written,
    payer=st.integers(0, 2),
    meant=st.integers(0, 5),
    slip=st.integers(-3, 9),
    digit=st.integers(0, 9),
    cents=st.sampled_from([None, None, *PRICES, 1, 500, 2_999]),
)


@dataclass(frozen=True)
class Books:
    """Three customers with two invoices each, whose numbers lie side by side."""

    names: list[str]
    accounts: list[Account]
    claims: list[Claim]


def books(prices: list[int]) -> Books:
    series = next(_series)
    # Names of this example alone: books keep their rows, and earlier examples must not bring namesakes.
    letters = "".join("abcdefghij"[int(digit)] for digit in str(series))
    names = [f"{name}{letters}" for name in NAMES]
    accounts = [b.a_customer(name) for name in names]
    claims = [
        b.an_invoice(accounts[n % 3], f"{cents // 100}.{cents % 100:02}", number=f"RE-{series}-10{n:02}")
        for n, cents in enumerate(prices)
    ]
    return Books(names, accounts, claims)


def lines_of(shop: Books, written: list[Written]) -> list[BankLine]:
    lines: list[BankLine] = []
    for one in written:
        claim = shop.claims[one.meant]
        number = claim.title
        if 0 <= one.slip < len(number) and number[one.slip].isdecimal():
            number = number[: one.slip] + str(one.digit) + number[one.slip + 1 :]
        cents = one.cents or claim.amount_cents
        amount = f"{cents // 100}.{cents % 100:02}"
        name = shop.names[one.payer]
        lines += b.bank_lines(b.a_bank_file((amount, number), payer=name, payer_iban=f"DE75{name.encode().hex()}"[:34]))
    return lines


@EXAMPLES
@given(st.lists(st.sampled_from(PRICES), min_size=6, max_size=6), st.lists(WRITTEN, min_size=1, max_size=4))
def test_every_booking_adds_up_and_rests_on_evidence(prices: list[int], written: list[Written]) -> None:
    shop = books(prices)
    lines = lines_of(shop, written)
    ids = [line.pk for line in lines]
    first = match(ACT, line_ids=ids)
    assert first.booked + first.suggested + first.unmatched == len(lines)
    match(ACT, line_ids=ids)
    for line in BankLine.objects.filter(pk__in=ids):
        booked = Allocation.objects.filter(bank_line=line)
        assert sum(a.amount_cents for a in booked) == line.allocated_cents
        assert line.allocated_cents in {0, line.amount_cents}
        assert booked.values("account").distinct().count() <= 1
        assert booked.filter(claim=None).count() <= 1
        _rests_on_evidence(line, list(booked.exclude(claim=None)))
    for claim in shop.claims:
        paid = Allocation.objects.filter(claim=claim).aggregate(cents=Sum("amount_cents"))["cents"] or 0
        assert ClaimBalance.objects.get(claim=claim).outstanding == claim.amount - Money(paid, "EUR")
    assert [check.name for check in CHECKS if check.offenders()] == []


def _rests_on_evidence(line: BankLine, booked: list[Allocation]) -> None:
    """The account's holder pays; or a stranger wrote exactly this claim's number and paid exactly its amount."""
    for allocation in booked:
        claim = allocation.claim
        assert claim is not None
        if claim.account.holder.name == line.payer_name or allocation.evidence["iban_known"]:
            continue
        assert line.remittance == claim.title
        assert line.amount_cents == claim.amount_cents


@EXAMPLES
@given(st.sampled_from(PRICES), st.integers(3, 9), st.integers(0, 9))
def test_a_slip_never_pays_another_customers_invoice(cents: int, place: int, digit: int) -> None:
    """All invoices cost the same and lie side by side: whatever number Frieda Anders writes instead of hers, no
    neighbour's claim is paid with her money."""
    shop = books([cents] * 6)
    lines = lines_of(shop, [Written(0, 0, place, digit, None)])
    match(ACT, line_ids=[line.pk for line in lines])
    paid = set(Allocation.objects.filter(bank_line__in=lines).values_list("account_id", flat=True))
    assert paid <= {shop.accounts[0].pk}
