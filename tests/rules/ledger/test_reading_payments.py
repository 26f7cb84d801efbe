"""What a payment may pay, and how sure we are: the rules alone, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kulanz.ledger.matching.clashes import separate
from kulanz.ledger.matching.facts import OpenClaim, Payment, Reading, Share, Solution
from kulanz.ledger.matching.judging import BOOK_FROM_SCORE, decide, read, rivalled

MARGIN, CREDIT = 10, 500
ROOT = UUID(int=7)
DAY = date(2026, 11, 20)


def an_id(name: str) -> UUID:
    return uuid5(ROOT, name)


def a_claim(
    number: str,
    cents: int = 9_990,
    *,
    account: str = "Anders",
    named: bool = False,
    known: int = 0,
    similarity: int = 0,
    parent: str = "",
) -> OpenClaim:
    return OpenClaim(
        claim_id=an_id(number),
        account_id=an_id(account),
        cents=cents,
        references=(number,),
        named_by=number if named else "",
        kind="dunning_fee" if parent else "principal",
        parent_id=an_id(parent) if parent else None,
        due_on=DAY,
        known=known,
        similarity=similarity,
    )


def a_payment(cents: int, *tokens: str, number: int = 0, iban: str = "DE75", cut_off: str = "") -> Payment:
    return Payment(
        number, an_id(f"line {number}"), cents, "EUR", "Frieda Anders", iban, DAY, False, False, "", tokens, cut_off
    )


def reading(payment: Payment, *claims: OpenClaim, closed: bool = False, held: frozenset[UUID] | None = None) -> Reading:
    return read(payment, claims, names_a_closed_claim=closed, largest_credit_cents=CREDIT, handed_over=held)


def booked(found: Reading) -> tuple[str, int, list[tuple[UUID | None, int]]] | None:
    solution = decide(found, margin=MARGIN)
    if solution is None:
        return None
    return solution.rule, solution.score, [(share.claim_id, share.cents) for share in solution.shares]


MINE = {"similarity": 100}


def test_reference_and_amount_book() -> None:
    found = reading(a_payment(9_990, "RE20261001"), a_claim("RE20261001", named=True, **MINE))
    assert booked(found) == ("reference_and_amount", 98, [(an_id("RE20261001"), 9_990)])


def test_a_third_party_may_pay_while_nothing_speaks_for_another_claim() -> None:
    found = reading(a_payment(9_990, "RE20261001"), a_claim("RE20261001", named=True))
    assert booked(found) == ("reference_and_amount", 98, [(an_id("RE20261001"), 9_990)])
    assert found.by_stranger


@pytest.mark.parametrize("why", [{"known": 3}, {"similarity": 100}])
def test_a_stranger_who_owes_the_same_elsewhere_is_asked_about(why: dict[str, int]) -> None:
    his_own = a_claim("RE20269999", account="Brandt", **why)  # type: ignore[arg-type]
    found = reading(a_payment(9_990, "RE20261001"), a_claim("RE20261001", named=True), his_own)
    assert booked(found) is None
    assert {s.same_as for s in found.solutions} == {
        frozenset({(an_id("Anders"), an_id("RE20261001"))}),
        frozenset({(an_id("Brandt"), an_id("RE20269999"))}),
    }


def test_a_neighbouring_number_over_the_same_sum_is_asked_about() -> None:
    found = reading(a_payment(9_990, "RE20261001"), a_claim("RE20261001", named=True))
    assert booked(rivalled(found, [])) is not None
    assert booked(rivalled(found, [(a_claim("RE20261002", account="Brandt"), "RE20261001")])) is None
    assert booked(rivalled(found, [(a_claim("RE20261001"), "RE20261001")])) is not None, "the claim itself is no rival"


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_a_reference_alone_never_books_another_amount(owed: int, paid: int) -> None:
    found = reading(a_payment(paid, "RE20261001"), a_claim("RE20261001", owed, named=True))
    assert (booked(found) is not None) == (owed == paid)


def test_less_is_a_part_payment_if_the_payer_agrees() -> None:
    found = reading(a_payment(4_000, "RE20261001"), a_claim("RE20261001", named=True, **MINE))
    assert booked(found) == ("reference_and_part", 92, [(an_id("RE20261001"), 4_000)])


def test_less_than_several_claims_is_asked_about() -> None:
    claims = [a_claim(f"RE2026100{n}", named=True, **MINE) for n in (1, 2)]
    assert booked(reading(a_payment(4_000, "RE20261001", "RE20261002"), *claims)) is None


def test_a_little_more_becomes_a_credit_and_much_more_is_asked_about() -> None:
    claim = a_claim("RE20261001", named=True, **MINE)
    assert booked(reading(a_payment(10_490, "RE20261001"), claim)) == (
        "reference_and_credit",
        90,
        [(an_id("RE20261001"), 9_990), (None, 500)],
    )
    assert booked(reading(a_payment(10_491, "RE20261001"), claim)) is None
    assert booked(reading(a_payment(10_490, "RE20261001"), claim, a_claim("RE20261002", 100, **MINE))) is None


def test_more_that_is_all_that_is_open_is_proposed() -> None:
    claims = a_claim("RE20261001", named=True, **MINE), a_claim("RE20261002", 1_500, **MINE)
    found = reading(a_payment(11_490, "RE20261001"), *claims)
    assert booked(found) is None
    assert found.solutions[0].rule == "reference_and_total"
    assert len(found.solutions[0].shares) == 2


@pytest.mark.parametrize("account", ["Anders", "another Anders"])
def test_no_part_is_booked_while_another_claim_of_his_costs_exactly_that(account: str) -> None:
    """He may have slipped, and written the number of his dearer invoice or of his namesake's."""
    dearer = a_claim("RE20261001", named=True, **MINE)
    exact = a_claim("RE20261007", 4_000, account=account, **MINE)
    found = reading(a_payment(4_000, "RE20261001"), dearer, exact)
    assert booked(found) is None
    assert {s.same_as for s in found.solutions} == {
        frozenset({(an_id("Anders"), an_id("RE20261001"))}),
        frozenset({(an_id(account), an_id("RE20261007"))}),
    }


