"""`kulanz verify` finds what is wrong in the books, also where a guard had been switched off."""

from __future__ import annotations

import pytest
from django.db import connection
from tests import builders as b

from kulanz.kernel.money import Money
from kulanz.ledger.api import (
    CHECKS,
    BankLine,
    Claim,
    DisputeKind,
    InvoiceDraft,
    Posting,
    assign_by_hand,
    issue_invoices,
    raise_dispute,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim() -> Claim:
    """Twenty of fifty are paid, and the customer objects to the rest."""
    claim = b.an_invoice(b.a_customer(), "50.00")
    [line] = b.bank_lines(b.a_bank_file(("20.00", "?")))
    assign_by_hand(b.dana("2026-11-20"), line, claim, keep_rest_as_credit=False)
    raise_dispute(b.cem("2026-11-20"), claim, kind=DisputeKind.OTHER)
    return claim


def damage(table: str, statement: str, *values: object) -> None:
    """Change a row with all guards of its table switched off, as somebody with the keys of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)


def found() -> dict[str, list[str]]:
    return {check.name: offenders for check in CHECKS if (offenders := check.offenders())}


def test_sound_books_have_no_offenders(claim: Claim) -> None:
    assert found() == {}


BALANCE = "every claim's balance and its parts equal its postings"


@pytest.mark.parametrize(
    "change",
    [
        "outstanding_cents = outstanding_cents - 1, paid_cents = paid_cents + 1",
        "paid_cents = paid_cents - 1, credited_cents = credited_cents + 1",
        "written_off_cents = 1, outstanding_cents = outstanding_cents - 1",
    ],
)
def test_a_balance_that_differs_from_its_postings_is_found(claim: Claim, change: str) -> None:
    damage("ledger_claimbalance", f"UPDATE ledger_claimbalance SET {change} WHERE claim_id = %s", claim.pk)
    assert found() == {BALANCE: [claim.reference]}


def test_a_claim_without_a_balance_is_found(claim: Claim) -> None:
    damage("ledger_claimbalance", "DELETE FROM ledger_claimbalance WHERE claim_id = %s", claim.pk)
    assert found() == {
        BALANCE: [claim.reference],
        "every claim has its balance, on its account, in its currency, due on its day": [claim.reference],
    }


def test_a_due_day_that_was_moved_is_found(claim: Claim) -> None:
    damage("ledger_claimbalance", "UPDATE ledger_claimbalance SET due_on = due_on - 1 WHERE claim_id = %s", claim.pk)
    assert found() == {
        "every claim has its balance, on its account, in its currency, due on its day": [claim.reference]
    }


def test_objections_that_were_miscounted_are_found(claim: Claim) -> None:
    damage("ledger_claimbalance", "UPDATE ledger_claimbalance SET open_disputes = 0 WHERE claim_id = %s", claim.pk)
    assert found() == {"every claim knows how many objections are open": [claim.reference]}


def test_a_posting_that_was_changed_is_found(claim: Claim) -> None:
    changed = Posting.objects.get(claim=claim, transaction__kind="invoice")
    damage("ledger_posting", "UPDATE ledger_posting SET amount_cents = amount_cents + 1 WHERE id = %s", changed.pk)
    assert found() == {
        "every transaction sums to zero per currency": [str(changed.transaction_id)],
        BALANCE: [claim.reference],
    }


def test_a_credit_note_that_was_booked_as_a_credit_beside_its_claim_is_found(claim: Claim) -> None:
    draft = InvoiceDraft(
        number="G-1",
        account_id=claim.account_id,
        total=Money(-1_000, "EUR"),
        issued_on=claim.founded_on,
        due_on=claim.founded_on,
        is_credit_note=True,
        corrects_number=claim.title,
    )
    issue_invoices(b.system("2026-11-20"), claim.account.brand, [draft])
    assert found() == {}
    damage(
        "ledger_posting",
        "UPDATE ledger_posting SET book = 'refunds_payable', claim_id = NULL WHERE claim_id = %s AND transaction_id = "
        "(SELECT id FROM ledger_transaction WHERE kind = 'credit_note' AND account_id = %s)",
        claim.pk,
        claim.account_id,
    )
    assert found() == {
        "a credit note that names an invoice gives back only of its claim": ["G-1"],
        BALANCE: [claim.reference],
    }


def test_a_bank_line_that_gives_more_than_was_allocated_is_found(claim: Claim) -> None:
    line = BankLine.objects.get(allocations__claim=claim)
    damage("ledger_bankline", "UPDATE ledger_bankline SET allocated_cents = 1_999 WHERE id = %s", line.pk)
    assert found() == {
        "every bank line's allocated sum equals its allocations": [str(line.pk)],
        "what lies in suspense equals what bank lines have left": ["suspense EUR"],
    }
