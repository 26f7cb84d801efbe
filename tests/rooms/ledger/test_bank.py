"""Bank files come in whole or not at all, and each movement once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests import builders as b

from kulanz.kernel.money import Money
from kulanz.ledger.api import (
    BankAccount,
    BankLine,
    BankStatement,
    Book,
    ImportedFile,
    Leg,
    NotOurBankAccount,
    Posting,
    StatementDoesNotAddUp,
    Transaction,
    TransactionKind,
    UnknownBankFormat,
    UnreadableBankFile,
    book,
    configure_bank_account,
    import_bank_file,
)
from kulanz.ledger.api import Entry as BookEntry
from kulanz.ledger.bank_accounts import german_iban
from kulanz.ledger.bank_formats.camt import write
from kulanz.ledger.bank_formats.statement import Detail, Entry, Statement
from kulanz.ledger.bank_intake import staging, taking
from kulanz.parties.api import house_account

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
WEEK = timedelta(days=7)
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


@pytest.mark.parametrize("reference", [None, "NONREF", "0000000", "POS 12"])
def test_a_statement_that_opens_where_the_last_one_closed_tells_new_payments(reference: str | None) -> None:
    same = statement(movement(1, detail(500), reference=reference))
    following = replace(same, statement_id="S2", opening=Money(500, "EUR"), closing=Money(1_000, "EUR"))
    assert [take_in(same).new, take_in(following).new] == [1, 1]
    again = take_in(same)
    assert (again.new, again.duplicates) == (0, 1)


def test_statements_of_one_day_may_come_in_any_order() -> None:
    unnamed = movement(1, detail(500))
    first, second, third = (
        replace(
            statement(unnamed), statement_id=f"S{n}", opening=Money(500 * n, "EUR"), closing=Money(500 * n + 500, "EUR")
        )
        for n in range(3)
    )
    assert [take_in(s).new for s in (first, third, second)] == [1, 1, 1]
    assert [take_in(s).duplicates for s in (first, second, third)] == [1, 1, 1]


def test_an_export_under_another_number_brings_nothing_new() -> None:
    same = statement(movement(1, detail(500)), movement(2, detail(500)))
    assert take_in(same).new == 2
    found = take_in(replace(same, statement_id="S2"))
    assert (found.new, found.duplicates) == (0, 2)


def test_of_three_equal_payments_of_a_day_the_third_is_new_when_two_are_known() -> None:
    two = statement(movement(1, detail(500)), movement(2, detail(500)))
    three = statement(*(movement(n, detail(500)) for n in (1, 2, 3)), number="S2")
    assert take_in(two).new == 2
    found = take_in(three)
    assert (found.new, found.duplicates) == (1, 2)
    assert take_in(three).new == 0


def test_periods_that_overlap_bring_each_unnamed_payment_once() -> None:
    def on(day: date, *names: str) -> list[Entry]:
        return [replace(movement(0, detail(500, name)), booked_on=day, value_on=day) for name in names]

    def period(number: str, opening: int, *entries: Entry) -> Statement:
        placed = [replace(entry, position=n) for n, entry in enumerate(entries, start=1)]
        whole = statement(*placed, number=number)
        closing = Money(opening, "EUR") + Money.total(e.amount for e in placed)
        return replace(whole, from_on=None, to_on=None, opening=Money(opening, "EUR"), closing=closing)

    monday, tuesday, wednesday = (date(2026, 11, d) for d in (16, 17, 18))
    first = period("A", 0, *on(monday, "x", "x"), *on(tuesday, "y"))
    second = period("B", 1_000, *on(tuesday, "y"), *on(wednesday, "x"))
    assert take_in(first).new == 3
    found = take_in(second)
    assert (found.new, found.duplicates) == (1, 1)


def test_equal_payments_in_two_statements_of_one_file_are_two_payments() -> None:
    same = replace(statement(movement(1, detail(500))), opening=None, closing=None)
    # The writer insists on a balance; one alone proves nothing.
    first, second = (replace(same, statement_id=n, opening=Money(0, "EUR")) for n in ("S1", "S2"))
    assert take_in(first, second).new == 2
    assert take_in(first, second).duplicates == 2


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


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7", b"\x00\x01\x02"])
def test_what_is_no_bank_file_is_refused_politely(content: bytes) -> None:
    with pytest.raises(UnknownBankFormat, match=r"x\.bin"):
        import_bank_file(b.dana(DAY), brand=b.a_shop(), name="x.bin", content=content)


def test_what_is_written_set_wise_is_what_the_verb_of_the_books_would_write() -> None:
    [line] = b.bank_lines(b.a_bank_file(("120.50", "Rechnung 7")))
    written = Transaction.objects.get(key=f"bankline:{line.fingerprint}")
    legs = (Leg(Book.BANK, line.amount_cents), Leg(Book.SUSPENSE, -line.amount_cents))
    same = BookEntry(
        key=f"bankline:{line.fingerprint}",
        account_id=line.account_id,
        kind=TransactionKind.BANK_LINE,
        on=line.booked_on,
        currency=line.currency,
        text=line.payer_name,
        legs=legs,
    )
    assert (written.content_hash, written.kind, written.text) == (same.content_hash, "bank_line", "Frieda Anders")
    assert book(b.dana(DAY), [same]).repeated == {same.key}


def test_the_database_looks_at_every_booking_of_a_file_before_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    b.a_shop()
    before = counts()
    monkeypatch.setattr(
        staging, "_WRITE_POSTINGS", staging._WRITE_POSTINGS.replace("-i.amount_cents", "i.amount_cents")
    )
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        take_in(statement(movement(1, detail(500))))
    assert counts() == before


def test_a_long_statement_comes_in_by_the_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "CHUNK_ENTRIES", 2)
    long = statement(*(movement(n, detail(500)) for n in range(1, 8)))
    assert take_in(long).new == 7
    lines = BankLine.objects.order_by("-id")[:7]
    assert sorted(line.fingerprint.rpartition(":")[2] for line in lines) == [str(n) for n in range(7)]
    assert take_in(replace(long, statement_id="S2")).new == 0


def test_returned_debits_keep_original_amount_charges_and_mandate() -> None:
    returned = replace(
        detail(-1_300, return_code="AC04", mandate_id="M-7"), original_amount=Money(1_000), charges=Money(300)
    )
    take_in(statement(movement(1, returned)))
    line = BankLine.objects.get(return_code="AC04", mandate_id="M-7")
    assert (line.amount_cents, line.original_cents, line.charges_cents) == (-1_300, 1_000, 300)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(1989, 12, 31), "before 1990"),
        (DAY + timedelta(days=8), "more than 7 days ahead"),
    ],
)
def test_days_far_off_are_refused_by_their_entry(day: date, reason: str) -> None:
    b.a_shop()
    before = counts()
    far = replace(movement(2, detail(700)), booked_on=day)
    with pytest.raises(UnreadableBankFile, match=rf"bank\.xml.*entry 2 of statement S1.*{reason}"):
        take_in(statement(movement(1, detail(500)), far))
    assert counts() == before


def test_days_at_the_border_are_taken() -> None:
    edges = [replace(movement(n, detail(500)), booked_on=d) for n, d in enumerate((date(1990, 1, 1), DAY + WEEK), 1)]
    assert take_in(statement(*edges)).new == 2


def test_a_file_that_is_refused_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "CHUNK_ENTRIES", 1)
    b.a_shop()
    before = counts()
    content = write([statement(movement(1, detail(500)), movement(2, detail(700)))])
    with pytest.raises(UnreadableBankFile, match="entry 2"):
        import_bank_file(b.dana(DAY), brand=b.a_shop(), name="b.xml", content=content.replace(b">7.00<", b">seven<"))
    assert counts() == before


def test_an_old_german_account_number_is_the_iban_it_makes() -> None:
    old = replace(statement(movement(1, detail(500))), account_iban=None, account_other_id="12030000/202051")
    assert take_in(old).new == 1
    assert german_iban("12030000", "202051") == b.OUR_IBAN


def test_a_statement_without_movements_is_kept() -> None:
    found = take_in(statement())
    assert (found.new, found.duplicates, len(found.statements)) == (0, 0, 1)
