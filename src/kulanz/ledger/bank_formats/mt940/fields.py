"""The fields of a file, one after the other: `:61:` and the lines that belong to it, with where they stand.

A field ends where the next begins. What looks like a field but is none a statement has is text: a payer may
write `:99:` into his message. What stands between messages (SWIFT's envelopes, a bank's own heading) is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats.refusals import Place

_TAGS = frozenset(
    [
        "13",
        "13C",
        "13D",
        "20",
        "21",
        "25",
        "25P",
        "28",
        "28C",
        "34F",
        "60",
        "60F",
        "60M",
        "61",
        "62",
        "62F",
        "62M",
        "64",
        "65",
        "86",
        "90",
        "90C",
        "90D",
        "NS",
    ],
)
_FIELD = re.compile(r":([0-9]{2}[A-Z]?|NS):")
_ENVELOPE = re.compile(r"\{[1-5]:")
# "-}" where SWIFT ends a message; in the Swedish seven-bit code its bracket is a letter.
_END = re.compile(r"-(?:\}.*|å|XXX)?\s*")
# Rabobank begins its files with the kind of message between colons.
_KIND = re.compile(r":9[0-9]{2}:\s*")
# Far more than any bank sends for one movement; keeps a file that is no statement out of memory.
_LONGEST_FIELD_LINES = 1000

START = "{"
END = "-"
_TEXT = frozenset({"86", "NS"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its tag without colons, its lines, and the line of the file it begins in.

    The tag is `START` where an envelope opens a message (its line says of which kind) and `END` for its last line.
    """

    tag: str
    line: int
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All lines, without blanks around them."""
        return "\n".join(self.lines).strip()


def fields(lines: Iterator[tuple[int, str]], place: Place) -> Iterator[Field]:
    """The fields of a file. Raises UnreadableBankFile where one has no end."""
    current: Field | None = None
    dash: int | None = None
    for number, line in _mended(lines):
        tag = _tag(line)
        if dash is not None and (tag is not None or line.strip()):
            # A message ends with a dash. So may a payer's line: then his text goes on behind it.
            if tag is None and current is not None and current.tag in _TEXT:
                _append(current, END, place)
            else:
                yield from _ended(current, dash)
                current = None
            dash = None
        if tag is None:
            if current is not None and dash is None:
                _append(current, line, place)
        elif tag == END:
            dash = number
        else:
            if current is not None:
                yield current
            current = None if tag == START else Field(tag, number, [line[len(tag) + 2 :]])
            if tag == START:
                yield Field(tag, number, [line])
    if dash is not None:
        yield from _ended(current, dash)
    elif current is not None:
        yield current


def _ended(current: Field | None, line: int) -> Iterator[Field]:
    if current is not None:
        yield current
    yield Field(END, line)


def _append(current: Field, line: str, place: Place) -> None:
    if len(current.lines) >= _LONGEST_FIELD_LINES:
        raise place.refusal_at_line(
            current.line, N_("the field :%(tag)s: goes on for more than a thousand lines"), tag=current.tag
        )
    current.lines.append(line)


def _tag(line: str) -> str | None:
    """What begins with this line; None for a line that goes on with what was before, or means nothing."""
    first = line[:1]
    if first == ":":
        found = _FIELD.match(line)
        return found[1] if found is not None and found[1] in _TAGS else END if _KIND.fullmatch(line) else None
    if first == "{" and _ENVELOPE.match(line):
        return START
    if first == "-" and _END.fullmatch(line):
        return END
    return None


def _mended(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Some Sparkasse exports break the line between the first colon of a tag and the rest."""
    colon: int | None = None
    for number, line in lines:
        if colon is not None:
            if _FIELD.match(f":{line}"):
                number, line = colon, f":{line}"
            else:
                yield colon, ":"
            colon = None
        if line == ":":
            colon = number
        else:
            yield number, line
    if colon is not None:
        yield colon, ":"
