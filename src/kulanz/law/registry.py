"""The rule functions by name, and the door through which facts come in as text or JSON.

`@rule("WD-01")` makes a function known. From outside it is called with plain values; they are converted by the types
the function names, and whatever cannot be converted is refused before the rule sees it.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, TypeVar, get_type_hints

from kulanz.law.answers import Answer
from kulanz.law.conversion import NotOfThisKind, kind_of, takes_nothing, value_of
from kulanz.law.refusals import MissingArgument, UnknownArgument, UnknownFunction, UnreadableArgument

Rule = TypeVar("Rule", bound=Callable[..., Answer[Any]])

# How much of an unreadable value is repeated in the refusal.
_SHOWN = 80
# Importing them registers their functions.
_MODULES = (
    "calendar",
    "withdrawal",
    "refunds",
    "defects",
    "defect_limitation",
    "delivery",
    "default",
    "interest",
    "reminder_costs",
    "part_payments",
    "credit",
    "collecting",
    "bureaux",
    "identity",
    "restrictions",
    "payments",
    "subscriptions",
    "service",
    "retention",
    "breaches",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFunction:
    """A function of the law room as the door sees it. `rule` is the card it mainly stands for."""

    name: str
    rule: str
    purpose: str
    call: Callable[..., Answer[Any]]

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """What it takes, in order."""
        return inspect.signature(self.call).parameters

    @property
    def signature(self) -> str:
        """The call as a person would write it: `name(argument, option=…)`."""
        facts = [name if p.default is p.empty else f"{name}=…" for name, p in self.parameters.items()]
        return f"{self.name}({', '.join(facts)})"


_functions: dict[str, RuleFunction] = {}


def rule(card_id: str) -> Callable[[Rule], Rule]:
    """Make a function known under its own name."""

    def register(function: Rule) -> Rule:
        name = function.__name__
        assert name not in _functions, f"two rule functions are called {name}"
        purpose = (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")
        _functions[name] = RuleFunction(name=name, rule=card_id, purpose=purpose, call=function)
        return function

    return register


def functions() -> Mapping[str, RuleFunction]:
    """Every rule function by name, in the order of the families."""
    _load()
    return _functions


def ask(name: str, facts: Mapping[str, Any]) -> Answer[Any]:
    """Ask the rule function `name`, with facts as they come from outside: text, numbers, lists, null.

    Null means "not known": the same as not naming the fact. Raises UnknownFunction, UnknownArgument, MissingArgument,
    UnreadableArgument, and whatever the rule itself refuses.
    """
    try:
        function = functions()[name]
    except KeyError:
        raise UnknownFunction(name=name) from None
    return function.call(**_converted(function, facts))


def _converted(function: RuleFunction, facts: Mapping[str, Any]) -> dict[str, Any]:
    parameters = function.parameters
    for name in facts:
        if name not in parameters:
            raise UnknownArgument(function=function.name, name=name, known=", ".join(parameters))
    hints = _hints(function.call)
    converted: dict[str, Any] = {}
    for name, parameter in parameters.items():
        hint = hints[name]
        given = facts.get(name)
        if given is not None:
            converted[name] = _value(function, name, given, hint)
        elif parameter.default is parameter.empty:
            if not takes_nothing(hint):
                raise MissingArgument(function=function.name, name=name, kind=kind_of(hint))
            converted[name] = None
    return converted


def _value(function: RuleFunction, name: str, given: Any, hint: Any) -> Any:
    try:
        return value_of(given, hint)
    except NotOfThisKind as error:
        shown = textwrap.shorten(str(given), _SHOWN)
        raise UnreadableArgument(function=function.name, name=name, value=shown, kind=kind_of(error.hint)) from None


@cache
def _hints(function: Callable[..., Answer[Any]]) -> dict[str, Any]:
    return get_type_hints(function)


@cache
def _load() -> None:
    for module in _MODULES:
        import_module(f"kulanz.law.{module}")
