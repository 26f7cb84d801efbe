"""Which payment pays which claim: booked alone only when reference and amount agree, else shown to a person."""

from __future__ import annotations

from datetime import date

import pytest
from procrastinate.contrib.django import app
from tests import builders as b

from kulanz.kernel.money import Money
from kulanz.ledger import tasks
from kulanz.ledger.api import (
    Allocation,
    BankAccount,
    BankLine,
    Claim,
    ClaimBalance,
    ClaimState,
    DisputeKind,
    InvoiceDraft,
    Matched,
    Suggestion,
    Transaction,
    accept_suggestion,
    configure_bank_account,
    find_claim,
    in_suspense,
    issue_invoices,
    match,
    raise_dispute,
    reverse_claim,
    take_in,
)
from kulanz.parties.api import Account

pytestmark = pytest.mark.django_db
ACT = b.dana("2026-11-20")


@pytest.fixture
def anders() -> Account:
    return b.a_customer()


@pytest.fixture
def claim(anders: Account) -> Claim:
    return b.an_invoice(anders, number="RE-2026/1001")


def run(*payments: tuple[str, str], payer: str = "Jemand Anderes", dry_run: bool = False) -> Matched:
    lines = b.bank_lines(b.a_bank_file(*payments, payer=payer, payer_iban=None))
    return match(ACT, dry_run=dry_run, line_ids=[line.pk for line in lines])


def state(claim: Claim) -> ClaimState:
    return ClaimBalance.objects.get(claim=claim).state


def grouped(reference: str) -> str:
    return " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))


BOOKED, SUGGESTED, UNMATCHED = Matched(1, 0, 0), Matched(0, 1, 0), Matched(0, 0, 1)


@pytest.mark.parametrize(
    "words",
    [
        "RE-2026/1001",
        "re-2026/1001",
        "RE20261001",
        "Rechnung RE-2026/1001 vom 1.3., vielen Dank",
        "Rechnung:RE-2026/1001,Kunde K7",
        "{reference}",
        "{grouped}",
        "Zahlung {grouped} Frieda Anders 2026",
        "SVWZ+{reference}+EREF+123",
        "Danke!{grouped}.",
    ],
)
def test_the_reference_and_the_exact_amount_book(claim: Claim, words: str) -> None:
    text = words.format(reference=claim.reference, grouped=grouped(claim.reference))
    assert run(("120.50", text)) == BOOKED
    assert state(claim) is ClaimState.SETTLED


def test_the_evidence_is_kept_with_the_booking(claim: Claim) -> None:
    run(("120.50", f"Rg {claim.reference}"), payer="Anders, Frieda")
    done = Allocation.objects.get(claim=claim)
    assert (done.rule, done.score, done.allocated_by) == ("reference_and_amount", 98, "ledger.matching")
    assert done.evidence["reference"] == claim.reference
    assert done.evidence["amount"] == "equal"


@pytest.mark.parametrize(
    "words", ["RE-2026/10010", "XRE20261001", "RE202610011", "2026", "1001", "RE-2026", "Danke", ""]
)
def test_a_reference_inside_other_words_books_nothing(claim: Claim, words: str) -> None:
    assert run(("120.50", words)).booked == 0
    assert state(claim) is ClaimState.OPEN


@pytest.mark.parametrize("amount", ["120.49", "120.51", "0.01", "1205.00"])
def test_a_reference_alone_never_books_another_amount(claim: Claim, amount: str) -> None:
    """A mistyped number may be a stranger's invoice."""
    assert run((amount, f"{claim.title} {claim.reference}"), payer="Jemand Anderes") == SUGGESTED
    [suggested] = Suggestion.objects.filter(claim=claim)
    assert suggested.rule == "reference_only"
    assert suggested.score < 85
    assert suggested.evidence["amount"] == ("lower" if float(amount) < 120.50 else "higher")
    assert state(claim) is ClaimState.OPEN


def test_a_known_payer_and_name_rank_a_suggestion_higher_but_book_nothing(claim: Claim) -> None:
    run(("999.00", claim.reference), payer="Frieda Anders")
    run(("999.50", claim.reference), payer="Jemand Anderes")
    scores = [s.score for s in Suggestion.objects.filter(claim=claim).order_by("bank_line__amount_cents")]
    assert scores == [70, 30]


