"""Statements in a ZIP archive: banks pack a month of daily files into one.

An archive is taken whole or not at all, like a file. Nothing is unpacked before the directory of the archive has been
judged: a few kilobytes can promise ten thousand million bytes of nothing. No name in it ever becomes a path of ours.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_, Phrase

MOST_FILES = 1_000
MOST_BYTES_UNPACKED = 4_000_000_000
# Statements compress to a thirtieth, monotonous ones to a hundredth; an archive that promises more is a trap.
MOST_TIMES_LARGER = 250
# Below this size nothing is a trap, whatever its ratio.
HARMLESS_BYTES = 20_000_000
_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_IN_MEMORY_BYTES = 16_000_000
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
# What file managers leave in archives; it is never a statement.
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class BankArchiveRefused(Refusal):
    """An archive that is damaged, that hides something, or that would be larger than any bank's."""

    code = "bank_archive_refused"
    sentence = N_(
        "The archive %(file)s was not opened: %(reason)s. Nothing was imported. Please unpack it and take in the "
        "statements themselves, or ask the bank for the file again."
    )

    def __init__(self, *, file: str, reason: str) -> None:
        super().__init__(file=file, reason=reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Part:
    """One statement file: what came in, or one of an archive. `name` is what a refusal calls it."""

    name: str
    file: BinaryIO
    bytes_long: int


def parts(file: BinaryIO, *, name: str) -> Iterator[Part]:
    """The statement files in `file`: itself, or those of the archive it is. Raises BankArchiveRefused."""
    start = file.read(4)
    file.seek(0)
    if start in _SIGNATURES:
        yield from _unpacked(file, name)
        return
    bytes_long = file.seek(0, 2)
    file.seek(0)
    yield Part(name, file, bytes_long)


def _unpacked(file: BinaryIO, name: str) -> Iterator[Part]:
    try:
        archive = zipfile.ZipFile(file)
        members = [member for member in archive.infolist() if not _is_litter(member)]
        _judge(members, file.seek(0, 2), name)
    except _DAMAGED as error:
        raise _damaged(name, error) from error
    for member in members:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as unpacked:
            try:
                with archive.open(member) as opened:
                    # Never more than the directory promised; the checksum is checked at the end.
                    shutil.copyfileobj(opened, unpacked, 1 << 20)
            except _DAMAGED as error:
                raise _damaged(name, error) from error
            unpacked.seek(0)
            if unpacked.read(4) in _SIGNATURES:
                raise _refusal(name, N_("“%(member)s” in it is an archive again"), member=_shown(member))
            unpacked.seek(0)
            yield Part(f"{name}: {_shown(member)}", cast(BinaryIO, unpacked), member.file_size)


def _damaged(name: str, error: Exception) -> BankArchiveRefused:
    return _refusal(name, N_("it is damaged (%(fault)s)"), fault=str(error)[:200])


def _judge(members: list[zipfile.ZipInfo], archive_bytes: int, name: str) -> None:
    """What the directory of the archive promises must be believable."""
    if not members:
        raise _refusal(name, N_("it is empty"))
    if any(member.filename == "[Content_Types].xml" for member in members):
        raise _refusal(name, N_("it is an office document; please save the table as CSV"))
    if len(members) > MOST_FILES:
        raise _refusal(name, N_("it holds %(count)s files, more than %(most)s"), count=len(members), most=MOST_FILES)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_BYTES_UNPACKED:
        raise _refusal(name, N_("unpacked it would have %(megabytes)s MB"), megabytes=unpacked // 1_000_000)
    packed = min(archive_bytes, sum(member.compress_size for member in members))
    if unpacked > HARMLESS_BYTES and unpacked > packed * MOST_TIMES_LARGER:
        raise _refusal(
            name,
            N_("unpacked it would be %(times)s times as large, as no statement is"),
            times=unpacked // max(packed, 1),
        )
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise _refusal(name, N_("“%(member)s” in it is locked with a password"), member=_shown(member))
        if member.compress_type not in _METHODS:
            raise _refusal(name, N_("“%(member)s” in it is packed in an unusual way"), member=_shown(member))


def _is_litter(member: zipfile.ZipInfo) -> bool:
    path = member.filename
    return member.is_dir() or path.startswith(_LITTER[0]) or PurePosixPath(path).name in _LITTER


def _shown(member: zipfile.ZipInfo) -> str:
    """The last part of its name, without what a terminal would obey."""
    last = member.filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[-80:] or "?"


def _refusal(name: str, sentence: str, **fields: object) -> BankArchiveRefused:
    return BankArchiveRefused(file=name, reason=Phrase(sentence, **fields))
