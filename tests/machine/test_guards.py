"""The last line of defence: raw SQL that no verb would write, and the sentence with which the database refuses it.

Where a rule is checked at the end of a transaction, asking for all constraints now is the same as committing.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from tests import builders as b

from kulanz.dunning.api import Procedure
from kulanz.holds.api import Effect, place_security_hold
from kulanz.infra.ids import new_id
from kulanz.ledger.api import (
    Allocation,
    Claim,
    ClaimBalance,
    DisputeKind,
    Portion,
    Posting,
    Transaction,
    allocate,
    raise_dispute,
    reverse_claim,
)
from kulanz.parties.api import Account

JUNE = "2026-06-01"
NOON = "2026-06-01 12:00+02"


def execute(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def insert(table: str, **row: object) -> None:
    columns = ", ".join(row)
    execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(row))})", *row.values())


class LetItPass(AssertionError):
    """The database has no guard against it."""


class Refused:
    """What stands inside is refused by the database at the latest when it would be committed, with these words."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __enter__(self) -> None:
        # What the story before has left for its commit is checked now: from here on only the attack counts.
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute("SET CONSTRAINTS ALL DEFERRED")
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if error is None:
            try:
                execute("SET CONSTRAINTS ALL IMMEDIATE")
            except DatabaseError as late:
                error = late
        # Whatever happened is taken back, so that a guard that is missing hurts no other test.
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        if error is None:
            raise LetItPass(f"expected: {self.words}")
        if not isinstance(error, DatabaseError):
            return False
        assert self.words in str(error)
        return True


@pytest.fixture
def claim(db: None) -> Claim:
    return b.an_invoice(b.a_customer())


@pytest.fixture
def stranger(db: None) -> Account:
    return b.a_customer("Cleo Brandt")


def a_transaction(account_id: UUID, kind: str = "write_off") -> UUID:
    key = new_id()
    insert(
        "ledger_transaction",
        id=key,
        account_id=account_id,
        key=str(key),
        content_hash="",
        kind=kind,
        text="by hand",
        booked_on=date(2026, 6, 1),
        recorded_at=NOON,
        actor="nobody",
    )
    return key


def a_posting(
    key: UUID, account_id: UUID, book: str, cents: int, claim: Claim | None = None, currency: str = "EUR"
) -> None:
    insert(
        "ledger_posting",
        id=new_id(),
        transaction_id=key,
        account_id=account_id,
        line=1,
        book=book,
        claim_id=claim and claim.pk,
        amount_cents=cents,
        currency=currency,
    )


# --- the books ---

APPEND_ONLY = [
    "ledger_posting",
    "ledger_transaction",
    "ledger_claim",
    "ledger_invoice",
    "ledger_allocation",
    "ledger_bankstatement",
    "ledger_disputenote",
    "ledger_disputeproof",
    "dunning_dunningnotice",
    "infra_auditentry",
]
NEVER_DELETED = [
    "ledger_bankline",
    "ledger_dispute",
    "holds_hold",
    "holds_holdreason",
    "dunning_procedure",
    "dunning_collectionorder",
    "dunning_pause",
    "parties_account",
    "contact_message",
    "cases_case",
    "cases_promise",
]


@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_was_written_is_never_changed(table: str) -> None:
    with Refused(f"{table} is append-only: UPDATE refused"):
        execute(f"UPDATE {table} SET id = id")
    with Refused(f"{table} is append-only: DELETE refused"):
        execute(f"DELETE FROM {table}")
    with Refused("TRUNCATE refused"):
        execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
@pytest.mark.parametrize("table", NEVER_DELETED)
def test_what_may_change_its_state_never_disappears(table: str) -> None:
    with Refused(f"{table} keeps its rows: DELETE refused"):
        execute(f"DELETE FROM {table}")
    with Refused("TRUNCATE refused"):
        execute(f"TRUNCATE {table} CASCADE")


def test_a_transaction_that_does_not_sum_to_zero_is_refused(claim: Claim) -> None:
    with Refused("does not balance (2 postings)"):
        key = a_transaction(claim.account_id)
        a_posting(key, claim.account_id, "write_off", 100)
        a_posting(key, claim.account_id, "receivable", -99, claim)


