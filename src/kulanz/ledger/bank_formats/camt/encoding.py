"""Which letters the bytes of a bank file mean. Banks do not always tell, and some tell it wrongly."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.refusals import Place

FALLBACK = "cp1252"
_CHUNK_BYTES = 1 << 20

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
# What banks use. The parser is told one of these names, so no declared name reaches a codec unseen.
_KNOWN = {
    "utf-8": "utf-8",
    "ascii": "utf-8",
    "utf-16": "utf-16",
    "iso8859-1": "iso-8859-1",
    "iso8859-15": "iso8859-15",
    "cp1252": FALLBACK,
}


def choose(file: BinaryIO, head: bytes, place: Place) -> tuple[str, bool]:
    """The encoding to read `file` with, and whether that differs from what the file says about itself.

    A file that is not UTF-8 though it ought to be comes from a Windows program in practice: umlauts in names
    are the difference, amounts are not. `file` is left at its beginning.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", False
    encoding = _declared(head, place)
    if encoding != "utf-8" or _is_utf8(file):
        return encoding, False
    return FALLBACK, True


def _declared(head: bytes, place: Place) -> str:
    found = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    if found is None:
        return "utf-8"
    name = found[1].decode("ascii")
    try:
        return _KNOWN[codecs.lookup(name).name]
    except (LookupError, ValueError) as error:
        raise place.refusal(N_("the character encoding “%(name)s” is not known"), name=name) from error


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True
