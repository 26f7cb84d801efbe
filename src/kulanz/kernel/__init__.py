"""The words every room uses: money, time, acts, refusals, states, facts, references.

Plain Python: no Django, no database, no settings. Whatever stands here is used by at least two floors.
"""
