"""Putting rows together: one order, one document, one parcel per number, and no row contradicts another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kulanz.kernel.money import Money
from kulanz.shop.order_files import findings as why
from kulanz.shop.order_files.cells import shown
from kulanz.shop.order_files.findings import CONTRADICTION, Findings
from kulanz.shop.order_files.mapping import DocumentHead, Head, Mapping, OrderHead, fits
from kulanz.shop.order_files.rows import Customer, Document, DocumentKind, Item, Order, OrderFile, Shipment


@dataclass(slots=True)
class _OrderSoFar:
    line: int
    head: OrderHead
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class _DocumentSoFar:
    line: int
    head: DocumentHead
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Gathering:
    """What the rows read so far add up to."""

    findings: Findings
    mapping: Mapping
    rows: int = 0
    _customers: dict[str, tuple[date, Customer]] = field(default_factory=dict)
    _orders: dict[str, _OrderSoFar] = field(default_factory=dict)
    _documents: dict[str, _DocumentSoFar] = field(default_factory=dict)
    _shipments: dict[tuple[str, str], tuple[int, Shipment]] = field(default_factory=dict)

    def enter(self, line: int, head: Head) -> None:
        """Begin with or go on in what `head` names. Contradictions to earlier rows are noted."""
        if head.order:
            self._enter_order(line, head.order)
        if head.document:
            self._enter_document(line, head.document)
        if head.shipment:
            self._enter_shipment(line, head.shipment)
        self._enter_customer(head)

    def add(self, head: Head, item: Item) -> None:
        """One more item of an entered head."""
        self.rows += 1
        if head.order:
            self._orders[head.order.number].items.append(item)
        if head.document:
            self._documents[head.document.number].items.append(item)

    def _enter_customer(self, head: Head) -> None:
        """People move: the newest order says where somebody lives."""
        known = self._customers.get(head.customer.number)
        if known is None or head.day >= known[0]:
            self._customers[head.customer.number] = (head.day, head.customer)

    def _enter_order(self, line: int, head: OrderHead) -> None:
        known = self._orders.setdefault(head.number, _OrderSoFar(line, head))
        old, columns = known.head, self.mapping.columns
        for column, before, here in (
            (columns.customer, old.customer_number, head.customer_number),
            (columns.currency, old.currency, head.currency),
            (columns.ordered_at, old.day, head.day),
        ):
            self._same(line, column, head.number, before, here, known.line)
        # A shop may write the rows of one order a minute apart: it was placed at the first.
        if head.ordered_at < old.ordered_at:
            known.head = head

    def _enter_document(self, line: int, head: DocumentHead) -> None:
        known = self._documents.setdefault(head.number, _DocumentSoFar(line, head))
        old, columns = known.head, self.mapping.columns
        if old == head:
            return
        for column, before, here in (
            (columns.kind, old.kind, head.kind),
            (columns.customer, old.customer_number, head.customer_number),
            (columns.order, old.order_number, head.order_number),
            (columns.issued_on, old.issued_on, head.issued_on),
            (columns.due_on, old.due_on, head.due_on),
            (columns.currency, old.currency, head.currency),
            (columns.corrects, old.corrects, head.corrects),
        ):
            self._same(line, column, head.number, before, here, known.line)

    def _enter_shipment(self, line: int, shipment: Shipment) -> None:
        """Rows that share an order and a tracking number (without one: carrier and day) are one parcel."""
        name = shipment.tracking or f"{shipment.carrier} {shipment.shipped_on}"
        first, known = self._shipments.setdefault((shipment.order_number, name), (line, shipment))
        columns = self.mapping.columns
        for column, before, here in (
            ("carrier", known.carrier, shipment.carrier),
            (columns.shipped_on, known.shipped_on, shipment.shipped_on),
            (columns.delivered_on, known.delivered_on, shipment.delivered_on),
        ):
            self._same(line, column, name, before, here, first)

    def _same(self, line: int, column: str, number: str, before: object, here: object, first: int) -> None:
        if before != here:
            self.findings.add(
                line,
                column,
                CONTRADICTION,
                number=shown(number),
                here=shown(str(here or "")),
                before=shown(str(before or "")),
                first=first,
            )

    def finished(self) -> OrderFile:
        """The whole file. What only a total can show is noted now, at the first row of its document."""
        return OrderFile(
            customers=[customer for _, customer in self._customers.values()],
            orders=[
                Order(o.head.number, o.head.customer_number, o.head.ordered_at, o.head.currency, o.items)
                for o in self._orders.values()
            ],
            shipments=[shipment for _, shipment in self._shipments.values()],
            documents=[self._document(draft) for draft in self._documents.values()],
            rows=self.rows,
        )

    def _document(self, draft: _DocumentSoFar) -> Document:
        head = draft.head
        return Document(
            number=head.number,
            kind=head.kind,
            customer_number=head.customer_number,
            order_number=head.order_number,
            issued_on=head.issued_on,
            due_on=head.due_on,
            total=self._total(draft),
            corrects=head.corrects,
            items=draft.items,
        )

    def _total(self, draft: _DocumentSoFar) -> Money:
        """The lines added exactly, then rounded once, half up to the minor unit."""
        head, columns = draft.head, self.mapping.columns
        exact = sum((item.amount_exact for item in draft.items), Decimal(0))
        if not fits(exact, head.currency):
            self.findings.add(draft.line, columns.unit_price, why.TOTAL_TOO_LARGE, number=shown(head.number))
            return Money(0, head.currency)
        total = Money.rounded(exact, head.currency)
        negative_allowed = self.mapping.invoices_may_be_negative
        if head.kind is DocumentKind.INVOICE and total.cents < 0 and not negative_allowed:
            reason = why.NEGATIVE_INVOICE
        elif head.kind is DocumentKind.CREDIT_NOTE and total.cents > 0:
            reason = why.POSITIVE_CREDIT_NOTE
        else:
            return total
        self.findings.add(draft.line, columns.unit_price, reason, number=shown(head.number), total=total)
        return total
