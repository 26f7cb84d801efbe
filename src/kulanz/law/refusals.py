"""When a rule cannot answer. Each refusal has the name of the error that machines see as `error:NAME`."""

from __future__ import annotations

from typing import ClassVar

from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_


class LawRefusal(Refusal):
    """A rule gives no answer to what was asked."""

    code = "law_gives_no_answer"
    error_name: ClassVar[str] = "Refused"


class BeyondKnownValues(LawRefusal, LookupError):
    """A dated value is asked for a day of which nobody has told us the value. It is never extrapolated."""

    code = "beyond_known_values"
    error_name = "LookupError"
    sentence = N_(
        "The value “%(name)s” is not known for %(day)s; it is known from %(first)s to %(last)s. "
        "Add the published value to the table before computing with it."
    )


class OlderLaw(LawRefusal, LookupError):
    """The contract is older than the version of the rule that was read."""

    code = "older_law"
    error_name = "LookupError"
    sentence = N_(
        "Rule %(rule)s applies from %(first)s on; the law before that day was not read. "
        "Ask a lawyer about the contract of %(day)s."
    )


class ImpossibleFacts(LawRefusal, ValueError):
    """The facts contradict each other or make no sense for the rule."""

    code = "impossible_facts"
    error_name = "ValueError"
    sentence = N_("This cannot be computed: %(reason)s.")


class UnknownFunction(LawRefusal):
    """There is no rule function of this name."""

    code = "unknown_law_function"
    error_name = "UnknownFunction"
    sentence = N_("There is no rule function “%(name)s”. `kulanz law list` shows all of them.")


class UnknownArgument(LawRefusal):
    """The function does not know this argument."""

    code = "unknown_law_argument"
    error_name = "UnknownArgument"
    sentence = N_("“%(function)s” knows no argument “%(name)s”. It takes: %(known)s.")


class MissingArgument(LawRefusal):
    """The function cannot answer without this argument."""

    code = "missing_law_argument"
    error_name = "MissingArgument"
    sentence = N_("“%(function)s” needs the argument “%(name)s” (%(kind)s).")


class UnreadableArgument(LawRefusal, ValueError):
    """The argument is there and is not what the function needs."""

    code = "unreadable_law_argument"
    error_name = "ValueError"
    sentence = N_("“%(value)s” for the argument “%(name)s” of “%(function)s” is not %(kind)s.")


class UnknownPlace(LawRefusal, ValueError):
    """No German federal state of this name."""

    code = "unknown_federal_state"
    error_name = "ValueError"
    sentence = N_("“%(place)s” is not a German federal state. Use a code such as NW, BY or BE.")


class UnknownCard(LawRefusal, LookupError):
    """A rule that is cited has no card."""

    code = "unknown_law_card"
    error_name = "LookupError"
    sentence = N_("There is no rule “%(rule)s”.")


class UnreadableSignatures(LawRefusal):
    """The file of signatures cannot be used; until it can, nothing counts as signed."""

    code = "unreadable_law_signatures"
    sentence = N_("The file of signatures %(where)s cannot be read: %(reason)s.")
