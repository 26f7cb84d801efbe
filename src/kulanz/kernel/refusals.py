"""Three kinds of "it did not work": a refusal (an expected no), trouble (the world failed), a bug (crash).

A refusal says what happened and what to do. Its sentence is an English message id with `%(field)s` places; the
doors translate it and fill in the fields (`ui.refusals`), the command line and the API use the same sentence.
"""

from __future__ import annotations

from typing import ClassVar

from kulanz.kernel.text import N_


class Refusal(Exception):
    """An expected no. Nothing has been changed. Subclasses set `code` and `sentence` and pass facts as fields."""

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = N_("This is not possible.")

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.english)

    @property
    def english(self) -> str:
        """The untranslated sentence with its facts."""
        return self.sentence % self.fields


class NotFound(Refusal):
    """Not there, or not yours: both look the same from outside."""

    code = "not_found"
    sentence = N_("There is nothing here under “%(reference)s”. Check the reference and try again.")


class SomebodyWasFaster(Refusal):
    """The row changed between looking and acting."""

    code = "somebody_was_faster"
    sentence = N_("Somebody changed this a moment ago. Look at the current state and try again.")


class Trouble(Exception):
    """The world fails: retry with a bound, count it, show it on the desk."""
