"""Undo is a reversing booking: everything is what it was before, and nothing that was written has changed."""

from __future__ import annotations

import pytest
from django.db import connection
from tests import builders as b
from tests.money_back import a_line, eur, left, paid

from kulanz.kernel.money import Money
from kulanz.ledger.api import (
    CHECKS,
    Allocation,
    AllocationReversal,
    Claim,
    ClaimBalance,
    ClaimState,
    CreditUsed,
    InvoiceDraft,
    KeyTaken,
    NotUndoable,
    OnlyPeopleUndo,
    Posting,
    ReasonNeeded,
    Suggestion,
    Transaction,
    TransactionKind,
    UndoneAlready,
    assign_by_hand,
    book_bank_fee,
    credit_claim,
    credit_of,
    issue_invoices,
    match,
    pay_out_credit,
    reverse_claim,
    undo,
    undo_allocation,
    write_off,
)

pytestmark = pytest.mark.django_db
ACT = b.dana("2026-11-20")
LATER = b.dana("2026-11-25")
REASON = "It was meant for Herr Brandt's invoice."


@pytest.fixture
def claim() -> Claim:
    return b.an_invoice(b.a_customer(), "100.00")


def figures(claim: Claim) -> tuple[int, int, int, int, int]:
    """Outstanding, paid, credited, written off, reversed."""
    balance = ClaimBalance.objects.get(claim=claim)
    return (
        balance.outstanding_cents,
        balance.paid_cents,
        balance.credited_cents,
        balance.written_off_cents,
        balance.reversed_cents,
    )


def the_booking(claim: Claim, kind: TransactionKind) -> Transaction:
    return Transaction.objects.filter(postings__claim=claim, kind=kind.value, reverses=None).distinct().get()


