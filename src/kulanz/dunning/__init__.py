"""Reminders and collection: recorded facts about claims that are due, open and undisputed, and their end.

Words: *procedure* (everything that pursues one claim, from the first reminder to its end), *notice* (a reminder that
was sent; level 0 is the friendly one), *collector* (the agency), *collection order* (one claim handed over to it),
*pause* (nothing pursues this claim; it restricts nobody). This room gives the reasons for payment holds and speaks
about their end. It does not know portals, desks or runs of policies (yet).
"""
