"""Pure decisions about names."""

from __future__ import annotations

import unicodedata

_GERMAN = str.maketrans({"ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE"})


def sort_key(name: str) -> str:
    """How a name is sorted in German lists (DIN 5007-1: ä as a, ß as ss), in lower case."""
    plain = unicodedata.normalize("NFKD", name.translate(_GERMAN))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()[:220]
