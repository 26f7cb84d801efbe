"""People and customer accounts, which are two things: a stranger can be billed, an account can be a thief's.

Words: *person* (who someone is), *account* (everyone who owes or is owed has one, with or without a login),
*house account* (per brand: money that belongs to nobody yet), *user* (a login), *role* (what a login may do).
This room knows nothing of orders, claims or holds.
"""
