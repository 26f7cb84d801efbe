"""The customer's door, and the stranger's: what is open, why, what to do; concerns without a login.

One question a page, the question is the heading; every page works without JavaScript.
"""
