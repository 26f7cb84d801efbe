"""The tags of an OFX file one after the other, with the text behind each and the line it stands in.

Version 1 leaves the end tags of values out, version 2 is XML; both are read alike. Nothing is built up in memory, no
document type is accepted, no entity but the plain ones is replaced, nothing is fetched.
"""

from __future__ import annotations

import codecs
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from io import TextIOWrapper
from typing import BinaryIO, cast

from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.refusals import Place

_HEAD_BYTES = 4096
_CHUNK = 1 << 16
_SPOOL_BYTES = 16 << 20
_LONGEST_TEXT = 1 << 16
FALLBACK = "cp1252"

# Wells Fargo writes all of the header in one line: a value ends where the next name begins.
_NAMES = "OFXHEADER|DATA|VERSION|SECURITY|ENCODING|CHARSET|COMPRESSION|OLDFILEUID|NEWFILEUID"
_HEADER = re.compile(rf"(ENCODING|CHARSET|COMPRESSION)\s*:\s*([A-Za-z0-9_-]*?)(?=\s|$|<|(?:{_NAMES})\s*:)")
_XML_ENCODING = re.compile(r"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHARSETS = {
    "1252": FALLBACK,
    "WINDOWS-1252": FALLBACK,
    "CP1252": FALLBACK,
    "ISO-8859-1": "iso8859-1",
    "8859-1": "iso8859-1",
    "ISO8859-1": "iso8859-1",
    "ISO-8859-15": "iso8859-15",
    "NONE": FALLBACK,
    "USASCII": FALLBACK,
    "US-ASCII": FALLBACK,
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "UNICODE": "utf-8",
    "": FALLBACK,
}

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._-]{0,60})(?:\s[^<>]{0,500})?(/?)>")
_SKIPPED = (("<!--", "-->"), ("<?", "?>"))
_CDATA = ("<![CDATA[", "]]>")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag in capital letters, what stands behind it up to the next, and where. `</X>` and `<X/>` are ends."""

    name: str
    ends: bool
    begins: bool
    text: str
    line: int


def seekable(file: BinaryIO) -> BinaryIO:
    """A stream that can be read twice; one that cannot is stored first."""
    if file.seekable():
        return file
    stored = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - lives while it is read
    shutil.copyfileobj(file, stored)
    stored.seek(0)
    return cast(BinaryIO, stored)


def encoding(file: BinaryIO, place: Place) -> tuple[str, bool]:
    """The encoding to read `file` with, and whether that differs from what the file says. It is left at its beginning.

    What is UTF-8 is read as UTF-8 whatever is declared: no other encoding looks like it by chance.
    """
    start = file.tell()
    head = file.read(_HEAD_BYTES)
    file.seek(start)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", False
    ascii_only, utf_8 = _looks(file)
    file.seek(start)
    text = head.decode("iso8859-1")
    declared = dict(_HEADER.findall(text))
    if declared.get("COMPRESSION", "NONE").upper() not in {"", "NONE"}:
        raise place.refusal(N_("the file is compressed in itself; please have the bank send it uncompressed"))
    xml = _XML_ENCODING.search(text)
    name = xml[1] if xml is not None else "UTF-8" if text.lstrip("\ufeff \r\n\tï»¿").startswith("<?") else None
    if name is None:
        says_utf_8 = declared.get("ENCODING", "").upper().replace("-", "") == "UTF8"
        name = "UTF-8" if says_utf_8 else declared.get("CHARSET", "")
    known = _CHARSETS.get(name.upper())
    if ascii_only:
        return "utf-8", False
    if utf_8:
        return "utf-8-sig", False
    return (FALLBACK, True) if known in {None, "utf-8"} else (known or FALLBACK, False)


def _looks(file: BinaryIO) -> tuple[bool, bool]:
    """Whether all bytes are ASCII, and whether they are UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    ascii_only = True
    try:
        while chunk := file.read(1 << 20):
            ascii_only = ascii_only and chunk.isascii()
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False, False
    return ascii_only, True


def tags(file: BinaryIO, codec: str, place: Place) -> Iterator[Tag]:
    """The tags of a file. Raises UnreadableBankFile where something is neither tag nor text."""
    text = TextIOWrapper(file, encoding=codec, errors="replace", newline=None)
    try:
        yield from _Scanner(text, place).tags()
    finally:
        text.detach()


class _Scanner:
    """Reads on in small pieces; holds no more than one tag and its text."""

    def __init__(self, source: TextIOWrapper, place: Place) -> None:
        self._source = source
        self._place = place
        self._buffer = ""
        self._position = 0
        self._line = 1

    def tags(self) -> Iterator[Tag]:
        """All tags. What stands before the first one is the header."""
        found = self._next()
        while found is not None:
            line = self._line
            self._skip(found.end())
            following, text = self._text()
            yield Tag(
                name=found[2].upper(),
                ends=bool(found[1] or found[3]),
                begins=not found[1],
                text=text,
                line=line,
            )
            found = following

    def _next(self) -> re.Match[str] | None:
        return self._text()[0]

    def _text(self) -> tuple[re.Match[str] | None, str]:
        """The next tag, and the text before it."""
        pieces: list[str] = []
        length = 0
        while True:
            at = self._find("<")
            pieces.append(self._taken(at))
            length += len(pieces[-1])
            if length > _LONGEST_TEXT:
                raise self._place.refusal_at_line(self._line, N_("a text is far too long for a bank statement"))
            if at is None:
                return None, _plain(pieces)
            self._need(_LONGEST_TEXT if self._buffer.startswith("<!", self._position) else 1024)
            found = _TAG.match(self._buffer, self._position)
            if found is not None:
                return found, _plain(pieces)
            pieces.append(self._other())

    def _other(self) -> str:
        """A `<` that begins no tag: a remark is skipped, a marked text taken as it is, anything else is text."""
        for begin, sign in _SKIPPED:
            if self._buffer.startswith(begin, self._position):
                self._skip(self._end_of(sign))
                return ""
        if self._buffer.startswith(_CDATA[0], self._position):
            start, end = self._position + len(_CDATA[0]), self._end_of(_CDATA[1])
            text = self._buffer[start : end - len(_CDATA[1])]
            self._skip(end)
            return text.replace("&", "&amp;")
        if self._buffer.startswith("<!", self._position):
            raise self._place.refusal_at_line(
                self._line, N_("the file brings a document type of its own (DTD), which no bank sends")
            )
        self._skip(self._position + 1)
        return "<"

    def _end_of(self, sign: str) -> int:
        at = self._find(sign)
        if at is None:
            raise self._place.refusal_at_line(self._line, N_("a remark or marked text has no end"))
        return at + len(sign)

    def _find(self, sign: str) -> int | None:
        at = self._buffer.find(sign, self._position)
        if at < 0:
            self._need(_LONGEST_TEXT)
            at = self._buffer.find(sign, self._position)
        return at if at >= 0 else None

    def _taken(self, until: int | None) -> str:
        end = len(self._buffer) if until is None else until
        text = self._buffer[self._position : end]
        self._skip(end)
        return text

    def _skip(self, to: int) -> None:
        self._line += self._buffer.count("\n", self._position, to)
        self._position = to

    def _need(self, characters: int) -> None:
        """Have at least `characters` at hand, if the file has them."""
        while len(self._buffer) - self._position < characters:
            more = self._source.read(_CHUNK)
            if not more:
                return
            self._buffer = self._buffer[self._position :] + more
            self._position = 0


def _plain(pieces: list[str]) -> str:
    """Readable text in one line; control characters, which a database refuses, are left out."""
    text = unescape("".join(pieces))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
