"""What in an OFX file holds values: a statement, its account, its balance, a transaction."""

from __future__ import annotations

from dataclasses import dataclass, field

STATEMENTS = frozenset(["STMTRS", "CCSTMTRS"])
INVESTMENT = "INVSTMTRS"
TRANSACTION = "STMTTRN"
PENDING = "STMTTRNP"
# Only these hold other values. All else is a value, or a bank's own invention around values.
AGGREGATES = frozenset(
    [
        *STATEMENTS,
        "BANKACCTFROM",
        "CCACCTFROM",
        "BANKACCTTO",
        "CCACCTTO",
        "BANKTRANLIST",
        "BANKTRANLISTP",
        TRANSACTION,
        PENDING,
        "PAYEE",
        "CURRENCY",
        "ORIGCURRENCY",
        "LEDGERBAL",
        "AVAILBAL",
        "BALLIST",
        "BAL",
        "IMAGEDATA",
        "EXTDPAYEE",
    ]
)


@dataclass(slots=True)
class Aggregate:
    """The values inside one aggregate, by name, with their lines; below it the aggregates inside."""

    line: int
    texts: dict[str, tuple[str, int]] = field(default_factory=dict)
    inside: dict[str, Aggregate] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The value, empty where there is none."""
        return self.texts[name][0] if name in self.texts else ""

    def line_of(self, name: str) -> int:
        """Where the value stands, or what it belongs to."""
        return self.texts[name][1] if name in self.texts else self.line
