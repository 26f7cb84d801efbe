"""What follows when something is open again that was settled: people are told and asked, nothing starts by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from tests import builders as b
from tests.money_back import HIS_IBAN, Movement, eur, lines, paid, with_credit

from kulanz.cases.api import Case, CaseEvent, EventKind, Matter, Promise, Topic, open_matter
from kulanz.contact.api import Message
from kulanz.dunning.api import (
    CollectionOrder,
    DunningNotice,
    NotPursuable,
    OnlyPeopleEndPauses,
    OrderState,
    Pause,
    PauseEndsWithDecision,
    Procedure,
    ProcedureState,
    end_pause,
    hand_over,
)
from kulanz.holds.api import Hold, HoldState
from kulanz.kernel.refusals import SomebodyWasFaster
from kulanz.ledger.api import (
    Claim,
    ClaimState,
    DisputeKind,
    ReasonNeeded,
    ReturnFee,
    Transaction,
    book_ordered_refunds,
    book_return,
    book_returns,
    charge_return_fee,
    credit_claim,
    decide_dispute,
    find_claim,
    order_payout,
    raise_dispute,
    release_refund,
    undo,
    undo_allocation,
    write_off,
)
from kulanz.machines.api import Delivery, create_endpoint
from kulanz.wiring.verify import verify

pytestmark = pytest.mark.django_db
DAY, LATER = "2026-11-20", "2026-11-25"
WHY = "It was meant for Cleo Brandt's invoice."


@pytest.fixture
def claim() -> Claim:
    return b.an_invoice(b.a_customer(language="en"), "50.00")


def texts(claim: Claim, kind: str) -> list[str]:
    """The paragraphs of all messages of this kind, without their salutation."""
    found = Message.objects.filter(account=claim.account, kind=kind).order_by("queued_at", "pk")
    return [" ".join(message.sheet["paragraphs"][1:]) for message in found]


def state(claim: Claim) -> ClaimState:
    return find_claim(claim.reference).balance.state


def all_well() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return [check.name for check in verify() if not check.ok] == []


def returned(claim: Claim, code: str = "AM04", amount: str = "-50.00") -> None:
    paid(claim, end_to_end_id=f"E{claim.reference}")
    lines(Movement(amount=amount, return_code=code, end_to_end_id=f"E{claim.reference}"), on=LATER)
    assert book_returns(b.dana(LATER)).booked == 1


# --- words ---


def test_who_was_told_that_it_is_paid_is_told_in_plain_words_that_it_is_not(claim: Claim) -> None:
    b.a_reminder(claim, level=0, on="2026-11-01")
    allocation = paid(claim)
    undo_allocation(b.dana(LATER), allocation, reason=WHY)
    [text] = texts(claim, "claim_reopened")
    assert text.startswith(
        f"We had told you that invoice {claim.title} of 1 March 2026 is paid. That was our mistake: the payment we had "
        "booked on it was meant for something else. €50.00 of this invoice is open again. We apologise."
    )
    message = Message.objects.get(account=claim.account, kind="claim_reopened")
    assert message.sheet["payment"]["cents"] == 5_000
    # What a colleague wrote names somebody else: it is in no message.
    assert "Brandt" not in str(message.sheet)


def test_who_never_heard_of_it_is_not_written_to(claim: Claim) -> None:
    undo_allocation(b.dana(LATER), paid(claim), reason=WHY)
    assert Message.objects.filter(account=claim.account).count() == 0


def test_the_news_goes_back_and_forth_as_often_as_it_changes(claim: Claim) -> None:
    b.a_reminder(claim, level=0, on="2026-11-01")
    undo_allocation(b.dana(LATER), paid(claim), reason=WHY)
    undo_allocation(b.dana("2026-11-27"), paid(claim, on="2026-11-26"), reason=WHY)
    paid(claim, on="2026-11-28")
    told = Message.objects.filter(account=claim.account).exclude(kind="dunning_notice").order_by("queued_at")
    assert [message.kind for message in told] == [
        "claim_settled",
        "claim_reopened",
        "claim_settled",
        "claim_reopened",
        "claim_settled",
    ]


def test_a_returned_payment_is_always_told_with_the_banks_reason(claim: Claim) -> None:
    returned(claim, "AM04")
    [text] = texts(claim, "claim_reopened")
    assert text.startswith(
        f"On 25 November 2026 the bank took back your payment of €50.00 for invoice {claim.title} of 1 March 2026. "
        "There was not enough money on the account on that day. €50.00 of this invoice is open again. You pay no fee "
        "for it. Please transfer the amount"
    )


def test_nothing_is_demanded_while_he_objects(claim: Claim) -> None:
    dispute = raise_dispute(b.customer_act(claim.account, DAY), claim, kind=DisputeKind.ALREADY_PAID)
    returned(claim)
    message = Message.objects.get(account=claim.account, kind="claim_reopened")
    assert message.sheet["payment"] is None
    assert message.sheet["paragraphs"][-1] == (
        "You have objected to it: nothing is demanded until a person has decided."
    )
    assert state(claim) is ClaimState.DISPUTED
    assert Pause.objects.get(dispute_id=dispute.pk).ended_at is None
    assert all_well()


def test_a_credit_taken_back_is_told_to_who_heard_that_nothing_is_open(claim: Claim) -> None:
    b.a_reminder(claim, level=0, on="2026-11-01")
    credit_claim(b.dana(DAY), claim, eur(5_000), key=f"all:{claim.pk}")
    undo(b.dana(LATER), Transaction.objects.get(key=f"all:{claim.pk}"), reason="The other invoice was meant.")
    [text] = texts(claim, "claim_reopened")
    assert "the credit was not meant for this invoice. €50.00 of it is open again." in text


# --- nothing pursues anybody by itself ---


def test_reminders_begin_anew_and_only_by_a_person_or_the_next_run(claim: Claim) -> None:
    b.a_reminder(claim, level=2, on="2026-11-01")
    undo_allocation(b.dana(LATER), paid(claim), reason=WHY)
    assert Procedure.objects.get(claim=claim).state == ProcedureState.ENDED.value
    assert DunningNotice.objects.filter(claim=claim).count() == 1
    b.a_reminder(claim, level=0, on="2026-12-10")
    assert Procedure.objects.filter(claim=claim).count() == 2


def test_a_hold_that_the_payment_lifted_does_not_come_back_by_itself(claim: Claim) -> None:
    hold = b.a_payment_hold(claim, on="2026-11-01")
    undo_allocation(b.dana(LATER), paid(claim), reason=WHY)
    assert list(Hold.objects.filter(account=claim.account).values_list("pk", "state")) == [
        (hold.pk, HoldState.LIFTED.value)
    ]
    # It is proposed again only when there is a reason again, and a person releases it.
    b.a_reminder(claim, level=2, on="2026-12-10")
    assert Hold.objects.filter(account=claim.account, state=HoldState.PROPOSED.value).count() == 1
    assert all_well()


def test_where_a_collector_was_called_back_a_person_decides(claim: Claim) -> None:
    b.handed_over(claim, on="2026-11-01")
    undo_allocation(b.dana(LATER), paid(claim), reason=WHY)
    order = CollectionOrder.objects.get(claim=claim)
    assert order.state == OrderState.SETTLED.value
    case = Case.objects.get(account=claim.account)
    assert [(e.kind, claim.title in e.words) for e in CaseEvent.objects.filter(case=case).order_by("at", "pk")][:2] == [
        (EventKind.OPENED.value, True),
        (EventKind.NOTED.value, True),
    ]
    noted = CaseEvent.objects.get(case=case, kind=EventKind.NOTED.value)
    assert order.reference in noted.words
    assert (Promise.objects.get(case=case).owner, Promise.objects.get(case=case).due_on.isoformat()) == (
        "finance",
        "2026-11-27",
    )
    # The collector hears nothing by himself, and nobody confirms to the customer what he has not written.
    assert Message.objects.filter(account=claim.account, kind="collection_order").count() == 1
    assert Message.objects.filter(account=claim.account, kind="case_opened").count() == 0
    assert all_well()


def test_a_matter_is_opened_once(claim: Claim) -> None:
    matter = Matter(
        account=claim.account,
        topic=Topic.BILL,
        words="Something changed.",
        note="Look at it.",
        what="We look at it",
        due_on=claim.due_on,
        owner="finance",
        key=f"once:{claim.pk}",
    )
    assert open_matter(b.system(DAY), matter) == open_matter(b.system(DAY), matter)


def test_a_write_off_undone_is_told_to_nobody_and_pursues_nobody(claim: Claim) -> None:
    b.a_reminder(claim, level=0, on="2026-11-01")
    write_off(b.dana(DAY), claim)
    undo(b.dana(LATER), Transaction.objects.get(account=claim.account, kind="write_off"), reason="He will pay.")
    assert state(claim) is ClaimState.OPEN
    assert texts(claim, "claim_reopened") == []
    assert Procedure.objects.get(claim=claim).state == ProcedureState.ENDED.value


def test_an_upheld_objection_pauses_again_when_its_correction_is_taken_back(claim: Claim) -> None:
    dispute = raise_dispute(b.customer_act(claim.account, DAY), claim, kind=DisputeKind.WRONG_AMOUNT)
    decide_dispute(b.dana(DAY), dispute, upheld=True, reason="You are right.")
    credit_claim(b.dana(DAY), claim, eur(1_000), key=f"part:{claim.pk}")
    assert Pause.objects.get(dispute_id=dispute.pk).ended_at is not None
    undo(b.dana(LATER), Transaction.objects.get(key=f"part:{claim.pk}"), reason="The other invoice was meant.")
    assert Pause.objects.get(dispute_id=dispute.pk).ended_at is None


# --- the dead ---


def test_nobody_is_reminded_when_the_account_holder_has_died(claim: Claim) -> None:
    b.handed_over(claim, on="2026-11-01")
    returned(claim, "MD07")
    assert texts(claim, "claim_reopened") == []
    pause = Pause.objects.get(claim=claim, ended_at=None)
    assert (pause.because, pause.dispute_id) == ("the account holder has died", None)
    assert Case.objects.filter(account=claim.account).count() == 2
    with pytest.raises(NotPursuable, match="paused"):
        hand_over(b.dana("2026-12-20"), claim, b.a_collector())
    with pytest.raises(OnlyPeopleEndPauses):
        end_pause(b.system("2026-12-20"), pause, reason="Over.")
    with pytest.raises(ReasonNeeded):
        end_pause(b.dana("2026-12-20"), pause, reason="")
    end_pause(b.dana("2026-12-20"), pause, reason="The heirs have written.")
    with pytest.raises(SomebodyWasFaster):
        end_pause(b.dana("2026-12-20"), pause, reason="The heirs have written.")
    assert all_well()


def test_a_pause_of_an_objection_ends_with_its_decision_only(claim: Claim) -> None:
    dispute = raise_dispute(b.customer_act(claim.account, DAY), claim, kind=DisputeKind.OTHER)
    with pytest.raises(PauseEndsWithDecision):
        end_pause(b.dana(DAY), Pause.objects.get(dispute_id=dispute.pk), reason="Over.")


# --- fees and refunds ---


@override_settings(CONFIG=replace(settings.CONFIG, pass_on_return_fees=True))
def test_who_is_charged_the_banks_fee_reads_why_and_how_to_object(claim: Claim) -> None:
    returned(claim, amount="-53.00")
    assert "You pay no fee" not in texts(claim, "claim_reopened")[0]
    charge = charge_return_fee(b.dana(LATER), ReturnFee.objects.get(claim=claim))
    [text] = texts(claim, "return_fee")
    assert text.startswith(
        f"When the bank took back your payment of invoice {claim.title}, it charged us €3.00. There was not enough "
        "money on the account on that day. We ask you for exactly this amount, by 9 December 2026."
    )
    raise_dispute(b.customer_act(claim.account, LATER), charge, kind=DisputeKind.OTHER)
    assert state(charge) is ClaimState.DISPUTED


def test_a_refund_that_comes_back_is_told_and_waits_for_a_person() -> None:
    account = with_credit("20.00")
    order = order_payout(b.dana(DAY), account, eur(2_000), to_iban=HIS_IBAN, reason="He asked.")
    release_refund(b.cem(DAY), order)
    [out] = lines(Movement(amount="-20.00", end_to_end_id=order.end_to_end_id))
    book_ordered_refunds(b.dana(DAY))
    [back] = lines(Movement(amount="20.00", return_code="AC04"), on=LATER)
    book_return(b.dana(LATER), back, out)
    message = Message.objects.get(account=account, kind="refund_returned")
    assert message.language == "de"
    assert "DE75 … 6199" in str(message.sheet)
    assert HIS_IBAN not in str(message.sheet)
    case = Case.objects.get(account=account)
    assert order.reference in CaseEvent.objects.get(case=case, kind=EventKind.NOTED.value).words
    assert all_well()


# --- the shop ---


def test_the_shop_is_told_what_is_open_again_and_why(claim: Claim) -> None:
    create_endpoint(b.system(DAY), claim.account.brand, "https://shop.example/kulanz")
    returned(claim)
    body = Delivery.objects.get(account=claim.account, event="claim.reopened").body
    assert body["data"] == {
        "account": claim.account.number,
        "claim": claim.reference,
        "invoice": claim.title,
        "state": "open",
        "amount": {"amount": "50.00", "currency": "EUR"},
        "open": {"amount": "50.00", "currency": "EUR"},
        "because": "payment_returned",
    }


# --- a thousand at once ---


def _statements(returns: int) -> int:
    """How many statements it takes to book this many returns of one file, with all that follows."""
    claims = [b.an_invoice(b.a_customer(), "50.00") for _ in range(returns)]
    for claim in claims:
        paid(claim, end_to_end_id=f"E{claim.reference}")
    came_back = [Movement(amount="-53.00", return_code="AM04", end_to_end_id=f"E{c.reference}") for c in claims]
    back = lines(*came_back, on=LATER)
    with CaptureQueriesContext(connection) as queries:
        assert book_returns(b.dana(LATER), line_ids=[line.pk for line in back]).booked == returns
    assert Message.objects.filter(account__in=[c.account_id for c in claims], kind="claim_reopened").count() == returns
    return len(queries)


def test_a_file_full_of_returns_takes_no_more_statements_than_two() -> None:
    assert _statements(12) == _statements(2)
