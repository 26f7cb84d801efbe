"""MT940 and MT942, the SWIFT statements of German and other European banks: read them, write them for tests.

Words: *field* (`:61:` and its lines), *message* (from `:20:` to the line `-`), *information* (what field 86 tells
of a movement), *subfield* (`?20` in a German field 86), *codeword* (`EREF+` or `/EREF/` in its text).

What the library mt-940 does well is taken from it: the grammar of its tags as the base of ours, which way money moved
under `C`, `D`, `RC` and `RD`, days. What it does not is done here: it reads a file at once, and its own patterns cut
an amount that is too long or written otherwise down to a smaller one without a word.
"""

from kulanz.ledger.bank_formats.mt940.reader import read, sniff, stream
from kulanz.ledger.bank_formats.mt940.writer import write

__all__ = ["read", "sniff", "stream", "write"]
