"""Making a cluster: the folder of one database server, with our settings."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kulanz.infra.postgres.places import Places
from kulanz.infra.postgres.programs import Programs

USER = "kulanz"
DATABASE = "kulanz"
MAKING_SECONDS = 300

SETTINGS = {
    # Only through the socket folder; nothing listens on the network.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "wal_compression": "pglz",  # the only method every build has
    "random_page_cost": "1.1",  # solid-state disks
    "jit": "off",  # our queries are short, and the wheels have no compiler
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Nobody rotates this log: warnings and errors, no chatter.
    "log_checkpoints": "off",
}


def make_cluster(programs: Programs, places: Places) -> None:
    """Make an empty cluster aside and rename it when it is whole: interrupted, nothing half is left."""
    make_unfinished(programs, places)
    places.unfinished.rename(places.cluster)
    settle(places.home)


def make_unfinished(programs: Programs, places: Places) -> None:
    """Make an empty cluster in `places.unfinished`, over whatever an earlier attempt left there."""
    shutil.rmtree(places.unfinished, ignore_errors=True)
    settings = [argument for name, value in SETTINGS.items() for argument in ("--set", f"{name}={value}")]
    programs.must_run(
        "initdb",
        "--pgdata",
        str(places.unfinished),
        f"--username={USER}",
        # Whoever gets into the socket folder (mode 0700) is trusted: that is its owner, and root. Through the
        # network nobody is, even if an operator lets the server listen there and forgets the rest.
        "--auth-local=trust",
        "--auth-host=reject",
        "--encoding=UTF8",
        # The same order on every system, and after every system update: indexes on texts stay valid.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--data-checksums",
        *settings,
        timeout_seconds=MAKING_SECONDS,
        folder=places.home,
    )


def settle(folder: Path) -> None:
    """Make the renaming in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
