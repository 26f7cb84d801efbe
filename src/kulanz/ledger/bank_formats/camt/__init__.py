"""camt, the ISO 20022 messages of a bank about an account, in any version.

camt.053 is the statement of a finished day: read it, and write it for demos and tests. camt.052 (report of a running
day) and camt.054 (notification of single bookings) are read as interim: what they tell comes again in the statement.
"""

from kulanz.ledger.bank_formats.camt.reader import read, sniff, stream
from kulanz.ledger.bank_formats.camt.writer import write, write_long

__all__ = ["read", "sniff", "stream", "write", "write_long"]
