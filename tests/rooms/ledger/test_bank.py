"""Bank files come in whole or not at all, and each movement once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests import builders as b

from kulanz.kernel.money import Money
from kulanz.ledger.api import (
    BankAccount,
    BankLine,
    BankStatement,
    ImportedFile,
    NotOurBankAccount,
    Posting,
    StatementDoesNotAddUp,
    Transaction,
    UnknownBankFormat,
    configure_bank_account,
    import_bank_file,
)
from kulanz.ledger.bank_formats.camt053 import write
from kulanz.ledger.bank_formats.statement import Detail, Entry, Statement
from kulanz.parties.api import house_account

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
TRIAL_IBAN = "DE75512108001245126199"


def detail(cents: int, words: str = "Rechnung", **other: str) -> Detail:
    return Detail(amount=Money(cents, "EUR"), remittance=words, counterparty_name="Frieda Anders", **other)  # type: ignore[arg-type]


def movement(position: int, *details: Detail, reference: str | None = None) -> Entry:
    return Entry(
        position=position,
        amount=Money.total(d.amount for d in details),
        booked_on=DAY,
        value_on=DAY,
        bank_reference=reference,
        reversal=False,
        details=details,
    )


def statement(*entries: Entry, iban: str = b.OUR_IBAN, number: str = "S1") -> Statement:
    return Statement(
        account_iban=iban,
        account_other_id=None,
        currency="EUR",
        statement_id=number,
        sequence=None,
        from_on=DAY,
        to_on=DAY,
        opening=Money(0, "EUR"),
        opening_on=DAY,
        closing=Money.total((e.amount for e in entries), "EUR"),
        closing_on=DAY,
        entries=entries,
    )


def take_in(*statements: Statement, any_account: bool = False) -> ImportedFile:
    content = write(list(statements), version="08")
    return import_bank_file(b.dana(DAY), brand=b.a_shop(), name="bank.xml", content=content, any_account=any_account)


def counts() -> tuple[int, int, int]:
    return BankStatement.objects.count(), BankLine.objects.count(), Transaction.objects.count()


def test_a_movement_lands_on_the_house_account_bank_against_suspense() -> None:
    [line] = b.bank_lines(b.a_bank_file(("120.50", "Rechnung 7")))
    house = house_account(b.a_shop())
    rows = Posting.objects.filter(transaction__key=f"bankline:{line.fingerprint}").order_by("line")
    assert [(p.account_id, p.book, p.amount_cents) for p in rows] == [
        (house.pk, "bank", 12_050),
        (house.pk, "suspense", -12_050),
    ]
    assert (line.unexplained, line.remittance, line.payer_name) == (Money(12_050, "EUR"), "Rechnung 7", "Frieda Anders")


def test_the_same_file_again_brings_nothing_and_counts_what_it_knew() -> None:
    content = b.a_bank_file(("120.50", "a"), ("-3.00", "b"))
    brand = b.a_shop()
    first = import_bank_file(b.dana(DAY), brand=brand, name="one.xml", content=content)
    lines, bookings = counts()[1:]
    again = import_bank_file(b.dana(DAY), brand=brand, name="two.xml", content=content)
    assert (first.new, first.duplicates, again.new, again.duplicates) == (2, 0, 0, 2)
    assert counts()[1:] == (lines, bookings)


def test_a_file_in_the_older_version_of_the_format_brings_the_same_lines() -> None:
    both = statement(movement(1, detail(500), reference="R1"), movement(2, detail(700), reference="R2"))
    older = write([both], version="02")
    assert take_in(both).new == 2
    assert import_bank_file(b.dana(DAY), brand=b.a_shop(), name="old.xml", content=older).duplicates == 2


def test_two_equal_payments_on_one_day_are_two_payments() -> None:
    assert take_in(statement(movement(1, detail(500)), movement(2, detail(500)))).new == 2


def test_files_that_overlap_bring_each_movement_once() -> None:
    one, two = movement(1, detail(500), reference="R1"), movement(2, detail(500), reference="R2")
    three = movement(3, detail(900, "neu"), reference="R3")
    assert take_in(statement(one)).new == 1
    found = take_in(statement(one, two, three, number="S2"))
    assert (found.new, found.duplicates) == (2, 1)


@pytest.mark.parametrize("reference", [None, "NONREF"])
def test_equal_payments_without_a_bank_reference_in_two_statements_are_two_payments(reference: str | None) -> None:
    same = statement(movement(1, detail(500), reference=reference))
    assert take_in(same).new == 1
    assert take_in(replace(same, statement_id="S2")).new == 1
    assert take_in(replace(same, opening=Money(500, "EUR"), closing=Money(1_000, "EUR"))).new == 1
    again = take_in(same)
    assert (again.new, again.duplicates) == (0, 1)


def test_statements_of_one_file_that_overlap_bring_each_named_movement_once() -> None:
    named, unnamed = movement(1, detail(500), detail(500), reference="R1"), movement(2, detail(500))
    found = take_in(statement(named, unnamed), statement(named, number="S2"))
    assert (found.new, found.duplicates) == (3, 2)


def test_what_the_bank_took_back_and_what_it_did_not_explain_is_kept_with_the_line() -> None:
    taken_back = replace(movement(1, detail(500, "A")), reversal=True)
    take_in(statement(taken_back, movement(2, detail(700, "B", return_code="AC04"))))
    lines = BankLine.objects.filter(booked_on=DAY).order_by("position")
    assert [(line.reversal, line.return_code) for line in lines] == [(True, ""), (False, "AC04")]


def test_an_account_on_trial_becomes_ours_when_it_is_configured() -> None:
    take_in(statement(movement(1, detail(5)), iban=TRIAL_IBAN), any_account=True)
    configure_bank_account(b.dana(DAY), brand=b.a_shop(), iban=TRIAL_IBAN, holder="Lindenhof", bank_name="Bank")
    found = BankAccount.objects.get(iban=TRIAL_IBAN)
    assert (found.on_trial, found.holder, found.bank_name) == (False, "Lindenhof", "Bank")


def test_each_payment_of_a_batch_is_a_line_of_its_own() -> None:
    take_in(statement(movement(1, detail(500, "A", end_to_end_id="E1"), detail(700, "B", end_to_end_id="E2"))))
    found = BankLine.objects.filter(booked_on=DAY).order_by("-id")[:2]
    assert [(line.position, line.amount_cents, line.remittance) for line in reversed(found)] == [
        (1, 500, "A"),
        (2, 700, "B"),
    ]


def test_a_statement_that_does_not_add_up_is_refused_with_its_numbers_and_nothing_is_stored() -> None:
    good = statement(movement(1, detail(500)))
    wrong = replace(statement(movement(1, detail(500)), number="S2"), closing=Money(501, "EUR"))
    b.a_shop()
    before = counts()
    with pytest.raises(StatementDoesNotAddUp, match=r"S2.*0\.00 EUR.*5\.00 EUR.*5\.01 EUR"):
        take_in(good, wrong)
    assert counts() == before


def test_a_statement_without_an_opening_balance_says_that_nobody_checked_it() -> None:
    [found] = take_in(replace(statement(movement(1, detail(500))), opening=None)).statements
    assert found.balanced is None


def test_a_foreign_bank_account_is_refused_and_nothing_is_stored() -> None:
    b.a_shop()
    before = counts()
    with pytest.raises(NotOurBankAccount, match="DE75512108001245126199"):
        take_in(statement(movement(1, detail(500))), statement(movement(1, detail(5)), iban="DE75512108001245126199"))
    assert counts() == before


def test_a_foreign_bank_account_may_be_taken_in_on_trial() -> None:
    assert take_in(statement(movement(1, detail(5)), iban="DE75512108001245126199"), any_account=True).new == 1
    assert BankAccount.objects.get(iban="DE75512108001245126199").on_trial


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7", b":20:STARTUMS\r\n", b"<html></html>"])
def test_what_is_no_bank_file_is_refused_politely(content: bytes) -> None:
    with pytest.raises(UnknownBankFormat, match=r"x\.bin"):
        import_bank_file(b.dana(DAY), brand=b.a_shop(), name="x.bin", content=content)


def test_a_statement_without_movements_is_kept() -> None:
    found = take_in(statement())
    assert (found.new, found.duplicates, len(found.statements)) == (0, 0, 1)
