"""From bytes to rows of text: unpacking, UTF-8, CSV quoting, and bounds against hostile files.

Line numbers are those an editor shows: a field with a line break in quotes makes its row span two lines,
and the row is named by its first.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from typing_extensions import Buffer, override

from kulanz.shop.order_files.findings import (
    BROKEN_QUOTES,
    CELL_TOO_LONG,
    DAMAGED,
    LINE_TOO_LONG,
    NOT_UTF8,
    NUL,
    QUOTE_NOT_CLOSED,
    TOO_LARGE,
    Findings,
    Stop,
)

GZIP_MAGIC = b"\x1f\x8b"
LONGEST_LINE = 65_536
_BLOCK = 1 << 18


class _Rejoined(io.RawIOBase):
    """A file whose first bytes were taken to look at them, whole again. Closing it leaves the file open."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = head
        self._file = file

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer) -> int:
        room = memoryview(buffer).cast("B")
        block = self._head[: len(room)] or self._file.read(len(room))
        self._head = self._head[len(block) :]
        room[: len(block)] = block
        return len(block)


def _first_bytes(file: BinaryIO) -> bytes:
    """Enough bytes to see the magic of gzip, also from a stream that hands out single bytes."""
    head = b""
    while len(head) < len(GZIP_MAGIC) and (block := file.read(len(GZIP_MAGIC) - len(head))):
        head += block
    return head


@dataclass(slots=True)
class Lines:
    """The physical lines of one file, decoded. `number` is the line last handed out."""

    findings: Findings
    most_bytes: int
    number: int = 0
    _bytes: int = field(default=0, repr=False)

    def of(self, file: BinaryIO) -> Iterator[str]:
        """Each line with its line break. Raises Stop when the file cannot be followed any further."""
        head = _first_bytes(file)
        stream = io.BufferedReader(_Rejoined(head, file), _BLOCK)
        if head != GZIP_MAGIC:
            yield from self._decoded(stream)
            return
        try:
            unpacked = io.BufferedReader(gzip.GzipFile(fileobj=stream, mode="rb"), _BLOCK)
            yield from self._decoded(unpacked)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            self.findings.add(self.number + 1, "", DAMAGED)
            raise Stop from None

    def _decoded(self, stream: BinaryIO) -> Iterator[str]:
        while line := stream.readline(LONGEST_LINE + 1):
            self.number += 1
            self._check_size(line)
            text = self._text(line)
            yield text.removeprefix("\ufeff") if self.number == 1 else text

    def _check_size(self, line: bytes) -> None:
        self._bytes += len(line)
        if self._bytes > self.most_bytes:
            self.findings.add(self.number, "", TOO_LARGE, limit=self.most_bytes)
            raise Stop
        if len(line) > LONGEST_LINE:
            self.findings.add(self.number, "", LINE_TOO_LONG, limit=LONGEST_LINE)
            raise Stop

    def _text(self, line: bytes) -> str:
        """The line as text. A bad byte is noted and replaced, so that the rest is still checked."""
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            bad = f"0x{line[error.start]:02X}"
            self.findings.add(self.number, "", NOT_UTF8, position=error.start + 1, byte=bad)
            text = line.decode("utf-8", errors="replace")
        if "\0" in text:
            self.findings.add(self.number, "", NUL)
            text = text.replace("\0", "")
        return text


def rows(file: BinaryIO, findings: Findings, *, most_bytes: int) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on; empty lines are passed over.

    Quoting is read strictly: a lenient reader would swallow thousands of rows behind one stray quotation mark
    and call the file good.
    """
    lines = Lines(findings, most_bytes)
    reader = csv.reader(lines.of(file), strict=True)
    while True:
        first = lines.number + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            _note(findings, first, lines.number, str(error))
            continue
        if row:
            yield first, row


def _note(findings: Findings, first: int, last: int, message: str) -> None:
    """Say in our words what the CSV reader stumbled over; only its message tells which it was."""
    if message.startswith("unexpected end of data"):
        findings.add(first, "", QUOTE_NOT_CLOSED)
        raise Stop
    if message.startswith("field larger"):
        findings.add(first, "", CELL_TOO_LONG)
        raise Stop
    findings.add(last, "", BROKEN_QUOTES)
