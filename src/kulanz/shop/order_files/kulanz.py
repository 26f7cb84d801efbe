"""Our own order file: one row per order item. docs/import-orders.md explains it to the shop's developers."""

from __future__ import annotations

from datetime import UTC, date, datetime

from kulanz.kernel.clock import berlin_day
from kulanz.shop.order_files import cells as read
from kulanz.shop.order_files import findings as why
from kulanz.shop.order_files import mapping
from kulanz.shop.order_files.cells import Cells
from kulanz.shop.order_files.mapping import Columns, DocumentHead, Head, Mapping, OrderHead
from kulanz.shop.order_files.rows import GUEST, DocumentKind, Item, Shipment

COLUMNS = Columns(
    order="order_number",
    ordered_at="ordered_at",
    customer="customer_number",
    currency="currency",
    sku="sku",
    title="title",
    quantity="quantity",
    unit_price="unit_price",
    document="invoice_number",
    issued_on="invoice_date",
    due_on="due_date",
    kind="kind",
    corrects="corrects_invoice",
    tracking="tracking_number",
    shipped_on="shipped_on",
    delivered_on="delivered_on",
)

# Stand in for what could not be read; the row is dropped, so nobody ever sees them.
_NO_DAY = date(1970, 1, 1)
_NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


def _order(cells: Cells, number: str, customer_number: str, currency: str) -> OrderHead:
    ordered_at = cells.take("ordered_at", read.moment, _NO_MOMENT)
    return OrderHead(number, customer_number, currency, berlin_day(ordered_at), ordered_at)


def _document(
    cells: Cells, kind: DocumentKind, *, order_number: str, customer_number: str, currency: str
) -> DocumentHead | None:
    """The invoice or credit note of this row. What only a document has may not stand without its number."""
    if not cells.raw("invoice_number"):
        for column in ("invoice_date", "due_date", "kind", "corrects_invoice"):
            if cells.raw(column):
                cells.refuse(column, why.NEEDS_INVOICE)
        return None
    number = cells.take("invoice_number", read.number, "")
    issued_on = cells.take("invoice_date", read.day, _NO_DAY)
    due_on = cells.take("due_date", read.day_or_none, None)
    corrects = cells.take("corrects_invoice", read.number_or_empty, "")
    if due_on and due_on < issued_on:
        cells.refuse("due_date", why.DUE_BEFORE_ISSUED, issued=issued_on)
    if corrects and kind is DocumentKind.INVOICE:
        cells.refuse("corrects_invoice", why.ONLY_CREDIT_NOTES)
    if corrects and corrects == number:
        cells.refuse("corrects_invoice", why.CORRECTS_ITSELF)
    return DocumentHead(
        number=number,
        kind=kind,
        customer_number=customer_number,
        order_number=order_number or None,
        issued_on=issued_on,
        due_on=due_on,
        currency=currency,
        corrects=corrects or None,
    )


def _shipment(cells: Cells, kind: DocumentKind, order_number: str) -> Shipment | None:
    """The parcel of this row. Without the day it left there is none, and nothing may be said about it."""
    if not any(map(cells.raw, ("carrier", "tracking_number", "shipped_on", "delivered_on"))):
        return None
    if kind is DocumentKind.CREDIT_NOTE:
        cells.refuse("shipped_on", why.SHIPMENT_NEEDS_ORDER)
        return None
    if not cells.raw("shipped_on"):
        cells.refuse("shipped_on", why.NEEDS_SHIPPED_ON)
        return None
    shipped_on = cells.take("shipped_on", read.day, _NO_DAY)
    delivered_on = cells.take("delivered_on", read.day_or_none, None)
    if delivered_on and delivered_on < shipped_on:
        cells.refuse("delivered_on", why.DELIVERED_BEFORE_SHIPPED, shipped=shipped_on)
    return Shipment(
        order_number=order_number,
        carrier=cells.take("carrier", read.text, ""),
        tracking=cells.take("tracking_number", read.number_or_empty, "") or None,
        shipped_on=shipped_on,
        delivered_on=delivered_on,
    )


def _head(cells: Cells) -> Head:
    kind = cells.take("kind", read.kind, DocumentKind.INVOICE)
    currency = cells.take("currency", read.currency, "EUR")
    own_number = cells.take("customer_number", read.customer_number_or_empty, "")
    is_order = kind is DocumentKind.INVOICE
    order_number = cells.take("order_number", read.number if is_order else read.number_or_empty, "")
    # A guest is known by his order; on a credit note without an order, by the note.
    number = own_number or f"{GUEST}{order_number or cells.raw('invoice_number')}"
    order = _order(cells, order_number, number, currency) if is_order else None
    document = _document(cells, kind, order_number=order_number, customer_number=number, currency=currency)
    return Head(
        customer=mapping.customer(cells, number, is_guest=not own_number),
        day=order.day if order else document.issued_on if document else _NO_DAY,
        currency=currency,
        order=order,
        document=document,
        shipment=_shipment(cells, kind, order_number),
    )


def _item(cells: Cells, head: Head) -> Item:
    title = cells.take("title", read.required_article, "")
    found = mapping.item(cells, COLUMNS, title=title, currency=head.currency)
    if found.quantity < 0 and head.order is not None:
        cells.refuse("quantity", why.NEGATIVE_QUANTITY)
    return found


KULANZ = Mapping(
    required=(
        "order_number",
        "ordered_at",
        "customer_number",
        "sku",
        "title",
        "quantity",
        "unit_price",
        "currency",
    ),
    optional=(
        *mapping.CUSTOMER_COLUMNS,
        "invoice_number",
        "invoice_date",
        "due_date",
        "kind",
        "corrects_invoice",
        "carrier",
        "tracking_number",
        "shipped_on",
        "delivered_on",
    ),
    # A misspelt optional column would lose every due date without a word.
    only_these=True,
    invoices_may_be_negative=False,
    columns=COLUMNS,
    head=_head,
    item=_item,
)
