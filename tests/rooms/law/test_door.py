"""Facts from outside: what is understood, what is refused, and that nothing else ever happens."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kulanz.law.api import (
    DayCount,
    LawRefusal,
    MissingArgument,
    Part,
    UnknownArgument,
    UnknownFunction,
    UnreadableArgument,
    all_cards,
    ask,
    functions,
    plain,
)
from kulanz.law.conversion import NotOfThisKind, value_of

DAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("given", "hint", "value"),
    [
        ("2026-11-02", date, DAY),
        (" 2026-11-02 ", date, DAY),
        (DAY, date, DAY),
        (datetime(2026, 11, 2, 23, 59), date, DAY),
        ("2026-11-02T23:59", date, DAY),
        ("2026-11-01T23:30:00+00:00", date, DAY),  # already the next day in Berlin
        ("2026-11-02T10:00", datetime, datetime(2026, 11, 2, 10)),
        ("12.34", Decimal, Decimal("12.34")),
        (12.34, Decimal, Decimal("12.34")),
        (12, Decimal, Decimal(12)),
        (Decimal("1.10"), Decimal, Decimal("1.10")),
        ("14", int, 14),
        (14.0, int, 14),
        ("true", bool, True),
        ("No", bool, False),
        (1, bool, True),
        (0, bool, False),
        ("act/365", DayCount, DayCount.ACT_365),
        (["2026-11-02", None], list[date | None], [DAY, None]),
        ("2026-11-02,2026-11-03", list[date], [DAY, date(2026, 11, 3)]),
        ('["2026-11-02"]', list[date], [DAY]),
        ("2026-11-02", list[date], [DAY]),
        (1, list[int], [1]),
        ("costs, principal", list[Part], [Part.COSTS, Part.PRINCIPAL]),
        (None, date | None, None),
        (["BY", "NW"], str | list[str] | None, ["BY", "NW"]),
        ("BY", str | list[str] | None, "BY"),
        (45, str, "45"),
    ],
)
def test_what_is_understood(given: object, hint: Any, value: object) -> None:
    assert value_of(given, hint) == value


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("02.11.2026", date),
        ("2026-02-29", date),
        ("", date),
        (20261102, date),
        (None, date),
        ("12,34", Decimal),
        ("NaN", Decimal),
        (float("inf"), Decimal),
        ("1e999999", Decimal),
        (True, Decimal),
        ([1], Decimal),
        ("14.5", int),
        (True, int),
        ("maybe", bool),
        (2, bool),
        ([True], bool),
        ("30/360", DayCount),
        ("act/360", DayCount),
        (["x"], list[date]),
        ("[1", list[int]),
        ('{"a": 1}', list[int]),
        ({"a": 1}, list[int]),
        ({"a": 1}, str),
        (False, str),
        ({}, str | list[str] | None),
    ],
)
def test_what_is_not_understood_is_never_guessed(given: object, hint: Any) -> None:
    with pytest.raises(NotOfThisKind):
        value_of(given, hint)


@pytest.mark.parametrize(
    ("name", "facts", "refusal", "sentence"),
    [
        ("nothing", {}, UnknownFunction, "no rule function “nothing”"),
        ("base_rate", {"day": "2026-11-02"}, UnknownArgument, "“base_rate” knows no argument “day”. It takes: d."),
        ("base_rate", {}, MissingArgument, "“base_rate” needs the argument “d” (a date such as 2026-11-21)."),
        ("base_rate", {"d": None}, MissingArgument, "needs the argument “d”"),
        ("base_rate", {"d": "soon"}, UnreadableArgument, "“soon” for the argument “d”"),
        ("interest", {"method": "30/360"}, MissingArgument, "(a decimal number such as 12.34)"),
        ("refund_amount", {"prices": ["x"], "returned": []}, UnreadableArgument, "a decimal number"),
        (
            "allocate",
            {"payment": 1, "order": "costs,rest"},
            UnreadableArgument,
            "one of costs, interest, principal",
        ),
    ],
)
def test_a_wrong_question_is_refused_with_what_to_do(
    name: str, facts: dict[str, Any], refusal: type[LawRefusal], sentence: str
) -> None:
    with pytest.raises(refusal) as refused:
        ask(name, facts)
    assert sentence in refused.value.english


def test_null_means_not_known_and_not_false() -> None:
    facts = {"receipts": ["2026-11-02"], "instructed_on": "2026-11-01", "subdiv": "NW"}
    named = {"kind": None, "contract": None, "instruction_ok": None, "catholic": None}
    assert ask("withdrawal_deadline", {**facts, **named}) == ask("withdrawal_deadline", facts)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (Decimal("1.5"), "1.50"),
        (Decimal("104.75"), "104.75"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("0.125"), "0.125"),
        (DAY, "2026-11-02"),
        (datetime(2026, 11, 2, 10), "2026-11-02 10:00:00"),
        ({Part.COSTS: Decimal(0)}, {"costs": "0.00"}),
        ([None, True, frozenset({"b", "a"})], [None, True, ["a", "b"]]),
    ],
)
def test_how_results_are_written(result: object, expected: object) -> None:
    assert plain(result) == expected


# --- nothing else ever happens ---

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 400),
    st.integers(),
    st.floats(),
    st.decimals("-100", "100000", places=2).map(str),
    st.dates().map(str),
    st.dates(date(2001, 12, 1), date(2031, 1, 1)).map(str),
    st.datetimes().map(str),
    st.sampled_from(
        ["NW", "BY", "XX", "multi", "regular", "digital", "invoice", "letter", "act/365", "fixed", "", "x"]
    ),
    st.lists(st.one_of(st.dates().map(str), st.integers(-2, 5), st.text(max_size=4), st.none()), max_size=4),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.text(max_size=8),
)


FUNCTIONS = functions()
EXAMPLES = {
    name: [example.facts for rule in all_cards() for example in rule.examples if example.function == name] or [{}]
    for name in FUNCTIONS
}


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=settings().max_examples // 2)
@given(data=st.data())
def test_whatever_comes_in_an_answer_or_a_refusal_comes_out(name: str, data: st.DataObject) -> None:
    """Facts of an example, so that the rule itself is reached, with some of them replaced by anything at all."""
    facts = dict(data.draw(st.sampled_from(EXAMPLES[name])))
    for changed in data.draw(st.lists(st.sampled_from(list(FUNCTIONS[name].parameters)), min_size=1, max_size=3)):
        facts[changed] = data.draw(ANYTHING)
    assert _answered_or_refused(name, facts)


def _answered_or_refused(name: str, facts: dict[str, Any]) -> bool:
    try:
        answer = ask(name, facts)
    except LawRefusal as refusal:
        return bool(refusal.english) and refusal.error_name in {"LookupError", "ValueError", "MissingArgument"}
    json.dumps(plain(answer.result))
    return bool(answer.because) and bool(answer.source)
