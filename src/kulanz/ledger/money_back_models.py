"""The tables of money that goes back: bookings undone, payments returned, orders to pay out, the house's own lines."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kulanz.infra.guards import append_only, fixed, never_deleted
from kulanz.infra.ids import new_id
from kulanz.kernel.money import Money
from kulanz.kernel.states import StateMachine
from kulanz.ledger import guards
from kulanz.ledger.models import Allocation, BankLine, Claim, Transaction, choices
from kulanz.ledger.states import LIVE_REFUND_STATES, REFUND, HouseBookingKind, RefundKind, RefundState
from kulanz.parties.api import Account


class AllocationReversal(models.Model):
    """An allocation taken back by a reversing booking: it was a mistake, or the bank moved the money back. Append-only.

    `bank_line` is where the money lies afterwards: the line of the allocation itself, which waits to be understood
    again; or the later line with which the money went back, which is explained by this.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    allocation = models.OneToOneField(Allocation, on_delete=models.PROTECT, related_name="reversal")
    bank_line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="reversals")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    house_transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="+")
    customer_transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="+")
    # What a colleague wrote; the customer reads sentences of ours, because this may name somebody else.
    reason = models.TextField()
    return_code = models.CharField(max_length=8, blank=True)
    reversed_at = models.DateTimeField()
    reversed_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_cents=0), name="no_reversal_of_nothing"),
            models.CheckConstraint(condition=~Q(reason=""), name="reversals_say_why"),
        ]
        indexes = [models.Index(fields=["account", "-reversed_at"], name="reversal_by_account")]
        triggers = [append_only("ledger_allocationreversal"), guards.REVERSALS_APPLY]

    def __str__(self) -> str:
        return f"{self.allocation_id}: {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)

    @property
    def returned(self) -> bool:
        """Whether the bank moved the money back; otherwise the booking was a mistake."""
        return self.bank_line_id != self.allocation.bank_line_id


class RefundOrder(models.Model):
    """Money is to go out (Auszahlung): a customer's credit, or an incoming payment that goes back to its sender.

    While it lives it reserves the money it is about. Amount, name and IBAN never change: what the second person has
    released is what the bank gets.
    """

    machine: StateMachine[RefundState] = REFUND

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=16, unique=True)
    end_to_end_id = models.CharField(max_length=35, unique=True)
    kind = models.CharField(max_length=10, choices=choices(RefundKind))
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    # What came in and goes back; empty for a customer's credit.
    bank_line = models.ForeignKey(BankLine, on_delete=models.PROTECT, null=True, related_name="refund_orders")
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    to_name = models.CharField(max_length=140)
    to_iban = models.CharField(max_length=34)
    remittance = models.CharField(max_length=140)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=choices(RefundState))
    created_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200, blank=True)
    ordered_at = models.DateTimeField(null=True)
    ordered_by = models.CharField(max_length=200, blank=True)
    ordered_by_id = models.UUIDField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)
    released_by_id = models.UUIDField(null=True)
    exported_at = models.DateTimeField(null=True)
    # The outgoing line that carried it out; several orders may have left in one line.
    paid_by_line = models.ForeignKey(BankLine, on_delete=models.PROTECT, null=True, related_name="paid_orders")
    return_code = models.CharField(max_length=8, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bank_line"],
                condition=Q(bank_line__isnull=False, state__in=[s.value for s in LIVE_REFUND_STATES]),
                name="a_line_is_sent_back_once_at_a_time",
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="refund_orders_are_positive"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in RefundState]), name="refund_state_is_known"),
            models.CheckConstraint(
                condition=Q(kind="credit", bank_line=None) | Q(kind="send_back", bank_line__isnull=False),
                name="what_is_sent_back_names_its_line",
            ),
            models.CheckConstraint(condition=~Q(to_iban="") & ~Q(to_name=""), name="refund_orders_name_who_gets_it"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "cancelled"]) | Q(ordered_at__isnull=False) & ~Q(ordered_by=""),
                name="people_order_refunds",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "ordered", "cancelled"])
                | Q(released_at__isnull=False) & ~Q(released_by=""),
                name="people_release_refunds",
            ),
            models.CheckConstraint(
                condition=Q(released_by="")
                | Q(released_by_id__isnull=False, ordered_by_id__isnull=False) & ~Q(released_by_id=F("ordered_by_id"))
                | (Q(released_by_id=None) | Q(ordered_by_id=None)) & ~Q(released_by=F("ordered_by")),
                name="two_people_release_a_refund",
            ),
            models.CheckConstraint(
                condition=Q(state="exported", exported_at__isnull=False) | ~Q(state="exported"),
                name="exported_refunds_have_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["paid", "returned"], paid_by_line__isnull=False)
                | ~Q(state__in=["paid", "returned"]) & Q(paid_by_line=None),
                name="paid_refunds_name_their_line",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["returned", "cancelled"], ended_at__isnull=False) & ~Q(ended_because="")
                | ~Q(state__in=["returned", "cancelled"]) & Q(ended_at=None),
                name="ended_refunds_say_why",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="refund_by_account"),
            models.Index(
                fields=["state", "created_at"],
                condition=Q(state__in=[s.value for s in LIVE_REFUND_STATES]),
                name="refund_living",
            ),
        ]
        triggers = [
            never_deleted("ledger_refundorder"),
            fixed(
                "ledger_refundorder",
                "id",
                "reference",
                "end_to_end_id",
                "kind",
                "account_id",
                "bank_line_id",
                "amount_cents",
                "currency",
                "to_name",
                "to_iban",
                "remittance",
            ),
            guards.CREDIT_COVERS_NEW_ORDERS,
            guards.CREDIT_COVERS_MOVED_ORDERS,
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)


class HouseBooking(models.Model):
    """A part of a bank line that is the house's own matter, on the house account; no customer is touched. Append-only.

    The bank's fee; money that is sent back (once when it is set aside, once when it has left); or two lines that
    cancel each other out. A booking is taken back by another one that `reverses` it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bank_line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="house_bookings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=choices(HouseBookingKind))
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    order = models.ForeignKey(RefundOrder, on_delete=models.PROTECT, null=True, related_name="bookings")
    reason = models.TextField()
    booked_at = models.DateTimeField()
    booked_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_cents=0), name="no_house_booking_of_nothing"),
            models.CheckConstraint(condition=~Q(reason=""), name="house_bookings_say_why"),
            models.CheckConstraint(
                condition=Q(kind="send_back", order__isnull=False) | ~Q(kind="send_back") & Q(order=None),
                name="what_is_sent_back_was_ordered",
            ),
        ]
        triggers = [append_only("ledger_housebooking"), guards.HOUSE_BOOKINGS_APPLY]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)


class ReturnFee(models.Model):
    """What the bank took for a payment it took back, and which claim that payment had paid. Append-only.

    The house bears it. Only where the policy allows and a person releases it does it become a claim (`charge`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    house_booking = models.OneToOneField(HouseBooking, on_delete=models.PROTECT, related_name="return_fee")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    return_code = models.CharField(max_length=8, blank=True)
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="return_fees_are_positive")]
        triggers = [append_only("ledger_returnfee")]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents, self.currency)
