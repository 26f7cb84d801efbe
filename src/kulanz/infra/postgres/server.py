"""Starting and stopping the embedded server, so that nobody has to think of it."""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kulanz.infra.postgres import upgrade
from kulanz.infra.postgres.accounts import Account, server_account
from kulanz.infra.postgres.cluster import DATABASE, USER, make_cluster
from kulanz.infra.postgres.places import PORT, SOCKET_FILE, Places
from kulanz.infra.postgres.programs import (
    Programs,
    find_programs,
    find_version,
    forget_other_copies,
    last_lines,
    reachable,
    supported_version,
)
from kulanz.infra.postgres.refusals import (
    DatabaseNewerThanPrograms,
    DatabaseOfOlderVersion,
    DatabaseTrouble,
    DatabaseUpToDate,
    DataFolderNotWritable,
    NoDatabaseYet,
    NoEmbeddedDatabaseHere,
    OldProgramsNotFound,
)
from kulanz.infra.processes import exclusive, look_at

PATIENCE_SECONDS = 0.1
STOPPING_SECONDS = 60
# What PostgreSQL says while a killed server is still going away. Anything else is for a person.
REMAINS_OF_A_SERVER = "pre-existing shared memory block"
NOTE_OF_A_SERVER = re.compile(r'lock file "[^"]+" already exists')


