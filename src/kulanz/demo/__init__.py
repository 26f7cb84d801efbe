"""The sample shop: real orders of a real shop with invented people, and stories brought about by the real verbs.

Nothing outside this room knows that a demo exists, except `wiring`, which offers its logins on the login page.
"""
