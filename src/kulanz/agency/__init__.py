"""The door of the collection agency: the live state of the orders it holds, and nothing else.

Words: *clerk* (a login of an agency), *order* (one claim in its hands), *state* (collectable, paused, recalled,
settled). A clerk sees the orders of his own agency: what was handed over, what is open now, whether he may go on.
"""