def test_a_transaction_that_sums_to_zero_only_over_two_currencies_is_refused(claim: Claim) -> None:
    with Refused("does not balance (2 postings)"):
        key = a_transaction(claim.account_id)
        a_posting(key, claim.account_id, "revenue", 100)
        a_posting(key, claim.account_id, "refunds_payable", -100, currency="GBP")


def test_a_transaction_without_postings_is_refused(claim: Claim) -> None:
    with Refused("does not balance (0 postings)"):
        a_transaction(claim.account_id)


def test_a_posting_of_nothing_is_refused(claim: Claim) -> None:
    with Refused("no_posting_of_nothing"):
        a_posting(a_transaction(claim.account_id), claim.account_id, "revenue", 0)


def test_a_posting_in_a_book_nobody_knows_is_refused(claim: Claim) -> None:
    with Refused("book_is_known"):
        a_posting(a_transaction(claim.account_id), claim.account_id, "petty_cash", 5)


def test_a_receivable_that_names_no_claim_is_refused(claim: Claim) -> None:
    with Refused("receivables_name_their_claim"):
        a_posting(a_transaction(claim.account_id), claim.account_id, "receivable", 5)


def test_revenue_that_names_a_claim_is_refused(claim: Claim) -> None:
    with Refused("receivables_name_their_claim"):
        a_posting(a_transaction(claim.account_id), claim.account_id, "revenue", 5, claim)


def test_a_posting_on_another_account_than_its_claim_is_refused(claim: Claim, stranger: Account) -> None:
    with Refused("posting_of_claim"):
        key = a_transaction(stranger.pk)
        a_posting(key, stranger.pk, "write_off", 100)
        a_posting(key, stranger.pk, "receivable", -100, claim)


def test_a_posting_on_another_account_than_its_transaction_is_refused(claim: Claim, stranger: Account) -> None:
    with Refused("posting_of_transaction"):
        key = a_transaction(stranger.pk)
        a_posting(key, claim.account_id, "write_off", 100)
        a_posting(key, claim.account_id, "receivable", -100, claim)


def test_taking_more_from_a_claim_than_is_owed_is_refused(claim: Claim) -> None:
    with Refused("never_more_taken_than_owed"):
        key = a_transaction(claim.account_id)
        a_posting(key, claim.account_id, "write_off", 12_051)
        a_posting(key, claim.account_id, "receivable", -12_051, claim)


def test_the_same_key_is_never_booked_twice(claim: Claim) -> None:
    with Refused("ledger_transaction_key"):
        execute(
            "INSERT INTO ledger_transaction"
            " (id, account_id, key, content_hash, kind, text, booked_on, recorded_at, actor)"
            " SELECT %s, account_id, key, content_hash, kind, text, booked_on, recorded_at, actor"
            " FROM ledger_transaction WHERE account_id = %s",
            new_id(),
            claim.account_id,
        )


def test_a_posting_added_later_to_an_old_transaction_is_refused(committed_db: None) -> None:
    claim = b.an_invoice(b.a_customer())
    old = Transaction.objects.get(account=claim.account)
    with Refused("postings may only be added together with their transaction"):
        a_posting(old.pk, claim.account_id, "revenue", 100)
    assert Posting.objects.filter(transaction=old).count() == 2


def test_an_allocation_over_the_amount_of_its_line_is_refused(claim: Claim) -> None:
    [line] = b.bank_lines(b.a_bank_file(("20.00", "?")))
    done = Allocation(
        bank_line=line, account=claim.account, amount_cents=2_001, currency="EUR", rule="by_hand", score=100
    )
    with Refused("never_more_allocated_than_came_in"):
        insert(
            "ledger_allocation",
            id=new_id(),
            bank_line_id=done.bank_line_id,
            account_id=done.account_id,
            amount_cents=done.amount_cents,
            currency="EUR",
            house_transaction_id=new_id(),
            customer_transaction_id=new_id(),
            rule="by_hand",
            score=100,
            evidence="{}",
            allocated_at=NOON,
            allocated_by="nobody",
        )


def test_a_payment_cannot_be_booked_on_one_account_for_the_claim_of_another(claim: Claim, stranger: Account) -> None:
    [line] = b.bank_lines(b.a_bank_file(("20.00", "?")))
    with Refused("_of_claim"):
        allocate(b.dana(JUNE), [Portion(line.pk, stranger.pk, claim.pk, 2_000, "by_hand", 100)])


