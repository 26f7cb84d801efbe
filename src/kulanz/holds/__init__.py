"""What an account may not do, and why: conclusions from reasons that exist today, never flags.

Words: *hold* (a restriction of one account), *reason* (a fact that carries it: a claim that is due, open and
undisputed), *giver* (the room that knows such facts and can say them in a sentence), *effect* (what is restricted),
*way* (what a person may want to do; most ways stay open under every hold).
This room knows nothing of reminders or collectors; it writes to nobody: who gave the reason speaks about its end.
"""
