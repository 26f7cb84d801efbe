"""What a verb prints: one JSON document, or text for people; progress goes to standard error, on a terminal only."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TextIO


class Exit(IntEnum):
    """What scripts see. The numbers are a contract."""

    DONE = 0
    FOUND_WRONG = 1
    WRONG_USAGE = 2
    CANNOT_RUN = 3
    # What shells report of a program ended with Ctrl-C.
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a verb. An iterator as a value of `document` is written as an array while it is read.

    `lines` says the same to people; it is called only when nobody asked for JSON.
    """

    document: Mapping[str, object]
    lines: Callable[[], Iterable[str]]
    exit: Exit = Exit.DONE


@dataclass(slots=True)
class Printer:
    """Where one call of the program prints, and whether it has."""

    as_json: bool
    printed: bool = field(default=False, init=False)

    def print(self, answer: Answer) -> None:
        """The answer, once. Whatever is printed after a JSON document would make it unreadable."""
        self.printed = True
        if self.as_json:
            write_json(answer.document, sys.stdout)
        else:
            for line in answer.lines():
                sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def print_failure(self, code: str, sentence: str) -> None:
        """The sentence for people on standard error; for scripts also as the document, if none was printed yet."""
        sys.stderr.write(sentence + "\n")
        if self.as_json and not self.printed:
            self.printed = True
            write_json({"error": {"code": code, "message": sentence}}, sys.stdout)


_printer: ContextVar[Printer] = ContextVar("printer")


@contextmanager
def printing(*, as_json: bool) -> Iterator[Printer]:
    """Make one printer known to everything that runs inside."""
    printer = Printer(as_json)
    token = _printer.set(printer)
    try:
        yield printer
    finally:
        _printer.reset(token)


def printer() -> Printer:
    """The printer of the verb that runs, for verbs that print before they end."""
    return _printer.get()


def write_json(document: Mapping[str, object], out: TextIO) -> None:
    """One document and a line break. Arrays that come as iterators are never held in memory as a whole."""
    separator = "{\n  "
    for key, value in document.items():
        out.write(f"{separator}{json.dumps(key)}: ")
        separator = ",\n  "
        if isinstance(value, Iterator):
            _write_array(value, out)
        else:
            out.write(json.dumps(value, ensure_ascii=False))
    out.write("\n}\n" if document else "{}\n")


def _write_array(items: Iterator[object], out: TextIO) -> None:
    separator = "[\n    "
    for item in items:
        out.write(separator + json.dumps(item, ensure_ascii=False))
        separator = ",\n    "
    out.write("[]" if separator.startswith("[") else "\n  ]")


@contextmanager
def working(label: str) -> Iterator[None]:
    """A turning sign while something takes its time; nothing where no person is looking."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(label):
        yield


def tell(step: str) -> None:
    """A line about the step that begins, for who waits for minutes. To standard error, as all progress."""
    print(step, file=sys.stderr, flush=True)


@contextmanager
def counting(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar that is told how much more is done; nothing where no person is looking."""
    if not sys.stderr.isatty():
        yield lambda _more: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda more: progress.advance(task, more)
