"""Which bank line pays which claim: found set-wise, booked alone only where nothing speaks against it, else shown to a
person with its evidence.

Words: *payment* (a bank line nobody has explained), *reading* (every way to understand it), *solution* (one way, with
a score from 0 to 100 and its reasons), *margin* (how far the best solution must be ahead of every other one).

`words` takes texts and names apart, `looking` finds the facts in the database, `judging` weighs them, `clashes` sees to
it that two payments do not want one claim, `running` books and keeps suggestions. `returns` recognises what came back,
`collectors` who pays for many. The scores stand at the head of `judging`. An instalment plan, once there are such
promises, is one more source of solutions in `judging`.
"""

from kulanz.ledger.matching.collectors import install as install_mandates
from kulanz.ledger.matching.judging import BOOK_FROM_SCORE
from kulanz.ledger.matching.running import Matched, match

__all__ = ["BOOK_FROM_SCORE", "Matched", "install_mandates", "match"]
