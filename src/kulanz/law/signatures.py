"""A lawyer's signatures: which cards were released, by whom, when, and in which wording.

They stand in a TOML file of the operator, one table `[[signature]]` for each with `rule`, `card` (the content hash),
`name` and `on`. A card that was changed since has another hash and therefore no signature. Without a file nothing is
signed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kulanz.kernel.text import N_, Phrase
from kulanz.law.cards import Card
from kulanz.law.refusals import UnreadableSignatures


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One lawyer's yes to one card as it stood."""

    rule: str
    card: str
    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Signatures:
    """All signatures of an installation."""

    rows: tuple[Signature, ...] = ()

    def of(self, card: Card) -> Signature | None:
        """The signature this card has in its present wording, if any."""
        for row in self.rows:
            if row.rule == card.id and row.card == card.content_hash:
                return row
        return None


NOTHING_SIGNED = Signatures()


def read_signatures(path: Path | None) -> Signatures:
    """The signatures of an installation; none without a file. Raises UnreadableSignatures naming the file and row."""
    if path is None:
        return NOTHING_SIGNED
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableSignatures(where=str(path), reason=str(error)) from error
    rows = content.get("signature", [])
    if not isinstance(rows, list):
        rows = [rows]
    return Signatures(tuple(_signature(path, number, row) for number, row in enumerate(rows, start=1)))


def _signature(path: Path, number: int, given: object) -> Signature:
    row: Mapping[str, Any] = given if isinstance(given, dict) else {}
    texts = [row.get(name) for name in ("rule", "card", "name")]
    on = row.get("on")
    if not all(isinstance(text, str) and text.strip() for text in texts) or type(on) is not date:
        reason = Phrase(
            N_("signature %(number)s needs rule, card and name as text and on as a date"), number=str(number)
        )
        raise UnreadableSignatures(where=str(path), reason=reason)
    return Signature(rule=row["rule"], card=row["card"], name=row["name"], on=on)
