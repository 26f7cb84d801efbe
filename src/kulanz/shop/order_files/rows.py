"""What an order file says, in neutral words: the same whatever shop and format it came from.

Built for loading in sets: flat lists that name each other by number, in the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from kulanz.kernel.money import Money

# Numbers a guest gets from us begin so; a shop's own customer number may not.
GUEST = "guest-"


class DocumentKind(StrEnum):
    """What a document does: ask for money, or give it back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who ordered. A guest has no number at the shop and gets one made of his order's number.

    `country` is an ISO 3166 code, empty when the file does not say; `language` is `None` when it does not.
    """

    number: str
    name: str | None
    email: str | None
    street: str
    postcode: str
    city: str
    country: str
    language: str | None
    is_guest: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order or document. `amount_exact` is quantity times price, not rounded."""

    sku: str
    title: str
    quantity: int
    unit_price: Decimal
    amount_exact: Decimal


@dataclass(frozen=True, slots=True)
class Order:
    """One order as the shop has it. `ordered_at` is a moment in UTC."""

    number: str
    customer_number: str
    ordered_at: datetime
    currency: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel of an order."""

    order_number: str
    carrier: str
    tracking: str | None
    shipped_on: date
    delivered_on: date | None


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or a credit note. `total` is signed: a credit note gives back and is below zero.

    `items` are the lines printed on it; an invoice shares them with its order.
    """

    number: str
    kind: DocumentKind
    customer_number: str
    order_number: str | None
    issued_on: date
    due_on: date | None
    total: Money
    corrects: str | None
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A running contract as the shop has it: `price` falls due every `period_months`.

    `renews_on` is the next renewal; without it there is none. `ended_on` may lie ahead: cancelled, but still
    running until then.
    """

    number: str
    customer_number: str
    title: str
    price: Money
    period_months: int
    started_on: date
    renews_on: date | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A whole file that was found good. `rows` counts its rows: items, or subscriptions."""

    customers: list[Customer]
    orders: list[Order]
    shipments: list[Shipment]
    documents: list[Document]
    rows: int
    subscriptions: list[Subscription] = field(default_factory=list)
