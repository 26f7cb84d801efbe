"""The desk: where staff sees what needs a person today, and does it.

Words: *queue* (what waits for somebody, with its count), *frame* (navigation and search around every page, only what
the role may open), *line* (one movement on the bank account as finance reads it). A reading view builds one frozen
page from the rooms below; a writing view reads a form, makes an act, calls one verb and redirects. This door decides
nothing: who may do what stands in `parties.permissions`, what happens stands in the rooms.
"""
