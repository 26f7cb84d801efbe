"""Reminders and hand-overs are recorded only on claims that are due, open and undisputed; who is told what, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from django.utils.translation import gettext, override
from tests import builders as b

from kulanz.contact.api import Message
from kulanz.dunning.api import (
    CollectionOrder,
    DunningNotice,
    LevelsMissing,
    NotPursuable,
    OnlyPeopleHandOver,
    Procedure,
    hand_over,
    issue_notice,
)
from kulanz.kernel.money import Money
from kulanz.ledger.api import (
    Claim,
    DisputeKind,
    assign_by_hand,
    credit_claim,
    decide_dispute,
    match,
    raise_dispute,
    reverse_claim,
    write_off,
)

pytestmark = pytest.mark.django_db
JUNE = "2026-06-01"
Verb = Callable[[Claim], object]


@pytest.fixture
def claim() -> Claim:
    return b.an_invoice(b.a_customer())


def pay(claim: Claim, on: str = "2026-06-02") -> None:
    [line] = b.bank_lines(b.a_bank_file((str(claim.amount.decimal), claim.reference), on=on), on=on)
    assert match(b.dana(on), line_ids=[line.pk]).booked == 1


def object_to(claim: Claim) -> None:
    raise_dispute(b.customer_act(claim.account, JUNE), claim, kind=DisputeKind.OTHER)


def told(claim: Claim) -> Counter[str]:
    return Counter(Message.objects.filter(account=claim.account).values_list("kind", flat=True))


# --- what must be so before ---

IMPEDIMENTS: list[tuple[Verb, str, str]] = [
    (lambda claim: None, "2026-03-15", "not overdue yet"),
    (object_to, JUNE, "objection"),
    (pay, JUNE, "nothing is outstanding"),
    (lambda claim: write_off(b.dana(JUNE), claim), JUNE, "nothing is outstanding"),
    (lambda claim: reverse_claim(b.dana(JUNE), claim), JUNE, "nothing is outstanding"),
]


@pytest.mark.parametrize(("happened", "day", "reason"), IMPEDIMENTS)
def test_no_reminder_on_a_claim_that_is_not_due_open_and_undisputed(
    claim: Claim, happened: Verb, day: str, reason: str
) -> None:
    happened(claim)
    before = told(claim)
    with pytest.raises(NotPursuable, match=reason):
        b.a_reminder(claim, level=0, on=day)
    assert (DunningNotice.objects.filter(claim=claim).count(), told(claim)) == (0, before)


@pytest.mark.parametrize(("happened", "day", "reason"), IMPEDIMENTS[1:])
def test_no_hand_over_on_a_claim_that_is_not_open_and_undisputed(
    claim: Claim, happened: Verb, day: str, reason: str
) -> None:
    b.a_reminder(claim, level=1, on="2026-05-01")
    happened(claim)
    with pytest.raises(NotPursuable, match=reason):
        hand_over(b.dana(JUNE), claim, b.a_collector())
    assert not CollectionOrder.objects.filter(claim=claim).exists()


def test_the_day_after_the_due_day_is_the_first_on_which_it_is_overdue(claim: Claim) -> None:
    b.a_reminder(claim, level=0, on="2026-03-16")
    assert DunningNotice.objects.get(claim=claim).issued_on == date(2026, 3, 16)


def test_a_claim_nobody_reminded_of_is_not_handed_over(claim: Claim) -> None:
    with pytest.raises(LevelsMissing):
        hand_over(b.dana(JUNE), claim, b.a_collector())
    b.a_reminder(claim, level=0, on="2026-05-01")
    with pytest.raises(LevelsMissing):
        hand_over(b.dana(JUNE), claim, b.a_collector())


def test_nobody_meets_a_collector_before_the_day_he_was_given_to_pay_is_over(claim: Claim) -> None:
    b.a_reminder(claim, level=1, on="2026-05-01")
    issue_notice(b.system("2026-05-22"), claim, level=2, pay_by=date(2026, 6, 1))
    with pytest.raises(NotPursuable, match="day of payment in the last reminder is not over"):
        hand_over(b.dana(JUNE), claim, b.a_collector())
    assert hand_over(b.dana("2026-06-02"), claim, b.a_collector()).claim == claim


def test_no_rule_hands_over(claim: Claim) -> None:
    b.a_reminder(claim, level=1, on="2026-05-01")
    with pytest.raises(OnlyPeopleHandOver):
        hand_over(b.system(JUNE), claim, b.a_collector())


def test_a_claim_is_with_one_collector_at_a_time(claim: Claim) -> None:
    b.handed_over(claim, on=JUNE)
    with pytest.raises(NotPursuable, match="collector"):
        hand_over(b.dana(JUNE), claim, b.a_collector(code="andere"))
    assert CollectionOrder.objects.filter(claim=claim).count() == 1


def test_the_same_reminder_is_sent_once(claim: Claim) -> None:
    b.a_reminder(claim, level=0, on="2026-05-01")
    with pytest.raises(NotPursuable, match="sent before"):
        b.a_reminder(claim, level=0, on="2026-05-02")
    assert (DunningNotice.objects.filter(claim=claim).count(), told(claim)["dunning_notice"]) == (1, 1)


def test_a_reminder_names_what_is_outstanding_now(claim: Claim) -> None:
    credit_claim(b.dana("2026-05-01"), claim, Money(2_050, "EUR"), key="k")
    b.a_reminder(claim, level=0, on="2026-05-02")
    assert DunningNotice.objects.get(claim=claim).outstanding == Money(10_000, "EUR")


def test_after_an_upheld_objection_reminding_starts_anew(claim: Claim) -> None:
    b.a_reminder(claim, level=2, on="2026-05-01")
    dispute = raise_dispute(b.cem(JUNE), claim, kind=DisputeKind.WRONG_AMOUNT)
    decide_dispute(b.cem(JUNE), dispute, upheld=True, reason="Too much was charged.")
    assert not Procedure.objects.filter(claim=claim, state="running").exists()


# --- paid is paid ---


@pytest.mark.parametrize(
    ("end", "order_state", "because"),
    [
        (pay, "settled", "settled"),
        (lambda c: reverse_claim(b.dana("2026-06-02"), c), "recalled", "reversed"),
        (lambda c: write_off(b.dana("2026-06-02"), c), "recalled", "written off"),
        (lambda c: credit_claim(b.dana("2026-06-02"), c, c.amount, key="k"), "recalled", "credited"),
    ],
)
def test_what_ends_the_claim_ends_reminders_and_collection_in_the_same_moment(
    claim: Claim, end: Verb, order_state: str, because: str
) -> None:
    order = b.handed_over(claim, on=JUNE)
    end(claim)
    order.refresh_from_db()
    procedure = Procedure.objects.get(claim=claim)
    assert (order.state, order.ended_because, order.ended_at) == (order_state, because, b.moment("2026-06-02"))
    assert (procedure.state, procedure.ended_because, procedure.ended_at) == ("ended", because, order.ended_at)


def test_a_collector_is_not_told_of_a_payment_that_never_came(claim: Claim) -> None:
    b.handed_over(claim, on=JUNE)
    write_off(b.dana("2026-06-02"), claim)
    message = Message.objects.get(account=claim.account, kind="collection_ended")
    with override(message.language):
        assert message.subject.startswith(gettext("Recalled: collection order %(reference)s").split("%")[0])


def subject_of(claim: Claim, kind: str) -> str:
    return Message.objects.get(account=claim.account, kind=kind).subject


def test_a_claim_that_was_credited_is_not_announced_as_paid() -> None:
    claim = b.an_invoice(b.a_customer(language="en"))
    order = b.handed_over(claim, on=JUNE)
    credit_claim(b.dana("2026-06-02"), claim, claim.amount, key="k")
    order.refresh_from_db()
    assert order.state == "recalled"
    assert subject_of(claim, "claim_settled") == f"Nothing is open on invoice {claim.title} any more"


def test_a_claim_that_was_lowered_and_whose_rest_was_paid_is_announced_as_paid() -> None:
    claim = b.an_invoice(b.a_customer(language="en"), "120.50")
    order = b.handed_over(claim, on=JUNE)
    credit_claim(b.dana("2026-06-02"), claim, Money.parse("20.50", "EUR"), key="k")
    [line] = b.bank_lines(b.a_bank_file(("100.00", claim.reference), on="2026-06-03"), on="2026-06-03")
    assert match(b.dana("2026-06-03"), line_ids=[line.pk]).booked == 1
    order.refresh_from_db()
    assert (order.state, order.ended_because) == ("settled", "settled")
    assert subject_of(claim, "claim_settled") == f"Invoice {claim.title} is paid"


def test_a_claim_that_was_paid_in_part_and_then_credited_is_recalled_and_not_called_paid() -> None:
    claim = b.an_invoice(b.a_customer(language="en"), "120.50")
    order = b.handed_over(claim, on=JUNE)
    [line] = b.bank_lines(b.a_bank_file(("100.00", claim.reference), on="2026-06-02"), on="2026-06-02")
    assign_by_hand(b.dana("2026-06-02"), line, claim, keep_rest_as_credit=False)
    credit_claim(b.dana("2026-06-03"), claim, Money.parse("20.50", "EUR"), key="k")
    order.refresh_from_db()
    assert (order.state, order.ended_because) == ("recalled", "credited")
    assert subject_of(claim, "claim_settled") == f"Nothing is open on invoice {claim.title} any more"


# --- who is told what ---


def test_the_whole_story_is_told_once_each(claim: Claim) -> None:
    hold = b.a_payment_hold(claim, on=JUNE)
    pay(claim)
    hold.refresh_from_db()
    assert hold.state == "lifted"
    assert told(claim) == {
        "dunning_notice": 2,
        "handed_over": 1,
        "collection_order": 1,
        "hold_placed": 1,
        "collection_ended": 1,
        "claim_settled": 1,
        "hold_lifted": 1,
    }


def test_an_objection_is_confirmed_and_the_collector_paused(claim: Claim) -> None:
    b.handed_over(claim, on=JUNE)
    object_to(claim)
    assert (told(claim)["dispute_received"], told(claim)["collection_paused"]) == (1, 1)


def test_a_decision_is_told_with_its_reason(claim: Claim) -> None:
    dispute = raise_dispute(b.cem(JUNE), claim, kind=DisputeKind.OTHER)
    decide_dispute(b.cem(JUNE), dispute, upheld=False, reason="The parcel is still with you.")
    message = Message.objects.get(account=claim.account, kind="dispute_decided")
    assert "The parcel is still with you." in " ".join(message.sheet["paragraphs"])


def test_nobody_is_told_that_nothing_remains_due() -> None:
    claim = b.an_invoice(b.a_customer(language="en"))
    dispute = raise_dispute(b.cem(JUNE), claim, kind=DisputeKind.OTHER)
    pay(claim, JUNE)
    decide_dispute(b.cem(JUNE), dispute, upheld=False, reason="You had paid it yourself.")
    words = " ".join(Message.objects.get(account=claim.account, kind="dispute_decided").sheet["paragraphs"])
    assert "remains due" not in words
    assert "You do not have to do anything." in words


@pytest.mark.parametrize("language", ["de", "en"])
def test_everybody_is_written_to_in_his_own_language(language: str) -> None:
    claim = b.an_invoice(b.a_customer(language=language))
    with override("en" if language == "de" else "de"):
        b.a_payment_hold(claim, on=JUNE)
        pay(claim)
    mine = Message.objects.filter(account=claim.account, to_name=claim.account.holder.name)
    assert set(mine.values_list("language", flat=True)) == {language}
    with override(language):
        expected = gettext("Invoice %(invoice)s is paid") % {"invoice": claim.title}
    assert mine.get(kind="claim_settled").subject == expected


def test_who_has_no_address_for_mail_gets_a_letter() -> None:
    claim = b.an_invoice(b.a_customer(email=""))
    b.a_reminder(claim, level=0, on=JUNE)
    message = Message.objects.get(account=claim.account)
    assert (message.channel, message.to_address.splitlines()[-1]) == ("letter", "04229 Leipzig")


def test_paying_again_what_came_twice_tells_nobody_twice(claim: Claim) -> None:
    b.a_reminder(claim, level=0, on="2026-05-01")
    pay(claim)
    credit_claim(b.dana("2026-06-03"), claim, Money(100, "EUR"), key="k")
    credit_claim(b.dana("2026-06-03"), claim, Money(100, "EUR"), key="k")
    assert told(claim)["claim_settled"] == 1


def test_a_refused_hand_over_leaves_no_message(claim: Claim) -> None:
    issue_notice(b.system("2026-05-01"), claim, level=1, pay_by=date(2026, 5, 11))
    object_to(claim)
    before = told(claim)
    with pytest.raises(NotPursuable):
        hand_over(b.dana(JUNE), claim, b.a_collector())
    assert told(claim) == before
