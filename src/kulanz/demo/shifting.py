"""Making a demo of an old order file: into the present, into euros, with people. Pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from kulanz.demo.people import People
from kulanz.kernel.clock import BERLIN, berlin_day
from kulanz.kernel.money import EUR, Money, exponent
from kulanz.shop.api import Document, DocumentKind, OrderFile
from kulanz.shop.api import FileCustomer as Customer
from kulanz.shop.api import FileOrder as Order
from kulanz.shop.api import FileShipment as Shipment

PAYMENT_TERM = timedelta(days=14)
COUNTRY = "DE"


def shifted(order_file: OrderFile, last_order_on: date, currency: str = EUR) -> OrderFile:
    """The same file as if its last order had been placed on `last_order_on`.

    All days move by the same number of days; times of day stay what a clock in Berlin shows, also across the
    change of clocks. Amounts keep their figures and are read as `currency`. Invoices fall due 14 days after
    their date; a credit note asks for nothing and has no such day. A file without orders keeps its dates.
    """
    last = max((berlin_day(order.ordered_at) for order in order_file.orders), default=last_order_on)
    by = last_order_on - last
    return replace(
        order_file,
        orders=[_order(order, by, currency) for order in order_file.orders],
        shipments=[_shipment(shipment, by) for shipment in order_file.shipments],
        documents=[_document(document, by, currency) for document in order_file.documents],
    )


def dressed(order_file: OrderFile, people: People) -> OrderFile:
    """Each customer number gets its invented person: name, address, mail address and language."""
    return replace(order_file, customers=[_customer(customer, people) for customer in order_file.customers])


def _moment(moment: datetime, by: timedelta) -> datetime:
    """Moved by whole days on the wall clock: adding hours would turn ten o'clock into eleven in March."""
    wall_clock = moment.astimezone(BERLIN).replace(tzinfo=None, fold=0) + by
    return wall_clock.replace(tzinfo=BERLIN).astimezone(UTC)


def _order(order: Order, by: timedelta, currency: str) -> Order:
    return replace(order, ordered_at=_moment(order.ordered_at, by), currency=currency)


def _shipment(shipment: Shipment, by: timedelta) -> Shipment:
    delivered_on = shipment.delivered_on + by if shipment.delivered_on else None
    return replace(shipment, shipped_on=shipment.shipped_on + by, delivered_on=delivered_on)


def _document(document: Document, by: timedelta, currency: str) -> Document:
    issued_on = document.issued_on + by
    return replace(
        document,
        issued_on=issued_on,
        due_on=issued_on + PAYMENT_TERM if document.kind is DocumentKind.INVOICE else None,
        total=_read_as(document.total, currency),
    )


def _read_as(total: Money, currency: str) -> Money:
    """The same figures in another currency. Nothing is converted: this is a demo, not a bank."""
    if exponent(total.currency) == exponent(currency):
        return Money(total.cents, currency)
    return Money.rounded(total.decimal, currency)


def _customer(customer: Customer, people: People) -> Customer:
    somebody = people.of(customer.number)
    return replace(
        customer,
        name=somebody.name,
        email=somebody.email,
        street=somebody.street,
        postcode=somebody.postcode,
        city=somebody.city,
        country=COUNTRY,
        language=somebody.language,
    )
