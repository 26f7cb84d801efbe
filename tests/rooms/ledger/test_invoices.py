"""Invoices and credit notes as they come in from the shop."""

from __future__ import annotations

from datetime import date

import pytest
from tests import builders as b

from kulanz.infra.models import AuditEntry
from kulanz.kernel.money import Money
from kulanz.kernel.references import is_creditor_reference
from kulanz.kernel.refusals import NotFound
from kulanz.ledger.api import (
    CHECKS,
    Claim,
    ClaimBalance,
    ClaimState,
    Invoice,
    InvoiceChanged,
    InvoiceDraft,
    Issued,
    SeveralClaims,
    Transaction,
    credit_of,
    find_claim,
    issue_invoices,
    match,
    reverse_claim,
    write_off,
)
from kulanz.parties.api import Account

pytestmark = pytest.mark.django_db
MARCH = "2026-03-01"


@pytest.fixture
def anders() -> Account:
    return b.a_customer()


def draft(account: Account, number: str, total: str | Money = "50.00", **other: object) -> InvoiceDraft:
    fields: dict[str, object] = {
        "number": number,
        "account_id": account.pk,
        "total": Money.parse(total, "EUR") if isinstance(total, str) else total,
        "issued_on": date(2026, 3, 1),
        "due_on": date(2026, 3, 15),
    }
    return InvoiceDraft(**(fields | other))  # type: ignore[arg-type]


def note(account: Account, number: str, total: str, corrects: str | None = None) -> InvoiceDraft:
    return draft(account, number, total, is_credit_note=True, corrects_number=corrects)


def issue(account: Account, *drafts: InvoiceDraft) -> Issued:
    return issue_invoices(b.system(MARCH), account.brand, drafts)


def left(claim: Claim) -> int:
    return ClaimBalance.objects.get(claim=claim).outstanding_cents


def test_an_invoice_founds_one_claim_over_its_total_and_a_second_import_founds_none(anders: Account) -> None:
    assert issue(anders, draft(anders, "R-1")) == Issued(invoices=1, claims=1, credit_notes=0, repeated=0)
    assert issue(anders, draft(anders, "R-1")) == Issued(invoices=0, claims=0, credit_notes=0, repeated=1)
    claim = Claim.objects.get(account=anders)
    assert (claim.amount, claim.due_on, left(claim)) == (Money(5_000, "EUR"), date(2026, 3, 15), 5_000)
    assert Transaction.objects.filter(account=anders).count() == 1


def test_the_same_invoice_twice_in_one_call_is_one(anders: Account) -> None:
    assert issue(anders, draft(anders, "R-1"), draft(anders, "R-1")).repeated == 1
    assert Claim.objects.filter(account=anders).count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"total": Money(5_001, "EUR")},
        {"total": Money(5_000, "GBP")},
        {"issued_on": date(2026, 3, 2)},
        {"is_credit_note": True, "total": Money(-5_000, "EUR")},
        {"due_on": date(2026, 3, 16)},
        {"order_number": "O-1"},
    ],
)
def test_an_invoice_that_changed_is_refused_and_nothing_of_the_call_is_booked(
    anders: Account, change: dict[str, object]
) -> None:
    issue(anders, draft(anders, "R-1"))
    with pytest.raises(InvoiceChanged, match="R-1"):
        issue(anders, draft(anders, "R-2"), draft(anders, "R-1", **change))
    assert [i.number for i in Invoice.objects.filter(account=anders)] == ["R-1"]


def test_a_credit_note_that_suddenly_corrects_another_invoice_is_refused(anders: Account) -> None:
    issue(anders, draft(anders, "R-1"), draft(anders, "R-2"), note(anders, "G-1", "-20.00", corrects="R-1"))
    for corrects in ("R-2", "R-3", None):
        with pytest.raises(InvoiceChanged, match="G-1"):
            issue(anders, note(anders, "G-1", "-20.00", corrects=corrects))
    assert (left(find_claim("R-1")), left(find_claim("R-2"))) == (3_000, 5_000)


def test_an_invoice_that_is_suddenly_somebody_elses_is_refused(anders: Account) -> None:
    issue(anders, draft(anders, "R-1"))
    with pytest.raises(InvoiceChanged):
        issue(anders, draft(b.a_customer(), "R-1"))


def test_two_contents_under_one_number_in_one_call_are_refused(anders: Account) -> None:
    with pytest.raises(InvoiceChanged):
        issue(anders, draft(anders, "R-1"), draft(anders, "R-1", "51.00"))
    assert not Invoice.objects.filter(account=anders).exists()


