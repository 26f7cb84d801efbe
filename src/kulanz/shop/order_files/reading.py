"""Reading a whole order file: all of it, or the reasons against it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, localcontext
from operator import itemgetter
from typing import BinaryIO

from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.shop.order_files import findings as why
from kulanz.shop.order_files.cells import Cells, shown
from kulanz.shop.order_files.findings import Findings, RowError, Stop, TooManyErrors, cut_short
from kulanz.shop.order_files.gathering import Gathering
from kulanz.shop.order_files.kulanz import KULANZ
from kulanz.shop.order_files.lines import rows
from kulanz.shop.order_files.mapping import Layout, Mapping, SubscriptionMapping
from kulanz.shop.order_files.online_retail import ONLINE_RETAIL
from kulanz.shop.order_files.rows import OrderFile
from kulanz.shop.order_files.subscriptions import SUBSCRIPTIONS, SubscriptionGathering

MAPPINGS: dict[str, Mapping | SubscriptionMapping] = {
    "kulanz": KULANZ,
    "online-retail": ONLINE_RETAIL,
    "subscriptions": SUBSCRIPTIONS,
}
MOST_BYTES = 2 * 2**30

# Wide enough that no sum of a file is ever rounded on the way, whatever context the caller has set.
_EXACT = Context(prec=60)


class UnknownMapping(Refusal):
    """Somebody asked for a file format we do not have."""

    code = "unknown_mapping"
    sentence = N_("There is no mapping “%(name)s”. Choose one of: %(known)s.")


def read(file: BinaryIO, mapping: str = "kulanz", *, most_bytes: int = MOST_BYTES) -> OrderFile | tuple[RowError, ...]:
    """Read and check a CSV file, plain or gzipped; `most_bytes` bounds its unpacked size.

    One row that cannot be read refuses the whole file: half an import would leave invoices without orders.
    The answer is then every reason found, by line: at most a thousand and one that says there are more.
    Raises UnknownMapping.
    """
    meaning = MAPPINGS.get(mapping)
    if meaning is None:
        raise UnknownMapping(name=shown(mapping), known=", ".join(MAPPINGS))
    findings = Findings()
    try:
        with localcontext(_EXACT):
            found = _read_rows(file, meaning, findings, most_bytes)
    except TooManyErrors as error:
        return cut_short(findings, error.args[0])
    except Stop:
        return findings.in_order()
    return findings.in_order() if findings.count else found


def _read_rows(
    file: BinaryIO, mapping: Mapping | SubscriptionMapping, findings: Findings, most_bytes: int
) -> OrderFile:
    lines = rows(file, findings, most_bytes=most_bytes)
    header = _header(lines, mapping, findings)
    known = {*mapping.required, *mapping.optional}
    positions = {name: position for position, name in enumerate(header) if name in known}
    cells = Cells(findings, positions)
    whole = _whole_rows(lines, cells, width=len(header))
    if isinstance(mapping, SubscriptionMapping):
        return _subscriptions(whole, cells, mapping)
    return _orders(whole, cells, mapping)


def _whole_rows(lines: Iterator[tuple[int, list[str]]], cells: Cells, *, width: int) -> Iterator[list[str]]:
    """Put each row that has a field for every column into `cells`; any other is noted and passed over."""
    for cells.line, cells.row in lines:
        if len(cells.row) == width:
            yield cells.row
        else:
            cells.refuse("", why.WRONG_WIDTH, found=len(cells.row), expected=width)


def _subscriptions(whole: Iterator[list[str]], cells: Cells, mapping: SubscriptionMapping) -> OrderFile:
    gathering = SubscriptionGathering(cells.findings, mapping)
    for _ in whole:
        before = cells.findings.count
        customer, subscription = mapping.subscription(cells)
        if cells.findings.count == before:
            gathering.enter(cells.line, customer, subscription)
    return gathering.finished()


def _orders(whole: Iterator[list[str]], cells: Cells, mapping: Mapping) -> OrderFile:
    findings = cells.findings
    item_columns = {getattr(mapping.columns, name) for name in ("sku", "title", "quantity", "unit_price")}
    head_cells = itemgetter(*(at for name, at in cells.positions.items() if name not in item_columns))
    gathering = Gathering(findings, mapping)
    last_cells: object = None
    head = None
    for row in whole:
        before = findings.count
        # Rows of one order follow each other and differ only in the item: the rest is read once.
        if head is None or head_cells(row) != last_cells:
            head = mapping.head(cells)
            last_cells = head_cells(row)
            if findings.count == before:
                gathering.enter(cells.line, head)
        item = mapping.item(cells, head)
        if findings.count == before:
            gathering.add(head, item)
        else:
            head = None
    return gathering.finished()


def _header(lines: Iterator[tuple[int, list[str]]], mapping: Layout, findings: Findings) -> list[str]:
    """The names in the first row. Raises Stop when they do not fit: no row could be understood."""
    line, row = next(lines, (1, []))
    if not row and not findings.count:
        findings.add(1, "", why.EMPTY)
    if findings.count:
        raise Stop
    header = [name.strip() for name in row]
    known = {*mapping.required, *mapping.optional}
    for name in mapping.required:
        if name not in header:
            findings.add(line, name, why.MISSING_COLUMN, name=name)
    for position, name in enumerate(header):
        if name in known and name in header[:position]:
            findings.add(line, name, why.DOUBLE_COLUMN, name=name)
        if name not in known and mapping.only_these:
            findings.add(line, shown(name), why.UNKNOWN_COLUMN, name=shown(name))
    if findings.count:
        raise Stop
    return header
