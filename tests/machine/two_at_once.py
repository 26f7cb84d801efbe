"""Two connections at the same moment: both let go together, or the second one while the first has not committed yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Barrier, Event, Thread

from django.db import connection, transaction

Verb = Callable[[], object]
PATIENCE_SECONDS = 30


@dataclass(slots=True)
class Outcome:
    """What a verb returned, or what it raised."""

    result: object = None
    raised: Exception | None = None

    @property
    def succeeded(self) -> bool:
        return self.raised is None


def _kept(outcome: Outcome, verb: Verb) -> None:
    """Run the verb in this thread's own connection, and give the connection back whatever happens."""
    try:
        outcome.result = verb()
    except Exception as raised:
        outcome.raised = raised
    finally:
        connection.close()


def _finished(*threads: Thread) -> None:
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "two acts wait for each other for ever"


def both_at_once(*verbs: Verb) -> tuple[Outcome, ...]:
    """Let all verbs go at the same moment, each in a connection of its own."""
    barrier = Barrier(len(verbs))
    outcomes = tuple(Outcome() for _ in verbs)

    def run(outcome: Outcome, verb: Verb) -> None:
        def together() -> object:
            connection.ensure_connection()
            barrier.wait(PATIENCE_SECONDS)
            return verb()

        _kept(outcome, together)

    threads = [Thread(target=run, args=pair, daemon=True) for pair in zip(outcomes, verbs, strict=True)]
    for thread in threads:
        thread.start()
    _finished(*threads)
    return outcomes


@dataclass(frozen=True, slots=True)
class Overtaken:
    """What became of both, and whether the second one really had to wait for the first."""

    first: Outcome
    second: Outcome
    second_waited: bool


def while_uncommitted(first: Verb, second: Verb) -> Overtaken:
    """`first` has done its work and not committed; then `second` comes; then `first` commits."""
    worked, may_commit, second_started = Event(), Event(), Event()
    outcome, other = Outcome(), Outcome()
    backend: list[int] = []

    def hold() -> object:
        try:
            with transaction.atomic():
                result = first()
                worked.set()
                assert may_commit.wait(PATIENCE_SECONDS)
                return result
        finally:
            worked.set()

    def come() -> object:
        connection.ensure_connection()
        backend.append(connection.connection.info.backend_pid)
        second_started.set()
        return second()

    holder = Thread(target=_kept, args=(outcome, hold), daemon=True)
    comer = Thread(target=_kept, args=(other, come), daemon=True)
    holder.start()
    assert worked.wait(PATIENCE_SECONDS)
    comer.start()
    assert second_started.wait(PATIENCE_SECONDS)
    waited = _waits_for_a_lock(comer, backend[0])
    may_commit.set()
    _finished(holder, comer)
    return Overtaken(outcome, other, waited)


def _waits_for_a_lock(thread: Thread, backend: int) -> bool:
    """Whether the connection stands before a lock. Looks until it does, or until the thread has come to its end."""
    with connection.cursor() as cursor:
        while thread.is_alive():
            cursor.execute("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [backend])
            row = cursor.fetchone()
            if row and row[0]:
                return True
            thread.join(0.005)
    return False
