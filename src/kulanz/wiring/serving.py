"""Running the house: the web server, the worker, and both together for the demo.

`serve` and `work` run in the foreground and end on SIGINT or SIGTERM. `serve_everything` starts both in the background
through `infra.processes`, where `kulanz stop` finds them, and waits in front of them.
"""

from __future__ import annotations

import errno
import http.client
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import connection

from kulanz.infra import processes
from kulanz.infra.config import Config
from kulanz.kernel.refusals import Refusal, Trouble
from kulanz.kernel.text import N_

log = logging.getLogger("kulanz.serving")

LOOPBACK = "127.0.0.1"
WORKERS = 2
BACKLOG = 2_048
# Threads wait for the database most of the time, so a few more than there are processors; each may hold a connection
# of the pool (eight per process), and more than that would only wait for one.
BLOCKING_THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
ENDED_WITHIN_SECONDS = 5
READY_WITHIN_SECONDS = 60
POLL_SECONDS = 0.1

_DEMO_MARK = "kulanz demo"


class PortTaken(Refusal):
    """Something else listens there."""

    code = "port_taken"
    sentence = N_(
        "Port %(port)s on %(host)s is already in use. Stop what runs there, or choose another port with --port."
    )


class AddressRefused(Refusal):
    """The system does not let us listen there."""

    code = "address_refused"
    sentence = N_("Cannot listen on %(host)s port %(port)s: %(reason)s. Choose another address with --host and --port.")


class DemoStaysHome(Refusal):
    """A demo's passwords are printed for everybody, so nobody else may reach it."""

    code = "demo_stays_home"
    sentence = N_(
        "This database was made by “kulanz demo”, and its passwords are known to everybody. It is served on this "
        "machine only; leave out --host %(host)s, or use another data directory."
    )


class NotReady(Trouble):
    """The web server did not become ready, or ended at once."""


def serve(*, host: str = LOOPBACK, port: int, workers: int = WORKERS) -> None:
    """The web server in the foreground, until SIGINT or SIGTERM. Raises PortTaken, AddressRefused, DemoStaysHome."""
    refuse_taken_port(host, port)
    refuse_public_demo(host)
    # The workers are forks of this process: a connection shared by two of them would mix up their answers.
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has it
    _granian(host=host, port=port, workers=workers).serve()


def _granian(*, host: str, port: int, workers: int) -> Any:
    # Imported here: nobody but the web server needs it.
    from granian import Granian
    from granian.constants import Interfaces

    return Granian(
        "kulanz.wiring.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        backlog=BACKLOG,
        websockets=False,
        # A worker that dies is replaced; one that dies at once again ends the server, for a supervisor to see.
        respawn_failed_workers=True,
        workers_kill_timeout=ENDED_WITHIN_SECONDS,
        log_dictconfig=_server_log(),
    )


def _server_log() -> dict[str, Any]:
    """The web server's own words go where all other logs go: JSON lines on standard error."""
    return {
        "formatters": {"json": {"()": "kulanz.infra.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "loggers": {"_granian": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
    }


def work(*, concurrency: int = 2) -> None:
    """The worker in the foreground, until SIGINT or SIGTERM; what it has begun it finishes."""
    from kulanz.infra.jobs import run_worker

    connection.close()
    log.info("worker started", extra={"facts": {"pid": os.getpid(), "concurrency": concurrency}})
    run_worker(wait=True, concurrency=concurrency)
    log.info("worker ended", extra={"facts": {"pid": os.getpid()}})


def serve_everything(port: int, *, on_ready: Callable[[], None], workers: int = WORKERS) -> None:
    """Web server (on this machine only) and worker in the background; `on_ready` once /readyz says yes.

    Returns after SIGINT, SIGTERM or SIGHUP, or when somebody ended them with `kulanz stop`; both have ended then.
    Raises PortTaken, AlreadyRunning, or NotReady with the end of the log.
    """
    config: Config = settings.CONFIG
    refuse_taken_port(LOOPBACK, port)
    with _until_told() as told:
        try:
            _start(config, "web", "serve", "--port", str(port), "--workers", str(workers))
            _start(config, "worker", "worker")
            if _wait_until_ready(config, port, told):
                on_ready()
                _wait_until_over(config, told)
        finally:
            processes.stop_all(config.data_dir)


def _start(config: Config, name: str, *arguments: str) -> None:
    processes.start(
        config.data_dir,
        name,
        [sys.executable, "-m", "kulanz.cli", *arguments],
        env={**os.environ, "KULANZ_DATA_DIR": str(config.data_dir)},
    )


@contextmanager
def _until_told() -> Iterator[threading.Event]:
    """An event that is set when somebody wants us to end; the usual meaning of the signals comes back afterwards."""
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_until_ready(config: Config, port: int, told: threading.Event) -> bool:
    """True once the web server can work, False when we were told to end before."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not is_ready(port):
        if told.wait(POLL_SECONDS):
            return False
        ended = {"web", "worker"} - _running(config)
        if ended or time.monotonic() > deadline:
            raise NotReady(_last_words(config, ended or {"web"}))
    return True


def _wait_until_over(config: Config, told: threading.Event) -> None:
    while not told.wait(1.0):
        ended = {"web", "worker"} - _running(config)
        if ended == {"web", "worker"}:
            return  # `kulanz stop` in another window
        if ended:
            raise NotReady(_last_words(config, ended))


def _running(config: Config) -> set[str]:
    return {process.name for process in processes.running(config.data_dir)}


def _last_words(config: Config, names: set[str]) -> str:
    name = min(names)
    log = config.data_dir / "log" / f"{name}.log"
    lines: list[str] = []
    with suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
    return f"“{name}” did not stay up. {log} ends with:\n" + "\n".join(lines)


def is_ready(port: int, host: str = LOOPBACK) -> bool:
    """Whether a web server of ours answers there and says it can work."""
    asking = http.client.HTTPConnection(host, port, timeout=5)
    try:
        asking.request("GET", "/readyz")
        return asking.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


def refuse_taken_port(host: str, port: int) -> None:
    """Look before the web server does: it shares its port and would quietly join whoever listens there."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host=host, port=port) from error
        raise AddressRefused(host=host, port=port, reason=error.strerror or str(error)) from error


def mark_as_demo() -> None:
    """Called by the demo before it makes its first login: from now on this database is served on loopback only."""
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
        cursor.execute(f"COMMENT ON DATABASE {name} IS '{_DEMO_MARK}'")


def is_demo() -> bool:
    """Whether this database was made by the demo."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        return bool(cursor.fetchone()[0] == _DEMO_MARK)


def refuse_public_demo(host: str) -> None:
    """Demo logins exist only where nobody else can reach them. Raises DemoStaysHome."""
    if host not in {LOOPBACK, "localhost", "::1"} and is_demo():
        raise DemoStaysHome(host=host)
