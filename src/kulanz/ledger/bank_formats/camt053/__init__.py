"""camt.053, the ISO 20022 bank statement, in any version: read it, and write it for demos and tests."""

from kulanz.ledger.bank_formats.camt053.reader import read, sniff
from kulanz.ledger.bank_formats.camt053.writer import write

__all__ = ["read", "sniff", "write"]
