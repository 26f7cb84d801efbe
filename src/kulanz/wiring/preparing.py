"""Making the database ready: reached, migrated, and — for demo and benchmarks — made anew beside the real one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kulanz.infra.config import Config
from kulanz.infra.database import embedded
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_

REACHED_WITHIN_SECONDS = 10
SCRATCH_PREFIX = "kulanz_scratch_"
# What `kulanz init` holds while it migrates, so that two of them follow each other.
_MIGRATING = 0x6B756C616E7A


class DatabaseOutOfReach(Refusal):
    """The server named by KULANZ_DATABASE_URL does not let us in."""

    code = "database_out_of_reach"
    sentence = N_(
        "The database cannot be reached: %(reason)s. Check that the server runs and that KULANZ_DATABASE_URL is right."
    )


class DatabaseNotReady(Refusal):
    """Reached, but its tables are missing or older than the program."""

    code = "database_not_ready"
    sentence = N_(
        "The database is not ready: %(count)s changes of its tables are missing. Run “kulanz init” first; "
        "it keeps what is there."
    )


class ScratchDatabaseRefused(Refusal):
    """The role we log in with may not make databases."""

    code = "scratch_database_refused"
    sentence = N_("A database of its own could not be made for this run: %(reason)s. The real one was not touched.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Which database is ready, and which migrations were applied for it now (none where all were there)."""

    kind: str
    name: str
    version: str
    migrations: tuple[str, ...]


def reach() -> None:
    """Start the embedded server, or look whether the external one lets us in. Raises what an operator can mend."""
    config: Config = settings.CONFIG
    server = embedded(config)
    if server is not None:
        server.ensure()
        return
    try:
        # Not through Django's pool: that would keep trying for twenty seconds before it says why.
        with psycopg.connect(config.database_url or "", connect_timeout=REACHED_WITHIN_SECONDS):
            pass
    except psycopg.Error as error:
        raise DatabaseOutOfReach(reason=" ".join(str(error).split()).rstrip(".")) from error


def missing_migrations() -> list[str]:
    """What this program expects of the tables and does not find, in order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def open_books() -> None:
    """The database reached and its tables as this program expects them. Raises DatabaseNotReady otherwise."""
    reach()
    if missing := missing_migrations():
        raise DatabaseNotReady(count=len(missing))


def prepare(progress: Callable[[str], None] | None = None) -> Prepared:
    """Reach the database and migrate it. Idempotent; two at once follow each other."""
    reach()
    with _alone():
        missing = missing_migrations()
        if progress is not None:
            progress(f"{len(missing)} migrations")
        _migrate()
    return Prepared(
        kind="embedded" if settings.CONFIG.database_url is None else "external",
        name=str(connection.settings_dict["NAME"]),
        version=_server_version(),
        migrations=tuple(missing),
    )


@contextmanager
def scratch_database() -> Iterator[str]:
    """A migrated database beside the real one; everything inside talks to it. It is dropped afterwards.

    Only for a process of its own (benchmarks): the whole process is turned to it. Raises ScratchDatabaseRefused.
    """
    real = str(connection.settings_dict["NAME"])
    name = f"{SCRATCH_PREFIX}{os.getpid()}"
    _drop_forgotten()
    create_database(name)
    try:
        turn_to(name)
        _migrate()
        yield name
    finally:
        turn_to(real)
        drop_database(name)


def turn_to(name: str) -> None:
    """Let every later query of this process go to the database called `name` on the same server."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has it
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name


def create_database(name: str) -> None:
    """An empty database on the same server. Raises ScratchDatabaseRefused."""
    try:
        with _maintenance() as maintenance:
            maintenance.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise ScratchDatabaseRefused(reason=" ".join(str(error).split()).rstrip(".")) from error


def drop_database(name: str) -> None:
    """End its connections and drop it."""
    with _maintenance() as maintenance:
        maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _maintenance() -> psycopg.Connection[tuple[object, ...]]:
    """A connection of its own to the same server, outside every transaction."""
    config: Config = settings.CONFIG
    server = embedded(config)
    dsn = config.database_url or (server.dsn if server is not None else "")
    # Not to our own database: what is connected to it cannot be dropped.
    return psycopg.connect(
        make_conninfo(dsn, dbname="postgres", connect_timeout=REACHED_WITHIN_SECONDS), autocommit=True
    )


def _drop_forgotten() -> None:
    """Scratch databases of runs that were killed: nobody is connected to them."""
    with _maintenance() as maintenance:
        rows = maintenance.execute(
            "SELECT datname FROM pg_database d WHERE starts_with(datname, %s) "
            "AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid)",
            [SCRATCH_PREFIX],
        ).fetchall()
    for (name,) in rows:
        drop_database(str(name))


def _migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _alone() -> Iterator[None]:
    # A session of its own, because migrations commit in between; the lock ends with the session, even by a crash.
    with _maintenance() as maintenance:
        maintenance.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        yield


def _server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split()[0]
