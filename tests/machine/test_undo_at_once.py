"""Two people at once: nothing is undone twice, no credit leaves while it is taken back, no order is paid twice.

Each case is walked through in both orders: one act has done its work and not yet committed when the other one comes.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests import builders as b
from tests.machine.facts import broken_laws
from tests.machine.two_at_once import Outcome, both_at_once, while_uncommitted
from tests.money_back import HIS_IBAN, Movement, a_line, eur, left, lines, paid, with_credit

from kulanz.kernel.refusals import Refusal, SomebodyWasFaster
from kulanz.ledger.api import (
    Allocation,
    AllocationReversal,
    ClaimBalance,
    CreditUsed,
    LineAlreadyExplained,
    MoreThanCredit,
    RefundOrder,
    RefundState,
    Transaction,
    UndoneAlready,
    assign_by_hand,
    book_ordered_refunds,
    book_refunds,
    book_return,
    book_returns,
    cancel_refund,
    credit_claim,
    credit_of,
    match,
    order_payout,
    pay_out_credit,
    release_refund,
    send_back,
    undo,
    undo_allocation,
)

pytestmark = pytest.mark.usefixtures("committed_db")
DAY = "2026-11-20"
Verb = Callable[[], object]
REASON = "It was somebody else's."


def test_an_untouched_account_breaks_no_law() -> None:
    assert broken_laws([b.a_customer().pk]) == {}


def undoing(allocation: Allocation) -> Verb:
    return lambda: undo_allocation(b.dana(DAY), allocation, reason=REASON)


def refusal(outcome: Outcome) -> type[Exception] | None:
    """What it refused with; anything but a refusal is a bug and surfaces here."""
    if outcome.raised is not None and not isinstance(outcome.raised, Refusal):
        raise outcome.raised
    return None if outcome.raised is None else type(outcome.raised)


def test_two_people_undo_the_same_payment_and_it_is_undone_once() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    allocation = paid(claim)
    outcomes = both_at_once(undoing(allocation), undoing(allocation))
    assert {refusal(o) for o in outcomes} == {None, UndoneAlready}
    assert AllocationReversal.objects.filter(allocation=allocation).count() == 1
    assert (ClaimBalance.objects.get(claim=claim).outstanding_cents, left(allocation.bank_line)) == (5_000, eur(5_000))
    assert broken_laws([claim.account_id]) == {}


def test_the_second_one_waits_and_then_hears_that_it_is_undone() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    allocation = paid(claim)
    both = while_uncommitted(undoing(allocation), lambda: undo(b.cem(DAY), allocation.house_transaction, reason=REASON))
    assert both.second_waited
    assert [refusal(both.first), refusal(both.second)] == [None, UndoneAlready]


def test_two_people_undo_the_same_credit_on_a_claim() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    credit_claim(b.dana(DAY), claim, eur(1_000), key=f"once:{claim.pk}")
    booking = Transaction.objects.get(key=f"once:{claim.pk}")
    verb: Verb = lambda: undo(b.dana(DAY), booking, reason=REASON)  # noqa: E731
    outcomes = both_at_once(verb, verb)
    assert {refusal(o) for o in outcomes} == {None, UndoneAlready}
    assert ClaimBalance.objects.get(claim=claim).outstanding_cents == 5_000
    assert broken_laws([claim.account_id]) == {}


@pytest.mark.parametrize("undo_first", [True, False])
def test_a_credit_is_taken_back_or_paid_out_never_both(undo_first: bool) -> None:
    account = with_credit("20.00")
    credit = Allocation.objects.get(account=account, claim=None)
    out = a_line("-20.00")
    pay_out: Verb = lambda: pay_out_credit(b.cem(DAY), out, account)  # noqa: E731
    first, second = (undoing(credit), pay_out) if undo_first else (pay_out, undoing(credit))
    both = while_uncommitted(first, second)
    assert both.second_waited
    assert (refusal(both.first), refusal(both.second)) == (None, MoreThanCredit if undo_first else CreditUsed)
    assert credit_of(account.pk) == []
    assert left(out) == (eur(-2_000) if undo_first else eur(0))
    assert broken_laws([account.pk]) == {}


@pytest.mark.parametrize("undo_first", [True, False])
def test_a_credit_is_taken_back_or_ordered_never_both(undo_first: bool) -> None:
    account = with_credit("20.00")
    credit = Allocation.objects.get(account=account, claim=None)
    order: Verb = lambda: order_payout(b.cem(DAY), account, eur(2_000), to_iban=HIS_IBAN, reason="Asked.")  # noqa: E731
    first, second = (undoing(credit), order) if undo_first else (order, undoing(credit))
    both = while_uncommitted(first, second)
    assert both.second_waited
    assert (refusal(both.first), refusal(both.second)) == (None, CreditUsed)
    assert RefundOrder.objects.filter(account=account).count() == (0 if undo_first else 1)
    assert broken_laws([account.pk]) == {}


def test_two_people_order_the_same_credit_and_one_of_them_hears_that_it_is_taken() -> None:
    account = with_credit("20.00")
    verb: Verb = lambda: order_payout(b.cem(DAY), account, eur(1_500), to_iban=HIS_IBAN, reason="Asked.")  # noqa: E731
    outcomes = both_at_once(verb, verb)
    assert {refusal(o) for o in outcomes} == {None, CreditUsed}
    assert broken_laws([account.pk]) == {}


def a_released_order() -> RefundOrder:
    account = with_credit("20.00")
    order = order_payout(b.dana(DAY), account, eur(2_000), to_iban=HIS_IBAN, reason="Asked.")
    release_refund(b.cem(DAY), order)
    return order


def test_an_order_is_cancelled_or_paid_never_both() -> None:
    order = a_released_order()
    [out] = lines(Movement(amount="-20.00", end_to_end_id=order.end_to_end_id))
    outcomes = both_at_once(
        lambda: cancel_refund(b.dana(DAY), order, reason="He keeps it."),
        lambda: book_refunds(b.cem(DAY), out, [RefundOrder.objects.get(pk=order.pk)]),
    )
    refused = [refusal(o) for o in outcomes]
    assert refused.count(None) == 1
    order.refresh_from_db()
    assert (order.state == RefundState.PAID.value) == (left(out) == eur(0))
    assert broken_laws([order.account_id]) == {}


def test_two_workers_book_the_same_order_once() -> None:
    order = a_released_order()
    [out] = lines(Movement(amount="-20.00", end_to_end_id=order.end_to_end_id))
    verb: Verb = lambda: book_ordered_refunds(b.system(DAY), line_ids=[out.pk])  # noqa: E731
    outcomes = both_at_once(verb, verb)
    assert sorted(str(o.result) for o in outcomes if refusal(o) is None) == ["0", "1"]
    assert broken_laws([order.account_id]) == {}


def test_two_people_release_one_order_and_one_of_them_was_faster() -> None:
    account = with_credit("20.00")
    order = order_payout(b.dana(DAY), account, eur(2_000), to_iban=HIS_IBAN, reason="Asked.")
    verb: Verb = lambda: release_refund(b.cem(DAY), RefundOrder.objects.get(pk=order.pk))  # noqa: E731
    outcomes = both_at_once(verb, verb)
    assert {refusal(o) for o in outcomes} == {None, SomebodyWasFaster}


def test_a_payment_is_booked_on_a_claim_or_sent_back_never_both() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    line = a_line("50.00")
    outcomes = both_at_once(
        lambda: assign_by_hand(b.dana(DAY), line, claim, keep_rest_as_credit=False),
        lambda: send_back(b.cem(DAY), line, to_iban=HIS_IBAN, reason="Not ours."),
    )
    assert {refusal(o) for o in outcomes} == {None, LineAlreadyExplained}
    assert left(line) == eur(0)
    assert broken_laws([claim.account_id]) == {}


def test_two_workers_book_the_same_return_once() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    allocation = paid(claim, end_to_end_id=f"E{claim.reference}")
    [back] = lines(Movement(amount="-50.00", return_code="AM04", end_to_end_id=f"E{claim.reference}"))
    verb: Verb = lambda: book_returns(b.system(DAY), line_ids=[back.pk]).booked  # noqa: E731
    outcomes = both_at_once(verb, verb)
    assert sorted(str(o.result) for o in outcomes if refusal(o) is None) == ["0", "1"]
    assert (left(back), AllocationReversal.objects.filter(allocation=allocation).count()) == (eur(0), 1)
    assert broken_laws([claim.account_id]) == {}


@pytest.mark.parametrize("undo_first", [True, False])
def test_a_payment_is_undone_or_returned_and_its_lines_agree(undo_first: bool) -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    allocation = paid(claim)
    back = a_line("-50.00", on="2026-11-23")
    give_back: Verb = lambda: book_return(b.cem("2026-11-23"), back, allocation.bank_line)  # noqa: E731
    first, second = (undoing(allocation), give_back) if undo_first else (give_back, undoing(allocation))
    both = while_uncommitted(first, second)
    # Undone first, the payment belongs to nobody: it came and went. Returned first, there is nothing to undo.
    assert both.second_waited
    assert (refusal(both.first), refusal(both.second)) == (None, None if undo_first else UndoneAlready)
    assert (left(back), left(allocation.bank_line)) == (eur(0), eur(0))
    assert ClaimBalance.objects.get(claim=claim).outstanding_cents == 5_000
    assert broken_laws([claim.account_id]) == {}


def test_a_payment_is_undone_while_the_next_one_settles_the_claim() -> None:
    claim = b.an_invoice(b.a_customer(), "50.00")
    first = paid(claim, "20.00")
    line = a_line("30.00", words=claim.title)
    both = while_uncommitted(undoing(first), lambda: match(b.dana(DAY), line_ids=[line.pk]))
    assert both.second_waited
    # What was seen before the lock counts for nothing: fifty are open now, so the thirty are a part of them.
    assert (refusal(both.first), both.second.result.booked) == (None, 1)  # type: ignore[attr-defined]
    assert ClaimBalance.objects.get(claim=claim).outstanding_cents == 2_000
    assert broken_laws([claim.account_id]) == {}