def test_an_amount_equal_to_the_invoice_leaves_its_costs_alone() -> None:
    invoice, fee = a_claim("RE20261001", named=True, **MINE), a_claim("RFFEE", 500, parent="RE20261001", **MINE)
    assert booked(reading(a_payment(9_990, "RE20261001"), invoice, fee)) == (
        "reference_and_amount",
        98,
        [(an_id("RE20261001"), 9_990)],
    )
    assert booked(reading(a_payment(10_490, "RE20261001"), invoice, fee)) == (
        "reference_and_costs",
        97,
        [(an_id("RE20261001"), 9_990), (an_id("RFFEE"), 500)],
    )
    assert booked(reading(a_payment(10_190, "RE20261001"), invoice, fee)) == (
        "principal_then_costs",
        92,
        [(an_id("RE20261001"), 9_990), (an_id("RFFEE"), 200)],
    )


def test_one_choice_of_the_named_claims_books_two_are_asked_about() -> None:
    claims = [a_claim(f"RE2026100{n}", cents, named=True, **MINE) for n, cents in ((1, 1_000), (2, 2_000), (3, 4_000))]
    tokens = [claim.references[0] for claim in claims]
    assert booked(reading(a_payment(5_000, *tokens), *claims)) == (
        "some_references",
        95,
        [(an_id("RE20261001"), 1_000), (an_id("RE20261003"), 4_000)],
    )
    ambiguous = [replace(claim, cents=1_000) for claim in claims]
    assert booked(reading(a_payment(2_000, *tokens), *ambiguous)) is None


def test_claims_of_two_customers_are_asked_about() -> None:
    claims = a_claim("RE20261001", 4_000, named=True, **MINE), a_claim("RE20261002", 5_990, account="B", named=True)
    assert booked(reading(a_payment(9_990, "RE20261001", "RE20261002"), *claims)) is None