def test_a_bank_line_keeps_its_amount_and_its_day(claim: Claim) -> None:
    [line] = b.bank_lines(b.a_bank_file(("20.00", "?")))
    for change in ("amount_cents = 1", "booked_on = '2026-01-01'", "currency = 'GBP'", "fingerprint = 'x'"):
        with Refused("never change"):
            execute(f"UPDATE ledger_bankline SET {change} WHERE id = %s", line.pk)


def test_an_objection_decided_without_a_reason_or_a_decider_is_refused(claim: Claim) -> None:
    dispute = raise_dispute(b.cem(JUNE), claim, kind=DisputeKind.OTHER)
    for missing in ("decided_by = 'Cem'", "decision_reason = 'because'"):
        with Refused("decided_disputes_have_reason_and_decider"):
            execute(
                f"UPDATE ledger_dispute SET state = 'rejected', decided_at = now(), {missing} WHERE id = %s", dispute.pk
            )


# --- holds ---


def a_hold(account: Account, **other: object) -> UUID:
    key = new_id()
    row: dict[str, object] = {
        "id": key,
        "reference": str(key)[-12:],
        "account_id": account.pk,
        "kind": "payment",
        "effect": "no_orders",
        "state": "active",
        "words": "",
        "proposed_at": NOON,
        "proposed_by": "x",
        "released_at": NOON,
        "released_by": "Dana Vogt",
        "released_by_kind": "person",
        "confirmed_by": "",
        "lifted_by": "",
        "lifted_by_kind": "",
        "lifted_because": "",
    }
    insert("holds_hold", **(row | other))
    return key


def a_reason(hold: UUID, claim: Claim, account_id: UUID | None = None, given_at: str = NOON) -> None:
    insert(
        "holds_holdreason",
        id=new_id(),
        hold_id=hold,
        account_id=account_id or claim.account_id,
        claim_id=claim.pk,
        giver="x",
        given_at=given_at,
    )


def test_a_payment_hold_on_a_due_open_undisputed_claim_is_the_one_thing_the_database_lets_pass(claim: Claim) -> None:
    a_reason(a_hold(claim.account), claim)
    execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("state", ["active", "proposed"])
def test_a_payment_hold_without_a_reason_is_refused(claim: Claim, state: str) -> None:
    with Refused("must rest on due, open, undisputed claims of its account (0 of 0 do)"):
        a_hold(claim.account, state=state)


def test_a_payment_hold_on_the_claim_of_another_account_is_refused(claim: Claim, stranger: Account) -> None:
    with Refused("reason_of_hold"):
        a_reason(a_hold(stranger), claim)
    with Refused("must rest on due, open, undisputed claims of its account (0 of 1 do)"):
        a_reason(a_hold(stranger), claim, account_id=stranger.pk)
    with Refused("reason_of_claim"):
        a_reason(a_hold(stranger, **SECURITY), claim, account_id=stranger.pk)


def test_a_payment_hold_on_a_claim_that_is_not_due_is_refused(claim: Claim) -> None:
    on_the_due_day = "2026-03-15 23:59+01"
    with Refused("must rest on due, open, undisputed claims of its account (0 of 1 do)"):
        hold = a_hold(claim.account, proposed_at=on_the_due_day, released_at=on_the_due_day)
        a_reason(hold, claim, given_at=on_the_due_day)


def test_a_payment_hold_on_a_disputed_claim_is_refused(claim: Claim) -> None:
    raise_dispute(b.cem(JUNE), claim, kind=DisputeKind.OTHER)
    with Refused("must rest on due, open, undisputed claims of its account (0 of 1 do)"):
        a_reason(a_hold(claim.account), claim)


def test_a_payment_hold_on_a_paid_claim_is_refused(claim: Claim) -> None:
    other = b.an_invoice(claim.account)
    reverse_claim(b.dana(JUNE), claim)
    with Refused("must rest on due, open, undisputed claims of its account (1 of 2 do)"):
        hold = a_hold(claim.account)
        a_reason(hold, claim)
        a_reason(hold, other)


