"""Values from outside, as text or JSON, become what a rule function asks for by its types. Nothing is guessed."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import EnumType
from typing import Any, Literal, Union, get_args, get_origin

from kulanz.kernel.clock import BERLIN
from kulanz.kernel.text import N_, Phrase

_TRUE = frozenset({"true", "yes", "on", "ja", "1"})
_FALSE = frozenset({"false", "no", "off", "nein", "0"})
_LISTS = (list, tuple, Sequence)
# Larger numbers are no amounts, and one such as 1e999999 would fill the memory.
_MOST_DIGITS = 15


class NotOfThisKind(Exception):
    """The value is not what the type asks for."""

    def __init__(self, hint: Any) -> None:
        super().__init__(hint)
        self.hint = hint


def value_of(given: Any, hint: Any) -> Any:
    """`given` as `hint` asks. Raises NotOfThisKind."""
    if given is None and takes_nothing(hint):
        return None
    if hint is Any:
        return given
    if _is_choice(hint):
        return _one_of_the_kinds(given, hint)
    if get_origin(hint) is Literal:
        return _one_of(str(given) if not isinstance(given, bool) else given, get_args(hint), hint)
    if isinstance(hint, EnumType):
        return _enum(given, hint)
    if get_origin(hint) in _LISTS:
        return [value_of(item, get_args(hint)[0]) for item in _items(given, hint)]
    return _plain(given, hint)


def takes_nothing(hint: Any) -> bool:
    """Whether null is a value for it."""
    return hint is Any or hint is type(None) or (_is_choice(hint) and type(None) in get_args(hint))


def kind_of(hint: Any) -> Phrase:
    """In words for people: what is asked for."""
    if _is_choice(hint):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return kind_of(next((kind for kind in kinds if get_origin(kind) in _LISTS), kinds[0]))
    if get_origin(hint) in _LISTS:
        return Phrase(N_("a list, each of it %(kind)s"), kind=kind_of(get_args(hint)[0]))
    if get_origin(hint) is Literal or isinstance(hint, EnumType):
        choices = get_args(hint) or [choice.value for choice in hint]
        return Phrase(N_("one of %(choices)s"), choices=", ".join(str(choice) for choice in choices))
    return _KINDS.get(hint, _KINDS[str])


def _is_choice(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


def _one_of_the_kinds(given: Any, hint: Any) -> Any:
    """The first kind that fits. Text that holds several values is a list only where no single value would do."""
    kinds = [kind for kind in get_args(hint) if kind is not type(None)]
    for kind in kinds:
        try:
            return value_of(given, kind)
        except NotOfThisKind:
            continue
    raise NotOfThisKind(hint)


def _one_of(given: Any, choices: tuple[Any, ...], hint: Any) -> Any:
    for choice in choices:
        if given == choice or str(given) == str(choice):
            return choice
    raise NotOfThisKind(hint)


def _enum(given: Any, hint: EnumType) -> Any:
    try:
        return hint(given)
    except ValueError:
        raise NotOfThisKind(hint) from None


def _items(given: Any, hint: Any) -> Sequence[Any]:
    """A list, a list in text (as JSON or as a person types it: `[2026-11-02, 2026-11-05]`), or a single value."""
    if isinstance(given, list | tuple):
        return given
    if isinstance(given, Mapping):
        raise NotOfThisKind(hint)
    if not isinstance(given, str):
        return [given]
    text = given.strip()
    if text.startswith("["):
        try:
            found = json.loads(text, parse_float=Decimal)
        except ValueError:
            if not text.endswith("]"):
                raise NotOfThisKind(hint) from None
            found, text = None, text[1:-1]
        if isinstance(found, list):
            return found
    return [part.strip() for part in text.split(",") if part.strip()]


def _plain(given: Any, hint: Any) -> Any:
    convert = _CONVERTERS.get(hint)
    assert convert is not None, f"the door cannot convert to {hint}"
    try:
        return convert(given)
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        raise NotOfThisKind(hint) from None


def _bool(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    text = str(given).strip().lower()
    if text not in _TRUE | _FALSE:
        raise ValueError(given)
    return text in _TRUE


def _decimal(given: Any) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal):
        raise TypeError(given)
    # A float is read as it is printed: 1.1 is 1.1 and not 1.100000000000000088817841970012523.
    value = Decimal(str(given).strip())
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        raise ValueError(given)
    return value


def _int(given: Any) -> int:
    value = _decimal(given)
    if value != value.to_integral_value():
        raise ValueError(given)
    return int(value)


def _str(given: Any) -> str:
    if isinstance(given, bool | Mapping | list | tuple):
        raise TypeError(given)
    return str(given)


def _datetime(given: Any) -> datetime:
    """A moment; without a zone it is meant as it is written."""
    if isinstance(given, datetime):
        return given
    if isinstance(given, date):
        return datetime(given.year, given.month, given.day)  # noqa: DTZ001 - a wall clock time, as given
    if not isinstance(given, str):
        raise TypeError(given)
    return datetime.fromisoformat(given.strip())


def _date(given: Any) -> date:
    """A day; of a moment with a zone the day in Berlin, because legal days are Berlin days."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    moment = _datetime(given)
    return moment.astimezone(BERLIN).date() if moment.tzinfo else moment.date()


_CONVERTERS: dict[Any, Callable[[Any], Any]] = {
    bool: _bool,
    Decimal: _decimal,
    int: _int,
    str: _str,
    date: _date,
    datetime: _datetime,
}
_KINDS: dict[Any, Phrase] = {
    bool: Phrase(N_("true or false")),
    Decimal: Phrase(N_("a decimal number such as 12.34")),
    int: Phrase(N_("a whole number")),
    str: Phrase(N_("a text")),
    date: Phrase(N_("a date such as 2026-11-21")),
    datetime: Phrase(N_("a moment such as 2026-11-21T18:30")),
}
