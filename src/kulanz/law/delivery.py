"""Delivery: who bears the risk of transport, and what is owed for goods nobody ordered (DEL-02, DEL-03)."""

from __future__ import annotations

from enum import StrEnum

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.registry import rule


class RiskBearer(StrEnum):
    """Who loses if the parcel is lost."""

    SELLER = "seller"
    BUYER = "buyer"


class Unordered(StrEnum):
    """What may be asked for goods that were not ordered."""

    NO_CLAIM_NO_DEMAND = "no_claim_no_demand"
    STATUTORY_RETURN_CLAIM_ONLY = "statutory_return_claim_only"


@rule("DEL-02")
def risk_bearer(
    *,
    b2c: bool = True,
    handed_over: bool = False,
    carrier_chosen_by_buyer_not_named_by_seller: bool = False,
    with_carrier: bool = True,
) -> Answer[RiskBearer]:
    """Who bears the risk while the goods travel.

    Towards a consumer it passes only when he has them, unless he hired a carrier himself whom the trader had not named.
    Between businesses it passes with delivery to the carrier (`with_carrier`).
    """
    if handed_over:
        return _bears(RiskBearer.BUYER, N_("The goods were handed over to the buyer."))
    if not with_carrier:
        return _bears(RiskBearer.SELLER, N_("The goods have not left the seller."))
    if not b2c:
        return _bears(RiskBearer.BUYER, N_("Between businesses the risk passes with delivery to the carrier."))
    if carrier_chosen_by_buyer_not_named_by_seller:
        return _bears(RiskBearer.BUYER, N_("The buyer hired a carrier himself whom the seller had not named."))
    return _bears(RiskBearer.SELLER, N_("Towards a consumer the risk passes only when the goods are handed over."))


@rule("DEL-03")
def unordered(
    *, meant_for_other: bool = False, sent_by_error: bool = False, recipient_could_know: bool = False
) -> Answer[Unordered]:
    """What may be asked of a consumer for goods he did not order: nothing, or at most their return.

    A return can be claimed only if the goods were meant for someone else or were sent by an error, and he could see it.
    """
    if (meant_for_other or sent_by_error) and recipient_could_know:
        because = N_("Meant for someone else or sent by an error that the recipient could see.")
        return Answer(result=Unordered.STATUTORY_RETURN_CLAIM_ONLY, rule="DEL-03", because=Phrase(because))
    because = N_("No claim arises from goods that were not ordered; neither payment nor return may be demanded.")
    return Answer(result=Unordered.NO_CLAIM_NO_DEMAND, rule="DEL-03", because=Phrase(because))


def _bears(who: RiskBearer, because: str) -> Answer[RiskBearer]:
    return Answer(result=who, rule="DEL-02", because=Phrase(because))
