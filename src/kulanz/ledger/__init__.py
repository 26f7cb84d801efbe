"""What is owed and what was paid: the one truth about money.

Words: *transaction* (one booking, sums to zero, never edited), *posting* (one row of it), *claim* (what one account
owes on one invoice), *balance* (what is left of a claim, kept by the database), *dispute* (why it is not owed),
*bank line* (one movement on our bank account), *allocation* (which line paid which claim, and why we think so).
This room knows nothing of reminders, holds, letters or cases; it writes to nobody.
"""
