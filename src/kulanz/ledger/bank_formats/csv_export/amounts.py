"""Amounts as banks write them in tables: exact decimals with separators, signs and currencies around them.

Nothing is guessed: what has two meanings is no amount.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from babel.core import get_global

CURRENCIES: frozenset[str] = frozenset(get_global("all_currencies"))
# Only symbols that mean one currency. A dollar sign may be one of twenty.
_SYMBOLS = {"€": "EUR", "£": "GBP"}
_SIGNS = {"+": 1, "-": -1, "S": -1, "H": 1, "D": -1, "C": 1, "DR": -1, "DB": -1, "CR": 1}
_NUMBER = re.compile(r"[0-9](?:[0-9.,'’ ]*[0-9])?")
_AROUND = re.compile(r"[+-]|[A-Za-z]+|\S")
_GROUPED = {
    ",": re.compile(r"(?:[0-9]{1,3}(?:([.'’ ])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+)(?:,[0-9]+)?"),
    ".": re.compile(r"(?:[0-9]{1,3}(?:([,'’ ])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+)(?:\.[0-9]+)?"),
}
_PLAIN = {",": re.compile(r"(-?)([0-9]+)(?:,([0-9]+))?"), ".": re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")}
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "–": "-"})


@dataclass(frozen=True, slots=True)
class Written:
    """An amount as it stands there: a plain decimal string, whether it has a sign, and its currency if it names one."""

    number: str
    signed: bool
    currency: str | None

    @property
    def is_zero(self) -> bool:
        """Nothing but zeros: banks fill the column that does not apply with 0,00."""
        return not self.number.strip("-0.")

    @property
    def is_negative(self) -> bool:
        """Below zero."""
        return self.number.startswith("-") and not self.is_zero


@lru_cache(maxsize=8192)
def written(text: str, decimal: str) -> Written | None:
    """`text` read with `decimal` ("," or ".") before the fraction; None if that is not what it says.

    Takes thousands separators in groups of three, a sign before or behind, S and H or D and C behind, a currency code
    or an unmistakable symbol on either side.
    """
    plain = _PLAIN[decimal].fullmatch(text)
    if plain is not None:  # as nearly all are
        sign_written, digits, cents = plain.groups()
        return Written(f"{sign_written}{digits}.{cents}" if cents else sign_written + digits, bool(sign_written), None)
    text = text.translate(_SPACES).strip()
    found = _NUMBER.search(text)
    if found is None or _GROUPED[decimal].fullmatch(found[0]) is None:
        return None
    sign, currency = 0, None
    for token in _AROUND.findall(f"{text[: found.start()]} {text[found.end() :]}"):
        code = _SYMBOLS.get(token) or (token if token in CURRENCIES else None)
        if token in _SIGNS and sign == 0:
            sign = _SIGNS[token]
        elif code is not None and currency is None:
            currency = code
        else:
            return None
    whole, _, fraction = found[0].rpartition(decimal) if decimal in found[0] else (found[0], "", "")
    digits = re.sub(r"[^0-9]", "", whole)
    number = f"{'-' if sign < 0 else ''}{digits}{'.' if fraction else ''}{fraction}"
    return Written(number, sign != 0, currency)
