"""OFX and QFX, the statement of banks and card companies for personal-finance programs: version 1 (SGML) and 2 (XML).

A file tells one closing balance and no opening one, so its sums cannot be proven: it is read with all the more
suspicion. What a bank leaves out is absent; what it writes unreadably, twice or against itself is refused.
"""

from kulanz.ledger.bank_formats.ofx.reader import read, sniff, stream

__all__ = ["read", "sniff", "stream"]
