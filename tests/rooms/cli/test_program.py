"""The program as a process of its own: settings, exit codes, what keeps running, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kulanz.infra.postgres import EmbeddedPostgres
from kulanz.wiring.serving import is_ready

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Installation:
    """A data directory with the program that works on it."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("KULANZ_") and name != "PYTHONDONTWRITEBYTECODE"
        }
        # Compiled once for all processes started here, beside nobody's sources.
        compiled = {"PYTHONPYCACHEPREFIX": str(self.folder / "compiled")}
        return ours | compiled | {"KULANZ_DATA_DIR": str(self.folder), "LC_ALL": "C.UTF-8"}

    def run(self, *arguments: str, more: Mapping[str, str] | None = None, cwd: Path | None = None) -> Any:
        return subprocess.run(
            [sys.executable, "-m", "kulanz.cli", *arguments],
            env=self.environment | dict(more or {}),
            cwd=cwd or self.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "kulanz.cli", *arguments],
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )


def an_empty_folder() -> Path:
    # Where the tests run as root, PostgreSQL runs as somebody else, who must be able to pass through.
    folder = Path(tempfile.mkdtemp(prefix="kulanz-cli-"))
    folder.chmod(0o711)
    return folder


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """Initialised once for this module; everything of it is ended afterwards."""
    here = Installation(an_empty_folder())
    assert here.run("verify").returncode == 3  # not before it is initialised
    first = here.run("init", "--json")
    assert first.returncode == 0, first.stderr
    assert "ledger.0001_initial" in json.loads(first.stdout)["migrations"]
    yield here
    here.run("stop")
    shutil.rmtree(here.folder, ignore_errors=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        number: int = trial.getsockname()[1]
        return number


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_ready(port):
        assert process.poll() is None, process.stderr and process.stderr.read().decode()
        assert time.monotonic() < deadline


def test_help_loads_neither_django_nor_the_database() -> None:
    loads = (
        "import sys; from kulanz.cli.main import app; from typer.main import get_command; "
        "get_command(app).main(['--help'], standalone_mode=False, prog_name='kulanz'); "
        "print([m for m in ('django', 'psycopg', 'rich', 'granian') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_init_again_changes_nothing_and_says_what_is_there(installation: Installation) -> None:
    again = installation.run("init", "--json")
    document = json.loads(again.stdout)
    assert (again.returncode, document["migrations"], document["brand"]) == (0, [], "main")
    assert document["database"]["kind"] == "embedded"
    assert document["data_dir"] == str(installation.folder)


def test_no_trigger_can_be_told_to_look_away(installation: Installation) -> None:
    assert installation.run("init").returncode == 0  # another test may have stopped the server
    script = """
import django; django.setup()
from django.db import DatabaseError, connection
with connection.cursor() as cursor:
    cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger_transaction'::regclass AND NOT tgisinternal")
    cursor.execute("SELECT set_config('pgtrigger.ignore', %s, false)", [[name for name, in cursor.fetchall()]])
    try:
        cursor.execute("DELETE FROM ledger_transaction")
    except DatabaseError as error:
        print("append-only" in str(error))
"""
    result = subprocess.run(
        [sys.executable, "-c", script],
        env=installation.environment | {"DJANGO_SETTINGS_MODULE": "kulanz.wiring.settings"},
        capture_output=True,
        text=True,
    )
    assert result.stdout == "True\n", result.stderr


def test_options_beat_the_environment_beats_the_file(installation: Installation, tmp_path: Path) -> None:
    elsewhere, from_environment = tmp_path / "file", tmp_path / "environment"
    (tmp_path / "kulanz.toml").write_text(f'data_dir = "{elsewhere}"\n')
    by_option = installation.run(
        "verify", "--data-dir", str(installation.folder), more={"KULANZ_DATA_DIR": str(from_environment)}, cwd=tmp_path
    )
    by_environment = installation.run("verify", "--json", cwd=tmp_path)
    assert (by_option.returncode, by_option.stdout.splitlines()[-1]) == (0, "Everything holds.")
    assert (by_environment.returncode, json.loads(by_environment.stdout)["ok"]) == (0, True)
    assert not elsewhere.exists()
    assert not from_environment.exists()


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("KULANZ_DATABASE_URL", "postgresql://kulanz@127.0.0.1:1/kulanz", "database_out_of_reach"),
        ("KULANZ_DATABASE_URL", "mysql://nonsense", "unreadable_settings"),
        ("KULANZ_NOW", "yesterday", "unreadable_settings"),
        ("KULANZ_DATA_DIR", "/proc/kulanz", "file_trouble"),
    ],
)
def test_what_cannot_run_ends_with_3_and_says_why(
    installation: Installation, setting: str, value: str, code: str
) -> None:
    result = installation.run("claims", "--json", more={setting: value})
    document = json.loads(result.stdout)
    assert (result.returncode, document["error"]["code"]) == (3, code)
    assert document["error"]["message"] in result.stderr
    assert "Traceback" not in result.stderr


