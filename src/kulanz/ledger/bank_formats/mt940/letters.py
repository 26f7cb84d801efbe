"""Which letters the bytes of an MT940 file mean. The format cannot say it, so the bytes themselves have to.

The file is read once through before the first statement is handed out: it is UTF-8 if it can be; else the
8-bit code page under which its special characters are letters inside words. The one for Windows is preferred.
"""

from __future__ import annotations

import codecs
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO, cast

from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.refusals import Place

_CHUNK_BYTES = 1 << 20
_SPOOL_BYTES = 16 << 20
# A bank's line has 65 characters; some put a whole text in one. Beyond this it is no bank file.
_LONGEST_LINE = 1 << 16
_CODE_PAGES = ("cp1252", "cp850", "cp852", "iso8859-2")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_HIGH_IN_WORD = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]|[\x80-\xff](?=[A-Za-z])")
_CONTROL = dict.fromkeys(range(32), " ") | {127: " ", 0xFEFF: None, 0xFFFE: None}
# DIN 66003, the German seven-bit code: SWIFT's own alphabet knows none of these signs.
_SEVEN_BIT = str.maketrans("[\\]{|}~", "ÄÖÜäöüß")
_SEVEN_BIT_SIGN = re.compile(r"[\[\\\]{|}~]")
_SEVEN_BIT_INSIDE = re.compile(r"(?<=[A-Za-z])[\[\\\]{|}~](?=[a-z]{1,2})|(?<=[A-Z])[\[\\\]](?=[A-Z])")
_SEVEN_BIT_ENDING = re.compile(r"(?<=[a-z]{2})[{|}~](?=[\s?.,]|$)|(?<![^\s?+])[\[\\\]](?=[a-z]{2})")


@dataclass(frozen=True, slots=True)
class Alphabet:
    """How to turn bytes into letters; `certain` is False if it had to be guessed."""

    encoding: str
    certain: bool
    seven_bit: bool


def seekable(file: BinaryIO) -> BinaryIO:
    """A stream that can be read twice; one that cannot is stored first."""
    if file.seekable():
        return file
    stored = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - lives while it is read
    shutil.copyfileobj(file, stored)
    stored.seek(0)
    return cast(BinaryIO, stored)


def choose(file: BinaryIO) -> Alphabet:
    """The alphabet of `file`, which is left at its beginning."""
    start = file.tell()
    try:
        return _choose(file)
    finally:
        file.seek(start)


def _choose(file: BinaryIO) -> Alphabet:
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf_8, ascii_only, seen = True, True, Counter[int]()
    first = True
    while chunk := file.read(_CHUNK_BYTES):
        if first and chunk.startswith(_UTF_16):
            return Alphabet("utf-16", certain=True, seven_bit=False)
        first = False
        if chunk.isascii() and not decoder.getstate()[0]:
            continue
        ascii_only = False
        seen.update(found[0] for found in _HIGH_IN_WORD.findall(chunk))
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            utf_8 = False
            decoder.reset()
    if utf_8 and not decoder.getstate()[0]:
        return Alphabet("utf-8", certain=True, seven_bit=ascii_only)
    return Alphabet(_likeliest(seen), certain=False, seven_bit=False)


def _likeliest(seen: Counter[int]) -> str:
    """The code page under which most of what stands inside words is a letter, German ones counting double."""
    return max(_CODE_PAGES, key=lambda page: sum(times * _sense(byte, page) for byte, times in seen.items()))


def _sense(byte: int, page: str) -> int:
    letter = bytes([byte]).decode(page, errors="replace")
    if letter in "äöüÄÖÜß":
        return 2
    return 1 if letter.isalpha() and letter not in "ªº" else -1


def lines(file: BinaryIO, alphabet: Alphabet, place: Place) -> Iterator[tuple[int, str]]:
    """Each line with its number, without line end, control characters and the blanks at its end replaced by none.

    Trailing blanks are kept: in a text that a bank has cut into lines they are part of it.
    """
    text = TextIOWrapper(file, encoding=alphabet.encoding, errors="replace", newline=None)
    try:
        number = 0
        while line := text.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE and not line.endswith("\n"):
                raise place.refusal_at_line(number, N_("the line is far too long for a bank statement"))
            line = line.removesuffix("\n")
            yield number, line if line.isprintable() and not alphabet.seven_bit else _plain(line, alphabet)
    finally:
        with suppress(ValueError):  # where the file was closed before the last line was read
            text.detach()


def _plain(line: str, alphabet: Alphabet) -> str:
    if not line.isprintable():
        # SWIFT frames messages with control characters; a database refuses some of them.
        line = line.strip("\x00\x01\x03\x1a\ufeff").translate(_CONTROL)
    if alphabet.seven_bit and _SEVEN_BIT_SIGN.search(line):
        line = _SEVEN_BIT_INSIDE.sub(_umlaut, line)
        line = _SEVEN_BIT_ENDING.sub(_umlaut, line)
    return line


def _umlaut(found: re.Match[str]) -> str:
    return found[0].translate(_SEVEN_BIT)
