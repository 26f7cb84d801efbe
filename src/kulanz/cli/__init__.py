"""The door for the shell: `kulanz`, for operators and scripts.

A *verb* is a command: it opens the books, makes an act, calls one verb of a room and returns an *answer*. The answer is
printed as one JSON document (`--json`) or as text for people. What goes wrong ends with an exit code and a sentence,
never with a traceback. Modules here import rooms only inside their verbs, so that `kulanz --help` answers at once.
"""
