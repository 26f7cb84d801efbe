"""What a bank tells of one movement beside its amount: field 86, in whichever of its dialects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_LINE_WIDTH = 65
_TAG_WIDTH = len(":86:")
_NARROW = 64
_MAY_BE_BLANKS = 2
# The line ends inside the number of a subfield.
_CUT_MARK = re.compile(r"\?[0-9]?$")


@dataclass(slots=True)
class Information:
    """The facts of one movement as far as the bank gives them. A text stays whole; what it means is not guessed.

    `business_code` is the German Geschäftsvorfallcode, `reason` the code of the bank for a returned payment.
    `extra` collects what people may want to read though no other field is meant for it.
    """

    name: str = ""
    iban: str = ""
    account: str = ""
    bank: str = ""
    ultimate: str = ""
    end_to_end: str = ""
    mandate: str = ""
    reference: str = ""
    text: str = ""
    business_code: str = ""
    booking_text: str = ""
    reason: str = ""
    original_amount: str = ""
    charges: str = ""
    bank_reference: str = ""
    extra: list[str] = field(default_factory=list)


def one_line(text: str) -> str:
    """Without line breaks and doubled blanks."""
    return " ".join(text.split())


def unwrapped(lines: list[str], *, between: str) -> str:
    """The text a bank has cut into lines of 65 characters (some: 64), in one piece.

    A line that is full goes on in the next without a blank. One or two characters short of full, the blanks at its
    end were cut off. Anything shorter was ended on purpose; then `between` stands in its place. In the first line
    some banks count the tag `:86:` as part of it.
    """
    width = _NARROW if max(map(len, lines[:-1]), default=0) == _NARROW else _LINE_WIDTH
    pieces: list[str] = []
    for place, line in enumerate(lines[:-1]):
        pieces.append(line)
        missing = width - len(line)
        if missing <= 0 or (place == 0 and missing == _TAG_WIDTH) or _CUT_MARK.search(line):
            continue
        if missing <= _MAY_BE_BLANKS:
            pieces.append(" " * missing)
        elif not line.endswith(" "):
            pieces.append(between)
    pieces.extend(lines[-1:])
    return "".join(pieces)


def marked(found: list[re.Match[str]], text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each mark found in a text with what stands between it and the next."""
    ends = [*(mark.start() for mark in found[1:]), len(text)]
    for mark, end in zip(found, ends, strict=False):
        yield mark, text[mark.end() : end]
