"""Bank files in: every format comes out as the same neutral statement, whatever the bank writes.

Words: *statement* (what moved on one account in one period), *entry* (one booked movement, as the balance
sees it), *detail* (one payment inside an entry: who, what for), *batch* (one entry, many details), *note*
(something a person should know about a file that could be read). A reader knows its format and nothing else:
no database, no claims, no clock. A file it cannot read with certainty is refused (`refusals`), never half
understood.
"""
