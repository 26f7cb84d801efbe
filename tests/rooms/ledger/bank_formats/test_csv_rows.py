"""Rows are read exactly or refused with their line: amounts, directions, days, balances, quotation marks."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kulanz.ledger.bank_formats import csv_export
from kulanz.ledger.bank_formats.csv_export.amounts import written
from kulanz.ledger.bank_formats.csv_export.known import known_layouts
from kulanz.ledger.bank_formats.csv_export.layout import Layout
from kulanz.ledger.bank_formats.csv_export.layout_files import read_layouts
from kulanz.ledger.bank_formats.refusals import UnreadableBankFile
from kulanz.ledger.bank_formats.statement import Statement, balanced

SAMPLES = Path(__file__).parents[3] / "samples" / "bank"
LAYOUTS = known_layouts(SAMPLES / "no operator has a layout here")
SINGLE = """
[[layout]]
name = "single amount"
header = ["Day", "Who", "Amount", "Balance", "State"]
date = ["dd.mm.yyyy"]
decimal = ","
currency = "EUR"
status = { booked = "booked", pending = "pending", void = "declined" }
lines = ['Opening;(?P<opening>.+)', 'Closing;(?P<closing>.+)']

[layout.columns]
booked_on = "Day"
name = "Who"
amount = "Amount"
balance = "Balance?"
status = "State?"
"""
DOUBLE = """
[[layout]]
name = "debit and credit"
header = ["Day", "Out", "In"]
date = ["dd.mm.yyyy", "mm/dd/yyyy", "dd/mm/yyyy"]
decimal = "either"
currency = "EUR"

[layout.columns]
booked_on = "Day"
debit = "Out"
credit = "In"
"""
DIRECTED = """
[[layout]]
name = "direction beside the amount"
header = ["Day", "Amount", "S/H"]
date = ["dd.mm.yyyy"]
decimal = ","
currency = "EUR"
direction = { in = ["H"], out = ["S"] }