def test_two_payments_that_want_one_claim_are_both_shown_to_a_person(claim: Claim) -> None:
    assert run(("120.50", claim.reference), ("120.50", claim.title)) == Matched(booked=0, suggested=2, unmatched=0)
    assert state(claim) is ClaimState.OPEN
    assert Suggestion.objects.filter(claim=claim, score__lt=85).count() == 2


def from_one_payer(*payments: tuple[str, str], on: str = "2026-11-20") -> list[BankLine]:
    return b.bank_lines(b.a_bank_file(*payments, on=on))


def test_who_pays_twice_has_paid_once_and_the_second_payment_is_shown_to_a_person(claim: Claim) -> None:
    late, early = from_one_payer(("120.50", claim.reference)), from_one_payer(("120.50", claim.title), on="2026-11-18")
    assert match(ACT, line_ids=[late[0].pk, early[0].pk]) == Matched(booked=1, suggested=1, unmatched=0)
    assert state(claim) is ClaimState.SETTLED
    assert Allocation.objects.get(claim=claim).bank_line_id == early[0].pk
    assert Suggestion.objects.get(claim=claim).bank_line_id == late[0].pk


def test_two_people_who_pay_one_invoice_are_both_shown_to_a_person(claim: Claim) -> None:
    lines = from_one_payer(("120.50", claim.reference))
    lines += b.bank_lines(b.a_bank_file(("120.50", claim.reference), payer_iban="DE89370400440532013000"))
    assert match(ACT, line_ids=[line.pk for line in lines]) == Matched(booked=0, suggested=2, unmatched=0)


@pytest.mark.parametrize("oddity", [{"return_code": "AC04"}, {"reversal": True}])
def test_what_came_back_or_was_taken_back_pays_nothing(claim: Claim, oddity: dict[str, object]) -> None:
    [line] = from_one_payer(("120.50", claim.reference))
    BankLine.objects.filter(pk=line.pk).update(**oddity)
    assert match(ACT, line_ids=[line.pk]) == UNMATCHED
    assert match(ACT).booked == 0
    assert state(claim) is ClaimState.OPEN
    assert line in in_suspense()


def test_a_batch_that_the_bank_did_not_explain_is_only_suggested(claim: Claim) -> None:
    [line] = from_one_payer(("120.50", claim.reference))
    BankLine.objects.filter(pk=line.pk).update(details_incomplete=True)
    assert match(ACT, line_ids=[line.pk]) == SUGGESTED
    assert Suggestion.objects.get(bank_line=line).score < 85
    assert state(claim) is ClaimState.OPEN


def test_a_trial_settles_no_claim_until_the_account_is_ours(claim: Claim) -> None:
    [line] = from_one_payer(("120.50", claim.reference))
    BankAccount.objects.filter(pk=line.bank_account_id).update(on_trial=True)
    assert match(ACT, line_ids=[line.pk]) == UNMATCHED
    assert match(ACT).booked == 0
    configure_bank_account(ACT, brand=claim.account.brand, iban=b.OUR_IBAN, holder="Lindenhof")
    assert match(ACT).booked == 1


def test_a_bank_file_also_matches_the_payments_that_waited(anders: Account) -> None:
    from_one_payer(("120.50", "RE-77"))
    claim = b.an_invoice(anders, number="RE-77")
    taken = take_in(ACT, brand=anders.brand, name="b.xml", content=b.a_bank_file(("1.00", "?")))
    assert taken.matched == UNMATCHED
    assert state(claim) is ClaimState.SETTLED


def test_every_ten_minutes_waiting_payments_are_matched(anders: Account) -> None:
    from_one_payer(("120.50", "RE-77"))
    claim = b.an_invoice(anders, number="RE-77")
    tasks.match_unexplained(0)
    assert state(claim) is ClaimState.SETTLED
    assert "ledger.match_unexplained" in app.tasks


def test_one_payment_pays_several_invoices_of_one_account(anders: Account, claim: Claim) -> None:
    other = b.an_invoice(anders, "9.50", number="RE-2026/1002")
    assert run(("130.00", "RE-2026/1001 und RE-2026/1002")) == BOOKED
    assert (state(claim), state(other)) == (ClaimState.SETTLED, ClaimState.SETTLED)
    assert Allocation.objects.filter(account=anders).count() == 2


