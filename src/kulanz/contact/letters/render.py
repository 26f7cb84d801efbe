"""From the sheet to paper: one PDF per letter, or one PDF with many letters for the printer.

Every text reaches the typesetter as data, never as markup. The same sheet gives the same bytes, so the
register of what we sent can keep a hash of the content.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fontpkg_source_sans_3
import typst

from kulanz.contact import girocode
from kulanz.contact.letters.characters import bound, breakable, printable, printable_lines
from kulanz.contact.letters.labels import Labels, labels
from kulanz.contact.letters.sheet import Letter, Payment, Sender, Table
from kulanz.ui import formats

if TYPE_CHECKING:
    from typst import PDFStandard

TEMPLATE = Path(__file__).with_name("letter.typ")

# Readable by screen readers (PDF/UA-1) and fit for the archive, with structure and room for attachments
# (PDF/A-3a).
STANDARDS: list[PDFStandard] = ["a-3a", "ua-1"]

# A print file holds no more: the typesetter needs about 1.5 MB of memory for each letter until all are done.
MOST_LETTERS = 250

# The longest word that fits its place without a break, in characters.
LONGEST_WORD_IN_TEXT = 60
LONGEST_WORD_IN_CELL = 22

# How many characters fit their place even if all were wide; a longer line is measured and set smaller.
RETURN_LINE = 42
ADDRESS_LINE = 28
BLOCK_LABEL = 12
BLOCK_VALUE = 15

# More characters than this in salutation and first sentence could push the payment part off the first page.
LONGEST_OPENING = 1200

# Up to the first length a cell keeps its natural width; beyond the second, more text gets more lines.
SHORT_CELL = 14
LONG_CELL = 45


def render(letter: Letter) -> bytes:
    """One letter as a PDF."""
    return render_many((letter,))


def render_many(letters: Sequence[Letter]) -> bytes:
    """Up to MOST_LETTERS as one PDF for the printer; each starts on a new page and counts its own pages."""
    if not 1 <= len(letters) <= MOST_LETTERS:
        raise ValueError(f"one print file holds 1 to {MOST_LETTERS} letters, not {len(letters)}")
    inputs = {
        "letters": json.dumps([_facts(letter, key) for key, letter in enumerate(letters)], ensure_ascii=False),
        "frame": json.dumps(_frame(letters), ensure_ascii=False),
    }
    moment = datetime.combine(max(letter.written_on for letter in letters), time.min, UTC)
    return _compile(inputs, moment)


def _compile(inputs: dict[str, str], moment: datetime) -> bytes:
    """Try the strict way first; a letter in a script our fonts lack still goes out.

    An archive PDF must be able to show every character. The shipped fonts cover Latin, Greek, Cyrillic,
    Hebrew and Arabic; beyond them the fonts of the machine help, and as the last resort the character is
    printed as an empty box in a plain PDF. One emoji in a product name must not stop a run of ten thousand
    letters.
    """
    for system_fonts in (False, True):
        try:
            return _typeset(inputs, moment, system_fonts=system_fonts, standards=STANDARDS)
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
    return _typeset(inputs, moment, system_fonts=True, standards=[])


def _typeset(inputs: dict[str, str], moment: datetime, *, system_fonts: bool, standards: list[PDFStandard]) -> bytes:
    result = _compiler(system_fonts).compile(
        format="pdf", sys_inputs=inputs, pdf_standards=standards, timestamp=int(moment.timestamp())
    )
    assert isinstance(result, bytes)
    return result


_compilers = threading.local()


def _compiler(system_fonts: bool) -> typst.Compiler:
    """One typesetter per thread: it keeps the template parsed, but may not be used by two threads at once."""
    name = f"system_fonts_{system_fonts}"
    if not hasattr(_compilers, name):
        compiler = typst.Compiler(
            TEMPLATE,
            root=TEMPLATE.parent,
            font_paths=_fonts(system_fonts),
            ignore_system_fonts=not system_fonts,
        )
        setattr(_compilers, name, compiler)
    found: typst.Compiler = getattr(_compilers, name)
    return found


@cache
def _fonts(system_fonts: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=system_fonts, font_paths=[fontpkg_source_sans_3.ROOT / "files"])


def _frame(letters: Sequence[Letter]) -> dict[str, object]:
    """Title, author and date of the document as a whole."""
    first = letters[0]
    last_day = max(letter.written_on for letter in letters)
    title = first.subject if len(letters) == 1 else f"{labels(first.language).batch_title} ({len(letters)})"
    return {
        "title": printable(title),
        "author": printable(first.sender.name),
        "year": last_day.year,
        "month": last_day.month,
        "day": last_day.day,
    }


def _facts(letter: Letter, key: int) -> dict[str, Any]:
    """The letter as the template reads it: finished strings, nothing left to decide or to format."""
    words = labels(letter.language)
    sender = letter.sender
    return {
        "key": str(key),
        "language": letter.language,
        "labels": asdict(words),
        "sender": printable(sender.name),
        "subject": _prose(letter.subject),
        "written_on": formats.day(letter.written_on, letter.language),
        "return_line": _fitted(" · ".join((sender.name, sender.street, sender.postcode_city)), RETURN_LINE),
        "recipient": [_fitted(line, ADDRESS_LINE) for line in letter.recipient.lines],
        "information": _information(letter, words),
        "opening": [_lines(paragraph) for paragraph in letter.paragraphs[:2]],
        "foot_first": sum(map(len, letter.paragraphs[:2])) > LONGEST_OPENING,
        "paragraphs": [_lines(paragraph) for paragraph in letter.paragraphs[2:]],
        "table": None if letter.table is None else _table(letter.table),
        "after_table": [_lines(paragraph) for paragraph in letter.after_table],
        "payment": None if letter.payment is None else _payment(letter.payment, letter, words),
        "closing": printable(letter.closing),
        "signature": _lines(letter.signature),
        "enclosures": [_prose(line) for line in letter.enclosures],
        "check": None if letter.check_code is None else _check(letter.check_code, letter.check_hint),
        "footer": _footer(sender),
    }


def _prose(text: str) -> str:
    return breakable(bound(printable(text)), LONGEST_WORD_IN_TEXT)


def _lines(paragraph: str) -> list[str]:
    return [breakable(bound(line), LONGEST_WORD_IN_TEXT) for line in printable_lines(paragraph)]


def _cell(text: str) -> str:
    return breakable(printable(text), LONGEST_WORD_IN_CELL)


def _fitted(text: str, safe: int) -> dict[str, object]:
    """A line that must not break; up to `safe` characters it fits its place for certain."""
    line = printable(text)
    return {"text": line, "long": len(line) > safe}


def _information(letter: Letter, words: Labels) -> list[tuple[dict[str, object], dict[str, object]]]:
    """The block beside the address: what to name when asking, how to reach us, the date."""
    pairs = (
        *letter.reference_lines,
        (words.phone, letter.sender.phone),
        (words.email, letter.sender.email),
        (words.date, formats.day(letter.written_on, letter.language)),
    )
    return [(_fitted(name, BLOCK_LABEL), _fitted(value, BLOCK_VALUE)) for name, value in pairs if value]


def _table(table: Table) -> dict[str, Any]:
    return {
        "header": [_cell(cell) for cell in table.header],
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
        "total": None if table.total is None else [_cell(cell) for cell in table.total],
        "numeric": sorted(table.numeric_columns),
        "shares": _shares(table),
    }


def _shares(table: Table) -> list[int]:
    """How the columns share the width: 0 takes what it needs, the others divide the rest in this proportion.

    Figures and short words are never squeezed; columns of prose get room by their longest cell.
    """
    longest = [max(len(line[column]) for line in (table.header, *table.rows)) for column in range(len(table.header))]
    shares = [
        0 if column in table.numeric_columns or length <= SHORT_CELL else min(length, LONG_CELL)
        for column, length in enumerate(longest)
    ]
    return shares if any(shares) else [1, *shares[1:]]


def _payment(payment: Payment, letter: Letter, words: Labels) -> dict[str, Any]:
    """Lines are name, value and whether the value is set bold: what people type first."""
    lines = [
        (words.payee, payment.creditor_name, False),
        (words.account, formats.iban(payment.iban), True),
        (words.bic, payment.bic, False),
        (words.amount, formats.money(payment.amount, letter.language), True),
        (words.payment_reference, payment.reference, True),
        (words.payable_by, formats.day(payment.due_on, letter.language) if payment.due_on else "", True),
    ]
    return {
        "lines": [(name, _prose(value), strong) for name, value, strong in lines if value],
        "code": _code(payment, words),
    }


def _code(payment: Payment, words: Labels) -> str | None:
    """The code to scan, or None where the standard knows none (another currency): the details stand beside
    it.
    """
    try:
        return girocode.svg(payment, title=words.payment_code)
    except girocode.NoGiroCode:
        return None


def _check(code: str, hint: str | None) -> dict[str, str]:
    return {"code": printable(code), "hint": _prose(hint or "")}


def _footer(sender: Sender) -> list[list[str]]:
    """Four columns: the company, how to reach it, its bank, its register."""
    columns = (
        (sender.legal_line, sender.street, sender.postcode_city, sender.country),
        (sender.phone, sender.email, sender.web),
        (sender.bank_name, formats.iban(sender.iban), sender.bic),
        sender.registration_lines,
    )
    return [[printable(line) for line in column if line] for column in columns if any(column)]
