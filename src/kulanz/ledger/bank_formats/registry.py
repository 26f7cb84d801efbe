"""Which formats there are, and which of them a file is written in. Files are known by their content, never by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.bank_formats import camt, csv_export, mt940, ofx
from kulanz.ledger.bank_formats.statement import StatementStream

HEAD_BYTES = 64 << 10
MEGABYTE = 1_000_000
# All are read entry by entry; more than this is no bank's file, and would keep the account locked for hours.
MOST_BYTES = 4_000 * MEGABYTE


class UnknownBankFormat(Refusal):
    """The content is no bank file we can read."""

    code = "unknown_bank_format"
    sentence = N_(
        "%(file)s is not a bank file that can be read. camt.052, camt.053, camt.054, MT940, MT942, OFX and the CSV "
        "exports of known banks are, also zipped. Nothing was imported."
    )


class BankFileTooLarge(Refusal):
    """The file is larger than any bank's."""

    code = "bank_file_too_large"
    sentence = N_(
        "%(file)s is too large to be read (%(megabytes)s MB; at most %(most)s MB). Nothing was imported. "
        "Please ask the bank for one file per day."
    )


@dataclass(frozen=True, slots=True)
class Hints:
    """What somebody said about a file that does not say it itself: whose account it is, and in which currency."""

    account: str | None = None
    currency: str | None = None


class Streamer(Protocol):
    """Reads a file of one format, statement by statement, each entry by entry."""

    def __call__(self, file: BinaryIO, *, name: str) -> Iterator[StatementStream]: ...


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which banks write statements."""

    name: str
    sniff: Callable[[bytes], bool]
    stream: Streamer | None

    def read(self, file: BinaryIO, *, name: str, hints: Hints) -> Iterator[StatementStream]:
        """The statements of `file`. Take the entries of each before asking for the next."""
        if self.stream is not None:
            return self.stream(file, name=name)
        return csv_export.stream(file, name=name, account=hints.account, currency=hints.currency)


# In the order of how surely a file is recognised: almost any text could be a table.
FORMATS = (
    Format("camt.053", camt.sniff, camt.stream),
    Format("OFX", ofx.sniff, ofx.stream),
    Format("MT940", mt940.sniff, mt940.stream),
    # A table is the only one that may not tell whose it is.
    Format("CSV", csv_export.sniff, None),
)


def recognise(file: BinaryIO, *, name: str, bytes_long: int) -> Format:
    """The format of `file`, which is left at its beginning. Raises UnknownBankFormat, BankFileTooLarge."""
    if bytes_long > MOST_BYTES:
        raise BankFileTooLarge(file=name, megabytes=bytes_long // MEGABYTE, most=MOST_BYTES // MEGABYTE)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    for found in FORMATS:
        if found.sniff(head):
            return found
    raise UnknownBankFormat(file=name)
