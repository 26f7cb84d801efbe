"""Layouts are data: ours know themselves apart, an operator's counts first, a wrong one is refused with its key."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from kulanz.ledger.bank_formats import csv_export
from kulanz.ledger.bank_formats.csv_export.known import known_layouts
from kulanz.ledger.bank_formats.csv_export.layout import Layout
from kulanz.ledger.bank_formats.csv_export.layout_files import read_layouts
from kulanz.ledger.bank_formats.csv_export.recognising import bind
from kulanz.ledger.bank_formats.csv_export.refusals import UnusableLayout

NO_FOLDER = Path(__file__).parent / "no operator has a layout here"
OURS = known_layouts(NO_FOLDER)
DOCUMENT = Path(__file__).parents[4] / "docs" / "bank-csv.md"
OPERATORS = """
[[layout]]
name = "first direct of our customers"
header = ["Date", "Description", "Amount", "Balance"]
exact = true
date = ["dd/mm/yyyy"]
decimal = "."
currency = "GBP"

[layout.columns]
booked_on = "Date"
remittance = "Description"
amount = "Amount"
balance = "Balance"
"""


@pytest.mark.parametrize("layout", [layout for layout in OURS if layout.header], ids=lambda layout: layout.name)
def test_a_layout_knows_its_own_columns_and_no_other_takes_them(layout: Layout) -> None:
    found = bind(layout.header, OURS)
    assert found is not None
    assert found[1].layout.name == layout.name


def test_names_are_not_used_twice() -> None:
    names = [layout.name for layout in OURS]
    assert len(names) == len(set(names)) == 50


def test_an_operators_layout_decides_what_ours_leave_open(tmp_path: Path) -> None:
    content = b'Date,Description,Amount,Balance\n10/02/2018,"MERCHANT",-5.00,995.00\n'
    tmp_path.joinpath("first-direct.toml").write_text(OPERATORS)
    [statement] = csv_export.read(io.BytesIO(content), name="bank.csv", layouts=known_layouts(tmp_path))
    assert (str(statement.from_on), str(statement.opening)) == ("2018-02-10", "1000.00 GBP")


def test_a_corrected_layout_counts_at_once(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OPERATORS)
    assert known_layouts(tmp_path)[0].currency == "GBP"
    file.write_text(OPERATORS.replace("GBP", "USD") + "\n")
    assert known_layouts(tmp_path)[0].currency == "USD"


def test_the_layouts_in_the_documentation_can_be_used() -> None:
    pieces = DOCUMENT.read_text(encoding="utf-8").split("```toml\n")[1:]
    found = [read_layouts(piece.split("```")[0], source="bank-csv.md", own=True) for piece in pieces]
    assert [len(layouts) for layouts in found] == [1, 1]


def test_the_documentation_names_every_bank() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [layout.name for layout in OURS if f"| {layout.name} |" not in text] == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("[[layout]]", "[[layout]"), "it is not TOML"),
        (("[[layout]]", "[[other]]"), "it must consist of tables [[layout]] only"),
        (('name = "first direct of our customers"', ""), "“name” is needed"),
        (('decimal = "."', 'dezimal = "."'), "the key “dezimal” is not known"),
        (('decimal = "."', 'decimal = ";"'), "“decimal” must be one of ,, ., either"),
        (('"dd/mm/yyyy"', '"dd/yyyy"'), "“dd/yyyy” does not name day, month and year once each"),
        (('date = ["dd/mm/yyyy"]', ""), "“date” is needed"),
        (('currency = "GBP"', 'currency = "QQQ"'), "the currency “QQQ” is not known"),
        (('currency = "GBP"', "currency = 3"), "“currency” is of the wrong kind"),
        (('booked_on = "Date"', ""), "“booked_on” and “amount” (or “debit” and “credit”) are needed"),
        (('amount = "Amount"', 'debit = "Amount"'), "“debit” and “credit” go together"),
        (('amount = "Amount"', 'ammount = "Amount"'), "a column cannot mean “ammount”"),
        (('amount = "Amount"', 'amount = "Amuont"'), "there is no column “amuont”"),
        (('amount = "Amount"', "amount = 3"), "“columns.amount” must be text or a list of texts"),
        (('balance = "Balance"', 'direction = "Balance"'), "a column “direction” goes with a table “direction”"),
        (('balance = "Balance"', 'status = "Balance"'), "a column “status” goes with a table “status”"),
        (("exact = true", "lines = ['(?P<acount>.+)']"), "“(?P<acount>.+)” cannot tell “acount”"),
        (("exact = true", "lines = ['(']"), "“(” is not a pattern"),
        (("exact = true", 'shape = ["text"]'), "either “header” or “shape” is needed, and not both"),
        (("exact = true", 'rows = [{ column = "Date", is = "x", means = "y" }]'), "“means” must be one of"),
    ],
)
def test_a_wrong_layout_is_refused_with_what_is_wrong(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    assert change[0] in OPERATORS
    tmp_path.joinpath("own.toml").write_text(OPERATORS.replace(*change))
    with pytest.raises(UnusableLayout) as refusal:
        known_layouts(tmp_path)
    assert refusal.value.file == "own.toml"
    assert reason in refusal.value.reason


def test_a_layout_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    tmp_path.joinpath("own.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnusableLayout, match="it cannot be read"):
        known_layouts(tmp_path)


def test_a_layout_file_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    with tmp_path.joinpath("own.toml").open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(UnusableLayout, match="it is larger than 1 MB"):
        known_layouts(tmp_path)