def test_an_invoice_over_nothing_is_kept_and_founds_no_claim(anders: Account) -> None:
    assert issue(anders, draft(anders, "R-0", "0.00")) == Issued(invoices=1, claims=0, credit_notes=0, repeated=0)
    assert not Transaction.objects.filter(account=anders).exists()
    with pytest.raises(NotFound):
        find_claim("R-0")


def test_a_credit_note_that_names_no_invoice_becomes_a_credit_of_the_account(anders: Account) -> None:
    issue(anders, draft(anders, "R-1"))
    assert issue(anders, note(anders, "G-1", "-20.00")).credit_notes == 1
    assert credit_of(anders.pk) == [Money(2_000, "EUR")]
    assert left(find_claim("R-1")) == 5_000


def test_a_credit_note_lowers_the_claim_of_the_invoice_it_corrects(anders: Account) -> None:
    """Who has sent everything back must not be reminded of what he no longer owes."""
    issue(anders, draft(anders, "R-1"))
    issue(anders, note(anders, "G-1", "-20.00", corrects="R-1"))
    claim = find_claim("R-1")
    assert (left(claim), claim.balance.credited_cents, credit_of(anders.pk)) == (3_000, 2_000, [])
    assert issue(anders, note(anders, "G-1", "-20.00", corrects="R-1")).repeated == 1
    assert left(claim) == 3_000


def test_invoice_and_credit_note_may_come_in_one_file(anders: Account) -> None:
    issue(anders, note(anders, "G-1", "-50.00", corrects="R-1"), draft(anders, "R-1"))
    assert find_claim("R-1").balance.state is ClaimState.SETTLED
    assert Invoice.objects.get(number="G-1").corrects == Invoice.objects.get(number="R-1")


def test_a_credit_note_over_everything_ends_hold_and_collection_at_once(anders: Account) -> None:
    claim = b.an_invoice(anders, "50.00", number="R-1")
    hold = b.a_payment_hold(claim, on="2026-06-01")
    issue_invoices(b.system("2026-06-02"), anders.brand, [note(anders, "G-1", "-50.00", corrects="R-1")])
    hold.refresh_from_db()
    assert hold.state == "lifted"


def test_what_had_been_paid_on_a_corrected_invoice_becomes_a_credit(anders: Account) -> None:
    claim = b.an_invoice(anders, "50.00", number="R-1")
    [line] = b.bank_lines(b.a_bank_file(("50.00", claim.reference)))
    match(b.dana("2026-11-20"), line_ids=[line.pk])
    issue(anders, note(anders, "G-1", "-20.00", corrects="R-1"), note(anders, "G-2", "-20.00", corrects="R-1"))
    assert credit_of(anders.pk) == [Money(4_000, "EUR")]
    reverse_claim(b.dana("2026-11-20"), claim)
    assert credit_of(anders.pk) == [Money(5_000, "EUR")]


def written_down(number: str) -> list[tuple[str, object]]:
    """What was left for a person about this credit note."""
    entries = AuditEntry.objects.filter(subject="ledger.invoice", subject_id=Invoice.objects.get(number=number).pk)
    return [(entry.what, entry.facts["not_booked"]) for entry in entries.order_by("pk")]


@pytest.mark.parametrize("its_invoice_is_there", [True, False])
def test_a_credit_note_for_somebody_elses_invoice_books_nothing_and_waits_for_a_person(
    anders: Account, its_invoice_is_there: bool
) -> None:
    other = b.a_customer()
    if its_invoice_is_there:
        issue(other, draft(other, "R-1"))
    issue(anders, note(anders, "G-1", "-20.00", corrects="R-1"))
    if not its_invoice_is_there:
        issue(other, draft(other, "R-1"))
    assert left(find_claim("R-1")) == 5_000
    assert (credit_of(anders.pk), credit_of(other.pk)) == ([], [])
    why = "does not fit" if its_invoice_is_there else "waits for"
    assert written_down("G-1") == [(f"credit note {why} its invoice", "20.00 EUR")]


def test_a_credit_note_after_we_gave_up_gives_nothing_back_and_waits_for_a_person(anders: Account) -> None:
    claim = b.an_invoice(anders, "50.00", number="R-1")
    write_off(b.dana("2026-06-01"), claim)
    issue(anders, note(anders, "G-1", "-50.00", corrects="R-1"))
    assert credit_of(anders.pk) == []
    assert written_down("G-1") == [("credit note exceeds its invoice", "50.00 EUR")]
    assert ClaimBalance.objects.get(claim=claim).state is ClaimState.WRITTEN_OFF


