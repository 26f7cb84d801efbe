"""Walks through a table: tells rows from the lines around them, and one account's section from the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.csv_export.amounts import written
from kulanz.ledger.bank_formats.csv_export.layout import Layout, RowMeaning, folded
from kulanz.ledger.bank_formats.csv_export.recognising import Binding, Recognised, bind
from kulanz.ledger.bank_formats.csv_export.refusals import quoted
from kulanz.ledger.bank_formats.csv_export.table import Line, lines
from kulanz.ledger.bank_formats.refusals import Place

_NOT_APPLICABLE = "N/A"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a line beside the rows says of a section, with the line it stands in."""

    line: int
    text: str


@dataclass(slots=True)
class Section:
    """One account's part of the file: what stands above and below its rows."""

    number: int
    facts: dict[str, Fact] = field(default_factory=dict)
    notes: list[Phrase] = field(default_factory=list)


@dataclass(slots=True)
class Row:
    """One row under the column names. `more` are lines that continue its text."""

    line: int
    cells: list[str]
    binding: Binding
    section: Section
    means: RowMeaning | None = None
    more: list[str] = field(default_factory=list)

    @property
    def layout(self) -> Layout:
        """How this bank writes."""
        return self.binding.layout

    def texts(self, meaning: str) -> list[str]:
        """The filled cells of a field, as they stand there."""
        found = (self.cells[index].strip() for index in self.binding.fields.get(meaning, ()) if index < len(self.cells))
        return [text for text in found if text and text != _NOT_APPLICABLE]

    def text(self, meaning: str) -> str:
        """A field as one line; empty where the bank has nothing to say."""
        at = self.binding.fields.get(meaning)
        if at is None:
            return ""
        if len(at) > 1:
            return " ".join(" ".join(self.texts(meaning)).split())
        # Most fields are one column, and this is asked some fifty times a row.
        text = " ".join(self.cells[at[0]].split()) if at[0] < len(self.cells) else ""
        return "" if text == _NOT_APPLICABLE else text

    def has(self, meaning: str) -> bool:
        """Whether the table has a column for it."""
        return meaning in self.binding.fields


class Sheet:
    """A recognised file. Its rows can be walked through again and again; only one is in memory at a time."""

    def __init__(self, source: BinaryIO, how: Recognised, layouts: Sequence[Layout], place: Place) -> None:
        self._source = source
        self._how = how
        self._place = place
        # Other tables may follow in the same file; only those of the same bank's file are looked for.
        self._layouts = [layout for layout in layouts if layout.source == how.binding.layout.source]
        self._column_names = {name for layout in self._layouts for name in layout.header if name}

    def rows(self) -> Iterator[Row]:
        """Every row, also those that are no booking; lines that continue a row are already in it."""
        held: Row | None = None
        for row in self._separate_rows():
            if held is not None and _continues(row):
                held.more.extend(cell.strip() for cell in row.cells if cell.strip())
                continue
            if held is not None:
                yield held
            held = row
        if held is not None:
            yield held

    def _separate_rows(self) -> Iterator[Row]:
        binding, section, started = self._how.binding, Section(0), self._how.line == 0
        for line in lines(self._source, self._how.encoding, self._how.delimiter, self._place):
            if line.is_blank:
                continue
            facts = _facts(binding.layout, line)
            if facts is not None:
                if "section" in facts and started:
                    section, started = Section(section.number + 1), False
                section.facts.update(facts)
            elif line.number == self._how.line:
                started = True
            elif line.number > self._how.line:
                other = self._next_table(line, binding)
                if other is not None:
                    if started:
                        section = Section(section.number + 1)
                    binding, started = other, True
                else:
                    yield self._row(line, binding, section)
            else:
                self._refuse_lost_row(line, binding)

    def _refuse_lost_row(self, line: Line, binding: Binding) -> None:
        """Above the column names stand words. A day and an amount in their columns would be a booking nobody reads."""
        row = Row(line.number, line.cells, binding, Section(0))
        amounts = [row.text(field) for field in ("amount", "debit", "credit")]
        if binding.layout.days.read(row.text("booked_on")) and any(written(a, d) for a in amounts for d in ",."):
            raise self._place.refusal_at_line(
                line.number, N_("“%(row)s” stands above the column names like a booking"), row=quoted(line.joined)
            )

    def _next_table(self, line: Line, current: Binding) -> Binding | None:
        """Column names once more: another account's table begins."""
        first = next((cell for cell in line.cells if cell.strip()), "")
        if not current.header or folded(first) not in self._column_names:
            return None
        found = bind(line.cells, self._layouts)
        return None if found is None else found[1]

    def _row(self, line: Line, binding: Binding, section: Section) -> Row:
        cells = line.cells
        while len(cells) > binding.width and not cells[-1].strip():
            cells = cells[:-1]
        row = Row(line.number, cells, binding, section)
        if len(cells) < binding.width and not _continues(row):
            row.cells = self._filled_up(row)
        elif len(cells) > binding.width:
            raise self._wrong_width(row)
        row.means = _meaning(row)
        return row

    def _filled_up(self, row: Row) -> list[str]:
        """Cells for all columns, if it is certain which are missing."""
        layout, width = row.layout, row.binding.width
        missing = width - len(row.cells)
        lacking = layout.may_lack.find(row.binding.header) if layout.may_lack else None
        if missing == 1 and lacking is not None:
            row.section.notes.append(
                Phrase(N_("Line %(line)s has one field too few; it was read without the text column."), line=row.line)
            )
            return [*row.cells[:lacking], "", *row.cells[lacking:]]
        read = {index for indexes in row.binding.fields.values() for index in indexes}
        if layout.short_rows and not any(index >= len(row.cells) for index in read):
            return [*row.cells, *[""] * missing]
        if not row.binding.header and all(pattern.fullmatch("") for pattern in layout.shape[len(row.cells) :]):
            return [*row.cells, *[""] * missing]
        raise self._wrong_width(row)

    def _wrong_width(self, row: Row) -> Exception:
        return self._place.refusal_at_line(
            row.line,
            N_("there are %(found)s fields where there should be %(expected)s: “%(row)s”"),
            found=len(row.cells),
            expected=row.binding.width,
            row=quoted(";".join(row.cells)),
        )


def _facts(layout: Layout, line: Line) -> dict[str, Fact] | None:
    """What a line beside the rows tells; None if it is not such a line."""
    for pattern in layout.lines:
        found = pattern.fullmatch(line.joined)
        if found is not None:
            return {name: Fact(line.number, text.strip()) for name, text in found.groupdict().items() if text}
    return None


def _continues(row: Row) -> bool:
    """A line that only carries on the text of the row above."""
    if not row.layout.continued:
        return False
    return not any(row.texts(field) for field in ("booked_on", "amount", "debit", "credit", "balance"))


def _meaning(row: Row) -> RowMeaning | None:
    for rule in row.layout.rows:
        index = rule.column.find(row.binding.header)
        if index is not None and index < len(row.cells) and rule.pattern.fullmatch(row.cells[index].strip()):
            return rule.means
    return None
