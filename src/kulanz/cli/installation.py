"""`init`, `stop`, `db upgrade`: the installation itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from kulanz.cli import opening
from kulanz.cli.output import Answer, working
from kulanz.cli.verbs import group, verb
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_


class ExternalDatabase(Refusal):
    """The command is about the embedded server, and there is none here."""

    code = "no_embedded_database"
    sentence = N_(
        "This installation uses the external database of KULANZ_DATABASE_URL; whoever runs that server upgrades it."
    )


def register(app: typer.Typer) -> None:
    """Make the commands known."""
    verb(app, "init", example="kulanz init --json")(init)
    verb(app, "stop", example="kulanz stop")(stop)
    database = group("db", "The embedded database.")
    verb(database, "upgrade", example="kulanz db upgrade --json")(upgrade)
    app.add_typer(database)


def init() -> Answer:
    """Make the database ready to work.

    Starts it, brings its tables up to date and makes a first brand. Does no harm when it was ready before.
    """
    opening.set_up()
    from django.conf import settings

    from kulanz.parties.api import BrandFacts, establish_brand, the_brand
    from kulanz.wiring.preparing import prepare

    with working("Making the database ready"):
        prepared = prepare()
        try:
            brand = the_brand()
        except Refusal:
            brand = establish_brand(
                opening.act("init"),
                BrandFacts(
                    code="main",
                    name="Kulanz",
                    legal_name="Kulanz",
                    street="",
                    postcode="",
                    city="",
                    email=settings.CONFIG.mail_from,
                ),
            )
    document = {
        "database": {"kind": prepared.kind, "name": prepared.name, "version": prepared.version},
        "data_dir": str(settings.CONFIG.data_dir),
        "migrations": list(prepared.migrations),
        "brand": brand.code,
    }

    def lines() -> Iterator[str]:
        yield f"Database: {prepared.kind}, PostgreSQL {prepared.version}, in {settings.CONFIG.data_dir}"
        yield f"Migrations applied now: {len(prepared.migrations)}"
        yield f"Brand: {brand.name}"

    return Answer(document, lines)


def stop() -> Answer:
    """End what runs in the background.

    The web server and the worker of the demo first, then the embedded database.
    """
    from kulanz.infra import config, processes
    from kulanz.infra.database import embedded

    settings = config.load()
    stopped = processes.stop_all(settings.data_dir)
    server = embedded(settings)
    # The web server and the worker first: they would only complain about a database that has gone.
    if server is not None and settings.data_dir.is_dir() and server.stop():
        stopped.append("database")
    return Answer(
        {"stopped": stopped},
        lambda: ["Stopped: " + ", ".join(stopped) if stopped else "Nothing was running."],
    )


def upgrade(
    old_programs: Annotated[
        Path | None,
        typer.Option("--old-programs", metavar="FOLDER", help="Programs of the older PostgreSQL, if not installed."),
    ] = None,
) -> Answer:
    """Bring old data to the installed PostgreSQL.

    For the embedded database, after its programs were updated to another major version. Make a backup first.
    """
    from kulanz.infra import config
    from kulanz.infra.database import embedded
    from kulanz.infra.postgres import DatabaseUpToDate

    server = embedded(config.load())
    if server is None:
        raise ExternalDatabase
    try:
        with working("Upgrading the database"):
            old, new = server.upgrade(old_programs)
    except DatabaseUpToDate:
        old = new = server.binaries_version()
    return Answer(
        {"from": old, "to": new},
        lambda: [f"PostgreSQL {old} → {new}" if old != new else f"Already PostgreSQL {new}; nothing to upgrade."],
    )
