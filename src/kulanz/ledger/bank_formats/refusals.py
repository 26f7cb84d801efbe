"""How a bank file is refused: which file, where in it, and why, in words finance can pass on to the bank."""

from __future__ import annotations

from dataclasses import dataclass

from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_, Phrase


class UnreadableBankFile(Refusal):
    """The file cannot be read with certainty. Nothing of it may be booked."""

    code = "bank_file_unreadable"
    sentence = N_("The bank file %(file)s cannot be read (%(where)s): %(reason)s.")

    def __init__(self, *, file: str, where: str, reason: str) -> None:
        super().__init__(file=file, where=where, reason=reason)
        self.file = file
        self.where = where
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file we are reading: it costs nothing until something has to be refused."""

    file: str
    statement: str | None = None
    entry: int | None = None
    balance: str | None = None

    @property
    def where(self) -> Phrase:
        """The place in words."""
        if self.statement is None:
            return Phrase(N_("whole file"))
        if self.entry is not None:
            return Phrase(N_("entry %(entry)s of statement %(statement)s"), entry=self.entry, statement=self.statement)
        if self.balance is not None:
            return Phrase(
                N_("balance %(balance)s of statement %(statement)s"),
                balance=self.balance,
                statement=self.statement,
            )
        return Phrase(N_("statement %(statement)s"), statement=self.statement)

    def refusal(self, sentence: str, **fields: object) -> UnreadableBankFile:
        """The refusal to raise, because of what was found here."""
        return UnreadableBankFile(file=self.file, where=self.where, reason=Phrase(sentence, **fields))

    def refusal_at_line(self, line: int, sentence: str, **fields: object) -> UnreadableBankFile:
        """The refusal to raise where only the line of the file is known."""
        where = Phrase(N_("line %(line)s"), line=line)
        return UnreadableBankFile(file=self.file, where=where, reason=Phrase(sentence, **fields))
