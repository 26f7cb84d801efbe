"""What is left of a claim, and everything that lowers it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests import builders as b

from kulanz.kernel.money import MixedCurrencies, Money
from kulanz.ledger.api import (
    AmountNotPositive,
    Book,
    Claim,
    ClaimBalance,
    ClaimState,
    DisputeKind,
    Entry,
    KeyTaken,
    Leg,
    MoreThanInvoiced,
    NothingOutstanding,
    TransactionKind,
    assign_by_hand,
    book,
    claims_of,
    claims_with_balance,
    credit_claim,
    credit_of,
    decide_dispute,
    in_state,
    open_claims_of,
    raise_dispute,
    reverse_claim,
    write_off,
)
from kulanz.ledger.rules import claim_state, give_back

NOVEMBER = "2026-11-20"
ACT = b.dana(NOVEMBER)


def balance(claim: Claim) -> ClaimBalance:
    return ClaimBalance.objects.get(claim=claim)


def pay(claim: Claim, amount: str) -> None:
    [line] = b.bank_lines(b.a_bank_file((amount, "?")))
    assign_by_hand(ACT, line, claim, keep_rest_as_credit=True)


def eur(cents: int) -> Money:
    return Money(cents, "EUR")


# --- reversing ---


@pytest.mark.django_db
@pytest.mark.parametrize("paid", ["20.00", "50.00"])
def test_a_reversed_claim_never_existed_and_what_was_paid_on_it_is_owed_back(paid: str) -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    pay(claim, paid)
    reverse_claim(ACT, claim)
    assert balance(claim).state is ClaimState.REVERSED
    assert (balance(claim).reversed_cents, balance(claim).paid_cents) == (5_000, 0)
    assert credit_of(claim.account_id) == [Money.parse(paid, "EUR")]


@pytest.mark.django_db
def test_a_claim_is_reversed_once() -> None:
    claim = b.an_invoice(b.a_customer())
    reverse_claim(ACT, claim)
    with pytest.raises(NothingOutstanding):
        reverse_claim(ACT, claim)
    assert balance(claim).reversed_cents == 12_050


@pytest.mark.django_db
def test_reversing_after_a_part_was_credited_gives_back_only_the_rest() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    credit_claim(ACT, claim, eur(2_000), key="k")
    reverse_claim(ACT, claim)
    assert (balance(claim).credited_cents, balance(claim).reversed_cents) == (2_000, 3_000)
    assert credit_of(claim.account_id) == []


@pytest.mark.django_db
def test_reversing_ends_everything_and_recalls_the_collector() -> None:
    claim = b.an_invoice(b.a_customer())
    hold = b.a_payment_hold(claim, on="2026-06-01")
    reverse_claim(b.dana("2026-06-02"), claim)
    hold.refresh_from_db()
    assert (hold.state, hold.lifted_at) == ("lifted", b.moment("2026-06-02"))


# --- crediting ---


@pytest.mark.django_db
def test_a_credit_lowers_what_is_outstanding() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    credit_claim(ACT, claim, eur(2_000), key="k")
    assert (balance(claim).outstanding_cents, balance(claim).state) == (3_000, ClaimState.PART_PAID)
    assert credit_of(claim.account_id) == []


@pytest.mark.django_db
def test_a_credit_on_a_paid_claim_is_owed_to_the_customer() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    pay(claim, "40.00")
    credit_claim(ACT, claim, eur(3_000), key="k")
    assert balance(claim).state is ClaimState.SETTLED
    assert credit_of(claim.account_id) == [eur(2_000)]


@pytest.mark.django_db
def test_nobody_gets_the_same_money_back_twice() -> None:
    """Paid 50, sent everything back, and then the claim is reversed as well: 50 are owed to him, not 100."""
    claim = b.an_invoice(b.a_customer(), "50.00")
    pay(claim, "50.00")
    credit_claim(ACT, claim, eur(5_000), key="k")
    with pytest.raises(NothingOutstanding):
        reverse_claim(ACT, claim)
    assert credit_of(claim.account_id) == [eur(5_000)]


@pytest.mark.django_db
def test_no_more_is_given_back_than_was_invoiced() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    pay(claim, "20.00")
    with pytest.raises(MoreThanInvoiced, match=r"50\.00 EUR"):
        credit_claim(ACT, claim, eur(5_001), key="k")
    write_off(ACT, claim)
    with pytest.raises(MoreThanInvoiced, match=r"20\.00 EUR"):
        credit_claim(ACT, claim, eur(2_001), key="k")
    reverse_claim(ACT, claim)
    with pytest.raises(MoreThanInvoiced, match=r"0\.00 EUR"):
        credit_claim(ACT, claim, eur(1), key="k")
    assert credit_of(claim.account_id) == [eur(2_000)]


@pytest.mark.django_db
@pytest.mark.parametrize("cents", [0, -1, -5_000])
def test_a_credit_of_nothing_or_less_is_refused(cents: int) -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    with pytest.raises(AmountNotPositive):
        credit_claim(ACT, claim, eur(cents), key="k")
    assert balance(claim).outstanding_cents == 5_000


@pytest.mark.django_db
def test_pounds_are_never_credited_as_euros() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    with pytest.raises(MixedCurrencies):
        credit_claim(ACT, claim, Money(100, "GBP"), key="k")


@pytest.mark.django_db
def test_the_same_credit_again_changes_nothing_not_even_on_another_day() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    pay(claim, "40.00")
    for day in (NOVEMBER, "2026-11-21"):
        credit_claim(b.dana(day), claim, eur(3_000), key="k")
    assert (balance(claim).credited_cents, balance(claim).paid_cents) == (3_000, 2_000)
    assert credit_of(claim.account_id) == [eur(2_000)]


@pytest.mark.django_db
def test_the_same_key_with_another_amount_or_claim_is_refused() -> None:
    claim, other = b.an_invoice(b.a_customer(), "50.00"), b.an_invoice(b.a_customer(), "50.00")
    credit_claim(ACT, claim, eur(1_000), key="k")
    with pytest.raises(KeyTaken):
        credit_claim(ACT, claim, eur(1_001), key="k")
    with pytest.raises(KeyTaken):
        credit_claim(ACT, other, eur(1_000), key="k")
    assert (balance(claim).credited_cents, balance(other).credited_cents) == (1_000, 0)


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_credit_loses_no_cent(cents: int, outstanding: int, paid: int) -> None:
    split = give_back(cents, outstanding_cents=outstanding, paid_cents=paid)
    assert split.lowered + split.paid_back + split.beyond == cents
    assert 0 <= split.lowered <= outstanding
    assert 0 <= split.paid_back <= paid
    assert split.beyond == max(0, cents - outstanding - paid)


# --- giving up ---


@pytest.mark.django_db
def test_what_we_give_up_is_written_off_once() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    pay(claim, "20.00")
    write_off(ACT, claim)
    assert (balance(claim).written_off_cents, balance(claim).state) == (3_000, ClaimState.WRITTEN_OFF)
    with pytest.raises(NothingOutstanding):
        write_off(ACT, claim)


# --- lists ---


@pytest.mark.django_db
def test_open_claims_come_longest_due_first_and_settled_ones_not_at_all() -> None:
    account = b.a_customer()
    young = b.an_invoice(account, issued="2026-05-01")
    paid = b.an_invoice(account, issued="2026-02-01")
    old = b.an_invoice(account, issued="2026-03-01")
    reverse_claim(ACT, paid)
    assert open_claims_of(account.pk) == [old, young]
    assert claims_of(account.pk) == [young, old, paid]


# --- the state is derived, twice, and both agree ---

KINDS = (
    TransactionKind.ALLOCATION,
    TransactionKind.REFUND,
    TransactionKind.CREDIT_NOTE,
    TransactionKind.WRITE_OFF,
    TransactionKind.CLAIM_REVERSAL,
)


def lower(claim: Claim, step: int, kind: TransactionKind, cents: int) -> None:
    legs = (Leg(Book.RECEIVABLE, -cents, claim.pk), Leg(Book.REVENUE, cents))
    book(ACT, [Entry(f"{claim.pk}:{step}", claim.account_id, kind, ACT.on, "EUR", "", legs)])


class DerivedStates(TestCase):  # type: ignore[misc]  # hypothesis brings a rollback per example
    @given(
        steps=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 3)), max_size=5),
        disputes=st.lists(st.booleans(), max_size=2),
    )
    def test_the_query_finds_a_claim_in_the_one_state_that_the_rule_gives_it(
        self, steps: Sequence[tuple[TransactionKind, int]], disputes: Sequence[bool]
    ) -> None:
        claim = b.an_invoice(b.a_customer(), "0.03")
        for kind, decided in zip(DisputeKind, disputes, strict=False):
            dispute = raise_dispute(ACT, claim, kind=kind)
            if decided:
                decide_dispute(ACT, dispute, upheld=False, reason="no")
        for step, (kind, cents) in enumerate(steps):
            if cents <= balance(claim).outstanding_cents:
                lower(claim, step, kind, cents)
        sums = balance(claim)
        expected = claim_state(
            outstanding_cents=sums.outstanding_cents,
            charged_cents=3,
            written_off_cents=sums.written_off_cents,
            reversed_cents=sums.reversed_cents,
            disputed=not all(disputes),
        )
        mine = claims_with_balance().filter(pk=claim.pk)
        assert [state for state in ClaimState if in_state(mine, state).exists()] == [expected]
        assert sums.state is expected


@pytest.mark.parametrize(
    ("outstanding", "written_off", "gone", "disputed", "expected"),
    [
        (0, 5, 5, True, ClaimState.REVERSED),
        (0, 5, 0, True, ClaimState.WRITTEN_OFF),
        (0, 0, 0, True, ClaimState.SETTLED),
        (1, 5, 5, True, ClaimState.DISPUTED),
        (1, 5, 5, False, ClaimState.PART_PAID),
        (100, 0, 0, False, ClaimState.OPEN),
    ],
)
def test_the_first_state_that_fits_is_the_state(
    outstanding: int, written_off: int, gone: int, disputed: bool, expected: ClaimState
) -> None:
    found = claim_state(
        outstanding_cents=outstanding,
        charged_cents=100,
        written_off_cents=written_off,
        reversed_cents=gone,
        disputed=disputed,
    )
    assert found is expected
