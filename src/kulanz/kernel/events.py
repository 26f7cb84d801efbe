"""Facts and who listens. Calls go down, facts go up.

A room publishes what happened as a frozen dataclass with *sets* of ids; `wiring/subscriptions.py` is the one page
that says who reacts. Reactions run at once, in order, in the same database transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from kulanz.kernel.acts import Act


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in the past tense, and the act that brought it about."""

    act: Act


E = TypeVar("E", bound=Event)
Subscription = tuple[type[Event], tuple[Callable[[Any], None], ...]]

_listeners: dict[type[Event], tuple[Callable[[Any], None], ...]] = {}


def on(event: type[E], *handlers: Callable[[E], None]) -> Subscription:
    """One line of the subscriptions page. The type checker knows which handler fits which event."""
    return (event, handlers)


def subscribe(subscriptions: tuple[Subscription, ...]) -> None:
    """Install the page of the house. Called once, when Django is ready; an event listed twice is a bug."""
    table: dict[type[Event], tuple[Callable[[Any], None], ...]] = {}
    for event, handlers in subscriptions:
        if event in table:
            raise ValueError(f"{event.__name__} stands on the page twice")
        table[event] = handlers
    _listeners.clear()
    _listeners.update(table)


def publish(event: Event) -> None:
    """Tell everybody who listens. A listener that fails takes the whole act back."""
    for handler in _listeners.get(type(event), ()):
        handler(event)


def listeners() -> dict[type[Event], tuple[Callable[[Any], None], ...]]:
    """Who listens to what, for the test of the house."""
    return dict(_listeners)
