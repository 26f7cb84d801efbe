"""Tables (CSV) as banks and payment services export them: recognised by their column names, described as data.

Words: *layout* (how one bank writes its table; see `layouts/` and docs/bank-csv.md), *row* (a line under the column
names), *fact* (what a line above or below the rows says), *chain* (balances beside the rows, which prove them).

A table may not say which account it is of, nor in which currency: then the caller says it (`account`, `currency`).
Without that a statement comes out without an account, for the intake to refuse; without a currency there is no amount.
Ask the other formats first: any text with separators could be a table.
"""

from kulanz.ledger.bank_formats.csv_export.reader import read, sniff, stream
from kulanz.ledger.bank_formats.csv_export.refusals import (
    CurrencyNotSaid,
    UnknownCsvLayout,
    UnusableLayout,
)

__all__ = ["CurrencyNotSaid", "UnknownCsvLayout", "UnusableLayout", "read", "sniff", "stream"]