def sound() -> bool:
    """The database agrees as it would at commit, and every check of the books does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return [check.name for check in CHECKS if check.offenders()] == []


# --- a payment that was none ---


def test_a_payment_undone_leaves_line_and_claim_as_they_were(claim: Claim) -> None:
    before = figures(claim)
    allocation = paid(claim)
    undo_allocation(LATER, allocation, reason=REASON)
    assert figures(claim) == before == (10_000, 0, 0, 0, 0)
    assert left(allocation.bank_line) == eur(10_000)
    assert ClaimBalance.objects.get(claim=claim).state is ClaimState.OPEN
    assert sound()


def test_both_transactions_are_mirrored_and_nothing_written_is_changed(claim: Claim) -> None:
    allocation = paid(claim)
    written = list(Posting.objects.order_by("pk").values_list("pk", "amount_cents"))
    undo_allocation(LATER, allocation, reason=REASON)
    assert (
        list(Posting.objects.filter(pk__in=[pk for pk, _ in written]).order_by("pk").values_list("pk", "amount_cents"))
        == written
    )
    reversal = AllocationReversal.objects.get(allocation=allocation)
    legs = Posting.objects.filter(transaction__link=reversal.pk).order_by("transaction_id", "line")
    assert [(p.book, p.amount_cents, p.transaction.reverses_id) for p in legs.select_related("transaction")] == [
        ("suspense", -10_000, allocation.house_transaction_id),
        ("transit", 10_000, allocation.house_transaction_id),
        ("transit", -10_000, allocation.customer_transaction_id),
        ("receivable", 10_000, allocation.customer_transaction_id),
    ]
    assert (reversal.amount, reversal.reversed_by, reversal.reason) == (eur(-10_000), "Dana Vogt", REASON)
    assert not reversal.returned
    assert {t.booked_on.isoformat() for t in Transaction.objects.filter(link=reversal.pk)} == {"2026-11-25"}


def test_a_part_payment_is_undone_beside_another_one_that_stays(claim: Claim) -> None:
    first, second = paid(claim, "60.00"), paid(claim, "40.00")
    undo_allocation(LATER, first, reason=REASON)
    assert figures(claim) == (6_000, 4_000, 0, 0, 0)
    assert (left(first.bank_line), left(second.bank_line)) == (eur(6_000), eur(0))


def test_what_was_undone_may_be_booked_where_it_belongs(claim: Claim) -> None:
    allocation = paid(claim)
    undo_allocation(LATER, allocation, reason=REASON)
    right = b.an_invoice(b.a_customer("Cleo Brandt"), "100.00")
    assert assign_by_hand(LATER, allocation.bank_line, right, keep_rest_as_credit=False) == {right.pk}
    assert (figures(claim)[0], figures(right)[0]) == (10_000, 0)
    assert sound()


def test_the_right_payment_settles_the_claim_again(claim: Claim) -> None:
    undo_allocation(LATER, paid(claim), reason=REASON)
    paid(claim)
    assert figures(claim) == (0, 10_000, 0, 0, 0)


def test_no_rule_books_the_line_again_but_it_is_suggested(claim: Claim) -> None:
    line = a_line("100.00", words=claim.title)
    assert match(ACT, line_ids=[line.pk]).booked == 1
    undo_allocation(LATER, Allocation.objects.get(bank_line=line), reason=REASON)
    assert (match(LATER).booked, match(LATER, line_ids=[line.pk]).suggested) == (0, 1)
    assert Suggestion.objects.get(bank_line=line).claim == claim
    assert figures(claim)[0] == 10_000


def test_nothing_is_undone_twice(claim: Claim) -> None:
    allocation = paid(claim)
    undo_allocation(LATER, allocation, reason=REASON)
    before = Transaction.objects.count()
    with pytest.raises(UndoneAlready):
        undo_allocation(LATER, allocation, reason=REASON)
    with pytest.raises(UndoneAlready):
        undo(LATER, allocation.house_transaction, reason=REASON)
    assert (Transaction.objects.count(), figures(claim)[0]) == (before, 10_000)


def test_only_a_person_undoes_and_only_with_a_reason(claim: Claim) -> None:
    allocation = paid(claim)
    with pytest.raises(OnlyPeopleUndo):
        undo_allocation(b.system("2026-11-25"), allocation, reason=REASON)
    with pytest.raises(ReasonNeeded):
        undo_allocation(LATER, allocation, reason="  ")
    assert figures(claim)[0] == 0


def test_either_half_of_a_payment_stands_for_the_whole(claim: Claim) -> None:
    allocation = paid(claim)
    undo(LATER, allocation.customer_transaction, reason=REASON)
    assert left(allocation.bank_line) == eur(10_000)
    assert sound()


# --- credits ---


def test_a_credit_that_was_none_is_gone_again(claim: Claim) -> None:
    first = paid(claim, "120.00")
    credit = Allocation.objects.get(bank_line=first.bank_line, claim=None)
    undo_allocation(LATER, credit, reason=REASON)
    assert (credit_of(claim.account_id), left(first.bank_line), figures(claim)[0]) == ([], eur(2_000), 0)


def test_a_credit_that_was_paid_out_meanwhile_is_not_undone(claim: Claim) -> None:
    first = paid(claim, "120.00")
    credit = Allocation.objects.get(bank_line=first.bank_line, claim=None)
    pay_out_credit(ACT, a_line("-5.00"), claim.account)
    with pytest.raises(CreditUsed, match=rf"20\.00 EUR.*{claim.account.number}.*15\.00 EUR"):
        undo_allocation(LATER, credit, reason=REASON)
    assert credit_of(claim.account_id) == [eur(1_500)]


def test_a_pay_out_undone_brings_the_credit_back(claim: Claim) -> None:
    paid(claim, "120.00")
    line = a_line("-20.00")
    pay_out_credit(ACT, line, claim.account)
    undo_allocation(LATER, Allocation.objects.get(bank_line=line), reason="That was a supplier.")
    assert (credit_of(claim.account_id), left(line)) == ([eur(2_000)], eur(-2_000))
    assert sound()


def test_a_payment_on_a_claim_that_was_lowered_takes_its_credit_with_it(claim: Claim) -> None:
    """The worked example of `taking_back`."""
    first = paid(claim, "60.00")
    paid(claim, "40.00")
    credit_claim(ACT, claim, eur(3_000), key="goodwill:1")
    assert (figures(claim), credit_of(claim.account_id)) == ((0, 7_000, 3_000, 0, 0), [eur(3_000)])
    undo_allocation(LATER, first, reason=REASON)
    assert (figures(claim), credit_of(claim.account_id)) == ((3_000, 4_000, 3_000, 0, 0), [])
    assert left(first.bank_line) == eur(6_000)
    assert sound()


def test_where_the_credit_has_left_the_customer_owes_what_he_was_paid(claim: Claim) -> None:
    first = paid(claim, "60.00")
    paid(claim, "40.00")
    credit_claim(ACT, claim, eur(3_000), key="goodwill:2")
    pay_out_credit(ACT, a_line("-30.00"), claim.account)
    undo_allocation(LATER, first, reason=REASON)
    assert (figures(claim), credit_of(claim.account_id)) == ((6_000, 1_000, 3_000, 0, 0), [])
    assert sound()


def test_a_payment_on_a_withdrawn_claim_goes_without_opening_it(claim: Claim) -> None:
    allocation = paid(claim)
    reverse_claim(ACT, claim)
    assert credit_of(claim.account_id) == [eur(10_000)]
    undo_allocation(LATER, allocation, reason=REASON)
    assert (figures(claim), credit_of(claim.account_id)) == ((0, 0, 0, 0, 10_000), [])
    assert left(allocation.bank_line) == eur(10_000)
    assert sound()


def test_a_payment_on_a_withdrawn_claim_that_was_paid_back_is_not_undone(claim: Claim) -> None:
    allocation = paid(claim)
    reverse_claim(ACT, claim)
    pay_out_credit(ACT, a_line("-100.00"), claim.account)
    with pytest.raises(CreditUsed):
        undo_allocation(LATER, allocation, reason=REASON)
    assert (figures(claim), left(allocation.bank_line)) == ((0, 0, 0, 0, 10_000), eur(0))


# --- other bookings ---


def test_a_write_off_is_undone_and_may_be_written_off_again(claim: Claim) -> None:
    paid(claim, "40.00")
    write_off(ACT, claim)
    undo(LATER, the_booking(claim, TransactionKind.WRITE_OFF), reason="He wants to pay after all.")
    assert figures(claim) == (6_000, 4_000, 0, 0, 0)
    write_off(LATER, claim)
    assert figures(claim) == (0, 4_000, 0, 6_000, 0)
    assert sound()


def test_a_credit_on_a_claim_is_undone_with_what_it_had_given_back(claim: Claim) -> None:
    paid(claim, "80.00")
    credit_claim(ACT, claim, eur(3_000), key="goodwill:3")
    assert (figures(claim), credit_of(claim.account_id)) == ((0, 7_000, 3_000, 0, 0), [eur(1_000)])
    undo(LATER, the_booking(claim, TransactionKind.REFUND), reason="The other invoice was meant.")
    assert (figures(claim), credit_of(claim.account_id)) == ((2_000, 8_000, 0, 0, 0), [])
    assert sound()


def test_the_part_that_was_given_back_stands_for_the_whole_credit(claim: Claim) -> None:
    paid(claim)
    credit_claim(ACT, claim, eur(3_000), key="goodwill:4")
    undo(LATER, Transaction.objects.get(key="goodwill:4:paid"), reason="The other invoice was meant.")
    assert (figures(claim), credit_of(claim.account_id)) == ((0, 10_000, 0, 0, 0), [])


def test_a_credit_is_undone_after_the_payment_it_came_from(claim: Claim) -> None:
    allocation = paid(claim)
    credit_claim(ACT, claim, eur(3_000), key="goodwill:5")
    undo_allocation(LATER, allocation, reason=REASON)
    assert figures(claim) == (7_000, 0, 3_000, 0, 0)
    undo(LATER, the_booking(claim, TransactionKind.REFUND), reason="The other invoice was meant.")
    assert (figures(claim), credit_of(claim.account_id)) == ((10_000, 0, 0, 0, 0), [])
    assert sound()


def test_a_credit_that_was_paid_out_is_not_taken_back(claim: Claim) -> None:
    paid(claim)
    credit_claim(ACT, claim, eur(3_000), key="goodwill:6")
    pay_out_credit(ACT, a_line("-30.00"), claim.account)
    with pytest.raises(CreditUsed):
        undo(LATER, the_booking(claim, TransactionKind.REFUND), reason="The other invoice was meant.")
    assert figures(claim) == (0, 7_000, 3_000, 0, 0)


def test_the_same_credit_told_again_after_its_undoing_changes_nothing(claim: Claim) -> None:
    credit_claim(ACT, claim, eur(3_000), key="goodwill:7")
    undo(LATER, the_booking(claim, TransactionKind.REFUND), reason="The other invoice was meant.")
    credit_claim(LATER, claim, eur(3_000), key="goodwill:7")
    with pytest.raises(KeyTaken):
        credit_claim(LATER, claim, eur(3_001), key="goodwill:7")
    assert figures(claim) == (10_000, 0, 0, 0, 0)


def test_nothing_of_a_withdrawn_claim_is_demanded_again(claim: Claim) -> None:
    paid(claim, "40.00")
    write_off(ACT, claim)
    reverse_claim(ACT, claim)
    for kind in (TransactionKind.WRITE_OFF, TransactionKind.CLAIM_REVERSAL):
        with pytest.raises(NotUndoable, match="told that he owes nothing"):
            undo(LATER, the_booking(claim, kind), reason="He owes it after all.")
    assert figures(claim)[0] == 0


def test_documents_bank_entries_and_mirrors_are_not_undone(claim: Claim) -> None:
    allocation = paid(claim)
    note = InvoiceDraft(
        number="G-77",
        account_id=claim.account_id,
        total=Money(-1_000, "EUR"),
        issued_on=claim.founded_on,
        due_on=claim.founded_on,
        is_credit_note=True,
        corrects_number=claim.title,
    )
    issue_invoices(ACT, claim.account.brand, [note])
    undo_allocation(LATER, paid(b.an_invoice(claim.account, "5.00")), reason=REASON)
    mirrored = Transaction.objects.filter(account=claim.account).exclude(reverses=None)[0]
    bank_line = Transaction.objects.get(key=f"bankline:{allocation.bank_line.fingerprint}")
    companion = Transaction.objects.get(key__endswith="G-77:paid")
    document = Transaction.objects.get(key__endswith=":G-77")
    before = Transaction.objects.count()
    for booking, why in (
        (the_booking(claim, TransactionKind.INVOICE), "document that was sent"),
        (document, "document of the shop"),
        (companion, "follows from another booking"),
        (bank_line, "what the bank has booked stays"),
        (mirrored, "Book the payment again"),
    ):
        with pytest.raises(NotUndoable, match=why):
            undo(LATER, booking, reason="It was wrong.")
    assert Transaction.objects.count() == before


def test_a_fee_of_the_bank_is_undone(claim: Claim) -> None:
    line = a_line("-3.50", words="Entgelt")
    fee = book_bank_fee(ACT, line, reason="Monthly fee")
    assert left(line) == eur(0)
    undo(LATER, fee.transaction, reason="That was the supplier.")
    assert left(line) == eur(-350)
    with pytest.raises(UndoneAlready):
        undo(LATER, fee.transaction, reason="That was the supplier.")
    assert sound()
