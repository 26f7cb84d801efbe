"""Who the server runs as. PostgreSQL refuses root, because a hole in it would be a hole in the machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kulanz.infra.postgres.refusals import NoAccountForPostgres

CANDIDATES = ("kulanz", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An ordinary account with an entry in the system's list: PostgreSQL looks its own name up."""

    name: str
    uid: int
    gid: int


def we_are_root() -> bool:
    """Whether this process may, and must, hand the server to another account."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def server_account(folders: Sequence[Path]) -> Account | None:
    """The account for the server; None when we are an ordinary user and it simply runs as us.

    For root the owner of the first existing one of `folders` decides, so that a database stays with whoever
    has it: the account of yesterday, or the user whose data directory root is working in today.
    """
    if not we_are_root():
        return None
    for folder in folders:
        if owner := _ordinary_owner(folder):
            return owner
    for name in CANDIDATES:
        if account := _account_named(name):
            return account
    raise NoAccountForPostgres(accounts=", ".join(CANDIDATES))


def owner_name(uid: int) -> str:
    """The name of an account, or its number where it has none."""
    account = _account_numbered(uid)
    return account.name if account else str(uid)


def first_closed_folder(path: Path, account: Account) -> Path | None:
    """The topmost folder on the way to `path` (and `path` itself) that `account` cannot enter."""
    for folder in (*reversed(path.parents), path):
        if folder.exists() and not _may_enter(folder.stat(), account):
            return folder
    return None


def _may_enter(folder: os.stat_result, account: Account) -> bool:
    if folder.st_uid == account.uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    # The server gets its account's own group and no other.
    if folder.st_gid == account.gid:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def _ordinary_owner(folder: Path) -> Account | None:
    try:
        uid = folder.lstat().st_uid
    except OSError:
        return None
    return _account_numbered(uid) if uid != 0 else None


# Imported inside: there is no such module on Windows, where the settings must still be importable.


def _account_named(name: str) -> Account | None:
    import pwd

    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid) if entry.pw_uid != 0 else None


def _account_numbered(uid: int) -> Account | None:
    import pwd

    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
