"""Other words for the same days, batches explained by notices, archives, gaps: what a file may not do to the books."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests import builders as b
from tests.rooms.ledger.test_bank import DAY, counts, detail, movement, statement, take_in

from kulanz.kernel.money import Money
from kulanz.ledger.api import (
    BankAccountNotNamed,
    BankArchiveRefused,
    BankLine,
    BankStatement,
    ImportedFile,
    announced_lines,
    books_differ,
    choose_interim_booking,
    explanations,
    import_bank_file,
    statement_gaps,
)
from kulanz.ledger.bank_formats import archives
from kulanz.ledger.bank_formats.camt import write
from kulanz.ledger.bank_formats.statement import Entry, Statement

pytestmark = pytest.mark.django_db

HEAD = (
    '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Glaeubiger ID";"Mandatsreferenz";'
    '"Kundenreferenz (End-to-End)";"Sammlerreferenz";"Lastschrift Ursprungsbetrag";"Auslagenersatz Ruecklastschrift";'
    '"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"\n'
)


def import_file(content: bytes, name: str = "bank.xml", **options: str) -> ImportedFile:
    return import_bank_file(b.dana(DAY), brand=b.a_shop(), name=name, content=content, **options)  # type: ignore[arg-type]


def as_notice(content: bytes, message: str = "BkToCstmrDbtCdtNtfctn", container: str = "Ntfctn") -> bytes:
    """What the writer wrote as a statement, as the message of the running day; such a message has no balances."""
    while b"<Bal>" in content:
        content = content[: content.index(b"<Bal>")] + content[content.index(b"</Bal>") + 6 :]
    text = content.decode().replace("BkToCstmrStmt", message).replace("Stmt>", f"{container}>")
    return text.replace("camt.053", "camt.054" if container == "Ntfctn" else "camt.052").encode()


def a_table(*rows: tuple[str, str, str]) -> bytes:
    """A CSV-CAMT export of a Sparkasse: amount, payer, words."""
    day = f"{DAY:%d.%m.%y}"
    lines = "".join(
        f'"{b.OUR_IBAN}";"{day}";"{day}";"GUTSCHR. UEBERWEISUNG";"{words}";"";"";"";"";"";"";"{payer}";'
        f'"DE75512108001245126199";"BYLADEM1001";"{amount}";"EUR";"Umsatz gebucht"\n'
        for amount, payer, words in rows
    )
    return (HEAD + lines).encode("cp1252")


BATCH = replace(movement(1, replace(detail(1_200, ""), details_incomplete=True), reference="SAMMLER-1"))
PARTS = movement(1, detail(500, "A"), detail(700, "B"), reference="SAMMLER-1")


def test_a_notice_is_shown_and_not_booked() -> None:
    found = import_file(as_notice(write([statement(PARTS)])))
    assert (found.format, found.new, found.duplicates, found.announced) == ("camt.054", 0, 0, 2)
    assert [line.remittance for line in announced_lines(b.our_bank())] == ["B", "A"]
    assert BankLine.objects.filter(bank_reference="SAMMLER-1").count() == 0
    assert found.statements[0].interim
    assert "2 payments were announced" in found.statements[0].notes[0]


def test_the_same_notice_again_is_told_once() -> None:
    content = as_notice(write([statement(PARTS)]))
    assert [import_file(content).announced for _ in range(2)] == [2, 0]


def test_what_the_statement_brings_is_no_longer_announced() -> None:
    import_file(as_notice(write([statement(PARTS)])))
    take_in(statement(PARTS))
    assert list(announced_lines(b.our_bank())) == []


def test_a_batch_that_comes_as_one_sum_is_explained_by_its_notice() -> None:
    import_file(as_notice(write([statement(PARTS)])))
    found = take_in(statement(BATCH))
    assert found.new == 2
    lines = BankLine.objects.filter(bank_reference="SAMMLER-1").order_by("position")
    assert [(line.amount_cents, line.remittance, line.details_incomplete) for line in lines] == [
        (500, "A", False),
        (700, "B", False),
    ]
    assert take_in(statement(BATCH)).duplicates == 2


def test_a_notice_that_comes_after_its_batch_explains_it_and_books_nothing_again() -> None:
    assert take_in(statement(BATCH)).new == 1
    import_file(as_notice(write([statement(PARTS)])))
    again = take_in(statement(BATCH))
    assert (again.new, again.duplicates) == (0, 1)
    [line] = BankLine.objects.filter(bank_reference="SAMMLER-1")
    assert [part.amount_cents for part in explanations(line)] == [500, 700]


def test_a_notice_over_another_sum_explains_nothing() -> None:
    import_file(as_notice(write([statement(movement(1, detail(500), detail(701), reference="SAMMLER-1"))])))
    assert take_in(statement(BATCH)).new == 1


def test_an_account_without_statements_books_its_reports_each_payment_once() -> None:
    choose_interim_booking(b.dana(DAY), b.our_bank(), books_interim=True)
    nine, noon = statement(movement(1, detail(500)), number="9"), movement(2, detail(500))
    first = import_file(as_notice(write([nine]), "BkToCstmrAcctRpt", "Rpt"))
    second = import_file(
        as_notice(write([statement(movement(1, detail(500)), noon, number="12")]), "BkToCstmrAcctRpt", "Rpt")
    )
    assert [(f.new, f.duplicates, f.announced) for f in (first, second)] == [(1, 0, 0), (1, 1, 0)]


def test_two_notifications_tell_two_payments_however_alike() -> None:
    choose_interim_booking(b.dana(DAY), b.our_bank(), books_interim=True)
    notices = [as_notice(write([statement(movement(1, detail(500)), number=number)])) for number in ("N1", "N2", "N1")]
    assert [import_file(content).new for content in notices] == [1, 1, 0]


def test_a_table_of_the_same_day_brings_nothing_that_the_statement_has_told_in_other_words() -> None:
    take_in(statement(movement(1, detail(500, "Rechnung 7")), movement(2, detail(700, "Rechnung 8"))))
    table = a_table(("5,00", "ANDERS FRIEDA", "RECHNUNG 7"), ("7,00", "ANDERS F.", "RG 8"), ("9,00", "BRANDT", "NEU"))
    found = import_file(table, "umsaetze.csv")
    assert (found.format, found.new, found.duplicates) == ("CSV", 1, 2)


def test_a_statement_brings_nothing_that_a_table_has_told_as_one_sum() -> None:
    import_file(a_table(("12,00", "SAMMLER", "2 POSTEN"), ("5,00", "ANDERS", "R7")), "umsaetze.csv")
    found = take_in(statement(PARTS, movement(2, detail(500, "Rechnung 7")), movement(3, detail(500, "Rechnung 9"))))
    assert (found.new, found.duplicates) == (1, 3)


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return made.getvalue()


def test_statements_of_several_formats_come_in_one_archive() -> None:
    camt = write([statement(movement(1, detail(500)))])
    table = a_table(("5,00", "ANDERS", "Rechnung"), ("9,00", "BRANDT", "NEU"))
    found = import_file(zipped(("a.xml", camt), ("b.csv", table), ("__MACOSX/._a.xml", b"x")), "month.zip")
    assert (found.format, len(found.statements), found.new, found.duplicates) == ("camt.053, CSV", 2, 2, 1)


def test_an_archive_comes_in_whole_or_not_at_all() -> None:
    b.a_shop()
    before = counts()
    good = write([statement(movement(1, detail(500)))])
    with pytest.raises(Exception, match=r"month\.zip: b\.xml"):
        import_file(zipped(("a.xml", good), ("b.xml", good.replace(b">5.00<", b">6.00<", 1))), "month.zip")
    assert counts() == before


def test_the_same_file_twice_in_an_archive_comes_in_once() -> None:
    content = write([statement(movement(1, detail(500)))])
    found = import_file(zipped(("a.xml", content), ("b.xml", content)), "twice.zip")
    assert (found.new, found.duplicates) == (1, 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped(), "it is empty"),
        (zipped(("inner.zip", zipped(("a.xml", b"x")))), "“inner.zip” in it is an archive again"),
        (zipped(("zeros", bytes(30_000_000))), "times as large, as no statement is"),
        (zipped(("[Content_Types].xml", b"x")), "it is an office document"),
        (zipped(("a.xml", b"x" * 100))[:-30], "it is damaged"),
        (zipped(("a.xml", b"x" * 100), method=zipfile.ZIP_BZIP2), "packed in an unusual way"),
    ],
    ids=["empty", "nested", "bomb", "office", "cut off", "unusual"],
)
def test_an_archive_no_bank_sends_is_not_opened(content: bytes, reason: str) -> None:
    b.a_shop()
    before = counts()
    with pytest.raises(BankArchiveRefused, match=reason):
        import_file(content, "x.zip")
    assert counts() == before


def test_an_archive_that_promises_gigabytes_is_refused_before_anything_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(zipfile.ZipFile, "open", never)
    directory = zipfile.ZipInfo("a.xml")
    directory.file_size, directory.compress_size = 10_000_000_000, 10_000_000
    with pytest.raises(BankArchiveRefused, match="unpacked it would have 10000 MB"):
        archives._judge([directory], 10_000_000, "bomb.zip")
    monkeypatch.setattr(archives, "MOST_FILES", 1)
    with pytest.raises(BankArchiveRefused, match="2 files, more than 1"):
        archives._judge([zipfile.ZipInfo("a"), zipfile.ZipInfo("b")], 1, "many.zip")


def chained(number: int, opening: int, closing: int, day: date) -> Statement:
    entry = replace(movement(1, detail(closing - opening, f"R{number}")), booked_on=day, value_on=day)
    return replace(
        statement(entry, number=f"S{number}"),
        sequence=str(number),
        from_on=day,
        to_on=day,
        opening=Money(opening),
        opening_on=day,
        closing=Money(closing),
        closing_on=day,
    )


def days(count: int) -> list[date]:
    return [DAY - timedelta(days=count - n) for n in range(count)]


def test_a_missing_statement_is_a_gap_until_it_comes() -> None:
    monday, tuesday, wednesday = days(3)
    take_in(chained(1, 0, 500, monday))
    found = take_in(chained(3, 800, 900, wednesday))
    [gap] = statement_gaps(b.our_bank())
    assert (gap.before.statement_id, gap.after.statement_id, gap.missing) == ("S1", "S3", Money(300))
    assert found.gaps == (gap.sentence,)
    assert "Statements over 3.00 EUR are missing between them" in gap.sentence
    assert take_in(chained(2, 500, 800, tuesday)).gaps == ()
    assert statement_gaps(b.our_bank()) == ()


def test_statements_that_join_repeat_or_overlap_have_no_gap() -> None:
    monday, tuesday, wednesday = days(3)
    parts = [chained(1, 0, 500, monday), chained(2, 500, 800, tuesday), chained(3, 800, 900, wednesday)]
    for part in (*parts, replace(parts[1], statement_id="again")):
        assert take_in(part).gaps == ()
    entries = tuple(replace(part.entries[0], position=n) for n, part in enumerate(parts[1:], 1))
    both = replace(parts[1], statement_id="both", to_on=wednesday, closing=Money(900), entries=entries)
    found = take_in(both)
    assert (found.new, found.duplicates, found.gaps) == (0, 2, ())


def test_numbers_that_are_missing_show_a_gap_where_no_balance_can() -> None:
    monday, _, wednesday = days(3)
    take_in(replace(chained(1, 0, 500, monday), closing=None))
    take_in(replace(chained(3, 0, 500, wednesday), closing=None, opening=Money(7)))
    [gap] = statement_gaps(b.our_bank())
    assert (gap.missing, "numbers are missing" in gap.sentence) == (None, True)


def test_books_that_do_not_come_to_the_balance_of_the_bank_are_named() -> None:
    monday, tuesday = days(2)
    named = replace(chained(1, 0, 500, monday).entries[0], bank_reference="R1")
    take_in(replace(chained(1, 0, 500, monday), entries=(named,)))
    # The bank repeats its own reference for another payment: nobody can know, so somebody is told.
    found = take_in(replace(chained(2, 500, 1_000, tuesday), entries=(named,)))
    assert found.new == 0
    [sentence] = books_differ(b.our_bank())
    assert "the bank says 10.00 EUR" in sentence
    assert "the booked lines come to 5.00 EUR" in sentence
    assert found.gaps == (sentence,)


def test_a_table_without_an_account_asks_whose_it_is() -> None:
    table = a_table(("5,00", "ANDERS", "R7")).replace(f'"{b.OUR_IBAN}"'.encode(), b'""')
    with pytest.raises(BankAccountNotNamed, match=r"umsaetze\.csv"):
        import_file(table, "umsaetze.csv")
    assert import_file(table, "umsaetze.csv", account=b.OUR_IBAN).new == 1


def test_a_long_file_is_not_read_into_memory_as_a_whole() -> None:
    class Counting(io.BytesIO):
        longest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(size)
            self.longest = max(self.longest, len(found))
            return found

    entries: list[Entry] = [movement(n, detail(500, "x" * 1_000)) for n in range(1, 2_001)]
    file = Counting(write([statement(*entries)]))
    assert import_bank_file(b.dana(DAY), brand=b.a_shop(), name="long.xml", content=file).new == 2_000
    assert file.longest <= 1 << 20 < file.getbuffer().nbytes


def test_a_statement_knows_its_days_its_number_and_what_was_found() -> None:
    take_in(replace(statement(movement(1, detail(500))), sequence="7"))
    row = BankStatement.objects.latest("imported_at")
    assert (row.first_on, row.last_on, row.sequence, row.credit_cents, row.notes) == (DAY, DAY, "7", 500, [])
