"""Which characters may reach paper or a mail: what other people wrote is shown, but may not steer the
page.
"""

from __future__ import annotations

import re
import unicodedata

# They turn the reading direction of what follows: a product name with one of them could make a letter read
# differently from what the register says it contains. Right-to-left scripts read correctly without them.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# Control characters, lone surrogates, private use and characters that do not exist: no font shows them.
_UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn"})

_ZERO_WIDTH_SPACE = "\u200b"


def printable(text: str) -> str:
    """One line of `text` without control characters; line breaks and tabs become spaces."""
    spaced = re.sub(r"[\t\n\v\f\r\u0085\u2028\u2029]+", " ", text)
    kept = (c for c in spaced if c not in _TURNING and unicodedata.category(c) not in _UNSEEN)
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def printable_lines(text: str) -> list[str]:
    """`text` line by line, each without control characters; empty lines stay, as space the writer wanted."""
    return [printable(line) for line in text.splitlines()] or [""]


def breakable(text: str, longest: int) -> str:
    """`text` with invisible places to break inside words of more than `longest` characters, so that no word
    can run over its neighbour or off the sheet. Shorter words stay as they are, so that they can be
    copied.
    """

    def divide(match: re.Match[str]) -> str:
        word = match.group()
        return _ZERO_WIDTH_SPACE.join(word[i : i + longest] for i in range(0, len(word), longest))

    return re.sub(rf"\S{{{longest + 1},}}", divide, text)


def bound(text: str) -> str:
    """`text` with days and amounts kept on one line: “5 December” and “10 €” are read as one word."""
    return re.sub(r"(?<!\d)(\d{1,2}\.?) (?=[A-ZÄÖÜ])|(?<=\d) (?=€)", "\\1\u00a0", text)
