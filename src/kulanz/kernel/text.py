"""Marking sentences for translation where Django must not be imported."""

from __future__ import annotations


def N_(sentence: str) -> str:  # noqa: N802 - the gettext convention for "translate later"
    """Mark `sentence` for the message catalogue; doors translate it when they show it."""
    return sentence


class Phrase(str):
    """An English phrase that remembers its message id and facts, so that a door can say it in German.

    It is an ordinary string for whoever only wants to print it.
    """

    sentence: str
    fields: dict[str, object]

    def __new__(cls, sentence: str, **fields: object) -> Phrase:
        phrase = super().__new__(cls, sentence % fields)
        phrase.sentence = sentence
        phrase.fields = fields
        return phrase