def test_a_credit_note_for_a_claim_that_never_existed_gives_nothing_back(anders: Account) -> None:
    reverse_claim(b.dana("2026-06-01"), b.an_invoice(anders, "50.00", number="R-1"))
    issue(anders, note(anders, "G-1", "-50.00", corrects="R-1"))
    assert credit_of(anders.pk) == []
    assert written_down("G-1") == [("credit note exceeds its invoice", "50.00 EUR")]
    assert not Transaction.objects.filter(account=anders, text="G-1").exists()


def test_a_second_credit_note_gives_back_only_what_the_first_has_left(anders: Account) -> None:
    claim = b.an_invoice(anders, "50.00", number="R-1")
    [line] = b.bank_lines(b.a_bank_file(("50.00", claim.reference)))
    match(b.dana("2026-11-20"), line_ids=[line.pk])
    issue(anders, note(anders, "G-1", "-30.00", corrects="R-1"), note(anders, "G-2", "-30.00", corrects="R-1"))
    assert credit_of(anders.pk) == [Money(5_000, "EUR")]
    assert (written_down("G-1"), written_down("G-2")) == ([], [("credit note exceeds its invoice", "10.00 EUR")])
    assert issue(anders, note(anders, "G-2", "-30.00", corrects="R-1")).repeated == 1
    assert [check.name for check in CHECKS if check.offenders()] == []


def test_a_credit_note_that_came_first_waits_and_lowers_the_claim_of_its_invoice_when_that_comes(
    anders: Account,
) -> None:
    issue(anders, note(anders, "G-1", "-20.00", corrects="R-1"))
    assert Invoice.objects.get(number="G-1").corrects_number == "R-1"
    assert (credit_of(anders.pk), written_down("G-1")) == ([], [("credit note waits for its invoice", "20.00 EUR")])
    issue(anders, draft(anders, "R-1"))
    assert (left(find_claim("R-1")), credit_of(anders.pk)) == (3_000, [])
    assert issue(anders, draft(anders, "R-1"), note(anders, "G-1", "-20.00", corrects="R-1")).repeated == 2
    issue(anders, draft(anders, "R-2"))
    assert left(find_claim("R-1")) == 3_000


def test_a_waiting_credit_note_over_everything_settles_its_invoice_at_once(anders: Account) -> None:
    issue(anders, note(anders, "G-1", "-60.00", corrects="R-1"))
    issue(anders, draft(anders, "R-1"))
    assert find_claim("R-1").balance.state is ClaimState.SETTLED
    assert credit_of(anders.pk) == []
    assert written_down("G-1")[1] == ("credit note exceeds its invoice", "10.00 EUR")


def test_the_payment_reference_carries_the_invoice_number() -> None:
    claim = b.an_invoice(b.a_customer(), number="RE-2026/1001")
    assert is_creditor_reference(claim.reference)
    assert claim.reference[4:] == "RE20261001"


@pytest.mark.parametrize("number", ["R" * 40, "RÜ-1", "…", "№ 7", "請求書 1"])
def test_a_number_that_fits_into_no_reference_gets_one_made_for_it(number: str) -> None:
    claim = b.an_invoice(b.a_customer(), number=number)
    assert is_creditor_reference(claim.reference)
    assert len(claim.reference) <= 25
    assert find_claim(claim.reference) == claim


def test_two_numbers_that_read_alike_have_two_references_and_are_told_apart() -> None:
    dashed, plain = b.an_invoice(b.a_customer(), number="A-1001"), b.an_invoice(b.a_customer(), number="A1001")
    assert dashed.reference != plain.reference
    assert (find_claim("A-1001"), find_claim("A1001")) == (dashed, plain)
    assert (find_claim(dashed.reference), find_claim(plain.reference)) == (dashed, plain)


def test_a_number_that_may_mean_two_claims_is_refused_instead_of_guessed() -> None:
    dashed = b.an_invoice(b.a_customer(), number="A-1001")
    b.an_invoice(b.a_customer(), number="A1001")
    for written in ("a 1001", "A.1001", "a-1001"):
        with pytest.raises(SeveralClaims, match="Say which"):
            find_claim(written)
    assert find_claim(dashed.reference.lower()) == dashed


def test_a_claim_is_found_in_any_spacing_and_case() -> None:
    claim = b.an_invoice(b.a_customer(), number="Re-2026-77")
    grouped = " ".join(claim.reference[i : i + 4] for i in range(0, len(claim.reference), 4))
    for written in (grouped, grouped.lower(), "re 2026 77", "RE202677", " Re-2026-77 "):
        assert find_claim(written) == claim


def test_a_claim_names_who_owes_it_and_who_ordered(anders: Account) -> None:
    partner = b.a_customer("Jan Anders")
    claim = b.an_invoice(anders, ordered_by=partner)
    assert (claim.account, claim.ordered_by) == (anders, partner)