def settle_by_hand(claim: Claim) -> None:
    key = a_transaction(claim.account_id)
    a_posting(key, claim.account_id, "write_off", claim.amount_cents)
    a_posting(key, claim.account_id, "receivable", -claim.amount_cents, claim)


def test_settling_a_claim_behind_the_back_of_the_house_is_refused_while_a_hold_rests_on_it(claim: Claim) -> None:
    b.a_payment_hold(claim, on=JUNE)
    with Refused(f"would outlive claim {claim.pk}"):
        settle_by_hand(claim)


def test_settling_a_claim_behind_the_back_of_the_house_is_refused_at_the_commit_itself(committed_db: None) -> None:
    claim = b.an_invoice(b.a_customer())
    b.a_payment_hold(claim, on=JUNE)
    with pytest.raises(DatabaseError, match=f"would outlive claim {claim.pk}"), transaction.atomic():
        settle_by_hand(claim)
    assert ClaimBalance.objects.get(claim=claim).outstanding == claim.amount
    reverse_claim(b.dana(JUNE), claim)


def test_an_objection_behind_the_back_of_the_house_is_refused_while_a_hold_rests_on_the_claim(claim: Claim) -> None:
    b.a_payment_hold(claim, on=JUNE)
    with Refused(f"a hold would outlive claim {claim.pk}"):
        insert(
            "ledger_dispute",
            id=new_id(),
            reference="E0000000",
            claim_id=claim.pk,
            account_id=claim.account_id,
            kind="other",
            currency="EUR",
            words="",
            raised_at=NOON,
            raised_by="x",
            decide_by=date(2026, 6, 8),
            state="open",
            decided_by="",
            decision_reason="",
        )


def test_the_last_reason_of_a_live_hold_cannot_be_taken_away(claim: Claim) -> None:
    hold = b.a_payment_hold(claim, on=JUNE)
    with Refused("must rest on due, open, undisputed claims of its account (0 of 0 do)"):
        execute("UPDATE holds_holdreason SET ended_at = now() WHERE hold_id = %s", hold.pk)


def test_an_ended_hold_cannot_be_revived_without_a_reason(claim: Claim) -> None:
    hold = b.a_payment_hold(claim, on=JUNE)
    reverse_claim(b.dana(JUNE), claim)
    with Refused("must rest on due, open, undisputed claims of its account (0 of 0 do)"):
        execute("UPDATE holds_hold SET state = 'active' WHERE id = %s", hold.pk)


def test_a_hold_moves_to_no_other_account(claim: Claim, stranger: Account) -> None:
    hold = b.a_payment_hold(claim, on=JUNE)
    with Refused("holds_hold: id, account_id, kind, effect, proposed_at never change"):
        execute("UPDATE holds_hold SET account_id = %s WHERE id = %s", stranger.pk, hold.pk)
    with Refused("holds_holdreason: id, hold_id, account_id, claim_id, giver never change"):
        execute("UPDATE holds_holdreason SET account_id = %s WHERE hold_id = %s", stranger.pk, hold.pk)


@pytest.mark.parametrize("kind", ["rule", "system", ""])
def test_a_hold_released_by_a_rule_is_refused(claim: Claim, kind: str) -> None:
    with Refused("people_release_holds"):
        a_hold(claim.account, released_by_kind=kind)


def test_a_hold_released_by_nobody_is_refused(claim: Claim) -> None:
    with Refused("people_release_holds"):
        a_hold(claim.account, released_by="")


SECURITY: dict[str, object] = {
    "kind": "security",
    "words": "Orders that may not be yours.",
    "ends_on": date(2026, 7, 1),
    "review_on": date(2026, 6, 8),
    "confirm_by": date(2026, 6, 2),
}


@pytest.mark.parametrize("missing", ["ends_on", "review_on", "confirm_by", "words"])
def test_a_security_hold_without_an_end_a_review_a_deadline_or_a_reason_is_refused(
    stranger: Account, missing: str
) -> None:
    with Refused("security_holds_have_reason_end_and_review"):
        a_hold(stranger, **(SECURITY | {missing: "" if missing == "words" else None}))


