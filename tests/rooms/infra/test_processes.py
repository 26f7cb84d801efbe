"""Background processes: started in a session of their own, found again, ended by number and birth only."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kulanz.infra import processes
from kulanz.infra.processes import AlreadyRunning, CannotStart, Running
from kulanz.kernel.refusals import Trouble

# A child opens the pipe when it is ready; whoever reads the pipe waits for exactly that.
READY = "import os, signal, sys, time; open(sys.argv[1], 'w').write(str(os.getpid()));"
PATIENT = READY + "time.sleep(120)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + PATIENT
# Its child keeps the pipe open for as long as it lives, after writing its number into it.
STUBBORN_CHILD = (
    "import os, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "pipe = open(sys.argv[1], 'w'); print(os.getpid(), file=pipe, flush=True); time.sleep(120)"
)
PARENT_OF_STUBBORN = (
    "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    f"subprocess.run([sys.executable, '-c', {STUBBORN_CHILD!r}, sys.argv[1]])"
)

StartReady = Callable[[str, str], tuple[int, int]]


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    processes.stop_all(folder, timeout_seconds=0)


@pytest.fixture
def start_ready(data_dir: Path, tmp_path: Path) -> StartReady:
    """Starts a program and waits until it says so; returns our number for it and the one it wrote."""

    def start(name: str, program: str) -> tuple[int, int]:
        pipe = tmp_path / f"{name}.ready"
        os.mkfifo(pipe)
        pid = processes.start(data_dir, name, [sys.executable, "-c", program, str(pipe)], env=dict(os.environ))
        return pid, int(pipe.read_text())

    return start


def test_a_started_process_is_found_by_its_name_and_number(data_dir: Path, start_ready: StartReady) -> None:
    pid, said = start_ready("worker", PATIENT)

    assert said == pid
    assert processes.running(data_dir) == [Running(name="worker", pid=pid, log=data_dir / "log" / "worker.log")]


def test_it_runs_in_a_session_of_its_own_so_that_closing_the_terminal_does_not_end_it(
    start_ready: StartReady,
) -> None:
    pid, _ = start_ready("worker", PATIENT)

    assert os.getsid(pid) == pid


def test_its_output_goes_to_its_log_and_its_environment_is_the_one_we_gave(data_dir: Path) -> None:
    program = "import os, sys; print(os.environ['GREETING'], flush=True); sys.exit('and goodbye')"
    pid = processes.start(data_dir, "web", [sys.executable, "-c", program], env={"GREETING": "hello"})
    os.waitpid(pid, 0)

    assert (data_dir / "log" / "web.log").read_text() == "hello\nand goodbye\n"
    assert processes.running(data_dir) == []


def test_logs_and_notes_are_closed_to_everybody_else(data_dir: Path, start_ready: StartReady) -> None:
    start_ready("worker", PATIENT)

    assert (data_dir / "log").stat().st_mode & 0o077 == 0
    assert (data_dir / "run").stat().st_mode & 0o077 == 0
    assert (data_dir / "log" / "worker.log").stat().st_mode & 0o077 == 0


def test_a_second_process_of_the_same_name_is_refused_and_the_first_one_stays(
    data_dir: Path, start_ready: StartReady
) -> None:
    pid, _ = start_ready("worker", PATIENT)

    with pytest.raises(AlreadyRunning) as refused:
        processes.start(data_dir, "worker", [sys.executable, "-c", ""], env={})

    assert refused.value.code == "already_running"
    assert refused.value.fields == {"name": "worker", "pid": pid}
    assert [found.pid for found in processes.running(data_dir)] == [pid]


def test_a_name_is_free_again_when_its_process_has_ended(data_dir: Path, start_ready: StartReady) -> None:
    first = processes.start(data_dir, "worker", [sys.executable, "-c", ""], env={})
    os.waitpid(first, 0)

    second, _ = start_ready("worker", PATIENT)

    assert [found.pid for found in processes.running(data_dir)] == [second]


def test_a_program_that_is_not_there_is_refused_in_plain_words(data_dir: Path) -> None:
    with pytest.raises(CannotStart) as refused:
        processes.start(data_dir, "web", ["/nowhere/kulanz"], env={})

    assert refused.value.code == "process_not_started"
    assert refused.value.english == "“web” could not be started: No such file or directory: /nowhere/kulanz."
    assert processes.running(data_dir) == []


def test_stopping_ends_all_of_them_and_says_which(data_dir: Path, start_ready: StartReady) -> None:
    start_ready("web", PATIENT)
    start_ready("worker", PATIENT)

    assert processes.stop_all(data_dir) == ["web", "worker"]
    assert processes.running(data_dir) == []
    assert processes.stop_all(data_dir) == []


def test_stopping_leaves_no_notes_behind(data_dir: Path, start_ready: StartReady) -> None:
    start_ready("worker", PATIENT)

    processes.stop_all(data_dir)

    assert list((data_dir / "run").glob("*.pid")) == []


def test_stopping_where_nothing_was_ever_started_makes_nothing(data_dir: Path) -> None:
    assert processes.stop_all(data_dir) == []
    assert not data_dir.exists()


def test_who_does_not_listen_is_ended(data_dir: Path, start_ready: StartReady) -> None:
    start_ready("deaf", STUBBORN)

    assert processes.stop_all(data_dir, timeout_seconds=0.2) == ["deaf"]
    assert processes.running(data_dir) == []


def test_the_children_of_one_who_does_not_listen_are_ended_with_it(data_dir: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "ready"
    os.mkfifo(pipe)
    argv = [sys.executable, "-c", PARENT_OF_STUBBORN, str(pipe)]
    parent = processes.start(data_dir, "deaf", argv, env=dict(os.environ))
    with pipe.open() as held_open_by_the_child:
        child = int(held_open_by_the_child.readline())
        assert child != parent

        processes.stop_all(data_dir, timeout_seconds=0.2)

        # The pipe ends when its last writer does.
        assert held_open_by_the_child.read() == ""


def test_a_process_that_inherited_the_number_of_an_old_one_is_never_touched(
    data_dir: Path, start_ready: StartReady
) -> None:
    pid, _ = start_ready("worker", PATIENT)
    note = data_dir / "run" / "worker.pid"
    truth = note.read_text()
    note.write_text(json.dumps({"pid": pid, "birth": "another boot:1"}))

    assert processes.running(data_dir) == []
    assert processes.stop_all(data_dir) == []
    assert processes.look_at(pid) is not None

    note.write_text(truth)
    assert processes.stop_all(data_dir) == ["worker"]


@pytest.mark.parametrize("content", ["", "{}", "17", "[]", '{"pid": "x", "birth": ""}', "\xff"])
def test_a_note_that_cannot_be_read_ends_nothing(data_dir: Path, content: str) -> None:
    (data_dir / "run").mkdir(parents=True)
    (data_dir / "run" / "worker.pid").write_text(content, encoding="latin-1")

    assert processes.running(data_dir) == []
    assert processes.stop_all(data_dir) == []


def test_a_dead_process_that_nobody_collected_counts_as_ended() -> None:
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})
    # Waits for the end without collecting it.
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    assert processes.look_at(pid) is None

    os.waitpid(pid, 0)


def test_a_living_process_is_known_by_birth_and_program() -> None:
    ourselves = processes.look_at(os.getpid())

    assert ourselves is not None
    assert ourselves.birth != ""
    assert ourselves == processes.look_at(os.getpid())


def test_only_one_at_a_time_gets_past_a_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    held = pytest.raises(Trouble, match="has been holding")
    with processes.exclusive(lock), held, processes.exclusive(lock, 0):
        pytest.fail("two at once")
    with processes.exclusive(lock, 0):
        pass


def test_who_dies_with_a_lock_loses_it(tmp_path: Path) -> None:
    lock, pipe = tmp_path / "lock", tmp_path / "ready"
    os.mkfifo(pipe)
    program = (
        "import sys, time; from pathlib import Path; from kulanz.infra.processes import exclusive\n"
        "with exclusive(Path(sys.argv[1])):\n    open(sys.argv[2], 'w').close(); time.sleep(120)"
    )
    argv = [sys.executable, "-c", program, str(lock), str(pipe)]
    pid = os.posix_spawn(sys.executable, argv, os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    pipe.read_text()
    with pytest.raises(Trouble), processes.exclusive(lock, 0):
        pytest.fail("two at once")

    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)

    with processes.exclusive(lock, 0):
        pass


@pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps on this system")
def test_systems_without_a_proc_folder_tell_the_same_through_ps(start_ready: StartReady, data_dir: Path) -> None:
    pid, _ = start_ready("worker", PATIENT)

    seen = processes._look_with_ps(pid)
    processes.stop_all(data_dir)

    assert seen is not None
    assert len(seen.birth.split()) == 5
    assert seen.program.startswith("python")
    assert processes._look_with_ps(pid) is None
