"""Where the embedded database keeps what in the data directory, and the one folder it may need outside."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kulanz.infra.postgres.accounts import Account, first_closed_folder, owner_name
from kulanz.infra.postgres.refusals import (
    DataFolderNotWritable,
    DataFolderOfAnotherAccount,
    DataFolderOutOfReach,
    SocketFolderTaken,
)

PORT = 5432
SOCKET_FILE = f".s.PGSQL.{PORT}"
# The kernel's limit for a socket's path: 107 bytes on Linux, 103 on macOS.
LONGEST_SOCKET_PATH = 103
# They separate folders in a list or quote them, for the server or for its clients.
AWKWARD_IN_A_SOCKET_PATH = frozenset(",\"'\\\n")


@dataclass(frozen=True, slots=True)
class Places:
    """The paths of one data directory. Nothing is made or looked up by asking for a path."""

    data_dir: Path

    @property
    def home(self) -> Path:
        """Everything the server's account owns and nobody else can enter."""
        return self.data_dir / "postgres"

    @property
    def cluster(self) -> Path:
        """The data."""
        return self.home / "data"

    @property
    def unfinished(self) -> Path:
        """A cluster being made. It gets its real name when it is whole."""
        return self.home / "data.part"

    @property
    def upgraded(self) -> Path:
        """A whole cluster of the new major version that has not yet taken the old one's place."""
        return self.home / "data.upgraded"

    @property
    def outdated(self) -> Path:
        """The cluster of the old major version, until the new one has started."""
        return self.home / "data.outdated"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "server.log"

    @property
    def lock(self) -> Path:
        """Held while the server is made, started, stopped or upgraded."""
        return self.data_dir / "postgres.lock"

    @property
    def copies(self) -> Path:
        """Programs for an account that cannot reach the original ones."""
        return self.data_dir / "postgres-programs"

    @property
    def socket_folder(self) -> Path:
        """The way in. In the data directory, or in the temporary directory where that path is too long.

        Depends on the data directory alone, so that all processes of an installation agree without asking.
        """
        inside = self.home / "socket"
        path = os.fspath(inside / SOCKET_FILE)
        if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH and not AWKWARD_IN_A_SOCKET_PATH & set(path):
            return inside
        mark = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return _temporary_directory() / f"kulanz-{mark}"

    def make_data_dir(self) -> None:
        """The outermost folder, closed to others unless it exists already."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(self.data_dir, os.W_OK | os.X_OK):
                raise DataFolderNotWritable(folder=str(self.data_dir), reason="Permission denied")
        except OSError as error:
            raise DataFolderNotWritable(folder=str(self.data_dir), reason=error.strerror or error) from error

    def make_folders(self, account: Account | None) -> None:
        """The server's own folder and the socket folder, both its account's and closed to everybody else."""
        try:
            if account is not None:
                self._let_in(account)
            if not self.home.exists():
                self.home.mkdir(mode=0o700)
                _give(self.home, account)
            claim_socket_folder(self.socket_folder, account)
        except OSError as error:
            raise DataFolderNotWritable(folder=str(self.data_dir), reason=error.strerror or error) from error

    def read(self, path: Path) -> str | None:
        """The text of a file of the server, None where there is none. Refuses what we may not look into."""
        try:
            return path.read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError as error:
            raise DataFolderOfAnotherAccount(folder=str(self.home), owner=self._owner()) from error

    def refuse_another_owner(self, account: Account | None) -> None:
        """A database of somebody else: PostgreSQL would refuse it in words nobody understands."""
        if not self.home.exists():
            return
        uid = self.home.stat().st_uid
        ours = account.uid if account else os.geteuid()
        if uid != ours:
            raise DataFolderOfAnotherAccount(folder=str(self.home), owner=owner_name(uid))

    def owner_of_data_dir(self) -> tuple[int, int]:
        """Who gets the files that root makes in somebody else's data directory."""
        status = self.data_dir.stat()
        return status.st_uid, status.st_gid

    def _owner(self) -> str:
        for folder in (self.home, self.data_dir):
            with suppress(OSError):
                return owner_name(folder.stat().st_uid)
        return "?"

    def _let_in(self, account: Account) -> None:
        if first_closed_folder(self.data_dir, account) == self.data_dir:
            # Passing through is enough: the others still cannot list what is here, and secrets are closed
            # files.
            self.data_dir.chmod(stat.S_IMODE(self.data_dir.stat().st_mode) | stat.S_IXOTH)
        if closed := first_closed_folder(self.data_dir, account):
            raise DataFolderOutOfReach(account=account.name, folder=str(closed))


def claim_socket_folder(folder: Path, account: Account | None) -> None:
    """Make the folder, or check that it is ours alone.

    The server trusts everybody who reaches its socket. That is acceptable only because of this folder: mode
    0700, so nobody but its owner (and root) reaches it. In a public temporary directory somebody else could
    have made a folder of that name first, to listen: such a folder is refused.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        _give(folder, account)
    owner = account.uid if account else os.geteuid()
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise SocketFolderTaken(folder=str(folder), owner=owner_name(folder.lstat().st_uid)) from error
    try:
        status = os.fstat(handle)
        if status.st_uid not in {owner, os.geteuid()}:
            raise SocketFolderTaken(folder=str(folder), owner=owner_name(status.st_uid))
        if account is not None and status.st_uid != owner:
            # We, as root, were interrupted between making it and giving it away.
            os.fchown(handle, account.uid, account.gid)
        os.fchmod(handle, 0o700)
    finally:
        os.close(handle)


def _give(folder: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def _temporary_directory() -> Path:
    # Not TMPDIR: a service and a shell often disagree about it, and would look for the server in two places.
    common = Path("/tmp")  # noqa: S108 - the folder made in it is checked for its owner
    return common if common.is_dir() else Path(tempfile.gettempdir())
