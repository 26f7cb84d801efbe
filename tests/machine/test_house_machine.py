"""The house machine: random histories through the real verbs, and after every step the laws of the house.

Time only goes forward. Nothing here knows how the house works: a verb may do its work or refuse; when it refuses,
nothing has changed, and whatever it did, the laws hold at every commit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests import builders as b
from tests.machine.facts import broken_laws, everything
from tests.machine.two_at_once import both_at_once
from tests.money_back import HIS_IBAN, Movement, left, lines

from kulanz.contact.api import Message
from kulanz.dunning.api import DunningNotice, hand_over, issue_notice
from kulanz.holds.api import (
    Effect,
    Hold,
    HoldState,
    confirm_security_hold,
    decline_hold,
    holds_with_reasons,
    lift_expired,
    lift_hold,
    place_security_hold,
    release_hold,
)
from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.workdays import working_days_after
from kulanz.ledger.api import (
    LIVE_REFUND_STATES,
    Allocation,
    BankLine,
    Claim,
    ClaimBalance,
    Dispute,
    DisputeKind,
    DisputeState,
    InvoiceDraft,
    Part,
    Portion,
    RefundOrder,
    RefundState,
    SetAside,
    Transaction,
    allocate,
    assign_by_hand,
    book_ordered_refunds,
    book_return,
    cancel_refund,
    credit_claim,
    credit_of,
    decide_dispute,
    import_bank_file,
    issue_invoices,
    match,
    order_payout,
    pay_out_credit,
    raise_dispute,
    release_refund,
    reverse_claim,
    set_aside,
    split_by_hand,
    take_up_again,
    undo,
    undo_allocation,
    undo_return,
    write_off,
)
from kulanz.parties.api import Account
from kulanz.wiring.verify import verify

WHICH = st.integers(0, 7)
CENTS = st.sampled_from([1, 999, 5_000, 12_050, 100_000])
IN_JUNE = date(2026, 6, 1)
# How far things have gone when the history begins.
STAGES = st.sampled_from(
    [
        lambda claim: None,
        lambda claim: b.a_reminder(claim, level=2, on=IN_JUNE),
        lambda claim: b.handed_over(claim, on=IN_JUNE),
        lambda claim: b.a_payment_hold(claim, on=IN_JUNE),
    ]
)
Attempt = Callable[[], object]


def euros(cents: int) -> str:
    return str(Money(cents, "EUR").decimal)


class House(RuleBasedStateMachine):
    """Two customers: one reads German, the other English. Each claim, line and file is one of theirs."""

    @initialize(cents=CENTS, stages=st.lists(STAGES, min_size=2, max_size=4))
    def open_the_books(self, cents: int, stages: list[Callable[[Claim], object]]) -> None:
        self.day = date(2026, 3, 2)
        self.accounts = [b.a_customer(), b.a_customer("Cleo Brandt", language="en")]
        self.ids = [account.pk for account in self.accounts]
        self.collector = b.a_collector()
        self.claims: list[Claim] = []
        self.lines: list[BankLine] = []
        self.files: list[bytes] = []
        self.credits: list[tuple[Claim, int, str]] = []
        for which, stage in enumerate(stages):
            self.invoice(which, cents)
            stage(self.claims[-1])
        self.day = IN_JUNE

    # --- picking ---

    def claim(self, which: int) -> Claim:
        return self.claims[which % len(self.claims)]

    def account(self, which: int) -> Account:
        return self.accounts[which % 2]

    def left(self, claim: Claim) -> int:
        return ClaimBalance.objects.get(claim=claim).outstanding_cents

    def holds(self, *states: HoldState) -> list[Hold]:
        return list(
            holds_with_reasons().filter(account_id__in=self.ids, state__in=[s.value for s in states]).order_by("pk")
        )

    def disputes(self) -> list[Dispute]:
        return list(Dispute.objects.filter(account_id__in=self.ids, state=DisputeState.OPEN.value).order_by("pk"))

    def attempt(self, verb: Attempt) -> bool:
        """Whether the verb did its work. A refusal has changed nothing at all."""
        before = everything(self.ids)
        try:
            verb()
        except Refusal:
            did = False
        else:
            did = True
        assert did or everything(self.ids) == before
        return did

    def file(self, *payments: tuple[int, str], payer: str = "Frieda Anders") -> list[BankLine]:
        content = b.a_bank_file(*((euros(cents), words) for cents, words in payments), on=self.day, payer=payer)
        lines = b.bank_lines(content, on=self.day)
        assert [line.amount_cents for line in lines] == [cents for cents, _ in payments]
        self.files.append(content)
        self.lines += lines
        return lines

    # --- invoices and time ---

    @rule(which=WHICH, cents=CENTS)
    def invoice(self, which: int, cents: int) -> None:
        self.claims.append(b.an_invoice(self.account(which), euros(cents), issued=self.day))

    @rule(which=WHICH)
    def the_same_invoice_again(self, which: int) -> None:
        claim = self.claim(which)
        draft = InvoiceDraft(claim.title, claim.account_id, claim.amount, claim.founded_on, claim.due_on)
        before = everything(self.ids)
        assert issue_invoices(b.system(self.day), claim.account.brand, [draft]).repeated == 1
        assert everything(self.ids) == before

    @rule(days=st.sampled_from([1, 7, 20, 60]))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)
        lift_expired(b.system(self.day))

    # --- money comes in ---

    @rule(which=WHICH, words=st.sampled_from(["number", "reference", "groups"]))
    def pay_exactly(self, which: int, words: str) -> None:
        claim = self.claim(which)
        if not (cents := self.left(claim)):
            return
        grouped = " ".join(claim.reference[i : i + 4] for i in range(0, len(claim.reference), 4))
        text = {"number": claim.title, "reference": claim.reference, "groups": f"Danke {grouped} Anders"}[words]
        lines = self.file((cents, text))
        # Asked where the payer owes the same amount elsewhere, or a neighbouring number costs the same.
        booked = match(b.dana(self.day), line_ids=[line.pk for line in lines]).booked
        assert self.left(claim) == (0 if booked else cents)

    @rule(which=WHICH, difference=st.sampled_from([-998, -1, 1, 5_000]))
    def pay_another_amount(self, which: int, difference: int) -> None:
        claim = self.claim(which)
        if (outstanding := self.left(claim)) + difference <= 0 or not outstanding:
            return
        lines = self.file((outstanding + difference, claim.title), payer="Jemand Anderes")
        booked = match(b.dana(self.day), line_ids=[line.pk for line in lines]).booked
        # Another name: booked only where this bank account has paid for the customer before.
        assert booked or self.left(claim) == outstanding

    @rule(cents=CENTS)
    def pay_with_a_wrong_reference(self, cents: int) -> None:
        lines = self.file((cents, "RE99999999 RF18000000000000000"))
        assert match(b.dana(self.day), line_ids=[line.pk for line in lines]).booked == 0

    @rule(which=WHICH, other=WHICH)
    def pay_two_claims_in_one(self, which: int, other: int) -> None:
        first, second = self.claim(which), self.claim(other)
        amounts = (self.left(first), self.left(second))
        if first.pk == second.pk or not all(amounts):
            return
        lines = self.file((sum(amounts), f"{first.title} und {second.title}"))
        booked = match(b.dana(self.day), line_ids=[line.pk for line in lines]).booked
        # Somebody else's claim named beside one's own is for a person to look at.
        assert booked <= (first.account_id == second.account_id)

    @rule(which=WHICH)
    def pay_twice_in_one_file(self, which: int) -> None:
        claim = self.claim(which)
        if not (cents := self.left(claim)):
            return
        lines = self.file((cents, claim.reference), (cents, claim.reference))
        matched = match(b.dana(self.day), line_ids=[line.pk for line in lines])
        assert (matched.booked, matched.suggested) in {(1, 1), (0, 2)}
        assert self.left(claim) == (0 if matched.booked else cents)

    @rule(which=WHICH)
    def the_same_file_again(self, which: int) -> None:
        if not self.files:
            return
        content = self.files[which % len(self.files)]
        before = everything(self.ids)
        again = import_bank_file(b.dana(self.day), brand=self.accounts[0].brand, name="again.xml", content=content)
        assert again.new == 0
        assert again.duplicates > 0
        assert everything(self.ids) == before

    @rule(which=WHICH, claim=WHICH, keep=st.booleans())
    def assign(self, which: int, claim: int, keep: bool) -> None:
        if not self.lines:
            return
        line = self.lines[which % len(self.lines)]
        self.attempt(lambda: assign_by_hand(b.dana(self.day), line, self.claim(claim), keep_rest_as_credit=keep))

    @rule(which=WHICH, first=WHICH, second=WHICH, cents=st.sampled_from([None, 1, 5_000]), keep=st.booleans())
    def split(self, which: int, first: int, second: int, cents: int | None, keep: bool) -> None:
        """One payment for two claims, of one customer or of both."""
        if not self.lines:
            return
        line = self.lines[which % len(self.lines)]
        amount = None if cents is None else Money(cents, "EUR")
        parts = [Part(self.claim(first), amount), Part(self.claim(second))]
        rest_of = self.claim(first).account if keep else None
        self.attempt(lambda: split_by_hand(b.dana(self.day), line, parts, rest_as_credit_of=rest_of))

    @rule(which=WHICH, days=st.sampled_from([0, 1, 90, 91]))
    def put_aside(self, which: int, days: int) -> None:
        """It moves no money: the books are the same before and after, whether or not it is refused."""
        if not self.lines:
            return
        line = BankLine.objects.get(pk=self.lines[which % len(self.lines)].pk)
        until, before = self.day + timedelta(days=days), everything(self.ids)
        did = self.attempt(lambda: set_aside(b.dana(self.day), line, until=until, why="We ask the bank."))
        assert did == (days in (1, 90) and line.amount_cents > 0 and bool(line.unexplained))
        assert SetAside.objects.filter(bank_line=line, ended_at=None).count() <= 1
        assert everything(self.ids) == before

    @rule(which=WHICH)
    def take_up(self, which: int) -> None:
        if not self.lines:
            return
        line = self.lines[which % len(self.lines)]
        was_aside = SetAside.objects.filter(bank_line=line, ended_at=None).exists()
        assert take_up_again(b.dana(self.day), line) == was_aside
        assert not take_up_again(b.dana(self.day), line)

    @rule(which=WHICH, more=st.sampled_from([0, 0, 1]))
    def pay_out(self, which: int, more: int) -> None:
        account = self.account(which)
        owed = sum(credit.cents for credit in credit_of(account.pk))
        if not owed + more:
            return
        [line] = self.file((-owed - more, "Erstattung"))
        ordered = self.orders().filter(account=account).exists()
        assert self.attempt(lambda: pay_out_credit(b.dana(self.day), line, account)) == (not more and not ordered)

    # --- bookings are undone, payments returned, credits ordered ---

    def orders(self) -> QuerySet[RefundOrder]:
        living = [state.value for state in LIVE_REFUND_STATES]
        return RefundOrder.objects.filter(account_id__in=self.ids, state__in=living).order_by("pk")

    def standing(self) -> list[Allocation]:
        return list(Allocation.objects.filter(account_id__in=self.ids, reversal=None).order_by("pk"))

    @rule(which=WHICH)
    def undo_a_payment(self, which: int) -> None:
        if not (standing := self.standing()):
            return
        allocation = standing[which % len(standing)]
        before = left(allocation.bank_line)
        if self.attempt(lambda: undo_allocation(b.dana(self.day), allocation, reason="A mistake.")):
            assert left(allocation.bank_line) == before + allocation.amount
            assert not self.attempt(lambda: undo_allocation(b.dana(self.day), allocation, reason="A mistake."))
            assert match(b.dana(self.day), line_ids=[allocation.bank_line_id]).booked == 0

    @rule(which=WHICH)
    def undo_anything(self, which: int) -> None:
        """Newest first: what has just been done is what people undo."""
        bookings = list(Transaction.objects.filter(account_id__in=self.ids).order_by("-recorded_at", "-pk")[:8])
        booking = bookings[which % len(bookings)]
        if self.attempt(lambda: undo(b.dana(self.day), booking, reason="A mistake.")):
            assert not self.attempt(lambda: undo(b.dana(self.day), booking, reason="A mistake."))

    @rule(which=WHICH, fee=st.sampled_from([0, 300]), code=st.sampled_from(["AM04", "MD06", "MD07"]))
    def the_bank_takes_back(self, which: int, fee: int, code: str) -> None:
        incoming = [line for line in self.lines if line.amount_cents > 0]
        if not incoming:
            return
        earlier = incoming[which % len(incoming)]
        self.day = max(self.day, earlier.booked_on)
        [back] = lines(Movement(amount=euros(-earlier.amount_cents - fee), return_code=code), on=self.day)
        if self.attempt(lambda: book_return(b.dana(self.day), back, earlier)):
            assert (left(back).cents, left(earlier).cents) == (0, 0)
            assert not self.attempt(lambda: book_return(b.dana(self.day), back, earlier))
            if which % 2:
                assert self.attempt(lambda: undo_return(b.dana(self.day), back, reason="Another payment's."))
                assert (left(back).cents, left(earlier)) == (-earlier.amount_cents, earlier.amount)

    @rule(which=WHICH, part=st.sampled_from([1, 2]), more=st.sampled_from([0, 0, 1]))
    def order(self, which: int, part: int, more: int) -> None:
        account = self.account(which)
        owed = sum(credit.cents for credit in credit_of(account.pk))
        free = owed - sum(order.amount_cents for order in self.orders().filter(account=account))
        amount = Money(free // part + more, "EUR")
        ordering = lambda: order_payout(b.dana(self.day), account, amount, to_iban=HIS_IBAN, reason="Asked.")  # noqa: E731
        assert self.attempt(ordering) == (0 < amount.cents <= free)

    @rule(which=WHICH, cancel=st.booleans(), comes_back=st.booleans())
    def carry_out_an_order(self, which: int, cancel: bool, comes_back: bool) -> None:
        if not (orders := list(self.orders())):
            return
        order = orders[which % len(orders)]
        assert not self.attempt(lambda: release_refund(b.dana(self.day), order))
        if cancel:
            assert self.attempt(lambda: cancel_refund(b.dana(self.day), order, reason="He keeps it."))
            return
        if order.state == RefundState.ORDERED.value:
            assert self.attempt(lambda: release_refund(b.cem(self.day), order))
        amount = euros(-order.amount_cents)
        [out] = lines(Movement(amount=amount, end_to_end_id=order.end_to_end_id), on=self.day)
        assert book_ordered_refunds(b.dana(self.day), line_ids=[out.pk]) == 1
        if comes_back:
            [back] = lines(Movement(amount=euros(order.amount_cents), return_code="AC04"), on=self.day)
            assert self.attempt(lambda: book_return(b.dana(self.day), back, out))

    # --- money is given back or up ---

    @rule(which=WHICH, cents=CENTS)
    def credit(self, which: int, cents: int) -> None:
        claim, key = self.claim(which), f"credit:{len(self.credits)}:{self.ids[0]}"
        amount = Money(cents, "EUR")
        if self.attempt(lambda: credit_claim(b.dana(self.day), claim, amount, key=key)):
            self.credits.append((claim, cents, key))

    @rule(which=WHICH, more=st.sampled_from([0, 1]))
    def the_same_credit_again(self, which: int, more: int) -> None:
        if not self.credits:
            return
        claim, cents, key = self.credits[which % len(self.credits)]
        amount = Money(cents + more, "EUR")
        before = everything(self.ids)
        did = self.attempt(lambda: credit_claim(b.dana(self.day), claim, amount, key=key))
        assert did == (not more)
        assert everything(self.ids) == before

    @rule(which=WHICH, part=st.sampled_from([1, 2]))
    def credit_note(self, which: int, part: int) -> None:
        claim = self.claim(which)
        balance = ClaimBalance.objects.get(claim=claim)
        if not (cents := (balance.outstanding_cents + balance.paid_cents) // part):
            return
        note = InvoiceDraft(
            number=f"G{next(b._numbers)}",
            account_id=claim.account_id,
            total=Money(-cents, "EUR"),
            issued_on=self.day,
            due_on=self.day,
            is_credit_note=True,
            corrects_number=claim.title,
        )
        assert issue_invoices(b.system(self.day), claim.account.brand, [note, note]).credit_notes == 1
        assert self.left(claim) == max(0, balance.outstanding_cents - cents)

    @rule(which=WHICH)
    def reverse(self, which: int) -> None:
        claim = self.claim(which)
        if self.attempt(lambda: reverse_claim(b.dana(self.day), claim)):
            assert self.left(claim) == 0
            assert not self.attempt(lambda: reverse_claim(b.dana(self.day), claim))

    @rule(which=WHICH)
    def give_up(self, which: int) -> None:
        claim = self.claim(which)
        outstanding = self.left(claim)
        assert self.attempt(lambda: write_off(b.dana(self.day), claim)) == (outstanding > 0)

    # --- objections ---

    @rule(which=WHICH, kind=st.sampled_from(DisputeKind), part=st.sampled_from([None, 1, 100_000]))
    def object(self, which: int, kind: DisputeKind, part: int | None) -> None:
        claim = self.claim(which)
        amount = None if part is None else Money(part, "EUR")
        self.attempt(lambda: raise_dispute(b.customer_act(claim.account, self.day), claim, kind=kind, amount=amount))

    @rule(which=WHICH, upheld=st.booleans())
    def decide(self, which: int, upheld: bool) -> None:
        if not (open_ones := self.disputes()):
            return
        dispute = open_ones[which % len(open_ones)]
        reason = "We have looked at it."
        assert self.attempt(lambda: decide_dispute(b.cem(self.day), dispute, upheld=upheld, reason=reason))
        assert not self.attempt(lambda: decide_dispute(b.cem(self.day), dispute, upheld=upheld, reason=reason))

    # --- reminders, collection, holds ---

    def remind_once(self, claim: Claim) -> None:
        level = DunningNotice.objects.filter(claim=claim, procedure__state="running").count()
        issue_notice(b.system(self.day), claim, level=min(level, 3), pay_by=self.day + timedelta(days=10))

    @rule(which=WHICH, times=st.integers(0, 3), then_hand_over=st.booleans())
    def remind(self, which: int, times: int, then_hand_over: bool) -> None:
        claim = self.claim(which)
        self.day = max(self.day, claim.due_on + timedelta(days=1))
        for _ in range(times):
            self.attempt(lambda: self.remind_once(claim))
        if then_hand_over:
            self.day += timedelta(days=11)  # the day of payment in the last reminder is over
            self.attempt(lambda: hand_over(b.dana(self.day), claim, self.collector))

    @rule(which=WHICH)
    def release(self, which: int) -> None:
        """Whatever is proposed may be released: a proposal without a reason would be gone by now."""
        if proposed := self.holds(HoldState.PROPOSED):
            hold = proposed[which % len(proposed)]
            assert self.attempt(lambda: release_hold(b.dana(self.day), hold))

    @rule(which=WHICH, stale=st.booleans())
    def decline_or_lift(self, which: int, stale: bool) -> None:
        live = self.holds(HoldState.ACTIVE, HoldState.PROPOSED)
        if not live:
            return
        hold = live[which % len(live)]
        end = decline_hold if hold.state == HoldState.PROPOSED.value else lift_hold
        assert self.attempt(lambda: end(b.dana(self.day), hold))
        if stale:
            self.attempt(lambda: end(b.dana(self.day), hold))

    @rule(which=WHICH, effect=st.sampled_from(Effect), confirm=st.booleans())
    def stop_for_security(self, which: int, effect: Effect, confirm: bool) -> None:
        placed: list[Hold] = []

        def place() -> None:
            hold = place_security_hold(
                b.cem(self.day),
                self.account(which),
                effect=effect,
                words="An order that was not yours may have been placed.",
                ends_on=self.day + timedelta(days=30),
                review_on=self.day + timedelta(days=7),
            )
            placed.append(hold)

        # Refused where one stops the same already, or where Cem's last one was confirmed by nobody.
        if not self.attempt(place):
            return
        [hold] = placed
        assert not self.attempt(lambda: confirm_security_hold(b.cem(self.day), hold))
        self.day = working_days_after(self.day, 1)
        if confirm:
            assert self.attempt(lambda: confirm_security_hold(b.dana(self.day), hold))

    # --- two at once ---

    @rule(which=WHICH, first=st.integers(0, 10), second=st.integers(0, 10))
    def two_people_at_once(self, which: int, first: int, second: int) -> None:
        claim = self.claim(which)
        outstanding = self.left(claim)
        self.day = max(self.day, claim.due_on + timedelta(days=1))
        lines = [line.pk for line in self.file((outstanding, claim.reference))] if outstanding else []
        proposed = [hold for hold in self.holds(HoldState.PROPOSED) if hold.account_id == claim.account_id]
        standing = [a for a in self.standing() if a.account_id == claim.account_id][-1:]
        day, key = self.day, f"together:{len(self.files)}:{claim.pk}:{self.day}"
        menu: list[Attempt] = [
            lambda: match(b.dana(day), line_ids=lines),
            lambda: [
                assign_by_hand(b.dana(day), line, claim, keep_rest_as_credit=True)
                for line in BankLine.objects.filter(pk__in=lines)
            ],
            lambda: raise_dispute(b.cem(day), claim, kind=DisputeKind.OTHER),
            lambda: self.remind_once(claim),
            lambda: hand_over(b.dana(day), claim, self.collector),
            lambda: [release_hold(b.dana(day), hold) for hold in proposed],
            lambda: write_off(b.dana(day), claim),
            lambda: reverse_claim(b.dana(day), claim),
            lambda: credit_claim(b.dana(day), claim, Money(1, "EUR"), key=key),
            lambda: [undo_allocation(b.dana(day), a, reason="A mistake.") for a in standing],
            lambda: [
                order_payout(b.dana(day), claim.account, credit, to_iban=HIS_IBAN, reason="Asked.")
                for credit in credit_of(claim.account_id)
            ],
        ]
        for outcome in both_at_once(menu[first], menu[second]):
            if outcome.raised is not None and not isinstance(outcome.raised, Refusal):
                raise outcome.raised

    # --- the laws ---

    @invariant()
    def the_laws_hold(self) -> None:
        if hasattr(self, "ids"):
            assert broken_laws(self.ids) == {}
            self._everybody_is_told_once()

    def _everybody_is_told_once(self) -> None:
        languages = dict(
            Message.objects.filter(account_id__in=self.ids)
            .exclude(kind__startswith="collection")
            .values_list("account_id", "language")
        )
        expected: dict[UUID, str] = {account.pk: account.holder.language for account in self.accounts}
        assert languages.items() <= expected.items()
        ended = Hold.objects.filter(account_id__in=self.ids, state=HoldState.LIFTED.value).count()
        assert Message.objects.filter(account_id__in=self.ids, kind="hold_lifted").count() == ended

    def teardown(self) -> None:
        """Everything can be ended, and money nobody has understood yet becomes somebody's credit."""
        if not hasattr(self, "ids"):
            return
        act = b.dana(self.day)
        for claim in self.claims:
            self.attempt(lambda claim=claim: reverse_claim(act, claim))
        for dispute in self.disputes():
            decide_dispute(act, dispute, upheld=True, reason="The books of this history are closed.")
        for hold in self.holds(HoldState.ACTIVE):
            lift_hold(act, hold)
        left = [
            Portion(line.pk, self.ids[0], None, line.unexplained.cents, "by_hand", 100, {"by": act.by.name})
            for line in BankLine.objects.filter(pk__in=[line.pk for line in self.lines], amount_cents__gt=0)
            if line.unexplained
        ]
        allocate(act, left)
        assert self.holds(HoldState.PROPOSED, HoldState.ACTIVE) == []
        assert broken_laws(self.ids) == {}


def histories(count: int) -> None:
    """Run that many random histories; then the whole house proves itself once more."""
    run_state_machine_as_test(
        House,
        settings=settings(
            max_examples=count,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
    assert [check for check in verify() if not check.ok] == []


@pytest.mark.django_db
def test_an_account_without_a_history_breaks_no_law() -> None:
    assert broken_laws([b.a_customer().pk]) == {}


def test_the_laws_of_the_house_hold_in_random_histories(committed_db: None) -> None:
    histories(50)


@pytest.mark.long
@pytest.mark.skipif(os.environ.get("HYPOTHESIS_PROFILE") != "long", reason="runs with HYPOTHESIS_PROFILE=long")
def test_the_laws_of_the_house_hold_in_a_thousand_histories(committed_db: None) -> None:
    histories(1_000)
