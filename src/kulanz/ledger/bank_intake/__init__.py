"""What happens between a bank file and the books: each movement becomes a line, once, with its booking.

`rows` turns the bank's entries into rows and refuses what cannot be, `staging` hands them to the database by the
thousand, `repeats` says which of them have come before, `proof` adds up, `announced` keeps what is only told.
Nothing here decides who a payment belongs to.
"""
