"""Benchmarks: production verbs on a database of their own, with the raw limit of the same run beside them.

A *floor* is the same rows written the fastest way the database knows, without guards: how much of the time is the
machine's. Nothing here ever talks to the real books.
"""
