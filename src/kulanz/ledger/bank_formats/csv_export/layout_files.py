"""Reads layout files. A wrong one is refused with its key: a misspelt line would otherwise misread money."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import TypeVar

from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.csv_export.amounts import CURRENCIES
from kulanz.ledger.bank_formats.csv_export.days import DayForms, UnusableDayForm
from kulanz.ledger.bank_formats.csv_export.layout import (
    FACTS,
    FIELDS,
    Column,
    Extraction,
    Layout,
    RowMeaning,
    RowRule,
    Status,
    TextAmount,
    folded,
)
from kulanz.ledger.bank_formats.csv_export.refusals import UnusableLayout

T = TypeVar("T")

_KEY_NAMES = (
    "name header shape exact date decimal currency debit negated fee direction status columns lines rows extract "
    "text_amount may_lack short_rows continued wrapped_at"
)
_KEYS = frozenset(_KEY_NAMES.split())
_UNNAMED = "(unnamed)"
# Words a shape is made of, for tables without a header. What begins with a slash is a pattern of its own.
_SHAPES = {
    "empty": r"\s*",
    "text": r".*",
    "amount": r"\s*[+-]?\s*[0-9][0-9.,' ]*\s*",
    "amount?": r"\s*([+-]?\s*[0-9][0-9.,' ]*)?\s*",
    "currency": r"[A-Z]{3}",
    "iban": r"\s*'?[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,36}'?\s*",
    "day": r"\s*[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}\s*",
}


class _Unusable(ValueError):
    """What is wrong with a layout, in words."""


def read_layouts(content: str, *, source: str, own: bool) -> list[Layout]:
    """All layouts of one file. Raises UnusableLayout naming the file and what is wrong in it."""
    try:
        tables = tomllib.loads(content)
        unknown = set(tables) - {"layout"}
        if unknown or not isinstance(tables.get("layout"), list):
            raise _Unusable(Phrase(N_("it must consist of tables [[layout]] only")))
        return [_layout(table, source, own) for table in tables["layout"]]
    except tomllib.TOMLDecodeError as error:
        raise UnusableLayout(file=source, reason=Phrase(N_("it is not TOML (%(error)s)"), error=error)) from error
    except _Unusable as error:
        raise UnusableLayout(file=source, reason=error.args[0]) from error


def _layout(table: object, source: str, own: bool) -> Layout:
    if not isinstance(table, dict):
        raise _Unusable(Phrase(N_("it must consist of tables [[layout]] only")))
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise _Unusable(Phrase(N_("the key “%(key)s” is not known"), key=unknown[0]))
    name = _one(table, "name", str)
    try:
        return _built(table, name, source, own)
    except _Unusable as error:
        raise _Unusable(Phrase(N_("in “%(name)s”: %(reason)s"), name=name, reason=error.args[0])) from error


def _built(table: Mapping[str, object], name: str, source: str, own: bool) -> Layout:
    header = tuple(folded(column) for column in _texts(table, "header"))
    shape = tuple(_shape(word) for word in _texts(table, "shape"))
    if bool(header) == bool(shape):
        raise _Unusable(Phrase(N_("either “header” or “shape” is needed, and not both")))
    columns = _columns(table, header, shape)
    currency = _optional(table, "currency", str)
    if currency is not None and currency not in CURRENCIES:
        raise _Unusable(Phrase(N_("the currency “%(code)s” is not known"), code=currency))
    may_lack = _optional(table, "may_lack", str)
    text_amount = _optional(table, "text_amount", str)
    return Layout(
        name=name,
        source=source,
        own=own,
        header=header,
        exact=bool(_optional(table, "exact", bool)),
        shape=shape,
        columns=columns,
        days=_days(table),
        decimal=_choice(table, "decimal", (",", ".", "either")),
        currency=currency,
        debit_is_negative=_choice(table, "debit", ("positive", "negative"), "positive") == "negative",
        negated=bool(_optional(table, "negated", bool)),
        fee_is_added=_choice(table, "fee", ("subtracted", "added"), "subtracted") == "added",
        directions=_directions(table, columns),
        statuses=_statuses(table, columns),
        lines=tuple(_pattern(text, FACTS) for text in _texts(table, "lines")),
        rows=tuple(_row_rule(rule) for rule in _tables(table, "rows")),
        extractions=tuple(Extraction(_pattern(text, FIELDS)) for text in _texts(table, "extract")),
        text_amount=None if text_amount is None else TextAmount(_pattern(text_amount, frozenset({"amount"}))),
        may_lack=None if may_lack is None else _column(may_lack),
        short_rows=bool(_optional(table, "short_rows", bool)),
        continued=bool(_optional(table, "continued", bool)),
        wrapped_at=_optional(table, "wrapped_at", int),
    )


def _columns(
    table: Mapping[str, object], header: tuple[str, ...], shape: tuple[re.Pattern[str], ...]
) -> dict[str, tuple[Column, ...]]:
    columns: dict[str, tuple[Column, ...]] = {}
    for field, value in _table(table, "columns").items():
        if field not in FIELDS:
            raise _Unusable(Phrase(N_("a column cannot mean “%(field)s”"), field=field))
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(item, str) for item in names):
            raise _Unusable(Phrase(N_("“%(key)s” must be text or a list of texts"), key=f"columns.{field}"))
        columns[field] = tuple(_column(item) for item in names)
    for column in (column for group in columns.values() for column in group):
        missing = column.number is None and not set(column.names) & {*header, ""}
        if missing or (column.number is not None and shape and not 1 <= column.number <= len(shape)):
            raise _Unusable(Phrase(N_("there is no column “%(column)s”"), column=" | ".join(column.names)))
    if "booked_on" not in columns or not ({"amount", "debit", "credit"} & set(columns)):
        raise _Unusable(Phrase(N_("“booked_on” and “amount” (or “debit” and “credit”) are needed")))
    if ("debit" in columns) != ("credit" in columns):
        raise _Unusable(Phrase(N_("“debit” and “credit” go together")))
    return columns


def _column(text: str) -> Column:
    """`Name`, `Name | Other name`, `Name?` for one that may be absent, `#4` for the fourth, `(unnamed)` for the first
    that has no name."""
    needed = not text.endswith("?")
    text = text.removesuffix("?").strip()
    if text.startswith("#") and text[1:].isdecimal():
        return Column((text,), int(text[1:]), needed)
    names = tuple("" if name.strip() == _UNNAMED else folded(name) for name in text.split(" | "))
    return Column(names, None, needed)


def _days(table: Mapping[str, object]) -> DayForms:
    forms = _texts(table, "date")
    if not forms:
        raise _Unusable(Phrase(N_('“date” is needed, for example ["dd.mm.yyyy"]')))
    try:
        return DayForms(forms)
    except UnusableDayForm as error:
        raise _Unusable(
            Phrase(N_("“%(form)s” does not name day, month and year once each"), form=error.args[0])
        ) from error


def _directions(table: Mapping[str, object], columns: Mapping[str, tuple[Column, ...]]) -> dict[str, int]:
    """Which word in the column of directions means money in, which money out."""
    found = _table(table, "direction")
    if bool(found) != ("direction" in columns) or set(found) - {"in", "out"}:
        raise _Unusable(Phrase(N_("a column “direction” goes with a table “direction” of “in” and “out”")))
    if not found:
        return {}
    words = {folded(word): 1 for word in _texts(found, "in")} | {folded(word): -1 for word in _texts(found, "out")}
    if len(set(words.values())) != 2:
        raise _Unusable(Phrase(N_("a column “direction” goes with a table “direction” of “in” and “out”")))
    return words


def _statuses(table: Mapping[str, object], columns: Mapping[str, tuple[Column, ...]]) -> dict[Status, re.Pattern[str]]:
    found = _table(table, "status")
    if bool(found) != ("status" in columns or "impact" in columns):
        raise _Unusable(Phrase(N_("a column “status” goes with a table “status”")))
    try:
        return {Status(key): _pattern(_one(found, key, str), frozenset()) for key in found}
    except ValueError as error:
        if isinstance(error, _Unusable):
            raise
        raise _Unusable(Phrase(N_("“status” knows “booked”, “pending” and “void”"))) from error


def _row_rule(rule: Mapping[str, object]) -> RowRule:
    means = _choice(rule, "means", tuple(RowMeaning))
    return RowRule(_column(_one(rule, "column", str)), _pattern(_one(rule, "is", str), frozenset()), RowMeaning(means))


def _shape(word: str) -> re.Pattern[str]:
    if word.startswith("/"):
        return _pattern(word[1:], frozenset())
    if word not in _SHAPES:
        raise _Unusable(Phrase(N_("a shape is made of %(words)s and patterns"), words=", ".join(_SHAPES)))
    return re.compile(_SHAPES[word], re.DOTALL)


def _pattern(text: str, groups: frozenset[str]) -> re.Pattern[str]:
    try:
        pattern = re.compile(text, re.IGNORECASE | re.DOTALL)
    except re.error as error:
        raise _Unusable(Phrase(N_("“%(pattern)s” is not a pattern: %(error)s"), pattern=text, error=error)) from error
    wrong = sorted(set(pattern.groupindex) - groups)
    if wrong:
        raise _Unusable(Phrase(N_("“%(pattern)s” cannot tell “%(group)s”"), pattern=text, group=wrong[0]))
    return pattern


def _one(table: Mapping[str, object], key: str, kind: Callable[..., T]) -> T:
    found = _optional(table, key, kind)
    if found is None:
        raise _Unusable(Phrase(N_("“%(key)s” is needed"), key=key))
    return found


def _optional(table: Mapping[str, object], key: str, kind: Callable[..., T]) -> T | None:
    found = table.get(key)
    if found is None:
        return None
    if not isinstance(found, kind if isinstance(kind, type) else object):
        raise _Unusable(Phrase(N_("“%(key)s” is of the wrong kind"), key=key))
    return found  # type: ignore[return-value]  # checked one line above


def _texts(table: Mapping[str, object], key: str) -> list[str]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise _Unusable(Phrase(N_("“%(key)s” must be a list of texts"), key=key))
    return found


def _table(table: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = table.get(key, {})
    if not isinstance(found, dict):
        raise _Unusable(Phrase(N_("“%(key)s” must be a table"), key=key))
    return found


def _tables(table: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise _Unusable(Phrase(N_("“%(key)s” must be a list of tables"), key=key))
    return found


def _choice(table: Mapping[str, object], key: str, choices: tuple[str, ...], default: str | None = None) -> str:
    found = table.get(key, default)
    if found not in choices or not isinstance(found, str):
        raise _Unusable(Phrase(N_("“%(key)s” must be one of %(choices)s"), key=key, choices=", ".join(choices)))
    return found
