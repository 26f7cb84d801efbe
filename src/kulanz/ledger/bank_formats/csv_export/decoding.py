"""In which character encoding a table is written. Tables do not say; umlauts in names and column names decide."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.refusals import Place

_CHUNK = 1 << 20
# Windows, Windows in central Europe, Latin-9, DOS (German and American), old Macs.
_OLD = ("cp1252", "cp1250", "iso8859_15", "cp850", "cp437", "mac_roman")
_GERMAN = frozenset("äöüÄÖÜß€")
_SIGNATURES = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def possible_encodings(source: BinaryIO, place: Place) -> list[str]:
    """The encodings the file may be in, most likely first; one only where its bytes leave no doubt.

    Guessing by letter frequencies (charset-normalizer) took all six samples in Windows-1252 for something
    else, because bank tables are short and German. Bytes that are valid UTF-8 are UTF-8; otherwise the encoding in
    which the column names are known is the right one, and German letters decide between the rest.
    """
    head = _head(source)
    for signature, encoding in _SIGNATURES:
        if head.startswith(signature):
            return [encoding]
    if is_utf16(head):
        return ["utf-16-le" if head[1:2] == b"\0" else "utf-16-be"]
    if b"\0" in head:
        raise place.refusal(N_("this is not a text file"))
    if _decodes(source, "utf-8"):
        return ["utf-8"]
    old = [encoding for encoding in _OLD if _decodes(source, encoding)]
    return sorted(old, key=lambda encoding: -_german_letters(head, encoding))


def is_utf16(head: bytes) -> bool:
    """Whether every other byte is nothing, as Latin letters are in UTF-16."""
    start = head[:400]
    return start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} or start.count(0) * 3 >= len(start) > 0


def _head(source: BinaryIO) -> bytes:
    source.seek(0)
    return source.read(_CHUNK)


def _decodes(source: BinaryIO, encoding: str) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := source.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _german_letters(head: bytes, encoding: str) -> int:
    """Umlauts count for an encoding, signs that are no letters count against it."""
    high = bytes(byte for byte in head if byte >= 0x80).decode(encoding, "replace")
    return sum(2 if letter in _GERMAN else 0 if letter.isalpha() else -1 for letter in high)
