"""What payers and their banks write: references, spelt in many ways, and names. No database, no clock.

A reference is compared without separators and in capitals, as it is stored. Payers write it in groups, banks break it
at the end of a line: so neighbouring words are also tried as one. What stands inside a longer word is no reference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

SHORTEST, LONGEST = 4, 25
LONGEST_WORD = 80
MOST_TOKENS = 60
# From here on two spellings are one name: every word of the one is a word of the other.
NAMES_AGREE = 90
# At these lengths banks cut names and lines off.
CUT_AT = frozenset({27, 35, 70, 140})

_SEGMENT = re.compile(r"[^\w\s./-]+")
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_RF = re.compile(r"RF\d\d[0-9A-Z]*$")
_DATE = re.compile(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(\d\d|20\d\d)$|20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$")
_SHORT_NUMBER = 5


def references_in(text: str) -> list[str]:
    """Everything in this text that may be a reference, in order, each once."""
    found: dict[str, None] = {}
    for segment in _SEGMENT.split(text.upper()):
        words = _WORD.findall(segment)
        for start, word in enumerate(words):
            for token in _glued(words, start) if not _RF.match(word) else _creditor_references(words, start):
                found[token] = None
    return list(found)[:MOST_TOKENS]


def cut_off(text: str) -> str:
    """The longest reference at the end of a text that is as long as banks let a text be; else empty."""
    if len(text) not in CUT_AT:
        return ""
    end = "".join(_WORD.findall(text.upper()))
    return max((token for token in references_in(text) if end.endswith(token)), key=len, default="")


def _glued(words: Sequence[str], start: int) -> Iterator[str]:
    """The word, and the word with the numbers behind it ("RE 2026 1001"); only what has a digit."""
    token = words[start]
    if SHORTEST <= len(token) <= LONGEST_WORD and _DIGIT.search(token):
        yield token
    if not _DIGIT.search(token) and len(token) > SHORTEST:
        return
    for word in words[start + 1 :]:
        token += word
        if len(token) > LONGEST_WORD or not _DIGIT.search(word):
            return
        if len(token) >= SHORTEST:
            yield token


def _creditor_references(words: Sequence[str], start: int) -> Iterator[str]:
    """An ISO 11649 reference in any grouping, if its check digits hold: a slip of the pen never gives another one."""
    token = ""
    for word in words[start:]:
        token += word
        if len(token) > LONGEST:
            return
        if is_creditor_reference(token):
            yield token


@lru_cache(maxsize=4_096)
def is_creditor_reference(token: str) -> bool:
    """Whether these are RF, two check digits that hold, and at least one character more."""
    if len(token) < 5 or not _RF.match(token) or not token.isascii():
        return False
    return int("".join(str(int(c, 36)) for c in token[4:] + token[:4])) % 97 == 1


def says_little(token: str) -> bool:
    """A short number or a day: it may stand in a text for many reasons. It counts only where the payer agrees."""
    return token.isdecimal() and (len(token) <= _SHORT_NUMBER or _DATE.match(token) is not None)


def shape(token: str) -> str:
    """What kind of reference this looks like: its leading letters and its length."""
    return f"{re.match(r'[^0-9]*', token)[0]}/{len(token)}"  # type: ignore[index]  # matches every text


def slips(written: str, meant: str) -> int:
    """How many slips of the pen lie between both: a wrong, missing or added character, or two swapped ones."""
    return int(OSA.distance(written, meant, score_cutoff=2))


_COSTS = re.compile(
    r"(?:kosten|gebühr|gebuehr|abzgl|abzüglich|abzueglich|provision|honorar)\w*\D{0,20}?(\d{1,5})[.,](\d\d)\b"
)


def stated_costs(text: str) -> int:
    """What the payer says he has kept back, in minor units; 0 where he says nothing."""
    return sum(int(whole) * 100 + int(cents) for whole, cents in _COSTS.findall(text.casefold()))


_NO_NAMES = frozenset({"und", "u", "and", "herr", "frau", "dr", "prof", "familie", "fam", "eheleute", "oder", "od"})
_LETTERS = str.maketrans({"ß": "ss", "ẞ": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "æ": "ae", "Æ": "ae"})
_NAME = re.compile(r"[^\W\d_]+")


def _without_spelt_out(word: str) -> str:
    """Mueller is Muller, as Müller is; Bauer becomes Baur on both sides."""
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


@lru_cache(maxsize=65_536)
def plain_words(name: str) -> tuple[str, ...]:
    """The words of a name without case, accents and titles: "Dr. Jürgen Groß" is jurgen, gross."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    folded = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return tuple(word for word in _NAME.findall(folded) if word not in _NO_NAMES)


def name_keys(name: str) -> list[str]:
    """How the holder of this bank account may stand in our books, as sort keys: first name first or last, of a couple
    each of both, umlauts as they are or spelt out."""
    words = plain_words(name)
    if len(words) < 2:
        return [" ".join(words)] if words else []
    keys = {" ".join(words): None, " ".join((*words[1:], words[0])): None, " ".join((words[-1], *words[:-1])): None}
    if len(words) > 2:
        keys |= {f"{first} {words[-1]}": None for first in words[:-1]}
        keys |= {f"{first} {words[0]}": None for first in words[1:]}
    keys |= {_without_spelt_out(key): None for key in list(keys)}
    return list(keys)


def similarity(payer: str, holder: str) -> int:
    """How alike two names are, 0 to 100. From `NAMES_AGREE` on they are one name: the words of one are among those of
    the other, in any order, umlauts spelt out or not, the last word perhaps cut off by the bank."""
    ours, theirs = _alike(holder), _alike(payer)
    if not ours or not theirs:
        return 0
    if ours == theirs:
        return 100
    fewer, more = sorted((ours, theirs), key=len)
    if len(fewer) > 1 and fewer <= more:
        return 95
    if len(payer) in CUT_AT and " ".join(_folded(holder)).startswith(" ".join(_folded(payer))):
        return 92
    ratio = fuzz.token_sort_ratio(" ".join(sorted(ours)), " ".join(sorted(theirs)))
    return min(NAMES_AGREE - 1, round(ratio))


@lru_cache(maxsize=65_536)
def _alike(name: str) -> frozenset[str]:
    return frozenset(_folded(name))


def _folded(name: str) -> list[str]:
    return [_without_spelt_out(word) for word in plain_words(name)]
