"""The words and colours of states on the desk. The word comes first, the colour second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from kulanz.cases.api import CASE_STATE_NAMES, Case, CaseState
from kulanz.contact.api import MESSAGE_STATE_NAMES, MessageState
from kulanz.holds.api import HOLD_STATE_NAMES, Hold, HoldState
from kulanz.kernel.text import N_
from kulanz.ledger.api import CLAIM_STATE_NAMES, Claim, ClaimState, Dispute, DisputeState, TransactionKind

TRANSACTION_NAMES = {
    TransactionKind.INVOICE: N_("Invoice"),
    TransactionKind.CREDIT_NOTE: N_("Credit note"),
    TransactionKind.BANK_LINE: N_("Bank line"),
    TransactionKind.ALLOCATION_HOUSE: N_("Payment, house side"),
    TransactionKind.ALLOCATION: N_("Payment"),
    TransactionKind.REFUND: N_("Credit on the invoice"),
    TransactionKind.WRITE_OFF: N_("Write-off"),
    TransactionKind.CLAIM_REVERSAL: N_("Reversal"),
}
RULE_NAMES = {
    "reference_and_amount": N_("Reference and amount agree"),
    "reference_and_costs": N_("Reference and amount with costs agree"),
    "reference_and_part": N_("Reference and payer agree, part payment"),
    "reference_and_credit": N_("Reference and payer agree, a little too much"),
    "reference_and_total": N_("One reference, and the amount is all that is open"),
    "principal_then_costs": N_("Invoice, and a part of its costs"),
    "some_references": N_("Some of the references add up to the amount"),
    "misspelt_reference": N_("Misspelt reference"),
    "cut_reference": N_("Reference cut off by the bank"),
    "payer_and_amount": N_("Known payer and amount"),
    "payer_and_total": N_("Known payer, all that is open"),
    "name_and_amount": N_("Name and amount"),
    "collective_payment": N_("Collective payment of a collector"),
    "returned_debit": N_("Returned direct debit"),
    "returned_refund": N_("Refund that came back"),
    "reference_only": N_("Only the reference agrees"),
    "by_hand": N_("Assigned by hand"),
}
DISPUTE_STATE_NAMES = {
    DisputeState.OPEN: N_("undecided"),
    DisputeState.UPHELD: N_("upheld"),
    DisputeState.REJECTED: N_("rejected"),
    DisputeState.TAKEN_BACK: N_("taken back"),
}


@dataclass(frozen=True, slots=True)
class Badge:
    """The word of a state; `kind` is info, success, warning, stop or empty."""

    word: str
    kind: str = ""


def claim_badge(claim: Claim, today: date) -> Badge:
    """An open claim is only worth a colour once it is overdue."""
    state = claim.balance.state
    if state in {ClaimState.OPEN, ClaimState.PART_PAID} and claim.due_on < today:
        word = N_("overdue") if state is ClaimState.OPEN else N_("partly paid, overdue")
        return Badge(gettext(word), "warning")
    kinds = {ClaimState.SETTLED: "success", ClaimState.DISPUTED: "info"}
    return Badge(gettext(CLAIM_STATE_NAMES[state]), kinds.get(state, ""))


def hold_badge(hold: Hold) -> Badge:
    state = HoldState(hold.state)
    kinds = {HoldState.PROPOSED: "info", HoldState.ACTIVE: "stop", HoldState.LIFTED: "success"}
    return Badge(gettext(HOLD_STATE_NAMES[state]), kinds.get(state, ""))


def dispute_badge(dispute: Dispute, today: date) -> Badge:
    state = DisputeState(dispute.state)
    if state is DisputeState.OPEN and dispute.decide_by < today:
        return Badge(gettext("undecided, late"), "stop")
    kinds = {DisputeState.OPEN: "info", DisputeState.UPHELD: "success"}
    return Badge(gettext(DISPUTE_STATE_NAMES[state]), kinds.get(state, ""))


def case_badge(case: Case) -> Badge:
    state = CaseState(case.state)
    if state is CaseState.WAITING:
        # On the portal it says "waiting for you"; here "you" would be the wrong person.
        return Badge(gettext("waiting for the customer"))
    return Badge(gettext(CASE_STATE_NAMES[state]), "info" if state is CaseState.OPEN else "")


def message_badge(state: MessageState) -> Badge:
    kinds = {
        MessageState.SENT: "success",
        MessageState.FAILED: "stop",
        MessageState.UNSURE: "warning",
        MessageState.QUEUED: "info",
        MessageState.SENDING: "info",
    }
    return Badge(gettext(MESSAGE_STATE_NAMES[state]), kinds[state])


def rule_name(rule: str) -> str:
    """What a rule of the matching means; an unknown one shows its own name."""
    return gettext(RULE_NAMES[rule]) if rule in RULE_NAMES else rule
