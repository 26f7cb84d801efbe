"""A piece of work for a person: one concern of one person, with a reference, a timeline, an owner and a deadline.

Words: *case* (Vorgang), *topic* (what it is about), *event* (one thing that happened in it, append-only), *promise*
(something we said we would do, by a date, with an owner). This room knows neither money nor holds.
"""
