"""The last line of defence of money that goes back: raw SQL that no verb would write, and how it is refused."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from tests import builders as b
from tests.machine.test_guards import NOON, Refused, execute, insert
from tests.money_back import HIS_IBAN, a_line, eur, paid, with_credit

from kulanz.infra.ids import new_id
from kulanz.ledger.api import Allocation, Portion, Transaction, allocate, book_bank_fee, order_payout, undo_allocation

pytestmark = pytest.mark.django_db
DAY = "2026-11-20"
APPEND_ONLY = ["ledger_allocationreversal", "ledger_housebooking", "ledger_returnfee"]


@pytest.fixture
def payment() -> Allocation:
    return paid(b.an_invoice(b.a_customer(), "50.00"))


def a_transaction(original: Transaction, kind: str | None = None, account_id: UUID | None = None) -> UUID:
    key = new_id()
    insert(
        "ledger_transaction",
        id=key,
        account_id=account_id or original.account_id,
        key=str(key),
        content_hash="",
        kind=kind or original.kind,
        text="by hand",
        booked_on=date(2026, 6, 1),
        recorded_at=NOON,
        actor="nobody",
        reverses_id=original.pk,
    )
    return key


def mirrored(original: Transaction, *, by: int = -1, kind: str | None = None) -> UUID:
    """A reversing transaction whose postings are those of the original times `by`."""
    key = a_transaction(original, kind)
    for posting in original.postings.all():
        insert(
            "ledger_posting",
            id=new_id(),
            transaction_id=key,
            account_id=posting.account_id,
            line=posting.line,
            book=posting.book,
            claim_id=posting.claim_id,
            amount_cents=posting.amount_cents * by,
            currency=posting.currency,
        )
    return key


def reversal(payment: Allocation, **other: object) -> None:
    row: dict[str, object] = {
        "id": new_id(),
        "allocation_id": payment.pk,
        "bank_line_id": payment.bank_line_id,
        "account_id": payment.account_id,
        "amount_cents": -payment.amount_cents,
        "currency": "EUR",
        "reason": "x",
        "return_code": "",
        "reversed_at": NOON,
        "reversed_by": "x",
    }
    house = other.pop("house_transaction_id", None)
    row["house_transaction_id"] = house or mirrored(payment.house_transaction)
    row["customer_transaction_id"] = mirrored(payment.customer_transaction)
    insert("ledger_allocationreversal", **(row | other))


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_was_written_is_never_changed(table: str) -> None:
    with Refused(f"{table} is append-only: UPDATE refused"):
        execute(f"UPDATE {table} SET id = id")
    with Refused(f"{table} is append-only: DELETE refused"):
        execute(f"DELETE FROM {table}")
    with Refused("TRUNCATE refused"):
        execute(f"TRUNCATE {table} CASCADE")


def test_an_order_never_disappears() -> None:
    with Refused("ledger_refundorder keeps its rows: DELETE refused"):
        execute("DELETE FROM ledger_refundorder")


def test_the_exact_mirror_is_accepted(payment: Allocation) -> None:
    reversal(payment)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("SET CONSTRAINTS ALL DEFERRED")
    payment.bank_line.refresh_from_db()
    assert payment.bank_line.unexplained == eur(5_000)


def test_a_reversal_that_is_no_mirror_is_refused(payment: Allocation) -> None:
    with Refused("is not the mirror"):
        mirrored(payment.house_transaction, by=1)
    with Refused("is not the mirror"):
        mirrored(payment.house_transaction, by=-2)
    with Refused("is not the mirror"):
        mirrored(payment.house_transaction, kind="bank_fee")


def test_what_reverses_is_not_reversed_itself(payment: Allocation) -> None:
    undo_allocation(b.dana(DAY), payment, reason="x")
    mirror = Transaction.objects.get(reverses=payment.house_transaction)
    with Refused("is not the mirror"):
        mirrored(mirror)


def test_nothing_is_reversed_twice(payment: Allocation) -> None:
    undo_allocation(b.dana(DAY), payment, reason="x")
    with Refused("reverses_id"):
        mirrored(payment.house_transaction)


def test_a_reversal_is_the_mirror_of_its_allocation(payment: Allocation) -> None:
    with Refused("mirror of its allocation"):
        reversal(payment, amount_cents=-4_999)
    with Refused("mirror of its allocation"):
        reversal(payment, currency="GBP")
    other = paid(b.an_invoice(b.a_customer(), "50.00"))
    with Refused("mirror of its allocation"):
        reversal(payment, house_transaction_id=mirrored(other.house_transaction))


def test_a_reversal_says_why(payment: Allocation) -> None:
    with Refused("reversals_say_why"):
        reversal(payment, reason="")


def test_a_returned_payment_explains_no_line_that_is_too_small_or_came_in(payment: Allocation) -> None:
    for line in (a_line("-49.99"), a_line("50.00")):
        with Refused("never_more_allocated_than_came_in"):
            reversal(payment, bank_line_id=line.pk)


def test_no_rule_books_a_line_of_which_a_person_has_undone_a_booking(payment: Allocation) -> None:
    undo_allocation(b.dana(DAY), payment, reason="x")
    other = b.an_invoice(b.a_customer(), "50.00")
    with Refused("no rule books it again"):
        allocate(b.system(DAY), [Portion(payment.bank_line_id, other.account_id, other.pk, 5_000, "any_rule", 100)])


def test_a_house_booking_lies_on_the_account_of_its_line_and_mirrors_what_it_takes_back(payment: Allocation) -> None:
    fee = book_bank_fee(b.dana(DAY), a_line("-3.00"), reason="Fee")
    row: dict[str, object] = {
        "id": new_id(),
        "bank_line_id": fee.bank_line_id,
        "account_id": fee.account_id,
        "kind": "bank_fee",
        "currency": "EUR",
        "reason": "x",
        "booked_at": NOON,
        "booked_by": "x",
    }
    with Refused("mirror of an earlier one"):
        insert(
            "ledger_housebooking", **row, amount_cents=299, reverses_id=fee.pk, transaction_id=mirrored(fee.transaction)
        )
    with Refused("mirror of an earlier one"):
        insert("ledger_housebooking", **row, amount_cents=300, transaction_id=mirrored(fee.transaction))
    with Refused("mirror of an earlier one"):
        insert(
            "ledger_housebooking",
            **(row | {"account_id": payment.account_id}),
            amount_cents=-300,
            transaction_id=payment.customer_transaction_id,
        )


def test_no_credit_is_used_twice_by_whatever_way() -> None:
    account = with_credit("20.00")
    order_payout(b.dana(DAY), account, eur(1_500), to_iban=HIS_IBAN, reason="Asked.")
    line = a_line("-20.00")
    with Refused("does not cover what is paid out of it or ordered"):
        allocate(b.dana(DAY), [Portion(line.pk, account.pk, None, -2_000, "by_hand", 100, {"by": "Dana"})])
    with Refused("violates check constraint"):
        execute("UPDATE ledger_refundorder SET state = 'gone' WHERE account_id = %s", account.pk)
    with Refused("ended_refunds_say_why"):
        execute("UPDATE ledger_refundorder SET state = 'cancelled' WHERE account_id = %s", account.pk)
    with Refused("paid_refunds_name_their_line"):
        execute(
            "UPDATE ledger_refundorder SET state = 'paid', released_at = now(), released_by = 'Cem' "
            "WHERE account_id = %s",
            account.pk,
        )


def test_a_cancelled_order_does_not_live_again_without_its_credit() -> None:
    account = with_credit("20.00")
    first = order_payout(b.dana(DAY), account, eur(2_000), to_iban=HIS_IBAN, reason="Asked.")
    change = "UPDATE ledger_refundorder SET state = %s, ended_at = %s, ended_because = %s WHERE id = %s"
    execute(change, "cancelled", NOON, "x", first.pk)
    order_payout(b.dana(DAY), account, eur(2_000), to_iban=HIS_IBAN, reason="Asked.")
    with Refused("does not cover"):
        execute(change, "ordered", None, "", first.pk)