[layout.columns]
booked_on = "Day"
amount = "Amount"
direction = "S/H"
"""


def layouts(text: str) -> list[Layout]:
    return read_layouts(text, source="test.toml", own=True)


def read(layout: str, text: str, encoding: str = "utf-8") -> list[Statement]:
    file = io.BytesIO(text.encode(encoding))
    return list(csv_export.read(file, name="bank.csv", account="DE89370400440532013000", layouts=layouts(layout)))


def single(*rows: str) -> Statement:
    [statement] = read(SINGLE, "\n".join(["Day;Who;Amount;Balance", *rows]))
    return statement


def why(layout: str, text: str) -> tuple[str, str]:
    with pytest.raises(UnreadableBankFile) as refusal:
        read(layout, text)
    assert refusal.value.file == "bank.csv"
    return refusal.value.where, refusal.value.reason


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("12,34", ",", "12.34"),
        ("1.234,5", ",", "1234.5"),
        ("1.000", ",", "1000"),
        ("1.234.567,00", ",", "1234567.00"),
        ("1'234,50", ",", "1234.50"),
        ("1\u00a0234,50", ",", "1234.50"),
        ("12,34-", ",", "-12.34"),
        ("-12,34 €", ",", "-12.34"),
        ("−12,34", ",", "-12.34"),
        ("12,34 EUR", ",", "12.34"),
        ("EUR 12,34", ",", "12.34"),
        ("12,34 S", ",", "-12.34"),
        ("+5", ",", "5"),
        ("- 5", ",", "-5"),
        ("1,234.56", ".", "1234.56"),
        ("5.00 CR", ".", "5.00"),
        ("5.00 DR", ".", "-5.00"),
        ("+ £1,100.00", ".", "1100.00"),
    ],
)
def test_amounts_are_read_as_banks_write_them(text: str, decimal: str, number: str) -> None:
    found = written(text, decimal)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("", ","),
        ("-", ","),
        ("12.34", ","),
        ("1.23,4", ","),
        ("1.2345,00", ","),
        ("1.234'567,00", ","),
        ("--5", ","),
        ("-5-", ","),
        ("-5 S", ","),
        ("5 XQZ", ","),
        ("5 $", "."),
        ("5 EUR USD", ","),
        ("1e5", "."),
        ("1_000", "."),
        ("١٢", "."),
        ("12,", ","),
        (",5", ","),
        ("5%", ","),
        ("(5)", ","),
        ("1 2", ","),
    ],
)
def test_what_is_no_amount_is_none(text: str, decimal: str) -> None:
    assert written(text, decimal) is None


@given(st.integers(0, 10**12), st.booleans(), st.sampled_from(["", ".", " ", "'"]))
def test_every_amount_survives_being_written_the_german_way(cents: int, negative: bool, group: str) -> None:
    whole = f"{cents // 100:,}".replace(",", group)
    found = written(f"{'-' if negative else ''}{whole},{cents % 100:02d}", ",")
    assert found is not None
    assert found.number == f"{'-' if negative else ''}{cents // 100}.{cents % 100:02d}"


def test_balances_beside_the_rows_give_opening_and_closing_in_either_order() -> None:
    rows = ["01.10.2026;A;10,00;110,00", "02.10.2026;B;-5,00;105,00", "02.10.2026;C;-5,00;100,00"]
    for ordered in (rows, rows[::-1]):
        statement = single(*ordered)
        assert (str(statement.opening), str(statement.closing)) == ("100.00 EUR", "100.00 EUR")
        assert balanced(statement) is True


def test_balances_only_at_the_end_of_each_day_prove_the_rows_between() -> None:
    statement = single("01.10.2026;A;10,00;", "01.10.2026;B;5,00;115,00", "02.10.2026;C;-15,00;100,00")
    assert (str(statement.opening), str(statement.closing)) == ("100.00 EUR", "100.00 EUR")


def test_one_balance_among_many_rows_proves_nothing() -> None:
    statement = single("01.10.2026;A;10,00;", "01.10.2026;B;5,00;115,00", "02.10.2026;C;-15,00;")
    assert (statement.opening, statement.closing) == (None, None)


def test_rows_in_no_order_are_proven_by_their_balances_too() -> None:
    statement = single("02.10.2026;B;-5,00;105,00", "03.10.2026;C;1,00;106,00", "01.10.2026;A;10,00;110,00")
    assert (str(statement.opening), str(statement.closing)) == ("100.00 EUR", "106.00 EUR")
    assert statement.notes == (
        "The rows do not stand in the order they were booked in; their balances prove them all the same.",
    )


@given(st.lists(st.integers(-500, 500).filter(bool), min_size=2, max_size=12), st.data())
def test_no_changed_amount_slips_through_where_balances_stand_beside_the_rows(
    amounts: list[int], data: st.DataObject
) -> None:
    balances = [sum(amounts[: i + 1]) for i in range(len(amounts))]
    changed = data.draw(st.integers(0, len(amounts) - 1))
    written_amounts = [a + (1000 if i == changed else 0) for i, a in enumerate(amounts)]
    rows = [f"01.10.2026;A;{a},00;{b},00" for a, b in zip(written_amounts, balances, strict=True)]
    try:
        statement = single(*rows)
    except UnreadableBankFile:
        return
    # The first row stands alone against an opening balance nobody states; read as newest first, so does the last.
    assert changed in {0, len(amounts) - 1}
    assert statement.opening is not None


def test_a_missing_row_is_refused_with_the_line_where_the_balance_breaks() -> None:
    text = "Day;Who;Amount;Balance\n01.10.2026;A;10,00;110,00\n03.10.2026;C;-5,00;100,00\n04.10.2026;D;1,00;101,00"
    assert why(SINGLE, text) == (
        "line 3",
        "the balance is 100.00 EUR there, but the rows lead to 105.00 EUR. Rows are missing or were changed; export "
        "the whole period once more",
    )


def test_a_balance_stated_above_that_contradicts_the_rows_is_refused() -> None:
    text = "Closing;99,00\nDay;Who;Amount;Balance\n01.10.2026;A;10,00;110,00"
    assert why(SINGLE, text) == ("line 3", "the file states the balance 99.00 EUR, but its rows lead to 110.00 EUR")


def test_stated_balances_without_a_chain_are_handed_on_to_be_checked() -> None:
    [statement] = read(SINGLE, "Opening;100,00\nDay;Who;Amount\n01.10.2026;A;10,00\nClosing;111,00\n")
    assert balanced(statement) is False


def test_announced_rows_are_counted_and_declined_ones_forgotten() -> None:
    head = "Day;Who;Amount;State\n"
    [statement] = read(SINGLE, head + "1.10.2026;A;5,00;pending\n1.10.2026;B;6,00;booked\n1.10.2026;C;7,00;declined")
    assert statement.not_booked == 1
    assert [(e.position, e.amount.cents) for e in statement.entries] == [(2, 600)]
    assert why(SINGLE, head + "1.10.2026;A;5,00;maybe") == (
        "line 2",
        "it is not known whether “maybe” means booked",
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("01.10.2026;A;;", "there is no amount"),
        ("01.10.2026;A;zehn;", "“zehn” is not an amount"),
        ("01.10.2026;A;1,234;", "the amount 1.234 has more digits than EUR knows"),
        ("31.02.2026;A;5,00;", "“31.02.2026” is not a date"),
        (";A;5,00;", "“” is not a date"),
        ("01.10.2026;A;5,00;x", "“x” is not an amount"),
        ("01.10.2026;A;5,00;;;7", "there are 6 fields where there should be 4: “01.10.2026;A;5,00;;;7”"),
        ("01.10.2026;A;5,00", "there are 3 fields where there should be 4: “01.10.2026;A;5,00”"),
        ('01.10.2026;"A"B;5,00;', "the quotation marks around a field do not fit"),
        ('01.10.2026;"A;5,00;', "a quotation mark is opened here and never closed"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_line(row: str, reason: str) -> None:
    text = f"Day;Who;Amount;Balance\n02.10.2026;Z;1,00;\n{row}\n"
    assert why(SINGLE, text) == ("line 3", reason)


def test_amounts_in_another_currency_are_another_statement() -> None:
    statements = read(SINGLE, "Day;Who;Amount\n01.10.2026;A;5,00\n01.10.2026;B;6,00 USD\n01.10.2026;C;7,00 €\n")
    assert [(s.currency, [e.amount.cents for e in s.entries]) for s in statements] == [
        ("EUR", [500, 700]),
        ("USD", [600]),
    ]


def test_an_amount_in_another_currency_than_its_row_is_refused() -> None:
    text = (SAMPLES / "csv_own" / "commerzbank.csv").read_text("utf-8-sig").replace("149,9;", "149,9 USD;")
    with pytest.raises(UnreadableBankFile) as refusal:
        list(csv_export.read(io.BytesIO(text.encode()), name="bank.csv", layouts=LAYOUTS))
    assert (refusal.value.where, refusal.value.reason) == ("line 2", "the amount is in USD, the row in EUR")


def test_an_unknown_currency_is_refused() -> None:
    text = (SAMPLES / "csv_own" / "commerzbank.csv").read_text("utf-8-sig").replace("149,9;EUR", "149,9;EUX")
    with pytest.raises(UnreadableBankFile) as refusal:
        list(csv_export.read(io.BytesIO(text.encode()), name="bank.csv", layouts=LAYOUTS))
    assert (refusal.value.where, refusal.value.reason) == ("line 2", "the currency “EUX” is not known")


def test_a_row_over_two_lines_is_named_by_its_first() -> None:
    text = 'Day;Who;Amount;Balance\n01.10.2026;"A\nB";1,00;\n01.10.2026;C;x;\n'
    assert why(SINGLE, text)[0] == "line 4"


def test_a_booking_above_the_column_names_is_not_lost() -> None:
    text = "01.10.2026;A;5,00;\nDay;Who;Amount;Balance\n01.10.2026;B;6,00;\n"
    assert why(SINGLE, text) == ("line 1", "“01.10.2026;A;5,00” stands above the column names like a booking")


def test_debit_and_credit_stand_in_two_columns() -> None:
    [statement] = read(DOUBLE, "Day;Out;In\n13.10.2026;5.00;\n14.10.2026;0.00;1,200.50\n")
    assert [entry.amount.cents for entry in statement.entries] == [-500, 120050]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("13.10.2026;5,00;6,00", "there is an amount out and an amount in"),
        ("13.10.2026;-5,00;", "the sign of the amount does not fit its column"),
        ("13.10.2026;;-5,00", "the sign of the amount does not fit its column"),
        ("13.10.2026;;", "there is no amount"),
    ],
)
def test_an_amount_whose_direction_is_doubtful_is_refused(row: str, reason: str) -> None:
    assert why(DOUBLE, f"Day;Out;In\n{row}\n") == ("line 2", reason)


def test_a_word_beside_the_amount_gives_its_direction() -> None:
    [statement] = read(DIRECTED, "Day;Amount;S/H\n01.10.2026;1.200,00;H\n01.10.2026;5,00;s\n")
    assert [entry.amount.cents for entry in statement.entries] == [120000, -500]
    unknown = why(DIRECTED, "Day;Amount;S/H\n01.10.2026;5,00;X\n")
    assert unknown == ("line 2", "it is not known whether “x” means in or out")
    doubled = why(DIRECTED, "Day;Amount;S/H\n01.10.2026;-5,00;S\n")
    assert doubled == ("line 2", "an amount below zero beside a direction has two meanings")


def test_one_unmistakable_day_decides_the_order_of_day_and_month_for_the_file() -> None:
    [american] = read(DOUBLE, "Day;Out;In\n03/04/2026;5;\n03/13/2026;5;\n")
    assert [str(entry.booked_on) for entry in american.entries] == ["2026-03-04", "2026-03-13"]
    [british] = read(DOUBLE, "Day;Out;In\n03/04/2026;5;\n13/04/2026;5;\n")
    assert [str(entry.booked_on) for entry in british.entries] == ["2026-04-03", "2026-04-13"]
    assert why(DOUBLE, "Day;Out;In\n03/04/2026;5;\n")[1].startswith("“03/04/2026” can be read with the day or")


def test_an_amount_with_two_meanings_is_refused() -> None:
    assert why(DOUBLE, "Day;Out;In\n13.10.2026;1.200;\n") == (
        "line 2",
        "“1.200” can be read as two different amounts",
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \r\n", "the file is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "it is a spreadsheet workbook"),
        (b"PK\x03\x04\x14\x00[Content_Types].xml", "it is a spreadsheet workbook"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "it is a web page"),
        (b"a;b;c\n1;2;\0\n", "this is not a text file"),
        (b"Day;Who;Amount;Balance\n", "there is no booking in it"),
    ],
)
def test_what_is_no_table_is_refused_by_its_name(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableBankFile) as refusal:
        list(csv_export.read(io.BytesIO(content), name="bank.csv", layouts=layouts(SINGLE)))
    assert refusal.value.reason.startswith(reason)


@pytest.mark.parametrize(
    "head",
    [
        b'<?xml version="1.0"?><Document><BkToCstmrStmt>,,,,</BkToCstmrStmt></Document>',
        b":20:STARTUMS\r\n:25:10020030/1234567,,,\r\n",
        b"{1:F01,,,}",
        b"OFXHEADER:100\nDATA:OFXSGML,,,",
        b"%PDF-1.7 ;;;",
        b"plain words, and no table",
        b"",
        bytes(range(256)),
    ],
)
def test_files_of_other_formats_are_not_taken_for_tables(head: bytes) -> None:
    assert not csv_export.sniff(head)


def test_a_file_that_cannot_be_rewound_is_read_too() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    pipe: BinaryIO = Pipe(b"Day;Who;Amount;Balance\n01.10.2026;A;5,00;\n")
    [statement] = csv_export.read(pipe, name="bank.csv", layouts=layouts(SINGLE))
    assert len(statement.entries) == 1


FILES = sorted(path for path in (*SAMPLES.glob("csv_own/*"), *SAMPLES.glob("csv_bank2ynab/*")) if path.suffix != ".md")


def read_or_refuse(content: bytes) -> None:
    csv_export.sniff(content[:4096])
    try:
        for statement in csv_export.read(io.BytesIO(content), name="bank.csv", account="X", layouts=LAYOUTS):
            assert all(sum(d.amount.cents for d in e.details) == e.amount.cents for e in statement.entries)
    except UnreadableBankFile as refusal:
        if not (refusal.file == "bank.csv" and refusal.where and refusal.reason):
            raise


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_random_bytes_are_refused_politely(content: bytes) -> None:
    read_or_refuse(content)


@settings(max_examples=60)
@given(st.text(alphabet=';,"\n\r\t|.-0123456789 AÄz€\0', max_size=300), st.sampled_from(FILES))
def test_random_rows_under_a_banks_head_are_read_or_refused_politely(text: str, path: Path) -> None:
    read_or_refuse(path.read_bytes()[:600] + text.encode())


@settings(max_examples=120)
@given(st.data())
def test_damaged_samples_are_read_or_refused_politely(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(FILES)).read_bytes()[:3000])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["change", "remove", "double", "cut"])):
            case "change":
                content[at] = data.draw(st.integers(0, 255))
            case "remove":
                del content[at : at + data.draw(st.integers(1, 20))]
            case "double":
                content[at:at] = content[at : at + 60]
            case _:
                del content[max(at, 1) :]
        content = content or bytearray(b";")
    read_or_refuse(bytes(content))