def test_a_security_hold_confirmed_by_who_placed_it_is_refused(stranger: Account) -> None:
    with Refused("two_people_confirm_a_security_hold"):
        a_hold(stranger, **SECURITY, confirmed_by="Dana Vogt", confirmed_at=NOON)  # type: ignore[arg-type]


def test_a_hold_at_his_own_wish_without_his_words_is_refused(stranger: Account) -> None:
    with Refused("own_wish_is_in_words"):
        a_hold(stranger, kind="own_wish")


def test_a_hold_that_ends_without_saying_why_is_refused(stranger: Account) -> None:
    hold = place_security_hold(
        b.cem(JUNE),
        stranger,
        effect=Effect.NO_ORDERS,
        words="x",
        ends_on=date(2026, 7, 1),
        review_on=date(2026, 6, 8),
    )
    with Refused("ended_holds_say_why"):
        execute("UPDATE holds_hold SET state = 'lifted', lifted_at = now() WHERE id = %s", hold.pk)


# --- reminders and collection ---


def a_notice_by_hand(claim: Claim, procedure: UUID, *, on: str = JUNE, account_id: UUID | None = None) -> None:
    insert(
        "dunning_dunningnotice",
        id=new_id(),
        procedure_id=procedure,
        claim_id=claim.pk,
        account_id=account_id or claim.account_id,
        level=3,
        issued_on=on,
        issued_at=NOON,
        pay_by="2026-12-31",
        outstanding_cents=1,
        currency="EUR",
        message_id=new_id(),
    )


def an_order_by_hand(claim: Claim, *, at: str = NOON, account_id: UUID | None = None, code: str = "andere") -> None:
    insert(
        "dunning_collectionorder",
        id=new_id(),
        reference=str(new_id())[-12:],
        claim_id=claim.pk,
        account_id=account_id or claim.account_id,
        collector_id=b.a_collector(code=code).pk,
        state="handed_over",
        amount_cents=1,
        currency="EUR",
        handed_over_at=at,
        handed_over_by="x",
        ended_because="",
    )


def a_procedure(claim: Claim) -> UUID:
    b.a_reminder(claim, level=0, on="2026-04-01")
    return Procedure.objects.get(claim=claim).pk


def test_no_notice_and_no_order_on_a_claim_that_is_not_due(claim: Claim) -> None:
    procedure = a_procedure(claim)
    with Refused("is not due, open and undisputed on 2026-03-15"):
        a_notice_by_hand(claim, procedure, on="2026-03-15")
    with Refused("is not due, open and undisputed on 2026-03-15"):
        an_order_by_hand(claim, at="2026-03-15 23:59+01")


def test_no_notice_and_no_order_on_a_disputed_claim(claim: Claim) -> None:
    procedure = a_procedure(claim)
    raise_dispute(b.cem(JUNE), claim, kind=DisputeKind.OTHER)
    with Refused("is not due, open and undisputed"):
        a_notice_by_hand(claim, procedure)
    with Refused("is not due, open and undisputed"):
        an_order_by_hand(claim)


def test_no_notice_and_no_order_on_a_claim_of_which_nothing_is_left(claim: Claim) -> None:
    procedure = a_procedure(claim)
    reverse_claim(b.dana(JUNE), claim)
    with Refused("is not due, open and undisputed"):
        a_notice_by_hand(claim, procedure)
    with Refused("is not due, open and undisputed"):
        an_order_by_hand(claim)


def test_no_notice_and_no_order_on_a_paused_claim(claim: Claim) -> None:
    procedure = a_procedure(claim)
    insert(
        "dunning_pause",
        id=new_id(),
        claim_id=claim.pk,
        account_id=claim.account_id,
        since=NOON,
        because="x",
        ended_because="",
    )
    with Refused(f"claim {claim.pk} is paused"):
        a_notice_by_hand(claim, procedure)
    with Refused(f"claim {claim.pk} is paused"):
        an_order_by_hand(claim)


def test_no_notice_and_no_order_against_another_account(claim: Claim, stranger: Account) -> None:
    procedure = a_procedure(claim)
    with Refused("is not due, open and undisputed"):
        a_notice_by_hand(claim, procedure, account_id=stranger.pk)
    with Refused("is not due, open and undisputed"):
        an_order_by_hand(claim, account_id=stranger.pk)


