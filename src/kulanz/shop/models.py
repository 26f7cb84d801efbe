"""The mirrored tables. What the shop says twice is written once; nothing here is ever typed in by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q

from kulanz.infra.ids import new_id
from kulanz.kernel.money import Money
from kulanz.parties.api import Account, Brand


class Order(models.Model):
    """An order as the shop has it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=80)
    ordered_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    content_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "number"], name="order_number_once_per_brand")]
        indexes = [
            models.Index(fields=["account", "-ordered_at"], name="order_by_account"),
            models.Index(fields=["number"], name="order_by_number"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderItem(models.Model):
    """One line of an order. The amount is exact; only the invoice's sum is rounded."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.IntegerField()
    sku = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "line"], name="order_line_once")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.title}"

    @property
    def amount(self) -> Decimal:
        return self.unit_price * self.quantity


class Shipment(models.Model):
    """A parcel that went out."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    carrier = models.CharField(max_length=80)
    tracking_number = models.CharField(max_length=80, blank=True)
    shipped_on = models.DateField()
    delivered_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "carrier", "tracking_number", "shipped_on"], name="shipment_once"),
            models.CheckConstraint(
                condition=Q(delivered_on=None) | Q(delivered_on__gte=models.F("shipped_on")),
                name="delivered_after_shipped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}"


class Return(models.Model):
    """What came back or was cancelled, as the shop's credit note says it. `order` where the shop names it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="returns")
    number = models.CharField(max_length=80)
    returned_on = models.DateField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "number"], name="return_number_once_per_brand")]
        indexes = [models.Index(fields=["account", "-returned_on"], name="return_by_account")]

    def __str__(self) -> str:
        return self.number


class ReturnItem(models.Model):
    """One line of a return; the quantity is what came back, positive."""

    id = models.BigAutoField(primary_key=True)
    returned = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="items")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.IntegerField()
    sku = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["returned", "line"], name="return_line_once")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.title}"


class Subscription(models.Model):
    """A running contract as the shop has it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    price_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    period_months = models.SmallIntegerField()
    started_on = models.DateField()
    renews_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="subscription_number_once_per_brand"),
            models.CheckConstraint(condition=Q(price_cents__gte=0), name="subscription_price_not_negative"),
        ]
        indexes = [models.Index(fields=["account"], name="subscription_by_account")]

    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money:
        """What is charged for one period."""
        return Money(self.price_cents, self.currency)

    @property
    def next_renewal(self) -> date | None:
        """The day on which it goes on for another period; none when it ends by then."""
        if self.renews_on and self.ended_on and self.ended_on <= self.renews_on:
            return None
        return self.renews_on