def test_a_known_payer_needs_no_reference_if_his_name_agrees_and_one_claim_fits() -> None:
    claim = a_claim("RE20261001", known=2, similarity=100)
    assert booked(reading(a_payment(9_990), claim)) == ("payer_and_amount", 90, [(an_id("RE20261001"), 9_990)])
    assert booked(reading(a_payment(9_990), replace(claim, similarity=40))) is None
    assert booked(reading(a_payment(9_990), claim, a_claim("RE20261002", known=2, similarity=100))) is None


def test_everything_open_at_once() -> None:
    claims = [a_claim(f"RE2026100{n}", n * 1_000, known=1, similarity=100) for n in (1, 2)]
    assert booked(reading(a_payment(3_000), *claims)) == (
        "payer_and_total",
        88,
        [(an_id("RE20261001"), 1_000), (an_id("RE20261002"), 2_000)],
    )


def test_name_and_amount_alone_are_asked_about() -> None:
    assert booked(reading(a_payment(9_990), a_claim("RE20261001", **MINE))) is None


@pytest.mark.parametrize("written", ["RE20261002", "RE2026101", "RE202610011", "RE20261010", "RE20260101"])
def test_one_slip_of_the_pen_books_if_payer_and_amount_agree_and_nothing_else_comes_near(written: str) -> None:
    claim = a_claim("RE20261001", **MINE)
    assert booked(reading(a_payment(9_990, written), claim)) == (
        "misspelt_reference",
        86,
        [(an_id("RE20261001"), 9_990)],
    )
    assert booked(reading(a_payment(9_990, written), replace(claim, similarity=0))) is None
    assert booked(reading(a_payment(9_991, written), claim)) is None
    assert booked(reading(a_payment(9_990, written), claim, a_claim("RE20261003", **MINE))) is None


def test_a_number_that_was_paid_before_is_no_slip_of_the_pen() -> None:
    """He pays last month's bill again; this month's costs the same and is open."""
    found = reading(a_payment(9_990, "RE20261000"), a_claim("RE20261001", known=5, similarity=100), closed=True)
    assert booked(found) is None
    assert found.solutions[0].score < BOOK_FROM_SCORE


def test_an_invoice_that_has_not_come_in_yet_is_not_exchanged_for_one_that_has() -> None:
    claim = a_claim("RE20261001", known=5, similarity=100)
    assert booked(reading(a_payment(9_990, "RE20267777"), claim)) is None
    assert booked(reading(a_payment(9_990, "KD4711"), claim)) is not None


def test_what_the_bank_cut_off_is_completed_if_payer_and_amount_agree() -> None:
    claim = a_claim("RE20260012345", **MINE)
    assert booked(reading(a_payment(9_990, "RE2026001", cut_off="RE2026001"), claim)) == (
        "cut_reference",
        86,
        [(an_id("RE20260012345"), 9_990)],
    )
    assert booked(reading(a_payment(9_990, "RE2026", cut_off="RE2026"), claim)) is None
    assert booked(reading(a_payment(9_990, "RE2026001", cut_off="RE2026001"), replace(claim, similarity=0))) is None


@pytest.mark.parametrize("oddity", [{"untold": True}, {"undone": True}])
def test_a_line_the_bank_did_not_explain_or_a_person_has_undone_is_only_suggested(oddity: dict[str, bool]) -> None:
    payment = replace(a_payment(9_990, "RE20261001"), **oddity)  # type: ignore[arg-type]
    found = reading(payment, a_claim("RE20261001", named=True, **MINE))
    assert booked(found) is None
    assert found.solutions[0].score == BOOK_FROM_SCORE - 1


def test_a_collector_pays_for_many_only_exactly_and_only_what_he_holds() -> None:
    claims = [a_claim(f"RE2026100{n}", 1_000 * n, account=f"A{n}", named=True) for n in (1, 2, 3)]
    tokens = [claim.references[0] for claim in claims]
    all_three = frozenset(claim.claim_id for claim in claims)
    assert booked(reading(a_payment(6_000, *tokens), *claims, held=all_three)) == (
        "collective_payment",
        95,
        [(claim.claim_id, claim.cents) for claim in claims],
    )
    assert booked(reading(a_payment(6_000, *tokens), *claims, held=all_three - {claims[0].claim_id})) is None
    less = replace(a_payment(5_500, *tokens), text="Abzgl. 5,00 EUR Kosten")
    found = reading(less, *claims, held=all_three)
    assert booked(found) is None
    assert [(s.score, s.evidence["costs_cents"]) for s in found.solutions] == [(80, 500)] * 3


