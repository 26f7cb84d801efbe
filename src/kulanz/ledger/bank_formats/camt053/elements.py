"""The XML of a camt.053 file, one entry at a time.

Expat is driven directly: a document type (and with it every entity and every address) is refused as soon as
it begins, nothing is fetched, and a finished entry is let go, so memory does not grow with the file. The
usual hardened parser was measured to take twice as long and does not say in which line a fault is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.refusals import Place, UnreadableBankFile

MESSAGE = "BkToCstmrStmt"
_OTHER_MESSAGES = {
    "BkToCstmrAcctRpt": N_(
        "this is an account report of a running day (camt.052), not a statement; please import the statement "
        "(camt.053) of the finished day"
    ),
    "BkToCstmrDbtCdtNtfctn": N_(
        "this is a notification of single bookings (camt.054), not a statement; please import the statement (camt.053)"
    ),
}
_MESSAGE_DEPTH = 1
_STATEMENT_DEPTH = 2
_ENTRY_DEPTH = 3
_DEEPEST = 64
# Small chunks: the entries of one are gone before the garbage collector looks at them, a third faster.
_CHUNK_BYTES = 1 << 14
# Expat looks again at an unfinished piece with every chunk: one endless tag would keep it busy for hours.
_LONGEST_PIECE_BYTES = 1 << 20


def at(element: Element, *path: str) -> Element | None:
    """The first element at `path` below `element`."""
    for name in path:
        found = element.find(name)
        if found is None:
            return None
        element = found
    return element


def text_at(element: Element, *path: str) -> str | None:
    """The text at `path` in one line; None if there is none."""
    # The same walk as `at`, spelled out: this is called twenty times for every entry.
    for name in path:
        found = element.find(name)
        if found is None:
            return None
        element = found
    return (" ".join(element.text.split()) or None) if element.text else None


class _Listener:
    """Listens to expat and hands out statements and entries as they are finished, names without namespace."""

    def __init__(self, encoding: str, place: Place) -> None:
        self.finished: list[tuple[Element, Element | None]] = []
        self._place = place
        self._builder = TreeBuilder()
        self._names: dict[str, str] = {}
        self._depth = 0
        self._fed_bytes = 0
        self._message = self._statement = Element("")
        self.parser = expat.ParserCreate(encoding, namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._builder.data
        self.parser.StartDoctypeDeclHandler = self._refuse_document_type

    def feed(self, chunk: bytes, *, final: bool) -> None:
        try:
            self.parser.Parse(chunk, final)
        except expat.ExpatError as error:
            fault = expat.ErrorString(error.code) or str(error)
            raise self._place.refusal_at_line(error.lineno, N_("the XML is broken: %(fault)s"), fault=fault) from error
        self._fed_bytes += len(chunk)
        if self._fed_bytes - self.parser.CurrentByteIndex > _LONGEST_PIECE_BYTES:
            raise self._refusal(N_("a tag or comment is longer than a megabyte"))

    def _start(self, full_name: str, attributes: dict[str, str]) -> None:
        name = self._names.get(full_name)
        if name is None:
            name = self._names[full_name] = full_name.rpartition(" ")[2]
        element = self._builder.start(name, attributes)
        if self._depth <= _STATEMENT_DEPTH:
            if self._depth == _MESSAGE_DEPTH:
                self._check_message(full_name, name)
                self._message = element
            elif self._depth == _STATEMENT_DEPTH:
                self._statement = element
        elif self._depth > _DEEPEST:
            raise self._refusal(N_("the elements are nested too deeply"))
        self._depth += 1

    def _end(self, full_name: str) -> None:
        name = self._names[full_name]
        element = self._builder.end(name)
        self._depth -= 1
        if self._depth > _ENTRY_DEPTH:
            return
        if self._depth == _ENTRY_DEPTH and name == "Ntry":
            # From here on only the list of finished entries knows it.
            del self._statement[-1]
            if self._statement.tag == "Stmt":
                self.finished.append((self._statement, element))
        elif self._depth == _STATEMENT_DEPTH:
            self._message.clear()
            if name == "Stmt":
                self.finished.append((element, None))

    def _check_message(self, full_name: str, name: str) -> None:
        # Version 1 calls the message BkToCstmrStmtV01.
        message = name.removesuffix("V01")
        if message == MESSAGE:
            return
        if message in _OTHER_MESSAGES:
            raise self._refusal(_OTHER_MESSAGES[message])
        standard = full_name.rpartition(" ")[0].rpartition(":")[2]
        raise self._refusal(N_("this is no bank statement (camt.053) but “%(found)s”"), found=(standard or name)[:80])

    def _refuse_document_type(self, *_: object) -> None:
        raise self._refusal(N_("the file brings a document type of its own (DTD), which no bank sends"))

    def _refusal(self, sentence: str, **fields: object) -> UnreadableBankFile:
        return self._place.refusal_at_line(self.parser.CurrentLineNumber, sentence, **fields)


def statements_and_entries(file: BinaryIO, encoding: str, place: Place) -> Iterator[tuple[Element, Element | None]]:
    """Each finished entry with the statement around it as far as known, then the statement with None."""
    listener = _Listener(encoding, place)
    while chunk := file.read(_CHUNK_BYTES):
        listener.feed(chunk, final=False)
        yield from listener.finished
        listener.finished.clear()
    listener.feed(b"", final=True)
    yield from listener.finished
