"""The XML of a camt file, one entry at a time.

Expat is driven directly: a document type (and with it every entity and every address) is refused as soon as
it begins, nothing is fetched, and a finished entry is let go, so memory does not grow with the file. The
usual hardened parser was measured to take twice as long and does not say in which line a fault is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.refusals import Place, UnreadableBankFile


@dataclass(frozen=True, slots=True)
class Message:
    """One of the three messages a bank sends: what it is called, what holds its entries, and how much it counts.

    `interim`: what it tells comes again in the statement (camt.053) of the finished day.
    """

    format: str
    container: str
    interim: bool


MESSAGES = {
    "BkToCstmrStmt": Message("camt.053", "Stmt", interim=False),
    "BkToCstmrAcctRpt": Message("camt.052", "Rpt", interim=True),
    "BkToCstmrDbtCdtNtfctn": Message("camt.054", "Ntfctn", interim=True),
}
_MESSAGE_DEPTH = 1
_STATEMENT_DEPTH = 2
_ENTRY_DEPTH = 3
_DEEPEST = 64
_TOO_DEEP = N_("the elements are nested too deeply")
# Small chunks: the entries of one are gone before the garbage collector looks at them.
_CHUNK_BYTES = 1 << 15
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
    """Listens to expat and hands out statements and entries as they are finished.

    Names are taken without the prefix a bank may put before them. Where it puts none, as nearly all do, the elements
    within a statement are built without a word of Python, and what is finished is picked from the tree after each
    chunk: thirty elements to an entry make that the difference between hours and minutes of a year's reading.
    """

    def __init__(self, encoding: str, place: Place) -> None:
        self.finished: list[tuple[Element, Element | None]] = []
        self.message: Message | None = None
        self.header = Element("GrpHdr")
        self._place = place
        self._builder = TreeBuilder()
        self._names: dict[str, str] = {}
        self._namespaces: dict[str, str] = {}
        self._depth = 0
        self._fed_bytes = 0
        self._picking = False
        self._looked_at = 0
        self._root = self._statement = Element("")
        self.parser = expat.ParserCreate(encoding)
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
        if self._picking:
            self._pick(final=final)

    def _start(self, written: str, attributes: dict[str, str]) -> None:
        name = self._names.get(written)
        if name is None:
            name = self._names[written] = written.rpartition(":")[2]
        element = self._builder.start(name, attributes)
        if self._depth <= _STATEMENT_DEPTH:
            self._start_of_frame(element, written, name)
        elif self._depth > _DEEPEST:
            raise self._refusal(_TOO_DEEP)
        self._depth += 1

    def _start_of_frame(self, element: Element, written: str, name: str) -> None:
        if self._depth <= _MESSAGE_DEPTH:
            self._namespaces.update((k, v) for k, v in element.items() if k.startswith("xmlns"))
        if self._depth == _MESSAGE_DEPTH:
            self.message = self._known_message(written, name)
            self._root = element
        elif self._depth == _STATEMENT_DEPTH:
            self._statement = element
            if self._holds_entries(written):
                self._picking = True
                self.parser.StartElementHandler = self._builder.start
                self.parser.EndElementHandler = self._builder.end

    def _end(self, written: str) -> None:
        name = self._names[written]
        element = self._builder.end(name)
        self._depth -= 1
        if self._depth > _ENTRY_DEPTH:
            return
        if self._depth == _ENTRY_DEPTH and name == "Ntry":
            # From here on only the list of finished entries knows it.
            del self._statement[-1]
            if self._holds_entries(self._statement.tag):
                self.finished.append((self._statement, element))
        elif self._depth == _STATEMENT_DEPTH:
            self._root.clear()
            if name == "GrpHdr":
                self.header = element
            elif self._holds_entries(name):
                self.finished.append((element, None))

    def _pick(self, *, final: bool) -> None:
        """Take what is finished from the tree: whatever has something after it, and at the end everything."""
        self._refuse_deep_nesting()
        while len(self._root):
            statement = self._root[0]
            ended = final or len(self._root) > 1
            if self._holds_entries(statement.tag):
                self._pick_entries(statement, len(statement) if ended else len(statement) - 1)
            if not ended:
                return
            if self._holds_entries(statement.tag):
                self.finished.append((statement, None))
            del self._root[0]
            self._looked_at = 0

    def _pick_entries(self, statement: Element, end: int) -> None:
        """The entries among its finished children are handed out, the others stay."""
        if end <= self._looked_at:
            return
        others = []
        for child in statement[self._looked_at : end]:
            if child.tag == "Ntry":
                self.finished.append((statement, child))
            elif ":" in child.tag:
                raise self._refusal(N_("the names of its elements carry a prefix here and none elsewhere"))
            else:
                others.append(child)
        statement[self._looked_at : end] = others
        self._looked_at += len(others)

    def _refuse_deep_nesting(self) -> None:
        element, depth = self._root, 0
        while len(element):
            element, depth = element[-1], depth + 1
            if depth > _DEEPEST:
                raise self._refusal(_TOO_DEEP)

    def _holds_entries(self, name: str) -> bool:
        return self.message is not None and name == self.message.container

    def _known_message(self, written: str, name: str) -> Message:
        # Version 1 calls the message BkToCstmrStmtV01.
        message = MESSAGES.get(name.removesuffix("V01"))
        if message is not None:
            return message
        prefix = written.rpartition(":")[0]
        standard = self._namespaces.get(f"xmlns:{prefix}" if prefix else "xmlns", "").rpartition(":")[2]
        raise self._refusal(
            N_("this is no bank statement (camt.052, camt.053 or camt.054) but “%(found)s”"),
            found=(standard or name)[:80],
        )

    def _refuse_document_type(self, *_: object) -> None:
        raise self._refusal(N_("the file brings a document type of its own (DTD), which no bank sends"))

    def _refusal(self, sentence: str, **fields: object) -> UnreadableBankFile:
        return self._place.refusal_at_line(self.parser.CurrentLineNumber, sentence, **fields)


class Document:
    """A camt file while it is read: each finished entry with its statement, then the statement with None."""

    def __init__(self, file: BinaryIO, encoding: str, place: Place) -> None:
        self._file = file
        self._listener = _Listener(encoding, place)

    @property
    def message(self) -> Message:
        """Which message it is; known once the first statement or entry has been handed out."""
        assert self._listener.message is not None
        return self._listener.message

    @property
    def header(self) -> Element:
        """What the message says of itself; empty where it says nothing."""
        return self._listener.header

    def statements_and_entries(self) -> Iterator[tuple[Element, Element | None]]:
        """Each finished entry with the statement around it as far as known, then the statement with None."""
        listener = self._listener
        while chunk := self._file.read(_CHUNK_BYTES):
            listener.feed(chunk, final=False)
            yield from listener.finished
            listener.finished.clear()
        listener.feed(b"", final=True)
        yield from listener.finished
