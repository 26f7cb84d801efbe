"""Why a bank takes a payment back: the codes of the SEPA schemes, each in a sentence its customer understands.

The sentences stand after "because" or alone; they say what happened at the bank, never that somebody is to blame.
"""

from __future__ import annotations

from uuid import UUID

from kulanz.kernel.text import N_

RETURN_SENTENCES = {
    "AC01": N_("The account number is wrong or does not exist."),
    "AC04": N_("The account has been closed."),
    "AC06": N_("The account is blocked by the bank."),
    "AC13": N_("The account is not one from which this kind of debit may be taken."),
    "AG01": N_("Debits are not possible on this account."),
    "AG02": N_("The bank could not process this kind of payment."),
    "AM04": N_("There was not enough money on the account on that day."),
    "AM05": N_("The bank found that the same payment had been sent twice."),
    "ARDT": N_("The money had been sent back before."),
    "BE04": N_("The address of the account holder was missing."),
    "BE05": N_("The bank does not know who wanted to collect the money."),
    "CNOR": N_("The bank of the recipient could not be reached."),
    "CUST": N_("The payment was called back by the person who had ordered it."),
    "DNOR": N_("The bank of the payer could not be reached."),
    "DUPL": N_("The bank found that the same payment had been sent twice."),
    "FF01": N_("The bank could not read the payment order."),
    "FOCR": N_("The payment was called back."),
    "FRAD": N_("The bank stopped the payment for security reasons."),
    "MD01": N_("The bank has no permission from the account holder for this debit."),
    "MD02": N_("The permission for this debit was incomplete."),
    "MD06": N_("The account holder asked his bank to give the money back."),
    "MD07": N_("The account holder has died."),
    "MS02": N_("The account holder refused the debit."),
    "MS03": N_("The bank has not given a reason."),
    "NOAS": N_("The account holder did not answer the bank."),
    "RC01": N_("The bank code is wrong."),
    "RR01": N_("The bank lacked details about the payer that the law asks for."),
    "RR02": N_("The bank lacked the name or address of the payer that the law asks for."),
    "RR03": N_("The bank lacked the name or address of the recipient that the law asks for."),
    "RR04": N_("The bank may not carry out the payment for legal reasons."),
    "SL01": N_("The account holder has told his bank to block debits like this one."),
    "TECH": N_("A technical fault at the bank."),
    "TM01": N_("The payment order reached the bank too late."),
}
_UNKNOWN = N_("The bank has not given a reason that we know.")

# What a customer answers for himself. Where he refused or asked for his money back he may have been right: that is
# never charged.
CUSTOMERS_CAUSE = frozenset({"AC01", "AC04", "AC06", "AM04"})
# Nobody writes to the dead as if they had forgotten to pay: a person looks first.
HOLDER_DIED = "MD07"


def return_sentence(code: str) -> str:
    """The sentence of a code, as a message id; a general one for a code nobody knows."""
    return RETURN_SENTENCES.get(code.strip().upper(), _UNKNOWN)


def charge_key(return_fee_id: UUID) -> str:
    """The key under which a return fee is charged, once."""
    return f"return-fee:{return_fee_id}"
