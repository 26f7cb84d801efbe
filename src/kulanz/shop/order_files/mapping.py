"""What a mapping is: which columns a file has, and how one of its rows becomes head and item, or a subscription."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from kulanz.kernel.money import exponent
from kulanz.shop.order_files import cells as read
from kulanz.shop.order_files.cells import Cells
from kulanz.shop.order_files.findings import AMOUNT_TOO_LARGE
from kulanz.shop.order_files.rows import Customer, DocumentKind, Item, Shipment, Subscription

MOST_MINOR_UNITS = 2**63 - 1

# What our own files may say about a customer besides his number; `customer` reads them.
CUSTOMER_COLUMNS = ("customer_name", "email", "street", "postcode", "city", "country", "language")


@dataclass(frozen=True, slots=True)
class Columns:
    """How a file calls the columns that errors point at."""

    order: str
    ordered_at: str
    customer: str
    currency: str
    sku: str
    title: str
    quantity: str
    unit_price: str
    document: str
    issued_on: str
    due_on: str
    kind: str
    corrects: str
    tracking: str
    shipped_on: str
    delivered_on: str


@dataclass(frozen=True, slots=True)
class OrderHead:
    """What every row of an order must say alike. `day` is the day as the file writes it."""

    number: str
    customer_number: str
    currency: str
    day: date
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """What every row of an invoice or credit note must say alike."""

    number: str
    kind: DocumentKind
    customer_number: str
    order_number: str | None
    issued_on: date
    due_on: date | None
    currency: str
    corrects: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """All of a row but its item. Rows of a credit note are no order: what comes back was not ordered."""

    customer: Customer
    day: date
    currency: str
    order: OrderHead | None
    document: DocumentHead | None
    shipment: Shipment | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns a file must have and may have; with `only_these` any other is a mistake."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    only_these: bool


@dataclass(frozen=True, slots=True)
class Mapping(Layout):
    """The meaning of a file of orders: each row is one item, and rows with the same number belong together."""

    invoices_may_be_negative: bool
    columns: Columns
    head: Callable[[Cells], Head]
    item: Callable[[Cells, Head], Item]


@dataclass(frozen=True, slots=True)
class SubscriptionMapping(Layout):
    """The meaning of a file of subscriptions: each row is one. `number` is the column that names it."""

    number: str
    subscription: Callable[[Cells], tuple[Customer, Subscription]]


@lru_cache(maxsize=256)
def _largest(currency: str) -> Decimal:
    return Decimal(MOST_MINOR_UNITS).scaleb(-exponent(currency))


def fits(amount: Decimal, currency: str) -> bool:
    """Whether an amount can be kept as minor units in a whole number of 64 bits, either sign."""
    largest = _largest(currency)
    return -largest <= amount <= largest


def customer(cells: Cells, number: str, *, is_guest: bool) -> Customer:
    """Who and where, from the columns that our own files share. A column the file lacks says nothing."""
    return Customer(
        number=number,
        name=cells.take("customer_name", read.text, "") or None,
        email=cells.take("email", read.email_or_none, None),
        street=cells.take("street", read.text, ""),
        postcode=cells.take("postcode", read.number_or_empty, ""),
        city=cells.take("city", read.text, ""),
        country=cells.take("country", read.country_or_empty, ""),
        language=cells.take("language", read.language_or_none, None),
        is_guest=is_guest,
    )


def item(cells: Cells, columns: Columns, *, title: str, currency: str) -> Item:
    """The item of a row. The amount stays exact; only a document's total is rounded, once."""
    sku = cells.take(columns.sku, read.required_article, "")
    quantity = cells.take(columns.quantity, read.quantity, 1)
    unit_price = cells.take(columns.unit_price, read.price, Decimal(0))
    amount = quantity * unit_price
    if not fits(amount, currency):
        cells.refuse(columns.unit_price, AMOUNT_TOO_LARGE)
    return Item(sku, title, quantity, unit_price, amount)