def test_a_payment_over_two_customers_is_shown_to_a_person(claim: Claim) -> None:
    b.an_invoice(b.a_customer(), "9.50", number="RE-2026/1002")
    assert run(("130.00", "RE-2026/1001 und RE-2026/1002")) == SUGGESTED
    assert state(claim) is ClaimState.OPEN


def test_two_numbers_that_read_alike_are_told_apart_by_a_person() -> None:
    for number in ("A-1001", "A1001"):
        b.an_invoice(b.a_customer(), number=number)
    assert run(("120.50", "A1001")) == SUGGESTED
    assert run(("120.50", find_claim("A-1001").reference)) == BOOKED
    assert state(find_claim("A-1001")) is ClaimState.SETTLED


@pytest.mark.parametrize("number", ["R" * 40, "RÜ-Ä1"])
def test_a_number_that_fits_into_no_reference_is_paid_by_the_reference_we_print(number: str) -> None:
    claim = b.an_invoice(b.a_customer(), number=number)
    assert run(("120.50", grouped(claim.reference))) == BOOKED


def test_pounds_do_not_pay_euros_however_exact(anders: Account) -> None:
    draft = InvoiceDraft("R-GBP", anders.pk, Money(12_050, "GBP"), date(2026, 3, 1), date(2026, 3, 15))
    issue_invoices(b.system("2026-03-01"), anders.brand, [draft])
    assert run(("120.50", "R-GBP")) == UNMATCHED
    assert state(find_claim("R-GBP")) is ClaimState.OPEN


def test_a_claim_that_is_paid_meanwhile_is_not_paid_again(claim: Claim) -> None:
    assert run(("120.50", claim.reference)) == BOOKED
    assert run(("120.50", claim.reference)) == UNMATCHED


def test_a_claim_that_was_reversed_takes_no_payment(claim: Claim) -> None:
    reverse_claim(ACT, claim)
    assert run(("120.50", claim.reference)) == UNMATCHED


def test_money_that_went_out_pays_nothing(claim: Claim) -> None:
    assert run(("-120.50", claim.reference)) == UNMATCHED


def test_what_is_left_of_a_part_paid_claim_is_the_amount_that_counts(claim: Claim) -> None:
    run(("20.50", claim.reference))
    [suggestion] = Suggestion.objects.filter(claim=claim)
    accept_suggestion(ACT, suggestion.bank_line, suggestion.pk)
    assert run(("100.00", claim.reference)) == BOOKED


def test_a_disputed_claim_can_be_paid(claim: Claim) -> None:
    raise_dispute(ACT, claim, kind=DisputeKind.OTHER)
    assert run(("120.50", claim.reference)) == BOOKED


def test_a_dry_run_decides_the_same_and_writes_nothing(claim: Claim) -> None:
    before = Transaction.objects.count()
    assert run(("120.50", claim.reference), dry_run=True) == BOOKED
    assert run(("1.00", claim.reference), dry_run=True) == SUGGESTED
    assert Transaction.objects.count() == before + 2  # the two lines themselves
    assert not Suggestion.objects.filter(claim=claim).exists()


def test_a_second_run_replaces_the_suggestions_of_the_first(claim: Claim) -> None:
    [line] = b.bank_lines(b.a_bank_file(("999.00", claim.reference)))
    ids = set()
    for _ in range(2):
        assert match(ACT, line_ids=[line.pk]) == SUGGESTED
        ids.add(Suggestion.objects.get(bank_line=line).pk)
    assert len(ids) == 1, "a person may have it on the screen"
    reverse_claim(ACT, claim)
    assert match(ACT, line_ids=[line.pk]) == UNMATCHED
    assert not Suggestion.objects.filter(bank_line=line).exists()


def test_a_line_is_matched_by_what_its_reader_found_as_structured_reference(claim: Claim) -> None:
    [line] = b.bank_lines(b.a_bank_file(("120.50", "")))
    BankLine.objects.filter(pk=line.pk).update(creditor_reference=claim.reference)
    assert match(ACT, line_ids=[line.pk]) == BOOKED
