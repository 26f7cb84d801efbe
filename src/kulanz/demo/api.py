"""The door of the room: `run` makes or continues the sample shop and serves it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

from kulanz.demo.building import NotADemo, Progress, build
from kulanz.demo.showing import shown
from kulanz.infra import demo_marker, processes
from kulanz.kernel import clock
from kulanz.parties.api import Account, AccountKind
from kulanz.wiring import preparing, serving


def run(
    *,
    port: int,
    serve: bool,
    reset: bool,
    on_ready: Callable[[dict[str, object]], None],
    progress: Progress | None = None,
) -> None:
    """Make the sample shop if it is not there, continue it if it is, and serve it until told to end.

    `on_ready` gets what is to be printed, as soon as the pages answer (or the shop is made, without `serve`).
    `reset` makes it anew; only a database made by the demo is ever thrown away (NotADemo otherwise).
    """
    started = time.monotonic()
    data_dir: Path = settings.CONFIG.data_dir
    preparing.reach()
    if reset and _is_there():
        _throw_away(data_dir)
    preparing.prepare()
    marker = demo_marker.read(data_dir) if serving.is_demo() else None
    if marker is None and serving.is_demo():  # begun and cut short: nothing in it is anybody's
        _throw_away(data_dir)
        preparing.prepare()
    with shown(progress) as show:
        marker = marker or _make(data_dir, show)

    def ready() -> None:
        on_ready(
            {
                "urls": _urls(port),
                "logins": marker["logins"],
                "bank_files": marker["bank_files"],
                "seconds": round(time.monotonic() - started, 1),
            }
        )

    if serve:
        serving.serve_everything(port, on_ready=ready)
    else:
        ready()


def _is_there() -> bool:
    """Whether there is anything to throw away: an empty database was never a demo and need not be one."""
    return serving.is_demo() or len(connection.introspection.table_names()) > 0


def _make(data_dir: Path, progress: Progress) -> demo_marker.Marker:
    refuse_foreign_books()
    serving.mark_as_demo()
    return build(data_dir, clock.today(), progress)


def refuse_foreign_books() -> None:
    """Raises NotADemo where somebody has begun to work with this database."""
    if Account.objects.filter(kind=AccountKind.CUSTOMER).exists():
        raise NotADemo


def _throw_away(data_dir: Path) -> None:
    """The demo's database and everything it wrote. What is not marked as a demo is left alone, without exception."""
    if not serving.is_demo():
        raise NotADemo
    processes.stop_all(data_dir)
    name = str(connection.settings_dict["NAME"])
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has it
    preparing.drop_database(name)
    preparing.create_database(name)
    demo_marker.path(data_dir).unlink(missing_ok=True)
    for folder in ("mail", "print", "sent", "uploads", "bank-files"):
        shutil.rmtree(data_dir / folder, ignore_errors=True)


def _urls(port: int) -> dict[str, str]:
    home = f"http://127.0.0.1:{port}"
    return {
        "portal": f"{home}/",
        "account": f"{home}/account/",
        "desk": f"{home}/desk/",
        "agency": f"{home}/agency/",
        "api": f"{home}/api/v1/openapi.json",
    }


__all__ = ["NotADemo", "run"]