def test_no_second_collector_at_the_same_time(claim: Claim) -> None:
    b.handed_over(claim, on=JUNE)
    with Refused("one_collector_at_a_time"):
        an_order_by_hand(claim)


def test_a_collection_order_keeps_its_claim_and_its_collector(claim: Claim) -> None:
    order = b.handed_over(claim, on=JUNE)
    with Refused("never change"):
        execute("UPDATE dunning_collectionorder SET amount_cents = 1 WHERE id = %s", order.pk)


# --- promises ---


def test_a_promise_without_an_owner_is_refused(stranger: Account) -> None:
    case = new_id()
    insert(
        "cases_case",
        id=case,
        reference=str(case)[-12:],
        brand_id=stranger.brand_id,
        account_id=stranger.pk,
        topic="other",
        name="x",
        email="",
        language="de",
        about="",
        state="open",
        opened_at=NOON,
    )
    with Refused("every_promise_has_an_owner"):
        insert(
            "cases_promise",
            id=new_id(),
            case_id=case,
            what="unblock",
            due_on="2026-06-05",
            owner="",
            state="open",
            made_at=NOON,
        )


def test_a_balance_is_moved_by_postings_only(claim: Claim) -> None:
    with Refused("moved by postings only"):
        execute(
            "UPDATE ledger_claimbalance SET outstanding_cents = 0, paid_cents = charged_cents WHERE claim_id = %s",
            claim.pk,
        )


def test_a_balance_never_disappears(claim: Claim) -> None:
    with Refused("ledger_claimbalance keeps its rows: DELETE refused"):
        execute("DELETE FROM ledger_claimbalance WHERE claim_id = %s", claim.pk)


def test_what_is_left_of_a_bank_line_is_moved_by_allocations_only(claim: Claim) -> None:
    [line] = b.bank_lines(b.a_bank_file(("20.00", "?")))
    with Refused("moved by allocations only"):
        execute("UPDATE ledger_bankline SET allocated_cents = 100 WHERE id = %s", line.pk)


def test_an_unbalanced_posting_after_an_early_check_is_refused(claim: Claim) -> None:
    with Refused("does not balance"):
        key = a_transaction(claim.account_id)
        a_posting(key, claim.account_id, "revenue", 100)
        a_posting(key, claim.account_id, "refunds_payable", -100)
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        a_posting(key, claim.account_id, "refunds_payable", -5_000)


def test_a_posting_in_another_currency_than_its_claim_is_refused(claim: Claim) -> None:
    with Refused("currency"):
        key = a_transaction(claim.account_id)
        a_posting(key, claim.account_id, "write_off", 100, currency="JPY")
        a_posting(key, claim.account_id, "receivable", -100, claim, currency="JPY")


def test_more_is_never_owed_than_was_charged(claim: Claim) -> None:
    with Refused("never_more_owed_than_charged"):
        key = a_transaction(claim.account_id, "allocation")
        a_posting(key, claim.account_id, "bank", -100)
        a_posting(key, claim.account_id, "receivable", 100, claim)


@pytest.mark.parametrize(("column", "value"), [("kind", "suspicion"), ("effect", "no_returns"), ("state", "silent")])
def test_a_hold_of_a_kind_effect_or_state_nobody_knows_is_refused(stranger: Account, column: str, value: str) -> None:
    row: dict[str, object] = SECURITY | {column: value}
    with Refused("known"):
        a_hold(stranger, **row)


def test_a_collection_order_on_a_settled_claim_is_not_revived(claim: Claim) -> None:
    order = b.handed_over(claim, on=JUNE)
    reverse_claim(b.dana(JUNE), claim)
    with Refused("is not due, open and undisputed"):
        execute(
            "UPDATE dunning_collectionorder SET state = 'handed_over', ended_at = NULL, ended_because = ''"
            " WHERE id = %s",
            order.pk,
        )


def test_a_procedure_on_a_settled_claim_is_not_revived(claim: Claim) -> None:
    procedure = a_procedure(claim)
    reverse_claim(b.dana(JUNE), claim)
    with Refused("is not due, open and undisputed"):
        execute(
            "UPDATE dunning_procedure SET state = 'running', ended_at = NULL, ended_because = '' WHERE id = %s",
            procedure,
        )
