"""Identity misuse: whoever did not order owes nothing, and nobody demands anything of him while that is examined."""

from __future__ import annotations

from enum import StrEnum

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.registry import rule


class IdentityAction(StrEnum):
    """What follows for the claim. The shop proves the order; the person proves nothing."""

    NO_CLAIM_DELETE_DUNNING = "no_claim_delete_dunning"
    CLAIM_POSSIBLE = "claim_possible"
    STOP_RESTRICT = "stop_restrict"  # not yet known: stop, restrict the data, let a person find out


@rule("IDT-01")
def idt_action(
    *,
    contract_by_person: bool | None = None,
    duldung_or_anschein: bool = False,
    authority: bool = False,
    ratified: bool = False,
) -> Answer[IdentityAction]:
    """What an order under somebody's name means for him: no claim, a possible claim, or a stop until it is known.

    `duldung_or_anschein`: he tolerated or caused the appearance that the other acted for him (a badly kept password
    alone does not); `authority`: he had authorised the other; `ratified`: he approved afterwards.
    """
    if contract_by_person:
        return _answer(IdentityAction.CLAIM_POSSIBLE, N_("The person ordered himself; a claim is possible."))
    if duldung_or_anschein or authority or ratified:
        return _answer(
            IdentityAction.CLAIM_POSSIBLE,
            N_(
                "Somebody else ordered, but with authority, approval or an appearance of it that counts against the "
                "person; a claim is possible, and a person decides after hearing him."
            ),
        )
    if contract_by_person is None:
        return _answer(
            IdentityAction.STOP_RESTRICT,
            N_("It is not known who ordered: dunning, interest and collection stop until the shop has proof."),
        )
    return _answer(
        IdentityAction.NO_CLAIM_DELETE_DUNNING,
        N_("The person did not order: there is no contract and no claim, and the dunning is deleted."),
    )


def _answer(action: IdentityAction, sentence: str) -> Answer[IdentityAction]:
    return Answer(result=action, rule="IDT-01", because=Phrase(sentence))
