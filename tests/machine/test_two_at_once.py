"""Two people, two workers, two connections at the same moment. Every act follows another one; no act is lost.

Each case is walked through in both orders: one act has done its work and not yet committed when the other one comes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from tests import builders as b
from tests.machine.facts import broken_laws
from tests.machine.two_at_once import Outcome, both_at_once, while_uncommitted

from kulanz.contact.api import Message
from kulanz.dunning.api import CollectionOrder, DunningNotice, NotPursuable, OrderState, Pause, hand_over, issue_notice
from kulanz.holds.api import (
    Effect,
    Hold,
    HoldReason,
    HoldState,
    ReasonGone,
    confirm_security_hold,
    decline_hold,
    holds_with_reasons,
    lift_expired,
    lift_hold,
    place_security_hold,
    release_hold,
)
from kulanz.kernel.acts import by_person
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal, SomebodyWasFaster
from kulanz.ledger.api import (
    Allocation,
    BankLine,
    Book,
    Claim,
    ClaimBalance,
    ClaimState,
    Dispute,
    DisputeKind,
    Entry,
    Invoice,
    InvoiceChanged,
    InvoiceDraft,
    KeyTaken,
    Leg,
    LineAlreadyExplained,
    NothingOutstanding,
    Part,
    Transaction,
    TransactionKind,
    assign_by_hand,
    book,
    credit_claim,
    decide_dispute,
    import_bank_file,
    issue_invoices,
    match,
    raise_dispute,
    reverse_claim,
    split_by_hand,
)
from kulanz.ledger.matching import running
from kulanz.parties.api import Account

pytestmark = pytest.mark.usefixtures("committed_db")
JUNE = "2026-06-01"
Verb = Callable[[], object]


def test_an_untouched_account_breaks_no_law() -> None:
    assert broken_laws([b.a_customer().pk]) == {}


def a_claim(amount: str = "120.50") -> Claim:
    return b.an_invoice(b.a_customer(), amount)


def balance(claim: Claim) -> ClaimBalance:
    return ClaimBalance.objects.get(claim=claim)


def exact_line(claim: Claim) -> BankLine:
    [line] = b.bank_lines(b.a_bank_file((str(claim.amount.decimal), claim.reference), on=JUNE), on=JUNE)
    return line


def pay(line: BankLine) -> Verb:
    return lambda: match(b.dana(JUNE), line_ids=[line.pk])


def lawful(*claims: Claim) -> bool:
    return broken_laws([claim.account_id for claim in claims]) == {}


def refusal(outcome: Outcome) -> type[Exception] | None:
    """What it refused with; anything but a refusal is a bug and surfaces here."""
    if outcome.raised is not None and not isinstance(outcome.raised, Refusal):
        raise outcome.raised
    return None if outcome.raised is None else type(outcome.raised)


# --- one bank line, two who want to book it ---


def test_two_people_book_the_same_line_and_exactly_one_wins() -> None:
    claim, other = a_claim(), a_claim()
    line = exact_line(claim)
    outcomes = both_at_once(
        lambda: assign_by_hand(b.dana(JUNE), line, claim, keep_rest_as_credit=False),
        lambda: assign_by_hand(b.cem(JUNE), line, other, keep_rest_as_credit=False),
    )
    assert sorted(str(refusal(o)) for o in outcomes) == [str(LineAlreadyExplained), str(None)]
    assert Allocation.objects.filter(bank_line=line).count() == 1
    line.refresh_from_db()
    assert line.unexplained == Money(0, "EUR")
    assert {balance(claim).state, balance(other).state} == {ClaimState.SETTLED, ClaimState.OPEN}
    assert lawful(claim, other)


def test_two_people_split_the_same_line_for_different_customers_and_exactly_one_wins() -> None:
    hers, his = a_claim(), a_claim()
    line = exact_line(hers)
    both = while_uncommitted(
        lambda: split_by_hand(b.dana(JUNE), line, [Part(hers)]), lambda: split_by_hand(b.cem(JUNE), line, [Part(his)])
    )
    assert both.second_waited
    assert (refusal(both.first), refusal(both.second)) == (None, LineAlreadyExplained)
    # The second one reads the line after the first has booked it: the refusal tells the true amounts.
    assert isinstance(both.second.raised, LineAlreadyExplained)
    assert both.second.raised.fields == {"left": Money(0, "EUR"), "amount": Money(12_050, "EUR")}
    assert Allocation.objects.filter(bank_line=line).count() == 1
    assert {balance(hers).state, balance(his).state} == {ClaimState.SETTLED, ClaimState.OPEN}
    assert lawful(hers, his)


def test_two_workers_match_the_same_line_and_it_is_booked_once() -> None:
    claim = a_claim()
    line = exact_line(claim)
    outcomes = both_at_once(pay(line), pay(line))
    assert [refusal(o) for o in outcomes] == [None, None]
    assert Allocation.objects.filter(bank_line=line).count() == 1
    assert balance(claim).state is ClaimState.SETTLED
    assert lawful(claim)


def test_the_second_worker_waits_and_then_finds_nothing_to_book() -> None:
    claim = a_claim()
    line = exact_line(claim)
    both = while_uncommitted(pay(line), pay(line))
    assert both.second_waited
    assert (both.first.result.booked, both.second.result.booked) == (1, 0)  # type: ignore[attr-defined]
    assert lawful(claim)


def test_two_workers_match_the_same_file_and_every_line_is_booked_once() -> None:
    claims = [a_claim(f"{10 + n}.00") for n in range(12)]
    lines = [exact_line(claim) for claim in claims]
    ids = [line.pk for line in lines]
    outcomes = both_at_once(
        lambda: match(b.dana(JUNE), line_ids=ids),
        lambda: match(b.dana(JUNE), line_ids=ids[::-1]),
    )
    assert [refusal(o) for o in outcomes] == [None, None]
    assert sum(o.result.booked for o in outcomes) == len(lines)  # type: ignore[attr-defined]
    assert Allocation.objects.filter(bank_line__in=lines).count() == len(lines)
    assert {balance(claim).state for claim in claims} == {ClaimState.SETTLED}
    assert lawful(*claims)


def test_two_workers_book_two_parts_of_one_claim_and_none_is_lost() -> None:
    name = "Gesine Teilzahlerin"
    claim = b.an_invoice(b.a_customer(name))
    parts = [
        line
        for amount in ("20.50", "100.00")
        for line in b.bank_lines(b.a_bank_file((amount, claim.title), payer=name))
    ]
    both_at_once(*(pay(line) for line in parts))
    # The second one may have looked while the claim was whole: it looks again.
    assert match(b.dana(JUNE), line_ids=[line.pk for line in parts]).suggested == 0
    assert balance(claim).state is ClaimState.SETTLED
    assert lawful(claim)


def test_large_runs_book_in_two_connections_what_one_would_have_booked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BOOKED_TOGETHER", 3)
    claims = [a_claim(f"{30 + n}.00") for n in range(10)]
    lines = [exact_line(claim) for claim in claims]
    assert match(b.dana(JUNE), line_ids=[line.pk for line in lines]).booked == len(lines)
    assert {balance(claim).state for claim in claims} == {ClaimState.SETTLED}
    assert lawful(*claims)


def test_a_run_of_the_matching_goes_on_when_a_person_books_one_of_its_lines_elsewhere() -> None:
    taken, mine, other = a_claim(), a_claim("77.00"), a_claim("120.50")
    line, second_line = exact_line(taken), exact_line(mine)
    both = while_uncommitted(
        lambda: assign_by_hand(b.dana(JUNE), line, other, keep_rest_as_credit=False),
        lambda: match(b.dana(JUNE), line_ids=[line.pk, second_line.pk]),
    )
    assert both.second_waited
    assert refusal(both.second) is None
    assert [balance(c).state for c in (taken, mine, other)] == [
        ClaimState.OPEN,
        ClaimState.SETTLED,
        ClaimState.SETTLED,
    ]
    assert lawful(taken, mine, other)


def test_the_same_bank_file_taken_in_twice_at_once_brings_its_lines_once() -> None:
    claim = a_claim()
    content = b.a_bank_file(("120.50", claim.reference), ("3.00", "unbekannt"), on=JUNE)

    def take_in() -> int:
        return import_bank_file(b.dana(JUNE), brand=claim.account.brand, name="a.xml", content=content).new

    both = while_uncommitted(take_in, take_in)
    assert both.second_waited
    assert (both.first.result, both.second.result) == (2, 0)
    known = BankLine.objects.filter(remittance=claim.reference)
    assert known.count() == 1
    _make_credit_of(claim.account, known.get().statement_id)


def _make_credit_of(account: Account, statement_id: object) -> None:
    """Money of this test that nobody understood yet: other tests look at the whole list."""
    claim = Claim.objects.filter(account=account).first()
    for line in BankLine.objects.filter(statement_id=statement_id):
        if line.unexplained and claim is not None:
            assign_by_hand(b.dana(JUNE), line, claim, keep_rest_as_credit=True)


# --- a hold and its payment ---


def proposed(claim: Claim) -> Hold:
    b.handed_over(claim, on=JUNE)
    return holds_with_reasons().get(account=claim.account, state=HoldState.PROPOSED.value)


def nothing_is_left_behind(claim: Claim) -> None:
    assert balance(claim).state is ClaimState.SETTLED
    assert not Hold.objects.filter(account=claim.account, state__in=["active", "proposed"]).exists()
    assert not HoldReason.objects.filter(claim=claim, ended_at=None).exists()
    assert CollectionOrder.objects.get(claim=claim).state == OrderState.SETTLED.value
    assert lawful(claim)


def test_a_hold_released_while_its_claim_is_being_paid_is_not_placed() -> None:
    claim = a_claim()
    hold, line = proposed(claim), exact_line(claim)
    both = while_uncommitted(pay(line), lambda: release_hold(b.dana(JUNE), hold))
    assert both.second_waited
    assert refusal(both.second) is ReasonGone
    assert refusal(both.first) is None
    nothing_is_left_behind(claim)
    assert not Message.objects.filter(account=claim.account, kind="hold_placed").exists()


def test_a_payment_that_comes_while_its_hold_is_being_released_lifts_it() -> None:
    claim = a_claim()
    hold, line = proposed(claim), exact_line(claim)
    both = while_uncommitted(lambda: release_hold(b.dana(JUNE), hold), pay(line))
    assert both.second_waited
    assert (refusal(both.first), refusal(both.second)) == (None, None)
    nothing_is_left_behind(claim)
    hold.refresh_from_db()
    assert hold.state == HoldState.LIFTED.value
    assert hold.lifted_at == Transaction.objects.get(kind="allocation", postings__claim=claim).recorded_at


def test_payment_and_release_at_the_same_moment_never_wait_in_a_circle() -> None:
    for _ in range(5):
        claim = a_claim()
        hold, line = proposed(claim), exact_line(claim)
        payment, release = both_at_once(pay(line), lambda hold=hold: release_hold(b.dana(JUNE), hold))
        assert refusal(payment) is None
        assert refusal(release) in (None, ReasonGone)
        nothing_is_left_behind(claim)


def test_one_proposal_is_released_by_one_person_and_declined_by_none_after_that() -> None:
    claim = a_claim()
    hold = proposed(claim)
    both = while_uncommitted(
        lambda: release_hold(b.dana(JUNE), hold), lambda: decline_hold(b.cem(JUNE), Hold.objects.get(pk=hold.pk))
    )
    assert (refusal(both.first), refusal(both.second)) == (None, SomebodyWasFaster)
    hold.refresh_from_db()
    assert (hold.state, hold.released_by) == (HoldState.ACTIVE.value, "Dana Vogt")
    lift_hold(b.dana(JUNE), hold)


# --- an objection and whatever pursues the claim ---


def test_no_reminder_goes_out_while_an_objection_is_being_raised() -> None:
    claim = a_claim()
    both = while_uncommitted(
        lambda: raise_dispute(b.customer_act(claim.account, JUNE), claim, kind=DisputeKind.OTHER),
        lambda: issue_notice(b.system(JUNE), claim, level=0, pay_by=date(2026, 6, 11)),
    )
    assert both.second_waited
    assert refusal(both.second) is NotPursuable
    assert not DunningNotice.objects.filter(claim=claim).exists()
    assert lawful(claim)


def test_an_objection_that_comes_with_a_reminder_is_never_refused() -> None:
    claim = a_claim()
    both = while_uncommitted(
        lambda: issue_notice(b.system(JUNE), claim, level=2, pay_by=date(2026, 6, 11)),
        lambda: raise_dispute(b.customer_act(claim.account, JUNE), claim, kind=DisputeKind.OTHER),
    )
    assert both.second_waited
    assert (refusal(both.first), refusal(both.second)) == (None, None)
    assert Pause.objects.filter(claim=claim, ended_at=None).count() == 1
    assert Hold.objects.get(account=claim.account).state == HoldState.DECLINED.value
    assert lawful(claim)


def test_an_objection_raised_while_the_hold_is_being_released_lifts_it_at_once() -> None:
    claim = a_claim()
    hold = proposed(claim)
    both = while_uncommitted(
        lambda: release_hold(b.dana(JUNE), hold),
        lambda: raise_dispute(b.customer_act(claim.account, JUNE), claim, kind=DisputeKind.ALREADY_PAID),
    )
    assert (refusal(both.first), refusal(both.second)) == (None, None)
    hold.refresh_from_db()
    assert hold.state == HoldState.LIFTED.value
    assert lawful(claim)


def test_the_same_objection_sent_twice_at_once_is_one() -> None:
    claim = a_claim()

    def object_to_it() -> Dispute:
        return raise_dispute(b.customer_act(claim.account, JUNE), claim, kind=DisputeKind.OTHER)

    first, second = both_at_once(object_to_it, object_to_it)
    assert first.result == second.result
    assert Message.objects.filter(account=claim.account, kind="dispute_received").count() == 1


def test_two_people_decide_one_objection_and_the_first_decision_stands() -> None:
    claim = a_claim()
    dispute = raise_dispute(b.customer_act(claim.account, JUNE), claim, kind=DisputeKind.OTHER)
    both = while_uncommitted(
        lambda: decide_dispute(b.dana(JUNE), dispute, upheld=True, reason="It came back."),
        lambda: decide_dispute(
            b.cem(JUNE), Dispute.objects.get(pk=dispute.pk), upheld=False, reason="Nothing came back."
        ),
    )
    assert (refusal(both.first), refusal(both.second)) == (None, SomebodyWasFaster)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.decision_reason) == ("upheld", "It came back.")


def test_two_people_hand_over_one_claim_and_one_collector_gets_it() -> None:
    claim = a_claim()
    b.a_reminder(claim, level=1, on="2026-05-01")
    one, other = b.a_collector(), b.a_collector(code="andere-inkasso")
    both = while_uncommitted(lambda: hand_over(b.dana(JUNE), claim, one), lambda: hand_over(b.cem(JUNE), claim, other))
    assert both.second_waited
    assert refusal(both.second) is NotPursuable
    assert CollectionOrder.objects.get(claim=claim).collector == one
    reverse_claim(b.dana(JUNE), claim)


# --- documents and keys ---


def draft(account: Account, number: str, total: str = "50.00") -> InvoiceDraft:
    return InvoiceDraft(
        number=number,
        account_id=account.pk,
        total=Money.parse(total, "EUR"),
        issued_on=date(2026, 3, 1),
        due_on=date(2026, 3, 15),
    )


def test_the_same_invoice_imported_twice_at_once_founds_one_claim() -> None:
    account = b.a_customer()
    number = f"Z{account.number}"

    def take_in() -> int:
        return issue_invoices(b.system(JUNE), account.brand, [draft(account, number)]).claims

    both = while_uncommitted(take_in, take_in)
    assert both.second_waited
    assert (both.first.result, both.second.result, refusal(both.second)) == (1, 0, None)
    assert Claim.objects.filter(account=account).count() == 1


def test_one_number_with_two_contents_at_once_is_booked_with_the_first() -> None:
    account = b.a_customer()
    number = f"Z{account.number}"
    both = while_uncommitted(
        lambda: issue_invoices(b.system(JUNE), account.brand, [draft(account, number)]),
        lambda: issue_invoices(b.system(JUNE), account.brand, [draft(account, number, "51.00")]),
    )
    assert (refusal(both.first), refusal(both.second)) == (None, InvoiceChanged)
    assert Invoice.objects.get(account=account).total == Money(5_000, "EUR")


def test_two_credits_with_one_key_at_once_lower_the_claim_once() -> None:
    claim = a_claim()

    def credit() -> None:
        credit_claim(b.dana(JUNE), claim, Money(50, "EUR"), key=f"goodwill:{claim.pk}")

    outcomes = both_at_once(credit, credit)
    assert [refusal(o) for o in outcomes] == [None, None]
    assert balance(claim).credited_cents == 50


def entry(account: Account, key: str, cents: int) -> Entry:
    return Entry(
        key=key,
        account_id=account.pk,
        kind=TransactionKind.CREDIT_NOTE,
        on=date(2026, 3, 1),
        currency="EUR",
        text="goodwill",
        legs=(Leg(Book.REVENUE, cents), Leg(Book.REFUNDS_PAYABLE, -cents)),
    )


def test_two_bookings_with_one_key_at_once_are_one_booking() -> None:
    account = b.a_customer()
    key = f"once:{account.pk}"
    both = while_uncommitted(
        lambda: book(b.system(JUNE), [entry(account, key, 5)]), lambda: book(b.system(JUNE), [entry(account, key, 5)])
    )
    assert both.second_waited
    assert both.second.result.repeated == frozenset({key})  # type: ignore[attr-defined]
    assert Transaction.objects.filter(account=account).count() == 1


def test_one_key_with_two_contents_at_once_is_refused_to_the_second() -> None:
    account, other = b.a_customer(), b.a_customer()
    key = f"once:{account.pk}"
    both = while_uncommitted(
        lambda: book(b.system(JUNE), [entry(account, key, 5)]), lambda: book(b.system(JUNE), [entry(other, key, 5)])
    )
    assert refusal(both.second) is KeyTaken
    assert Transaction.objects.filter(key=key).count() == 1


def test_a_claim_reversed_while_it_is_being_paid_turns_the_payment_into_a_credit() -> None:
    claim = a_claim()
    line = exact_line(claim)
    both = while_uncommitted(pay(line), lambda: reverse_claim(b.dana(JUNE), claim))
    assert both.second_waited
    assert (refusal(both.first), refusal(both.second)) == (None, None)
    assert balance(claim).state is ClaimState.REVERSED
    assert lawful(claim)


def test_a_payment_that_comes_while_its_claim_is_being_reversed_waits_for_a_person() -> None:
    claim = a_claim()
    line = exact_line(claim)
    both = while_uncommitted(lambda: reverse_claim(b.dana(JUNE), claim), pay(line))
    assert both.second_waited
    assert both.second.result.booked == 0  # type: ignore[attr-defined]
    line.refresh_from_db()
    assert line.unexplained == Money(12_050, "EUR")
    with pytest.raises(NothingOutstanding):
        assign_by_hand(b.dana(JUNE), line, claim, keep_rest_as_credit=False)
    assign_by_hand(b.dana(JUNE), line, claim, keep_rest_as_credit=True)
    assert lawful(claim)


# --- security holds ---


def a_security_hold(account: Account) -> Hold:
    return place_security_hold(
        b.cem("2026-06-01"),
        account,
        effect=Effect.NO_ORDERS,
        words="Orders that may not be yours.",
        ends_on=date(2026, 7, 1),
        review_on=date(2026, 6, 8),
    )


def test_two_people_confirm_one_security_hold_and_the_first_name_stands() -> None:
    hold = a_security_hold(b.a_customer())
    both = while_uncommitted(
        lambda: confirm_security_hold(b.dana("2026-06-02"), hold),
        lambda: confirm_security_hold(by_person("Eva Linde", b.moment("2026-06-02"), "looked"), hold),
    )
    assert both.second_waited
    assert (refusal(both.first), refusal(both.second)) == (None, SomebodyWasFaster)
    hold.refresh_from_db()
    assert hold.confirmed_by == "Dana Vogt"
    lift_hold(b.dana(JUNE), hold)


def test_a_hold_that_a_person_lifts_during_the_sweep_does_not_stop_the_sweep() -> None:
    lifted, expired = a_security_hold(b.a_customer()), a_security_hold(b.a_customer())
    both = while_uncommitted(
        lambda: lift_hold(b.dana("2026-06-03"), lifted), lambda: lift_expired(b.system("2026-06-03"))
    )
    assert both.second_waited
    assert (refusal(both.first), refusal(both.second)) == (None, None)
    lifted.refresh_from_db()
    expired.refresh_from_db()
    assert (lifted.lifted_by, expired.lifted_by) == ("Dana Vogt", "holds.lift_expired")
