"""Background processes of one data directory: web server, worker, development mail sink.

Each has a log file (`log/NAME.log`) and a note (`run/NAME.pid`) with its process number and the moment of its
birth. The birth matters: the system gives the same number to somebody else's process later, and `kulanz stop`
must never end that one.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kulanz.kernel.refusals import Refusal, Trouble
from kulanz.kernel.text import N_

PATIENCE_SECONDS = 0.05
# A process that got SIGKILL is gone as soon as the kernel finds time for it.
KILLED_WITHIN_SECONDS = 10.0


class AlreadyRunning(Refusal):
    """Two workers of one name would share a log and a note, and one of them could never be stopped."""

    code = "already_running"
    sentence = N_("“%(name)s” is already running as process %(pid)s. Stop it with “kulanz stop” first.")


class CannotStart(Refusal):
    """The program is not there, or its log or note cannot be written."""

    code = "process_not_started"
    sentence = N_("“%(name)s” could not be started: %(reason)s.")


@dataclass(frozen=True, slots=True)
class Running:
    """A background process that lives."""

    name: str
    pid: int
    log: Path


@dataclass(frozen=True, slots=True)
class Seen:
    """What the system says about a living process. Two processes never share pid and birth."""

    birth: str
    program: str


@dataclass(frozen=True, slots=True)
class _Note:
    name: str
    pid: int
    birth: str
    path: Path

    def alive(self) -> bool:
        seen = look_at(self.pid)
        return seen is not None and seen.birth == self.birth


def start(data_dir: Path, name: str, argv: Sequence[str], *, env: Mapping[str, str]) -> int:
    """Start `argv` in the background, in a session of its own, and return its process number.

    It outlives the terminal and us. `env` is its whole environment; output goes to `log/NAME.log`.
    """
    try:
        _private_folder(data_dir / "run")
        _private_folder(data_dir / "log")
        with exclusive(data_dir / "run" / "processes.lock"):
            for other in running(data_dir):
                if other.name == name:
                    raise AlreadyRunning(name=name, pid=other.pid)
            pid = _spawn(argv, env, log=_log_of(data_dir, name))
            _remember(data_dir, name, pid)
    except OSError as error:
        raise CannotStart(name=name, reason=f"{error.strerror or error}: {error.filename or argv[0]}") from error
    return pid


def running(data_dir: Path) -> list[Running]:
    """The background processes that live, by name."""
    return [
        Running(name=note.name, pid=note.pid, log=_log_of(data_dir, note.name))
        for note in _notes(data_dir)
        if note.alive()
    ]


def stop_all(data_dir: Path, timeout_seconds: float = 10) -> list[str]:
    """Ask every background process to end, end those that do not; returns the names of those that lived."""
    notes = _notes(data_dir)
    ended = [note for note in notes if note.alive()]
    for note in ended:
        _signal(note.pid, signal.SIGTERM)
    for note in _still_alive(ended, timeout_seconds):
        _end_with_its_children(note)
    stubborn = _still_alive(ended, KILLED_WITHIN_SECONDS)
    for note in notes:
        if note not in stubborn:
            note.path.unlink(missing_ok=True)
    if stubborn:
        raise Trouble("These processes did not end: " + ", ".join(f"{note.name} ({note.pid})" for note in stubborn))
    return [note.name for note in ended]


def look_at(pid: int) -> Seen | None:
    """Birth and program of a living process; None for one that has ended, even if nobody collected it yet."""
    return _look_in_proc(pid) if Path("/proc/self/stat").exists() else _look_with_ps(pid)


@contextmanager
def exclusive(lock: Path, timeout_seconds: float = 60, owner: tuple[int, int] | None = None) -> Iterator[None]:
    """Only one process at a time gets past here. Who dies inside loses the lock, the system sees to that.

    `owner` (uid, gid) gets the lock file where root works in a folder of somebody else.
    """
    # Imported here: there is no such module on Windows, where the settings must still be importable.
    import fcntl

    # Not inherited: a server started inside would hold the lock for ever. Not through a link: root may ask.
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        if owner is not None:
            os.fchown(handle, *owner)
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
            if time.monotonic() > deadline:
                raise Trouble(f"Another process has been holding {lock} for more than {timeout_seconds:.0f} seconds.")
            time.sleep(PATIENCE_SECONDS)
        yield
    finally:
        os.close(handle)


def _private_folder(folder: Path) -> None:
    # Logs may name customers: nobody but the owner of the installation reads them.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _log_of(data_dir: Path, name: str) -> Path:
    return data_dir / "log" / f"{name}.log"


def _spawn(argv: Sequence[str], env: Mapping[str, str], *, log: Path) -> int:
    nothing, output = os.devnull, os.fspath(log)
    actions = (
        (os.POSIX_SPAWN_OPEN, 0, nothing, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    )
    return os.posix_spawnp(argv[0], list(argv), dict(env), file_actions=actions, setsid=True)


def _remember(data_dir: Path, name: str, pid: int) -> None:
    seen = look_at(pid)
    note = data_dir / "run" / f"{name}.pid"
    part = note.with_suffix(".part")
    # Written aside and renamed: a reader sees a whole note or none.
    part.write_text(json.dumps({"pid": pid, "birth": seen.birth if seen else ""}), encoding="ascii")
    part.replace(note)


def _notes(data_dir: Path) -> list[_Note]:
    notes = (_read_note(path) for path in sorted((data_dir / "run").glob("*.pid")))
    return [note for note in notes if note is not None]


def _read_note(path: Path) -> _Note | None:
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        return _Note(name=path.stem, pid=int(content["pid"]), birth=str(content["birth"]), path=path)
    except (OSError, ValueError, KeyError, TypeError):
        # A note that says nothing cannot make us end anything.
        return None


def _still_alive(notes: Sequence[_Note], timeout_seconds: float) -> list[_Note]:
    """Those of `notes` that still live when the time is over; returns early when none does."""
    deadline = time.monotonic() + timeout_seconds
    left = list(notes)
    while True:
        for note in left:
            _collect(note.pid)
        left = [note for note in left if note.alive()]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(PATIENCE_SECONDS)


def _collect(pid: int) -> None:
    # Only if it is our own child; everybody else's parent collects it.
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _end_with_its_children(note: _Note) -> None:
    # It leads the session we made for it, so the group of that number holds its children and nobody else: a
    # web server killed alone would leave its workers holding the port.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(note.pid, signal.SIGKILL)
    _signal(note.pid, signal.SIGKILL)


def _look_in_proc(pid: int) -> Seen | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # "pid (program) state …": the program's name may hold spaces and brackets, so look from the right.
    head, _, tail = stat.rpartition(")")
    fields = tail.split()
    if fields[0] in {"Z", "X"}:
        return None
    # Start time in clock ticks since boot, the 22nd field of the line. Ticks count anew after a reboot.
    return Seen(birth=f"{_boot()}:{fields[19]}", program=head.partition("(")[2])


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _look_with_ps(pid: int) -> Seen | None:
    answer = subprocess.run(
        ["ps", "-o", "stat=", "-o", "lstart=", "-o", "comm=", "-p", str(pid)],
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        capture_output=True,
        text=True,
        check=False,
    )
    # State, five words of date and time, and the program, which may hold spaces.
    words = answer.stdout.strip().split(maxsplit=6)
    if len(words) < 7 or words[0].startswith("Z"):
        return None
    return Seen(birth=" ".join(words[1:6]), program=Path(words[6]).name)
