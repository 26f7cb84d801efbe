"""Which bank's table a file is: recognised by its column names, never by its file name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from kulanz.ledger.bank_formats.csv_export.amounts import written
from kulanz.ledger.bank_formats.csv_export.layout import Layout, folded
from kulanz.ledger.bank_formats.csv_export.refusals import UnknownCsvLayout, unknown_layout
from kulanz.ledger.bank_formats.csv_export.table import DELIMITERS, Line, head_lines
from kulanz.ledger.bank_formats.refusals import Place

# Rows that must have the shape of a layout without column names before we believe it.
_ROWS_TO_BELIEVE = 5


@dataclass(frozen=True, slots=True)
class Binding:
    """A layout and where its fields stand in this file. `header` is folded; empty where there are no names."""

    layout: Layout
    header: tuple[str, ...]
    fields: dict[str, tuple[int, ...]]
    width: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """How to read a file: `line` is that of the column names, 0 where there are none."""

    encoding: str
    delimiter: str
    line: int
    binding: Binding


def recognise(source: BinaryIO, encodings: Sequence[str], layouts: Sequence[Layout], place: Place) -> Recognised:
    """The layout of a file. Raises UnknownCsvLayout with the column names that were found."""
    heads = [
        (encoding, delimiter, head_lines(source, encoding, delimiter))
        for encoding in encodings
        for delimiter in DELIMITERS
    ]
    best: tuple[tuple[bool, int, int], Recognised] | None = None
    for encoding, delimiter, head in heads:
        for line in head:
            found = bind(line.cells, layouts)
            if found is None:
                continue
            score, binding = found
            # The first line that names columns counts: what stands above it would not be read.
            rank = (binding.layout.own, -line.number, score)
            if best is None or rank > best[0]:
                best = (rank, Recognised(encoding, delimiter, line.number, binding))
    if best is not None:
        return best[1]
    without_header = _by_shape(heads, layouts)
    if without_header is not None:
        return without_header
    raise _unknown(heads, place)


def bind(cells: Sequence[str], layouts: Iterable[Layout]) -> tuple[int, Binding] | None:
    """The layout whose column names these cells are, with how well it fits."""
    header = tuple(folded(cell) for cell in cells)
    if sum(1 for name in header if name) < 2:
        return None
    best: tuple[tuple[bool, int], Layout] | None = None
    for layout in layouts:
        score = layout.fits(header)
        if score is not None and (best is None or (layout.own, score) > best[0]):
            best = ((layout.own, score), layout)
    if best is None:
        return None
    return best[0][1], _binding(best[1], header)


def _binding(layout: Layout, header: tuple[str, ...]) -> Binding:
    found = {
        field: tuple(index for column in columns if (index := column.find(header)) is not None)
        for field, columns in layout.columns.items()
    }
    width = len(header) if header else len(layout.shape)
    last_read = max((index for at in found.values() for index in at), default=0)
    while header and width > last_read + 1 and not header[width - 1]:
        width -= 1
    return Binding(layout, header, {field: at for field, at in found.items() if at}, width)


def _by_shape(heads: Iterable[tuple[str, str, list[Line]]], layouts: Sequence[Layout]) -> Recognised | None:
    for encoding, delimiter, head in heads:
        for layout in layouts:
            rows = [
                line
                for line in head
                if not line.is_blank and not any(pattern.fullmatch(line.joined) for pattern in layout.lines)
            ][:_ROWS_TO_BELIEVE]
            if rows and all(layout.fits_without_header(line.cells) for line in rows):
                return Recognised(encoding, delimiter, 0, _binding(layout, ()))
    return None


def _unknown(heads: Sequence[tuple[str, str, list[Line]]], place: Place) -> UnknownCsvLayout:
    """What to tell about a file nobody knows: its column names if a line looks like that, else its first line."""
    head = max((head for _, _, head in heads), key=_regularity)
    filled = [line for line in head if not line.is_blank]
    width = Counter(len(line.cells) for line in filled).most_common(1)[0][0] if filled else 0
    for line in filled:
        names = [cell for cell in line.cells if cell.strip()]
        named = len(line.cells) == width > 1 and len(names) >= max(3, width // 2)
        if named and not any(_is_value(cell) for cell in names):
            return unknown_layout(place.file, line.joined, line.number, line.joined)
    first = filled[0] if filled else Line(1, [])
    return unknown_layout(place.file, None, first.number, first.joined)


def _regularity(head: list[Line]) -> int:
    """How many cells stand in lines of the same number of cells, more than one: what a table is."""
    widths = Counter(len(line.cells) for line in head if not line.is_blank and len(line.cells) > 1)
    return max((width * count for width, count in widths.items()), default=0)


def _is_value(cell: str) -> bool:
    """Whether a cell is an amount or a day rather than a name."""
    text = cell.strip()
    digits = sum(letter.isdigit() for letter in text)
    return any(written(text, decimal) for decimal in ",.") or (digits >= 4 and digits * 2 >= len(text))
