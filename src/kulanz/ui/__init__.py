"""How Kulanz looks and speaks: one small design system for two faces.

The *portal* is for people who worry about a bill; the *desk* is for people who work all day. Both are made of
the same *components*, drawn from one file of *tokens* and shown in the *gallery*. This room knows money, days
and refusals as values to be shown. It does not know claims, cases or customers, and imports no room above it:
what the header shows (navigation, footer) is put on the request by the door.
"""
