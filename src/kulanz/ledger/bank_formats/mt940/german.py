"""The German field 86: a business code, numbered subfields, and codewords such as `EREF+` in the text.

The rules are those German banks agreed on for all of them; what real files do otherwise is kept readable. A payer
writes into the middle of it, so what he can write must not pass for what the bank says: of a codeword the first
counts, and the bank's own subfields are found from the end.
"""

from __future__ import annotations

import re

from kulanz.ledger.bank_formats.mt940.information import Information, marked, one_line, unwrapped

# Triodos and some banks abroad use another sign than the question mark.
_BEGINNING = re.compile(r"\s?(?:([0-9]{3})([?>&@#*|^~])(?=[0-9]{2})|()(\?)(?=[02]0))")
_WIDTH = 27
_REPEATED = frozenset([2, 13, 14])
_LAST = 99
_NAME = frozenset(["32", "33"])
_RANKS = (
    {"00": 0, "10": 1}
    | {f"2{n}": 2 for n in range(10)}
    | {f"3{n}": 3 + n for n in range(10)}
    | {f"6{n}": 13 for n in range(10)}
    | {f"7{n}": 14 for n in range(10)}
)

# Ends of subfields while their texts are one: full, so the word may go on; or ended early.
_GOES_ON = "\x1e"
_STOPS = "\x1f"
_AROUND = f"{_STOPS} "

_CODEWORDS = frozenset(
    [
        "EREF",
        "KREF",
        "MREF",
        "CRED",
        "DEBT",
        "COAM",
        "OAMT",
        "SVWZ",
        "ABWA",
        "ABWE",
        "IBAN",
        "BIC",
        "PURP",
        "RREF",
        "MDAT",
        "DDAT",
        "SQTP",
        "ORCR",
        "ORMR",
    ]
)
# The bank speaks, not the payer.
_MESSAGE = "MTLG"
_IDENTIFIERS = frozenset(["IBAN", "BIC", "CRED", "MREF", "EREF", "KREF", "DEBT", "COAM", "OAMT", "PURP", "RREF"])
_TOLD_ELSEWHERE = frozenset(["EREF", "MREF", "SVWZ", "ABWA", "ABWE", "IBAN", "OAMT", "COAM", "BIC"])


# A word of capital letters at the beginning of a word; the end of a subfield may stand inside of it.
_WORD_WITH_SIGN = re.compile(f"(?<![A-Za-z0-9])((?:[A-Z]{_GOES_ON}?){{3,4}})([+:])")


def read(lines: list[str]) -> Information | None:
    """The information in a German field 86; None if it is none."""
    # Only a line that nobody filled up can hide blanks: subfields are cut wherever the bank's line ends.
    text = unwrapped(lines, between="").lstrip("\n")
    found = _BEGINNING.match(text)
    if found is None:
        return None
    said: dict[str, str] = {}
    texts: list[str] = []
    name: list[str] = []
    recipient: list[str] = []
    for number, value in _subfields(text[found.end() - 1 :], found[2] or found[4]):
        match number[0]:
            case "2" | "6":
                texts.append(value)
            case "7":
                recipient.append(value)
            case _ if number in _NAME:
                name.append(value)
            case _:
                said[number] = one_line(value)
    information = from_text(texts)
    information.business_code = found[1] or ""
    information.name = one_line(glued(name))
    _tell_single(information, said)
    if recipient:
        information.extra.append(one_line(glued(recipient)))
    return information


def _tell_single(information: Information, said: dict[str, str]) -> None:
    """31 is the other side's account, 30 its bank, 38 its IBAN where 31 is a national number."""
    information.booking_text = said.get("00", "")
    information.iban = said.get("38", "").replace(" ", "") or information.iban
    information.account = said.get("31", "").replace(" ", "")
    information.bank = said.get("30", "").replace(" ", "") if information.account else ""
    information.reason = said.get("34", "")


def from_text(parts: list[str]) -> Information:
    """What the codewords in a text say, and the text without them."""
    text = "".join(f"{part}{_GOES_ON if len(part) >= _WIDTH else _STOPS}" for part in parts)
    found = _codewords(text)
    values: dict[str, str] = {}
    free = [text[: found[0].start()] if found else text]
    for word, value in marked(found, text):
        name = word[1].replace(_GOES_ON, "")
        if name in values:
            # Said twice: the first time by the bank; what follows is part of the text.
            free.append(word[0] + value)
        else:
            values[name] = value
    return _told(values, free)


def _codewords(text: str) -> list[re.Match[str]]:
    """Where the bank's codewords stand: with a plus sign, or, where none has one, with a colon and a blank."""
    words = [(word, word[1].replace(_GOES_ON, "")) for word in _WORD_WITH_SIGN.finditer(text)]
    found = [word for word, name in words if (name in _CODEWORDS if word[2] == "+" else name == _MESSAGE)]
    if any(word[2] == "+" for word in found):
        return found
    return [word for word, name in words if name == _MESSAGE or (name in _CODEWORDS and text[word.end()] == " ")]


def _told(values: dict[str, str], free: list[str]) -> Information:
    plain = {name: _plain(value, identifier=name in _IDENTIFIERS) for name, value in values.items()}
    information = Information(
        iban=plain.get("IBAN", "").replace(" ", ""),
        ultimate=plain.get("ABWA", "") or plain.get("ABWE", ""),
        end_to_end=plain.get("EREF", ""),
        mandate=plain.get("MREF", ""),
        text=one_line(" ".join(_plain(part) for part in [*free[:1], values.get("SVWZ", ""), *free[1:]])),
        original_amount=plain.get("OAMT", ""),
        charges=plain.get("COAM", ""),
    )
    if message := plain.pop(_MESSAGE, ""):
        information.extra.append(message)
    information.extra.extend(
        f"{name}+{value}"
        for name, value in plain.items()
        if value not in {"", "NONREF"} and name not in _TOLD_ELSEWHERE
    )
    return information


def _plain(text: str, *, identifier: bool = False) -> str:
    """Readable: a word that filled its subfield goes on, after any other end there is a blank."""
    text = text.replace(_GOES_ON, "").strip(_AROUND)
    if _STOPS in text:
        text = text.replace(_STOPS, "" if identifier and " " not in text else " ")
    return one_line(text)


def _subfields(text: str, sign: str) -> list[tuple[str, str]]:
    """Number and text of each subfield, in order.

    Numbers only rise. Where they do not, they are read from the end: a number can only be followed by higher ones,
    so a `?31` a payer wrote into his text is text.
    """
    subfields: list[tuple[str, str]] = []
    rank = -1
    for part in text.split(sign)[1:]:
        number = part[:2]
        its = _RANKS.get(number, -1)
        if its < rank or its < 0 or (its == rank and its not in _REPEATED):
            return _subfields_from_the_end(text, sign)
        subfields.append((number, part[2:]))
        rank = its
    return subfields


def _subfields_from_the_end(text: str, sign: str) -> list[tuple[str, str]]:
    marks: list[re.Match[str]] = []
    rank = _LAST
    for mark in reversed(list(re.finditer(re.escape(sign) + "([0-9]{2})", text))):
        its = _RANKS.get(mark[1])
        if its is not None and (its < rank or (its == rank and its in _REPEATED)):
            marks.append(mark)
            rank = its
    return [(mark[1], value) for mark, value in marked(marks[::-1], text)]


def glued(parts: list[str]) -> str:
    """Parts of one text: after a full one it goes on, after any other there is a blank."""
    return "".join(part if len(part) >= _WIDTH else f"{part} " for part in parts)
