"""Why a table is not taken in: beyond a wrong line, its columns or its currency may be unknown."""

from __future__ import annotations

from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_, Phrase
from kulanz.ledger.bank_formats.refusals import UnreadableBankFile

_LONGEST_QUOTE = 300


class UnknownCsvLayout(UnreadableBankFile):
    """No layout we know has these columns. The operator can describe them without touching code."""

    code = "bank_csv_layout_unknown"


class CurrencyNotSaid(UnreadableBankFile):
    """The file has amounts without a currency, and the caller named none."""

    code = "bank_currency_not_said"


class UnusableLayout(Refusal):
    """A layout file of the operator cannot be used: no bank file is read until it is corrected or removed."""

    code = "bank_csv_layout_unusable"
    sentence = N_("The layout of bank tables in %(file)s cannot be used: %(reason)s. Correct or remove the file.")

    def __init__(self, *, file: str, reason: str) -> None:
        super().__init__(file=file, reason=reason)
        self.file = file
        self.reason = reason


def quoted(text: str) -> str:
    """A piece of the file for a sentence: one line, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def unknown_layout(file: str, header: str | None, line: int, first: str) -> UnknownCsvLayout:
    """The refusal for a table nobody described yet: what was found, what is needed, where to say it."""
    if header is not None:
        reason = Phrase(
            N_(
                "no known bank has the columns “%(columns)s”. To take such files, describe in a layout file which "
                "column is the day and which the amount, and how they are written (docs/bank-csv.md)"
            ),
            columns=quoted(header),
        )
    else:
        reason = Phrase(
            N_(
                "no line names its columns, and no known bank writes lines like “%(line)s”. To take such files, "
                "describe in a layout file what stands where (docs/bank-csv.md)"
            ),
            line=quoted(first),
        )
    return UnknownCsvLayout(file=file, where=Phrase(N_("line %(line)s"), line=line), reason=reason)


def currency_not_said(file: str, line: int) -> CurrencyNotSaid:
    """The refusal for amounts without a currency."""
    return CurrencyNotSaid(
        file=file,
        where=Phrase(N_("line %(line)s"), line=line),
        reason=Phrase(N_("it does not say in which currency the amounts are. Say which currency the account has")),
    )
