"""The demo's customers: invented people, the same for a customer number on every machine and every day.

All live in Germany; about one in twelve has an English name and writes English. Nobody here exists; a name
that also belongs to somebody is chance. Mail addresses use `example.org`, which is reserved: no demo can
write to a stranger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType

from kulanz.demo.names import (
    ENGLISH_FIRST_NAMES,
    ENGLISH_LAST_NAMES,
    FIRST_NAMES,
    LAST_NAMES,
    STREETS,
    TOO_WELL_KNOWN,
    TOWNS,
)

ENGLISH_IN_HUNDRED = 8
MAIL_DOMAIN = "example.org"

_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_FIT_FOR_MAIL = re.compile(r"[a-z0-9-]{1,24}")


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """A customer of the demo shop. No phone number: each that looks real might be somebody's."""

    first_name: str
    last_name: str
    street: str
    postcode: str
    city: str
    email: str
    language: str
    phone: None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class _Dice:
    """Choices that depend on the customer number alone. Python's own hash differs from process to process."""

    def __init__(self, number: str) -> None:
        seed = blake2b(number.encode("utf-8", "surrogatepass"), digest_size=32, person=b"kulanz demo")
        self._rest = int.from_bytes(seed.digest(), "big")

    def below(self, bound: int) -> int:
        """A number from zero up to and without `bound`."""
        self._rest, found = divmod(self._rest, bound)
        return found

    def one_of(self, words: tuple[str, ...]) -> str:
        return words[self.below(len(words))]


def person(number: str) -> InventedPerson:
    """The invented person behind a customer number."""
    dice = _Dice(number)
    english = dice.below(100) < ENGLISH_IN_HUNDRED
    first_name = dice.one_of(ENGLISH_FIRST_NAMES if english else FIRST_NAMES)
    last_name = _last_name(first_name, dice, ENGLISH_LAST_NAMES if english else LAST_NAMES)
    postcode, city = TOWNS[dice.below(len(TOWNS))]
    return InventedPerson(
        first_name=first_name,
        last_name=last_name,
        street=f"{dice.one_of(STREETS)} {_house_number(dice)}",
        postcode=postcode,
        city=city,
        email=_email(first_name, last_name, number),
        language="en" if english else "de",
    )


def _last_name(first_name: str, dice: _Dice, last_names: tuple[str, ...]) -> str:
    """A last name that makes nobody famous of the person."""
    while (first_name, last_name := dice.one_of(last_names)) in TOO_WELL_KNOWN:
        continue
    return last_name


def _house_number(dice: _Dice) -> str:
    """Most houses are low numbers; some have a letter."""
    return f"{1 + dice.below(1 + dice.below(98))}{('', '', '', '', '', 'a', 'b')[dice.below(7)]}"


def _email(first_name: str, last_name: str, number: str) -> str:
    """An address no other number has: the number is part of it, or a digest of one unfit for mail."""
    # The digest carries an underscore, which no number fit for mail has: the two kinds never meet.
    mark = number if _FIT_FOR_MAIL.fullmatch(number) else f"_{_digest(number)}"
    return f"{_spelt_out(first_name)}.{_spelt_out(last_name)}.{mark}@{MAIL_DOMAIN}"


def _digest(number: str) -> str:
    return blake2b(number.encode("utf-8", "surrogatepass"), digest_size=10, person=b"kulanz mail").hexdigest()


def _spelt_out(name: str) -> str:
    return name.lower().translate(_SPELT_OUT)


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in the demo: invented by number, except those whose story is written."""

    named: Mapping[str, InventedPerson] = field(default_factory=lambda: MappingProxyType({}))

    def with_person(self, number: str, somebody: InventedPerson) -> People:
        """The same people, but `number` is `somebody`: how the demo sets the persons of its stories."""
        return People(MappingProxyType({**self.named, number: somebody}))

    def of(self, number: str) -> InventedPerson:
        """Who stands behind `number`."""
        return self.named.get(number) or person(number)