def test_the_web_server_answers_keeps_its_port_and_ends_when_told(installation: Installation, port: int) -> None:
    server = installation.start("serve", "--port", str(port))
    try:
        wait_for(port, server)
        second = installation.run("serve", "--port", str(port))
        assert second.returncode == 3
        assert f"Port {port} on 127.0.0.1 is already in use." in second.stderr
        assert "--port" in second.stderr
    finally:
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=PATIENCE_SECONDS)
    assert server.returncode == 0
    assert b"Traceback" not in said
    assert not is_ready(port)


def test_the_worker_ends_when_told(installation: Installation) -> None:
    worker = installation.start("worker")
    with psycopg.connect(EmbeddedPostgres(installation.folder).ensure(), autocommit=True) as connection:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() == (0,):
            assert worker.poll() is None
            assert time.monotonic() < deadline
    worker.send_signal(signal.SIGINT)
    _, said = worker.communicate(timeout=PATIENCE_SECONDS)
    assert worker.returncode == 0
    assert b"Traceback" not in said


@pytest.mark.parametrize("name", ["ledger", "bank"])
def test_a_small_benchmark_measures_proves_and_leaves_nothing_behind(installation: Installation, name: str) -> None:
    result = installation.run("bench", name, "--size", "403", "--json")
    measured = json.loads(result.stdout)
    assert result.returncode == 0, result.stderr
    assert {"name", "size", "seconds", "per_second", "p50_ms", "p95_ms", "peak_mb", "floor"} <= set(measured)
    assert (measured["name"], measured["size"]) == (name, 403)
    assert (measured["verify"]["ok"], measured["verify"]["broken"]) == (True, [])
    assert measured["floor"]["per_second"] > measured["per_second"] > 0
    with psycopg.connect(EmbeddedPostgres(installation.folder).dsn) as connection:
        names = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        assert connection.execute("SELECT count(*) FROM ledger_transaction").fetchone() == (0,)
    assert names == {"kulanz", "postgres", "template0", "template1"}


def test_a_small_matching_benchmark_books_nothing_wrong(installation: Installation) -> None:
    result = installation.run("bench", "match", "--size", "150", "--json")
    measured = json.loads(result.stdout)
    assert result.returncode == 0, result.stderr
    assert (measured["name"], measured["size"], measured["claims"], measured["wrong"]) == ("match", 150, 1_500, 0)
    assert measured["booked"] + measured["suggested"] + measured["unmatched"] == 150
    assert measured["share_booked"] > 0.8
    assert [point["claims"] for point in measured["curve"]] == [1_500]
    assert (measured["verify"]["ok"], measured["verify"]["broken"]) == (True, [])


def test_there_is_nothing_to_upgrade_in_new_data(installation: Installation) -> None:
    result = installation.run("db", "upgrade", "--json")
    document = json.loads(result.stdout)
    assert (result.returncode, document["from"]) == (0, document["to"])


def test_stop_ends_the_database_and_says_so(installation: Installation) -> None:
    assert installation.run("verify").returncode == 0
    assert json.loads(installation.run("stop", "--json").stdout) == {"stopped": ["database"]}
    assert json.loads(installation.run("stop", "--json").stdout) == {"stopped": []}


def test_stop_where_nothing_ever_was_makes_nothing(tmp_path: Path) -> None:
    here = Installation(tmp_path)
    result = here.run("stop", "--json", "--data-dir", str(tmp_path / "none"))
    assert (result.returncode, json.loads(result.stdout)) == (0, {"stopped": []})
    assert not (tmp_path / "none").exists()
