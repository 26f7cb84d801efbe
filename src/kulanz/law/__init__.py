"""What the law says, as dated rules: every rule is a card a lawyer reads and signs, every computation a pure function.

Words: a *card* is one rule with its source, its effect and its examples; its *confidence* says how well we know it;
its *anchor* is the date that decides which version applies (the contract, the document, each day); an *answer* is a
result with the rule that gave it and the reason; a *signature* is a lawyer's yes to one card as it stands.

Confidence has a direction. A rule may always restrain us: stop, cap, give more time, make a duty earlier. What
burdens a person (demand, charge, refuse, restrict) needs a rule that was read in the law, is signed and is in force;
otherwise a person decides. `gate` is the one place that says so.

The room knows dates, decimals and holidays. It does not know claims, customers, databases, settings or the clock.
"""
