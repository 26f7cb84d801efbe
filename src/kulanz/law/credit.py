"""Pay later: whether an offer to pay later is consumer credit with all its duties (CRE-01)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from kulanz.kernel.text import N_, Phrase
from kulanz.law.answers import Answer
from kulanz.law.cards import card
from kulanz.law.registry import rule

_DAYS = 50
# Large sellers that sell online have less.
_DAYS_LARGE_ONLINE = 14


class CreditScope(StrEnum):
    """Which law an offer to pay later falls under."""

    OLD_LAW = "old_law"
    EXEMPT = "exempt"
    CONSUMER_CREDIT = "consumer_credit"


@rule("CRE-01")
def credit_scope(
    *,
    contract: date,
    days_to_pay: int | None = None,
    interest_or_fees: bool | None = None,
    third_party: bool | None = None,
    non_sme_online: bool | None = None,
) -> Answer[CreditScope]:
    """Whether a time for payment is consumer credit. `consumer_credit` means: do not offer it, ask a lawyer.

    What is not known counts against the exemption. `days_to_pay` are days from delivery; `interest_or_fees` leaves out
    limited costs of late payment.
    """
    if not card("CRE-01").in_force(contract):
        return _scope(CreditScope.OLD_LAW, Phrase(N_("The contract of %(day)s is under the old law."), day=contract))
    if third_party is not False:
        return _scope(CreditScope.CONSUMER_CREDIT, Phrase(N_("A third party gives the credit, or may do so.")))
    if interest_or_fees is not False:
        return _scope(CreditScope.CONSUMER_CREDIT, Phrase(N_("Interest or fees are charged, or may be.")))
    limit = _DAYS if non_sme_online is False else _DAYS_LARGE_ONLINE
    if days_to_pay is None or days_to_pay > limit:
        because = Phrase(N_("More than %(limit)s days to pay, or nobody knows how many."), limit=str(limit))
        return _scope(CreditScope.CONSUMER_CREDIT, because)
    because = Phrase(
        N_("The seller himself gives time, without interest or fees, for at most %(limit)s days."), limit=str(limit)
    )
    return _scope(CreditScope.EXEMPT, because)


def _scope(scope: CreditScope, because: Phrase) -> Answer[CreditScope]:
    return Answer(result=scope, rule="CRE-01", because=because)
