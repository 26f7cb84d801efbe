"""Reads a bank's table into statements: one per account, currency and unbroken run of rows."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import BinaryIO, cast

from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.csv_export.decoding import is_utf16, possible_encodings
from kulanz.ledger.bank_formats.csv_export.details import entry_of
from kulanz.ledger.bank_formats.csv_export.forms import settle
from kulanz.ledger.bank_formats.csv_export.known import known_layouts
from kulanz.ledger.bank_formats.csv_export.layout import Layout, Status
from kulanz.ledger.bank_formats.csv_export.movements import MovementReader
from kulanz.ledger.bank_formats.csv_export.recognising import recognise
from kulanz.ledger.bank_formats.csv_export.sheet import Sheet
from kulanz.ledger.bank_formats.csv_export.statements import Heading
from kulanz.ledger.bank_formats.csv_export.survey import Grouping, Key, survey
from kulanz.ledger.bank_formats.refusals import Place
from kulanz.ledger.bank_formats.statement import Entry, Statement, StatementStream

_SPOOL_BYTES = 16 << 20
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NEW_EXCEL = (b"PK\x03\x04", b"[Content_Types].xml")
_WEB_PAGE = (b"<html", b"<table", b"<!doctype html")
# How files of the other formats begin; whoever asks us first must not get a table.
_NO_TABLE = (b"<", b"{", b"[", b":20:", b":25:", b":940:", b"OFXHEADER", b"!Type:", b"%PDF", b"PK\x03\x04")


def sniff(head: bytes) -> bool:
    """Whether a file beginning like `head` (a few kB) may be a bank's table. Ask the other formats first.

    Also true for workbooks and web pages, which banks call ".xls": they are recognised here to be refused by name.
    """
    if _is_workbook(head) or _is_web_page(head):
        return True
    if b"\0" in head and not is_utf16(head):
        return False
    plain = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip()
    if plain.startswith(_NO_TABLE):
        return False
    lines = [line for line in plain.replace(b"\r", b"\n").split(b"\n") if line.strip()]
    return any(line.count(delimiter) >= 2 for line in lines for delimiter in (b";", b",", b"\t", b"|"))


def read(
    file: BinaryIO,
    *,
    name: str | None = None,
    account: str | None = None,
    currency: str | None = None,
    layouts: Sequence[Layout] | None = None,
) -> Iterator[Statement]:
    """The statements of a table, each whole. For files of a bank's size see `stream`, which this is made of."""
    for streamed in stream(file, name=name, account=account, currency=currency, layouts=layouts):
        yield streamed.whole()


def stream(
    file: BinaryIO,
    *,
    name: str | None = None,
    account: str | None = None,
    currency: str | None = None,
    layouts: Sequence[Layout] | None = None,
) -> Iterator[StatementStream]:
    """The statements of a table, one row at a time in memory; take a statement's entries before the next one's.

    `account` is the account's IBAN or number, for files that do not say it: a file that says another one is refused,
    and where nobody says it the statement has none. `currency` is that of the account, for amounts without one.
    `layouts` are the layouts to know, by default `known_layouts()`. The whole file has been judged before the first
    statement is handed out. Raises UnreadableBankFile, more exactly UnknownCsvLayout or CurrencyNotSaid where that is
    why; UnusableLayout if an operator's layout file is wrong.
    """
    place = Place(name or _name_of(file))
    source = _seekable(file)
    _refuse_what_is_no_table(source, place)
    layouts = known_layouts() if layouts is None else layouts
    how = recognise(source, possible_encodings(source, place), layouts, place)
    sheet = Sheet(source, how, layouts, place)
    reader = MovementReader(settle(how.binding.layout, sheet.rows(), place), currency, place)
    tallies = survey(sheet, reader, place)
    heading = Heading(reader, account, place)
    statements = [heading.statement(tally, tallies) for tally in tallies]
    for tally, statement in zip(tallies, statements, strict=True):
        yield StatementStream(statement, _entries(sheet, reader, tally.key, place))


def _entries(sheet: Sheet, reader: MovementReader, key: Key, place: Place) -> Iterator[Entry]:
    """The booked entries of one statement; announced ones are counted, not told."""
    position = 0
    grouping = Grouping(reader, place)
    for row in sheet.rows():
        if row.means is not None or reader.status(row) is Status.VOID:
            continue
        if grouping.key(row) != key:
            continue
        position += 1
        if reader.status(row) is Status.BOOKED:
            yield entry_of(row, reader.read(row), position, reader)


def _refuse_what_is_no_table(source: BinaryIO, place: Place) -> None:
    head = source.read(4096)
    source.seek(0)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise place.refusal(N_("the file is empty"))
    if _is_workbook(head):
        raise place.refusal(
            N_("it is a spreadsheet workbook, which may have been changed since the bank wrote it. Export CSV instead")
        )
    if _is_web_page(head):
        raise place.refusal(N_("it is a web page, not a table. Export CSV instead"))


def _is_workbook(head: bytes) -> bool:
    return head.startswith(_OLD_EXCEL) or (head.startswith(_NEW_EXCEL[0]) and _NEW_EXCEL[1] in head)


def _is_web_page(head: bytes) -> bool:
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return plain.startswith(b"<") and any(sign in plain for sign in _WEB_PAGE)


def _name_of(file: BinaryIO) -> str:
    found = getattr(file, "name", None)
    return PurePath(found).name if isinstance(found, str) and found else "(unnamed)"


def _seekable(file: BinaryIO) -> BinaryIO:
    """The file is gone through several times, so a stream is stored first."""
    if file.seekable():
        return file
    stored = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - lives while it is read
    shutil.copyfileobj(file, stored)
    stored.seek(0)
    return cast(BinaryIO, stored)
