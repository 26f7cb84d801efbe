"""The enums of the books and the allowed moves of disputes and of refund orders."""

from __future__ import annotations

from enum import StrEnum

from kulanz.kernel.states import StateMachine
from kulanz.kernel.text import N_


class Book(StrEnum):
    """The chart of accounts for receivables. Debit is positive."""

    RECEIVABLE = "receivable"
    REVENUE = "revenue"
    BANK = "bank"
    SUSPENSE = "suspense"
    TRANSIT = "transit"
    REFUNDS_PAYABLE = "refunds_payable"
    DUNNING_FEES = "dunning_fees"
    INTEREST = "interest"
    WRITE_OFF = "write_off"
    COLLECTION_CLEARING = "collection_clearing"
    BANK_FEES = "bank_fees"


class TransactionKind(StrEnum):
    """Why a booking was made. A reversing booking has the kind of what it reverses."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    BANK_LINE = "bank_line"
    ALLOCATION_HOUSE = "allocation_house"
    ALLOCATION = "allocation"
    REFUND = "refund"
    WRITE_OFF = "write_off"
    CLAIM_REVERSAL = "claim_reversal"
    # On the house account: the bank's fee; money on its way back to where it came from; two lines that cancel out.
    BANK_FEE = "bank_fee"
    SEND_BACK = "send_back"
    OFFSET = "offset"


class ClaimKind(StrEnum):
    """What a claim is made of. Fees and interest are claims of their own that name their parent."""

    PRINCIPAL = "principal"
    DUNNING_FEE = "dunning_fee"
    INTEREST = "interest"
    RETURN_CHARGE = "return_charge"


class ClaimState(StrEnum):
    """Derived, never typed in; the first that fits, in this order."""

    REVERSED = "reversed"
    WRITTEN_OFF = "written_off"
    SETTLED = "settled"
    DISPUTED = "disputed"
    PART_PAID = "part_paid"
    OPEN = "open"


class DisputeKind(StrEnum):
    """Why somebody says he does not owe it. Needs no form and no proof."""

    ALREADY_PAID = "already_paid"
    IDENTITY_MISUSE = "identity_misuse"
    WRONG_AMOUNT = "wrong_amount"
    NOT_RECEIVED = "not_received"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    DEFECTIVE = "defective"
    UNKNOWN_CHARGE = "unknown_charge"
    OTHER = "other"


class DisputeState(StrEnum):
    """Open until a person has decided it, with reasons. No clock ends it."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    TAKEN_BACK = "taken_back"


DISPUTE = StateMachine(
    initial=DisputeState.OPEN,
    moves={
        DisputeState.OPEN: frozenset({DisputeState.UPHELD, DisputeState.REJECTED, DisputeState.TAKEN_BACK}),
    },
)


class ReopenedBecause(StrEnum):
    """Why something is outstanding on a claim again. It decides who is told what."""

    PAYMENT_UNDONE = "payment_undone"
    PAYMENT_RETURNED = "payment_returned"
    WRITE_OFF_UNDONE = "write_off_undone"
    CREDIT_UNDONE = "credit_undone"


class HouseBookingKind(StrEnum):
    """What a bank line may be besides a customer's payment or pay-out."""

    BANK_FEE = "bank_fee"
    SEND_BACK = "send_back"
    OFFSET = "offset"


class RefundKind(StrEnum):
    """Whose money goes out: a customer's credit, or an incoming payment that goes back to where it came from."""

    CREDIT = "credit"
    SEND_BACK = "send_back"


class RefundState(StrEnum):
    """Where an order to pay money out stands. Two people stand between a wish and the bank."""

    ASKED = "asked"
    ORDERED = "ordered"
    RELEASED = "released"
    EXPORTED = "exported"
    PAID = "paid"
    RETURNED = "returned"
    CANCELLED = "cancelled"


# What reserves the money it is about: nobody else may use it meanwhile.
LIVE_REFUND_STATES = (RefundState.ASKED, RefundState.ORDERED, RefundState.RELEASED, RefundState.EXPORTED)

REFUND = StateMachine(
    initial=RefundState.ORDERED,
    moves={
        RefundState.ASKED: frozenset({RefundState.ORDERED, RefundState.CANCELLED}),
        RefundState.ORDERED: frozenset({RefundState.RELEASED, RefundState.CANCELLED}),
        # Finance may also type a released order into the bank's own pages: then it is paid without a file. One that
        # a file has taken to the bank is cancelled only when the bank has refused it.
        RefundState.RELEASED: frozenset({RefundState.EXPORTED, RefundState.PAID, RefundState.CANCELLED}),
        RefundState.EXPORTED: frozenset({RefundState.PAID, RefundState.CANCELLED}),
        # The bank may bring the money back; and a line taken for it by mistake may turn out to be another one.
        RefundState.PAID: frozenset({RefundState.RETURNED, RefundState.RELEASED, RefundState.EXPORTED}),
    },
)

REFUND_STATE_NAMES = {
    RefundState.ASKED: N_("asked for"),
    RefundState.ORDERED: N_("ordered, awaits its release"),
    RefundState.RELEASED: N_("released"),
    RefundState.EXPORTED: N_("on its way to the bank"),
    RefundState.PAID: N_("paid out"),
    RefundState.RETURNED: N_("came back"),
    RefundState.CANCELLED: N_("cancelled"),
}

HOUSE_BOOKING_NAMES = {
    HouseBookingKind.BANK_FEE: N_("Bank's fee"),
    HouseBookingKind.SEND_BACK: N_("Sent back"),
    HouseBookingKind.OFFSET: N_("Taken back by the bank"),
}

CLAIM_STATE_NAMES = {
    ClaimState.REVERSED: N_("reversed"),
    ClaimState.WRITTEN_OFF: N_("written off"),
    ClaimState.SETTLED: N_("paid"),
    ClaimState.DISPUTED: N_("disputed"),
    ClaimState.PART_PAID: N_("partly paid"),
    ClaimState.OPEN: N_("open"),
}

DISPUTE_KIND_NAMES = {
    DisputeKind.ALREADY_PAID: N_("I have already paid"),
    DisputeKind.IDENTITY_MISUSE: N_("That was not me"),
    DisputeKind.WRONG_AMOUNT: N_("The amount is wrong"),
    DisputeKind.NOT_RECEIVED: N_("I never received it"),
    DisputeKind.RETURNED: N_("I sent it back"),
    DisputeKind.WITHDRAWN: N_("I withdrew from the contract"),
    DisputeKind.DEFECTIVE: N_("It is defective"),
    DisputeKind.UNKNOWN_CHARGE: N_("I do not know this charge"),
    DisputeKind.OTHER: N_("Something else"),
}

BOOK_NAMES = {
    Book.RECEIVABLE: N_("Receivables"),
    Book.REVENUE: N_("Revenue clearing"),
    Book.BANK: N_("Bank"),
    Book.SUSPENSE: N_("Payments not yet understood"),
    Book.TRANSIT: N_("Transit"),
    Book.REFUNDS_PAYABLE: N_("Refunds payable"),
    Book.DUNNING_FEES: N_("Reminder fees"),
    Book.INTEREST: N_("Interest"),
    Book.WRITE_OFF: N_("Written off"),
    Book.COLLECTION_CLEARING: N_("Collection clearing"),
    Book.BANK_FEES: N_("Bank charges"),
}
