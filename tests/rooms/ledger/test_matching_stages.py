"""The stages of falling evidence, through the books: what is found, booked, suggested, and what follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from tests import builders as b

from kulanz.dunning.api import CollectionOrder, NotPursuable, OrderState, establish_collector, hand_over
from kulanz.holds.api import HoldState, holds_with_reasons
from kulanz.kernel.money import Money
from kulanz.ledger.api import (
    Allocation,
    BankLine,
    Book,
    Claim,
    ClaimBalance,
    ClaimKind,
    ClaimState,
    Entry,
    Leg,
    Matched,
    Suggestion,
    Transaction,
    TransactionKind,
    book,
    credit_of,
    match,
    pay_out_credit,
)
from kulanz.ledger.matching import looking
from kulanz.parties.api import Account

pytestmark = pytest.mark.django_db
ACT = b.dana("2026-11-20")
HER_IBAN, OTHER_IBAN = "DE75512108001245126199", "DE89370400440532013000"
BOOKED, SUGGESTED, UNMATCHED = Matched(1, 0, 0), Matched(0, 1, 0), Matched(0, 0, 1)


@pytest.fixture
def anders() -> Account:
    return b.a_customer()


def lines(*payments: tuple[str, str], payer: str = "Frieda Anders", iban: str | None = HER_IBAN) -> list[BankLine]:
    return b.bank_lines(b.a_bank_file(*payments, payer=payer, payer_iban=iban))


def run(*payments: tuple[str, str], payer: str = "Frieda Anders", iban: str | None = HER_IBAN) -> Matched:
    return match(ACT, line_ids=[line.pk for line in lines(*payments, payer=payer, iban=iban)])


def state(claim: Claim) -> ClaimState:
    return ClaimBalance.objects.get(claim=claim).state


def rule_of(claim: Claim) -> str:
    return Allocation.objects.get(claim=claim).rule


def a_fee(claim: Claim, cents: int = 500) -> Claim:
    """A reminder fee: a claim of its own that names its parent."""
    fee = Claim.objects.create(
        reference=f"FEE{claim.reference[-12:]}",
        account=claim.account,
        kind=ClaimKind.DUNNING_FEE.value,
        parent=claim,
        amount_cents=cents,
        currency="EUR",
        founded_on=claim.due_on,
        due_on=claim.due_on,
    )
    legs = (Leg(Book.RECEIVABLE, cents, fee.pk), Leg(Book.DUNNING_FEES, -cents))
    entry = Entry(f"fee:{fee.pk}", claim.account_id, TransactionKind.INVOICE, claim.due_on, "EUR", "fee", legs)
    book(ACT, [entry])
    return fee


# --- references ---


def test_a_part_payment_lowers_the_claim_and_leaves_the_rest_open(anders: Account) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    assert run(("20.50", "RE-2026-5001")) == BOOKED
    assert ClaimBalance.objects.get(claim=claim).outstanding == Money.parse("100.00", "EUR")
    assert (rule_of(claim), state(claim)) == ("reference_and_part", ClaimState.PART_PAID)


def test_two_parts_in_one_file_pay_the_whole_claim(anders: Account) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    assert run(("20.50", "RE-2026-5001"), ("100.00", "RE-2026-5001")) == Matched(2, 0, 0)
    assert state(claim) is ClaimState.SETTLED


def test_a_small_over_payment_becomes_a_credit_the_customer_can_see(anders: Account) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    assert run(("125.50", "RE-2026-5001")) == BOOKED
    assert state(claim) is ClaimState.SETTLED
    assert credit_of(anders.pk) == [Money.parse("5.00", "EUR")]


def test_a_large_over_payment_is_shown_to_a_person(anders: Account) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    assert run(("125.51", "RE-2026-5001")) == SUGGESTED
    assert state(claim) is ClaimState.OPEN
    assert credit_of(anders.pk) == []


def test_the_operator_says_how_much_becomes_a_credit_by_itself(anders: Account) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    with override_settings(CONFIG=replace(settings.CONFIG, matching_credit_cents=0)):
        assert run(("120.51", "RE-2026-5001")) == SUGGESTED
    assert state(claim) is ClaimState.OPEN


def test_an_amount_equal_to_the_invoice_pays_the_invoice_and_never_its_costs(anders: Account) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    fee = a_fee(claim)
    assert run(("120.50", "RE-2026-5001")) == BOOKED
    assert (state(claim), state(fee)) == (ClaimState.SETTLED, ClaimState.OPEN)


def test_what_goes_beyond_the_invoice_pays_its_costs(anders: Account) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    fee = a_fee(claim)
    assert run(("123.50", "RE-2026-5001")) == BOOKED
    assert (state(claim), state(fee)) == (ClaimState.SETTLED, ClaimState.PART_PAID)


def test_no_notice_and_no_order_rests_on_costs_alone(anders: Account) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    fee = a_fee(claim)
    run(("120.50", "RE-2026-5001"))
    with pytest.raises(NotPursuable):
        b.a_reminder(fee, level=1, on="2026-11-20")
    with pytest.raises(NotPursuable):
        hand_over(ACT, fee, b.a_collector())


def test_one_choice_of_the_named_invoices_is_booked(anders: Account) -> None:
    claims = [b.an_invoice(anders, amount, number=f"RE-2026-500{n}") for n, amount in ((1, "10"), (2, "20"), (3, "40"))]
    assert run(("50.00", "RE-2026-5001, RE-2026-5002, RE-2026-5003")) == BOOKED
    assert [state(claim) for claim in claims] == [ClaimState.SETTLED, ClaimState.OPEN, ClaimState.SETTLED]


def test_a_slip_of_the_pen_is_mended_for_who_owes_that_amount(anders: Account) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    assert run(("120.50", "RE-2026-5010")) == BOOKED
    done = Allocation.objects.get(claim=claim)
    assert done.rule == "misspelt_reference"
    assert done.evidence | {"reference": "RE20265010", "meant": "RE20265001", "name_similarity": 100} == done.evidence


def test_a_slip_that_meets_a_strangers_invoice_of_the_same_amount_books_neither(anders: Account) -> None:
    hers = b.an_invoice(anders, number="RE-2026-5001")
    his = b.an_invoice(b.a_customer("Bernd Brandt"), number="RE-2026-5010")
    assert run(("120.50", "RE-2026-5010")) == SUGGESTED
    assert (state(hers), state(his)) == (ClaimState.OPEN, ClaimState.OPEN)
    assert {s.claim_id for s in Suggestion.objects.filter(score__lt=85)} == {hers.pk, his.pk}


def test_a_strangers_payment_waits_where_a_neighbouring_number_has_the_same_amount(anders: Account) -> None:
    claims = [b.an_invoice(anders, number="RE-2026-5001"), b.an_invoice(b.a_customer("X Y"), number="RE-2026-5002")]
    assert run(("120.50", "RE-2026-5001"), payer="Petra Pohl", iban=OTHER_IBAN) == SUGGESTED
    assert [state(claim) for claim in claims] == [ClaimState.OPEN, ClaimState.OPEN]


def test_the_payment_of_an_invoice_that_has_not_come_in_yet_pays_no_other_one(anders: Account) -> None:
    run(("30.00", b.an_invoice(anders, "30.00", number="RE-2026-4000").title))
    claim = b.an_invoice(anders, number="RE-2026-5001")
    assert run(("120.50", "RE-2026-7777")).booked == 0
    assert state(claim) is ClaimState.OPEN


# --- payers ---


def test_who_has_paid_before_needs_no_reference(anders: Account) -> None:
    first, second = b.an_invoice(anders, "30.00", number="RE-2026-4000"), b.an_invoice(anders, number="RE-2026-5001")
    assert run(("120.50", "Danke")) == SUGGESTED, "nobody has seen this bank account yet"
    assert run(("30.00", first.title)) == BOOKED
    assert run(("120.50", "Danke")) == BOOKED
    evidence = Allocation.objects.get(claim=second).evidence
    assert (evidence["iban_known"], evidence["earlier_payments"], evidence["days"]) == (True, 1, 250)


def test_an_account_that_pays_for_many_tells_nothing_about_who_pays(anders: Account) -> None:
    for n in range(6):
        customer = b.a_customer(f"Kunde {n} Nummer")
        assert run(("10.00", b.an_invoice(customer, "10.00").title), payer="Zahldienst AG") == BOOKED
    run(("30.00", b.an_invoice(anders, "30.00", number="RE-2026-4000").title))
    claim = b.an_invoice(anders, number="RE-2026-5001")
    assert run(("120.50", "Danke")) == SUGGESTED
    assert state(claim) is ClaimState.OPEN


def test_all_that_is_open_is_paid_at_once(anders: Account) -> None:
    run(("30.00", b.an_invoice(anders, "30.00", number="RE-2026-4000").title))
    claims = [b.an_invoice(anders, amount) for amount in ("11.00", "22.00")]
    assert run(("33.00", "alles bezahlt")) == BOOKED
    assert [rule_of(claim) for claim in claims] == ["payer_and_total"] * 2


def test_two_customers_of_one_name_are_told_apart_by_a_person() -> None:
    claims = [b.an_invoice(b.a_customer("Anna Müller")) for _ in range(2)]
    assert run(("120.50", "Rechnung"), payer="MUELLER ANNA") == SUGGESTED
    assert {s.claim_id: (s.score, s.rule) for s in Suggestion.objects.filter(claim__in=claims)} == {
        claim.pk: (60, "name_and_amount") for claim in claims
    }


# --- collectors ---


def handed_over(*accounts: Account) -> list[Claim]:
    collector = establish_collector(
        b.system("2026-01-02"),
        code="recht-inkasso",
        name="Recht Inkasso",
        email="r@example.org",
        phone="",
        street="",
        postcode="",
        city="",
        iban=OTHER_IBAN,
    )
    claims = [b.an_invoice(account, "50.00") for account in accounts]
    for claim in claims:
        b.handed_over(claim, on="2026-06-01", collector=collector)
    return claims


def test_a_collector_pays_out_exactly_what_he_was_given_for_several_customers(anders: Account) -> None:
    claims = handed_over(anders, b.a_customer("Bernd Brandt"))
    text = " ".join(claim.title for claim in claims)
    assert run(("100.00", text), payer="Recht Inkasso", iban=OTHER_IBAN) == BOOKED
    assert [state(claim) for claim in claims] == [ClaimState.SETTLED] * 2
    assert [rule_of(claim) for claim in claims] == ["collective_payment"] * 2


def test_what_a_collector_keeps_back_is_agreed_to_by_a_person(anders: Account) -> None:
    claims = handed_over(anders, b.a_customer("Bernd Brandt"))
    text = " ".join(claim.title for claim in claims) + " abzgl. Kosten 12,50"
    assert run(("87.50", text), payer="Recht Inkasso", iban=OTHER_IBAN) == SUGGESTED
    assert {s.evidence["costs_cents"] for s in Suggestion.objects.filter(claim__in=claims)} == {1_250}


def test_somebody_else_may_not_pay_for_several_customers(anders: Account) -> None:
    claims = handed_over(anders, b.a_customer("Bernd Brandt"))
    text = " ".join(claim.title for claim in claims)
    assert run(("100.00", text), payer="Recht Inkasso") == SUGGESTED


# --- what comes back ---


def came_back(cents: int, end_to_end_id: str, code: str = "AC04") -> BankLine:
    amount = f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"
    [line] = lines((amount, "RUECKLASTSCHRIFT"), payer="Bank")
    BankLine.objects.filter(pk=line.pk).update(end_to_end_id=end_to_end_id, return_code=code)
    return line


@pytest.mark.parametrize(("cents", "score", "fee"), [(-12_050, 96, 0), (-12_350, 90, 300)])
def test_a_returned_debit_leads_to_the_claim_it_had_paid(anders: Account, cents: int, score: int, fee: int) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    [paid] = lines(("120.50", claim.title))
    BankLine.objects.filter(pk=paid.pk).update(end_to_end_id="E2E-1")
    assert match(ACT, line_ids=[paid.pk]) == BOOKED
    back = came_back(cents, "E2E-1")
    assert match(ACT, line_ids=[back.pk]) == SUGGESTED
    [found] = Suggestion.objects.filter(bank_line=back)
    assert (found.claim_id, found.account_id, found.rule, found.score) == (claim.pk, anders.pk, "returned_debit", score)
    assert found.evidence == {
        "end_to_end_id": "E2E-1",
        "return_code": "AC04",
        "returns_line": str(paid.pk),
        "fee_cents": fee,
        "amount": "higher" if fee else "equal",
    }
    assert state(claim) is ClaimState.SETTLED, "booking it is another verb's work"


@pytest.mark.parametrize(("cents", "end_to_end_id"), [(-12_050, "E2E-2"), (-12_049, "E2E-1"), (-22_050, "E2E-1")])
def test_what_fits_no_earlier_payment_is_left_to_a_person(anders: Account, cents: int, end_to_end_id: str) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    [paid] = lines(("120.50", claim.title))
    BankLine.objects.filter(pk=paid.pk).update(end_to_end_id="E2E-1")
    match(ACT, line_ids=[paid.pk])
    assert match(ACT, line_ids=[came_back(cents, end_to_end_id).pk]) == UNMATCHED


def test_a_refund_that_comes_back_leads_to_the_account_whose_credit_lives_again(anders: Account) -> None:
    b.an_invoice(anders, number="RE-2026-5001")
    run(("125.50", "RE-2026-5001"))
    [out] = lines(("-5.00", "Erstattung"))
    BankLine.objects.filter(pk=out.pk).update(end_to_end_id="PAYOUT-1")
    out.refresh_from_db()
    pay_out_credit(ACT, out, anders)
    back = came_back(500, "PAYOUT-1", "AC01")
    assert match(ACT, line_ids=[back.pk]) == SUGGESTED
    assert match(ACT, line_ids=[back.pk]) == SUGGESTED
    [found] = Suggestion.objects.filter(bank_line=back)
    assert (found.claim_id, found.account_id, found.rule) == (None, anders.pk, "returned_refund")


def test_a_line_whose_booking_was_undone_is_never_booked_by_a_rule_again(
    anders: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    [line] = lines(("120.50", claim.title))
    match(ACT, line_ids=[line.pk])
    done = Allocation.objects.get(claim=claim)
    legs = (Leg(Book.TRANSIT, -12_050), Leg(Book.RECEIVABLE, 12_050, claim.pk))
    undoing = Entry(
        "undo",
        anders.pk,
        TransactionKind.ALLOCATION,
        ACT.on,
        "EUR",
        "undo",
        legs,
        reverses_id=done.customer_transaction_id,
    )
    book(ACT, [undoing])
    assert state(claim) is ClaimState.OPEN
    # The verb that undoes gives the line its amount back; here only the customer's half is undone.
    monkeypatch.setattr(looking, "_LINES", looking._LINES.replace("AND l.allocated_cents = 0", ""))
    assert match(ACT, dry_run=True, line_ids=[line.pk]) == SUGGESTED


# --- what follows ---


def test_what_follows_from_a_file_takes_a_constant_number_of_statements() -> None:
    def settle(count: int) -> int:
        claims = [b.an_invoice(b.a_customer()) for _ in range(count)]
        for claim in claims:
            b.a_payment_hold(claim, on="2026-06-01")
        paid = lines(*[("120.50", claim.title) for claim in claims])
        with CaptureQueriesContext(connection) as queries:
            assert match(ACT, line_ids=[line.pk for line in paid]) == Matched(count, 0, 0)
        for claim in claims:
            assert not holds_with_reasons().filter(account=claim.account, state=HoldState.ACTIVE.value).exists()
            assert not CollectionOrder.objects.filter(claim=claim, state=OrderState.HANDED_OVER.value).exists()
        return len(queries)

    settle(1)
    assert settle(6) <= settle(2)


def test_an_entry_selected_by_the_database_is_the_same_as_one_given_one_by_one(anders: Account) -> None:
    claim = b.an_invoice(anders, number="RE-2026-5001")
    run(("120.50", "RE-2026-5001"))
    done = Allocation.objects.get(claim=claim)
    for row in Transaction.objects.filter(link=done.pk):
        legs = tuple(Leg(Book(p.book), p.amount_cents, p.claim_id) for p in row.postings.order_by("line"))
        entry = Entry(row.key, row.account_id, TransactionKind(row.kind), row.booked_on, "EUR", row.text, legs)
        assert entry.content_hash == row.content_hash