class EmbeddedPostgres:
    """The database server of one data directory. Making this object starts, writes and looks up nothing."""

    def __init__(self, data_dir: Path, *, bin_dir: Path | None = None) -> None:
        # Through links, so that two spellings of one directory lead to one socket.
        self.places = Places(Path(os.path.realpath(data_dir)))
        self._bin_dir = bin_dir

    @property
    def dsn(self) -> str:
        """How to connect, for libpq and psycopg. True whether the server runs or not."""
        return self._dsn_of(DATABASE)

    def ensure(self, timeout_seconds: float = 60) -> str:
        """Make and start what is missing, and return the dsn. Any number of processes may call it at once."""
        if os.name != "posix":
            raise NoEmbeddedDatabaseHere()
        if self._ready():
            return self.dsn
        deadline = time.monotonic() + timeout_seconds
        with self._alone(timeout_seconds):
            account = self._account()
            self.places.refuse_another_owner(account)
            self.places.make_folders(account)
            upgrade.finish_interrupted(self.places)
            self._refuse_other_version()
            programs = reachable(find_programs(self._bin_dir), account, self.places.copies)
            if self.data_version() is None:
                make_cluster(programs, self.places)
            if not self.running():
                forget_other_copies(self.places.copies, programs)
            self._start(programs, deadline)
            self._make_database()
        return self.dsn

    def stop(self) -> bool:
        """End the server, letting nothing acknowledged go. True if it was running."""
        if not self._postmaster_lives():
            return False
        with self._alone(STOPPING_SECONDS):
            if not self._postmaster_lives():
                return False
            self._halt(reachable(find_programs(self._bin_dir), self._account(), self.places.copies))
        return True

    def running(self) -> bool:
        """Whether the server answers. Asked at its socket: notes about a process may outlive it."""
        if self._postmaster_pid(self._pid_file) is None:
            return False
        asked = find_programs(self._bin_dir).run(
            "pg_isready",
            f"--username={USER}",
            f"--host={self.places.socket_folder}",
            f"--port={PORT}",
            "--quiet",
            timeout_seconds=30,
        )
        return asked.code == 0

    def data_version(self) -> int | None:
        """The major version that made the data; None if there is none yet."""
        text = self.places.read(self.places.cluster / "PG_VERSION")
        return int(text.partition(".")[0]) if text else None

    def binaries_version(self) -> int:
        """The major version of the programs. Refuses programs that are missing or too old."""
        return supported_version(find_programs(self._bin_dir))

    def upgrade(self, old_bin_dir: Path | None = None) -> tuple[int, int]:
        """Bring the data to the major version of the installed programs; returns the old and the new version.

        The server is stopped for it and runs afterwards. `old_bin_dir` holds the programs of the old version;
        without it an installed wheel of that version is looked for.
        """
        if not self.places.data_dir.is_dir():
            raise NoDatabaseYet(folder=str(self.places.data_dir))
        with self._alone(STOPPING_SECONDS):
            account = self._account()
            self.places.refuse_another_owner(account)
            upgrade.finish_interrupted(self.places)
            old, new = self._versions_to_upgrade()
            old_programs = reachable(self._old_programs(old, old_bin_dir), account, self.places.copies)
            new_programs = reachable(find_programs(self._bin_dir), account, self.places.copies)
            self.places.make_folders(account)
            # A crashed server must first put its data in order, with the programs that know how.
            self._start(old_programs, time.monotonic() + STOPPING_SECONDS)
            self._halt(old_programs)
            upgrade.upgrade_cluster(self.places, old_programs, new_programs)
        self.ensure()
        upgrade.tidy_up(self.places, new_programs, new)
        return old, new

    @property
    def _pid_file(self) -> Path:
        return self.places.cluster / "postmaster.pid"

    def _dsn_of(self, database: str) -> str:
        # The port is named, or a PGPORT in the operator's shell would lead elsewhere.
        return make_conninfo(host=str(self.places.socket_folder), port=PORT, user=USER, dbname=database)

    @contextmanager
    def _alone(self, timeout_seconds: float) -> Iterator[None]:
        self.places.make_data_dir()
        owner = self.places.owner_of_data_dir() if os.geteuid() == 0 else None
        with ExitStack() as stack:
            try:
                stack.enter_context(exclusive(self.places.lock, timeout_seconds, owner=owner))
            except OSError as error:
                reason = error.strerror or error
                raise DataFolderNotWritable(folder=str(self.places.data_dir), reason=reason) from error
            yield

    def _account(self) -> Account | None:
        return server_account((self.places.home, self.places.data_dir))

    def _refuse_other_version(self) -> None:
        data, programs = self.data_version(), self.binaries_version()
        if data is None or data == programs:
            return
        refusal = DatabaseOfOlderVersion if data < programs else DatabaseNewerThanPrograms
        raise refusal(folder=str(self.places.cluster), database=data, programs=programs)

    def _versions_to_upgrade(self) -> tuple[int, int]:
        old, new = self.data_version(), self.binaries_version()
        if old is None:
            raise NoDatabaseYet(folder=str(self.places.data_dir))
        if old == new:
            raise DatabaseUpToDate(version=old)
        if old > new:
            raise DatabaseNewerThanPrograms(folder=str(self.places.cluster), database=old, programs=new)
        return old, new

    def _old_programs(self, version: int, old_bin_dir: Path | None) -> Programs:
        if old_bin_dir is None:
            found = find_version(version)
            if found is None:
                raise OldProgramsNotFound(version=version, found="–")
            return found
        programs = find_programs(old_bin_dir)
        if (other := programs.major_version()) != version:
            raise OldProgramsNotFound(version=version, found=other)
        return programs

    def _ready(self) -> bool:
        """The usual case, without a lock: everything is there and answers."""
        if self.data_version() is None or self.places.upgraded.exists():
            return False
        self._refuse_other_version()
        if not self.running():
            return False
        try:
            with psycopg.connect(self.dsn):
                return True
        except psycopg.OperationalError:
            return False

    def _start(self, programs: Programs, deadline: float) -> None:
        """Start the server and wait until it answers. After a crash old processes hold it up for a moment."""
        while not self.running():
            seconds = max(1, round(deadline - time.monotonic()))
            before = self._log_size()
            attempt = programs.run(
                "pg_ctl",
                "start",
                "--wait",
                f"--timeout={seconds}",
                # Both go through a shell: a plain name in the folder it runs in, and one that is quoted. The
                # path of the data goes through the environment, which needs no quoting at all.
                f"--log={self.places.log.name}",
                f"--options=-p {PORT} -k {shlex.quote(str(self.places.socket_folder))}",
                folder=self.places.home,
                environment={"PGDATA": str(self.places.cluster)},
                timeout_seconds=seconds + 30,
            )
            if attempt.code == 0:
                return
            said = self._log_since(before)
            passing = REMAINS_OF_A_SERVER in said or NOTE_OF_A_SERVER.search(said)
            if not passing or time.monotonic() > deadline:
                raise DatabaseTrouble(
                    f"The embedded database did not start. {self.places.log} ends with:\n"
                    f"{last_lines(said or attempt.output)}"
                )
            if NOTE_OF_A_SERVER.search(said):
                self._forget_dead_postmaster()
            time.sleep(PATIENCE_SECONDS)

    def _halt(self, programs: Programs) -> None:
        # "fast": open connections are ended, what was acknowledged is kept.
        programs.must_run(
            "pg_ctl",
            "stop",
            "--wait",
            f"--timeout={STOPPING_SECONDS}",
            "--mode=fast",
            f"--pgdata={self.places.cluster}",
            folder=self.places.home,
            timeout_seconds=STOPPING_SECONDS + 30,
        )

    def _make_database(self) -> None:
        try:
            with psycopg.connect(self._dsn_of("postgres"), autocommit=True) as connection:
                there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if there is None:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.Error as error:
            raise DatabaseTrouble(f"The embedded database started but cannot be used: {error}") from error

    def _postmaster_pid(self, note: Path) -> int | None:
        first, _, _ = (self.places.read(note) or "").partition("\n")
        return int(first) if first.strip().isdigit() else None

    def _postmaster_lives(self, note: Path | None = None) -> bool:
        pid = self._postmaster_pid(note or self._pid_file)
        seen = look_at(pid) if pid is not None else None
        return seen is not None and "postgres" in seen.program

    def _forget_dead_postmaster(self) -> None:
        """Remove the notes of a server that was killed and whose number now belongs to something else.

        PostgreSQL believes any living process of that number to be the server and would wait for ever: usual
        in containers, where numbers repeat from start to start, and where nobody collects a killed process.
        Should an old process of the server still be there, PostgreSQL sees that from the shared memory and
        keeps refusing.
        """
        for note in (self._pid_file, self.places.socket_folder / f"{SOCKET_FILE}.lock"):
            if note.exists() and not self._postmaster_lives(note):
                note.unlink(missing_ok=True)

    def _log_size(self) -> int:
        with suppress(OSError):
            return self.places.log.stat().st_size
        return 0

    def _log_since(self, position: int) -> str:
        try:
            with self.places.log.open("rb") as log:
                log.seek(position)
                return log.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
