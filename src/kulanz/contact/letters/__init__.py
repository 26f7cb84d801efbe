"""Letters: a typed sheet of facts plus text (`sheet`), its fixed words (`labels`), its form on paper
(`render`).

A letter knows nothing of claims, holds or cases: whoever has the reason to write fills in the sheet. The
paper is DIN 5008 form B for a window envelope, as a tagged PDF that screen readers can read and archives
can keep.
"""
