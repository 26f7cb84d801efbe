"""Bringing a cluster to another major version with `pg_upgrade --link`: seconds, because nothing is copied.

The new cluster is made aside and takes the old one's place by renaming. Interrupted before that, the old one
is still in place and whole; interrupted in the middle, the next start finishes the renaming.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kulanz.infra.postgres.cluster import USER, make_unfinished, settle
from kulanz.infra.postgres.places import PORT, Places
from kulanz.infra.postgres.programs import Programs, last_lines
from kulanz.infra.postgres.refusals import DatabaseTrouble

UPGRADING_SECONDS = 6 * 3600
SETTINGS_FILES = ("postgresql.conf", "postgresql.auto.conf", "pg_hba.conf", "pg_ident.conf")


def upgrade_cluster(places: Places, old: Programs, new: Programs) -> None:
    """The cluster in `places.cluster`, cleanly stopped, becomes one of the version of `new`."""
    make_unfinished(new, places)
    done = new.run(
        "pg_upgrade",
        "--link",
        f"--old-bindir={old.bin_dir}",
        f"--new-bindir={new.bin_dir}",
        f"--old-datadir={places.cluster}",
        f"--new-datadir={places.unfinished}",
        f"--old-port={PORT}",
        f"--new-port={PORT}",
        f"--socketdir={places.socket_folder}",
        f"--username={USER}",
        folder=places.home,
        timeout_seconds=UPGRADING_SECONDS,
    )
    if done.code != 0:
        _give_back(places.cluster)
        raise DatabaseTrouble(
            f"pg_upgrade failed; the old database is untouched. Its notes are below {places.unfinished}. "
            "It said:\n"
            f"{last_lines(done.output, 30)}"
        )
    places.unfinished.rename(places.upgraded)
    settle(places.home)
    finish_interrupted(places)


def finish_interrupted(places: Places) -> None:
    """Let a whole new cluster take the place of the old one. Harmless where there is none."""
    if not places.upgraded.exists():
        return
    if places.cluster.exists():
        shutil.rmtree(places.outdated, ignore_errors=True)
        places.cluster.rename(places.outdated)
    places.upgraded.rename(places.cluster)
    settle(places.home)


def tidy_up(places: Places, programs: Programs, version: int) -> None:
    """After the first start of the new cluster: gather statistics, keep the old settings, drop the old files.

    The old files are the same on disk as the new ones and worth nothing any more once the new server has
    written.
    """
    # From 18 on most statistics come along.
    missing = ("--missing-stats-only",) if version >= 18 else ()
    programs.must_run(
        "vacuumdb",
        "--all",
        "--analyze-in-stages",
        *missing,
        f"--host={places.socket_folder}",
        f"--port={PORT}",
        f"--username={USER}",
        timeout_seconds=UPGRADING_SECONDS,
    )
    if not places.outdated.exists():
        return
    _keep_settings(places.outdated)
    shutil.rmtree(places.outdated, ignore_errors=True)
    (places.home / "delete_old_cluster.sh").unlink(missing_ok=True)


def _give_back(cluster: Path) -> None:
    # pg_upgrade hides this file when it starts linking. Nothing else of the old cluster has been changed by
    # then.
    hidden = cluster / "global" / "pg_control.old"
    if hidden.exists():
        hidden.rename(cluster / "global" / "pg_control")


def _keep_settings(outdated: Path) -> None:
    """An operator's own settings are not carried over, so they stay beside the data for comparison."""
    version = (outdated / "PG_VERSION").read_text(encoding="ascii").strip()
    kept = outdated.with_name(f"settings-of-{version}")
    kept.mkdir(mode=0o700, exist_ok=True)
    owner = outdated.stat()
    os.chown(kept, owner.st_uid, owner.st_gid, follow_symlinks=False)
    for name in SETTINGS_FILES:
        if (outdated / name).exists():
            (outdated / name).replace(kept / name)