@pytest.mark.parametrize("token", ["1001", "24122026"])
def test_a_short_number_counts_only_where_the_payer_agrees(token: str) -> None:
    claim = a_claim(token, named=True)
    assert booked(reading(a_payment(9_990, token), claim)) is None
    assert booked(reading(a_payment(9_990, token), replace(claim, similarity=100))) is not None


def test_the_best_must_be_ahead_by_the_margin() -> None:
    payment = a_payment(100)
    ahead = Reading(payment, tuple(_solution(score, str(score)) for score in (95, 85)))
    assert decide(ahead, margin=10) is not None
    assert decide(ahead, margin=11) is None
    assert decide(Reading(payment, ()), margin=10) is None


def _solution(score: int, name: str, cents: int = 100, owed: int = 100) -> Solution:
    return Solution(score, "rule", (Share(an_id("Anders"), an_id(name), cents, owed),))


def test_of_two_equal_payments_from_one_bank_account_the_earlier_one_books() -> None:
    first, second = a_payment(100, number=0), a_payment(100, number=1)
    clear, clashing = separate([(second, _solution(98, "X")), (first, _solution(98, "X"))])
    assert [payment.number for payment, _ in clear] == [0]
    assert [payment.number for payment, _ in clashing] == [1]


@pytest.mark.parametrize("ibans", [("DE1", "DE2"), ("", "")])
def test_of_two_payers_who_want_one_claim_neither_books(ibans: tuple[str, str]) -> None:
    decisions = [(a_payment(100, number=n, iban=iban), _solution(98, "X")) for n, iban in enumerate(ibans)]
    assert separate(decisions) == ([], decisions)


def test_two_parts_of_one_claim_do_not_clash_until_they_are_too_much() -> None:
    parts = [(a_payment(40, number=n), _solution(92, "X", 40)) for n in range(3)]
    clear, clashing = separate(parts)
    assert [payment.number for payment, _ in clear] == [0, 1]
    assert [payment.number for payment, _ in clashing] == [2]


_claims = st.lists(
    st.builds(
        a_claim,
        st.sampled_from([f"RE202610{n:02}" for n in range(30)]),
        st.integers(1, 40),
        account=st.sampled_from("ABC"),
        named=st.booleans(),
        known=st.integers(0, 1),
        similarity=st.sampled_from([0, 50, 100]),
    ),
    max_size=8,
    unique_by=lambda claim: claim.claim_id,
)


@given(_claims, st.integers(1, 120), st.booleans(), st.lists(st.sampled_from([f"RE202610{n:02}" for n in range(30)])))
def test_whatever_books_by_itself_adds_up_and_lies_on_one_account(
    claims: list[OpenClaim], cents: int, closed: bool, tokens: list[str]
) -> None:
    """No solution that books takes more than a claim has, pays one twice, loses a cent or mixes customers."""
    # One account has one holder: what is known of the payer is the same for all its claims.
    first = {claim.account_id: claim for claim in reversed(claims)}
    claims = [replace(c, known=first[c.account_id].known, similarity=first[c.account_id].similarity) for c in claims]
    solution = decide(reading(a_payment(cents, *tokens), *claims, closed=closed), margin=MARGIN)
    if solution is None:
        return
    owed = {claim.claim_id: claim for claim in claims}
    assert sum(share.cents for share in solution.shares) == cents
    assert all(share.claim_id is None or 0 < share.cents <= owed[share.claim_id].cents for share in solution.shares)
    assert len({share.claim_id for share in solution.shares}) == len(solution.shares)
    assert len({share.account_id for share in solution.shares}) == 1
    exact = all(share.claim_id and share.cents == owed[share.claim_id].cents for share in solution.shares)
    agrees = any(claim.payer_agrees for claim in claims if claim.account_id == solution.shares[0].account_id)
    assert agrees or (exact and solution.rule in {"reference_and_amount", "reference_and_costs"})
