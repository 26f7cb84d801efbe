"""State machines are tables, refusals are sentences, events have listeners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from kulanz.kernel import events
from kulanz.kernel.acts import by_system
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.states import ImpossibleMove, StateMachine
from kulanz.kernel.text import Phrase


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    BROKEN = "broken"


LIGHT = StateMachine(
    initial=Light.RED,
    moves={Light.RED: frozenset({Light.GREEN, Light.BROKEN}), Light.GREEN: frozenset({Light.RED})},
)


@pytest.mark.parametrize("old", Light)
@pytest.mark.parametrize("new", Light)
def test_only_what_the_table_says_is_possible(old: Light, new: Light) -> None:
    possible = (old, new) in {(Light.RED, Light.GREEN), (Light.RED, Light.BROKEN), (Light.GREEN, Light.RED)}
    assert LIGHT.allows(old, new) == possible
    if not possible:
        with pytest.raises(ImpossibleMove, match=f"“{old}” to “{new}”"):
            LIGHT.check(old, new)


def test_a_state_without_a_way_out_is_final() -> None:
    assert [state for state in Light if LIGHT.final(state)] == [Light.BROKEN]


def test_a_refusal_says_its_facts() -> None:
    no = NotFound(reference="R-1")
    assert (no.code, no.fields) == ("not_found", {"reference": "R-1"})
    assert "“R-1”" in str(no)
    assert isinstance(no, Refusal)


def test_a_phrase_is_its_sentence_and_remembers_its_facts() -> None:
    phrase = Phrase("%(count)s of %(all)s", count=1, all=2)
    assert (str(phrase), phrase.sentence, phrase.fields) == ("1 of 2", "%(count)s of %(all)s", {"count": 1, "all": 2})


@dataclass(frozen=True, slots=True)
class Rang(events.Event):
    """A bell rang."""


RANG = Rang(by_system(datetime(2026, 6, 1, tzinfo=UTC), "test"))


@pytest.fixture
def page() -> Iterator[None]:
    """The house's own page of subscriptions is back afterwards."""
    before = tuple(events.listeners().items())
    yield
    events.subscribe(before)


def test_listeners_hear_in_order_and_nobody_hears_what_he_does_not_listen_to(page: None) -> None:
    heard: list[str] = []
    events.subscribe((events.on(Rang, lambda event: heard.append("first"), lambda event: heard.append(event.act.why)),))
    events.publish(RANG)
    events.publish(events.Event(RANG.act))
    assert heard == ["first", "test"]


def test_a_listener_that_fails_stops_the_act(page: None) -> None:
    def fails(event: Rang) -> None:
        raise RuntimeError("no")

    heard: list[Rang] = []
    events.subscribe((events.on(Rang, fails, heard.append),))
    with pytest.raises(RuntimeError):
        events.publish(RANG)
    assert heard == []


def test_an_event_stands_on_the_page_once(page: None) -> None:
    with pytest.raises(ValueError, match="Rang stands on the page twice"):
        events.subscribe((events.on(Rang), events.on(Rang)))
