"""A job is part of the act that wrote it: committed with it, dropped with it, done once."""

from __future__ import annotations

import asyncio
import itertools
import signal
import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.tasks import Task
from tests.worker_process import process

from kulanz.infra import jobs
from kulanz.infra.jobs import run_worker

_marks = itertools.count(1)
_done: list[str] = []


@app.task(name="tests.note")
def note(mark: str) -> None:
    """Leaves a trace that it ran."""
    _done.append(mark)


@app.task(name="tests.enqueue")
def enqueue(mark: str, commits: bool) -> None:
    """A task that is itself an act with a job, and may fail after having written it."""
    with transaction.atomic():
        note.defer(mark=f"{mark} follows")
        _done.append(f"{mark} saw {_waiting(f'{mark} follows')}")
        if not commits:
            raise RuntimeError("the act fails")


@pytest.fixture
def mark() -> str:
    return f"mark {next(_marks)}"


def _waiting(mark: str) -> int:
    """How many jobs of this mark this connection can see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args ->> 'mark' = %s", [mark])
        return int(cursor.fetchone()[0])


def _ran(mark: str) -> list[str]:
    return [done for done in _done if done.startswith(mark)]


@pytest.mark.django_db
def test_a_job_waits_for_the_commit_of_its_act(mark: str) -> None:
    with transaction.atomic():
        note.defer(mark=mark)
        assert _waiting(mark) == 1
    assert _ran(mark) == []


def test_a_committed_job_is_done_once(committed_db: None, mark: str) -> None:
    with transaction.atomic():
        note.defer(mark=mark)
    assert _waiting(mark) == 1
    run_worker(wait=False)
    assert _ran(mark) == [mark]
    run_worker(wait=False)
    assert (_ran(mark), _waiting(mark)) == ([mark], 0)


def test_a_job_of_an_act_that_was_rolled_back_is_never_done(committed_db: None, mark: str) -> None:
    with transaction.atomic():
        note.defer(mark=mark)
        transaction.set_rollback(True)
    assert _waiting(mark) == 0
    run_worker(wait=False)
    assert _ran(mark) == []


def test_a_job_enqueued_by_a_task_belongs_to_the_transaction_of_the_task(committed_db: None, mark: str) -> None:
    enqueue.defer(mark=mark, commits=True)
    run_worker(wait=False)
    assert sorted(_ran(mark)) == [f"{mark} follows", f"{mark} saw 1"]


def test_a_job_enqueued_by_a_task_that_fails_is_dropped_with_it(committed_db: None, mark: str) -> None:
    enqueue.defer(mark=mark, commits=False)
    run_worker(wait=False)
    assert _ran(mark) == [f"{mark} saw 1"]
    assert _waiting(f"{mark} follows") == 0
    # What failed stays to be looked at.
    assert _waiting(mark) == 1


def test_the_worker_runs_in_any_thread_and_gives_its_connections_back(committed_db: None, mark: str) -> None:
    note.defer(mark=mark)
    before = _held()
    thread = threading.Thread(target=run_worker, kwargs={"wait": False})
    thread.start()
    thread.join()
    assert _ran(mark) == [mark]
    assert _held() == before


def _held() -> int:
    """How many connections are out of the pool, this thread's put aside."""
    connections.close_all()
    stats: dict[str, int] = connection.pool.get_stats()  # type: ignore[attr-defined]  # the PostgreSQL backend has it
    return stats["pool_size"] - stats["pool_available"]


def test_without_waiting_the_clock_starts_nothing() -> None:
    """`wait=False` empties the queue; the sweeps that come with the clock belong to the worker that stays."""
    assert jobs._worker_app(periodic=False).periodic_registry.periodic_tasks == {}


# --- the worker that stays ---

_WORKER = """
import logging, sys
from kulanz.infra import jobs
from kulanz.infra.jobs import run_worker
from tests.worker_process import process

logging.getLogger("procrastinate").setLevel(logging.INFO)
logging.getLogger("procrastinate").addHandler(logging.StreamHandler(sys.stdout))
run_worker()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_worker_in_good_order(committed_db: None, number: signal.Signals) -> None:
    with process(_WORKER) as worker:
        assert worker.stdout is not None
        assert any("Starting worker" in line for line in worker.stdout)
        worker.send_signal(number)
        assert any("Stopped worker" in line for line in worker.stdout)
        assert worker.wait() == 0


def test_the_worker_outlives_trouble_with_the_database(committed_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    async def work(*_: object, **__: object) -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise ConnectorException
        if len(rounds) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(jobs, "_work", work)
    monkeypatch.setattr(jobs, "RESTART_AFTER_SECONDS", 0)
    run_worker()
    assert rounds == [0, 1, 2]


def test_every_clockwork_of_the_house_is_enqueued_by_the_worker() -> None:
    worker_app = jobs._worker_app(periodic=True)
    names = {periodic.task.name for periodic in worker_app.periodic_registry.periodic_tasks.values()}
    assert names == {periodic.task.name for periodic in app.periodic_registry.periodic_tasks.values()}
    assert {"contact.sweep", "machines.retry_webhooks", "holds.lift_expired", "infra.retry_stalled"} <= names
    assert all(task.blueprint is worker_app for task in _tasks(worker_app))
    assert all(task.blueprint is not worker_app for task in worker_app.tasks.values())


def _tasks(of: App) -> list[Task[Any, Any, Any]]:
    return [periodic.task for periodic in of.periodic_registry.periodic_tasks.values()]
