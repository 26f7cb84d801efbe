"""Loading an order file: all of it in one transaction, or nothing; what came before is recognised, not repeated."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from django.db import connection, transaction

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.infra.statistics import WORTH_IT_FROM_ROWS, know_your_tables
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.api import LEDGER_TABLES, InvoiceDraft, issue_invoices, match
from kulanz.parties.api import Account, AccountKind, Brand, Person, house_account, sort_key
from kulanz.shop.models import Order, Return, Shipment
from kulanz.shop.order_files import Document, DocumentKind, Item, OrderFile, RowError, read
from kulanz.shop.order_files import Order as FileOrder
from kulanz.shop.subscriptions import follow_subscriptions

# What a file does not say: invoices without a due day are payable within fourteen days of their date.
DEFAULT_TERM = timedelta(days=14)


class OrderChanged(Refusal):
    """The same order number came again with other items or another customer."""

    code = "order_changed"
    sentence = N_(
        "Order %(number)s is already here with a different content. Nothing was imported. "
        "An order that changed comes as a new file with a credit note and a new invoice."
    )


class NumberIsOurs(Refusal):
    """A customer number that names the house account: his orders would be booked as money that belongs to nobody."""

    code = "number_is_ours"
    sentence = N_(
        "Customer number %(number)s is used by Kulanz itself. Nothing was imported. Give this customer another number."
    )


@dataclass(frozen=True, slots=True)
class ImportedOrders:
    """What became of a file.

    `subscriptions` counts new and changed ones; `duplicates` counts documents, orders and subscriptions that
    had come before just so.
    """

    customers: int
    guests: int
    orders: int
    invoices: int
    credit_notes: int
    claims: int
    returns: int
    subscriptions: int = field(default=0, kw_only=True)
    duplicates: int


def import_order_file(act: Act, *, brand: Brand, file: BinaryIO, mapping: str) -> ImportedOrders | tuple[RowError, ...]:
    """Read and load a CSV file. Errors name line, column and reason, and then nothing was imported.

    New invoices may be the ones that waiting payments name: these are matched afterwards, in transactions of their
    own, so that nobody is reminded of what he has paid. What a crash leaves unmatched the next round of it finds.
    """
    parsed = read(file, mapping)
    if isinstance(parsed, tuple):
        return parsed
    imported = load(act, brand, parsed)
    if imported.claims:
        match(act)
    return imported


@transaction.atomic
def load(act: Act, brand: Brand, file: OrderFile) -> ImportedOrders:
    """Set-wise: a constant number of statements per thousand rows.

    Raises OrderChanged, InvoiceChanged, SubscriptionChanged or NumberIsOurs; nothing of the file is imported then.
    """
    # Two imports of one brand follow each other: the second one recognises what the first has brought.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    accounts = _accounts(act, brand, file)
    orders, old_orders = _orders(brand, file.orders, accounts)
    _items(
        "shop_orderitem",
        "order_id",
        [(orders[o.number].pk, orders[o.number].account_id, o.items) for o in file.orders if o.number in orders],
    )
    all_orders = orders | old_orders
    _shipments(file, all_orders)
    returns = _returns(brand, file.documents, accounts, all_orders)
    issued = issue_invoices(act, brand, [_draft(d, accounts) for d in file.documents])
    subscriptions = follow_subscriptions(act, brand, said=file.subscriptions, accounts=accounts)
    result = ImportedOrders(
        customers=sum(not c.is_guest for c in file.customers),
        guests=sum(c.is_guest for c in file.customers),
        orders=len(orders),
        invoices=issued.invoices + issued.credit_notes,
        credit_notes=issued.credit_notes,
        claims=issued.claims,
        returns=returns,
        subscriptions=subscriptions.new + subscriptions.changed,
        duplicates=len(old_orders) + issued.repeated + subscriptions.unchanged,
    )
    facts = {"orders": result.orders, "subscriptions": result.subscriptions}
    record(act, [Note("orders imported", "parties.brand", brand.pk, facts=facts)])
    if len(file.orders) + len(file.documents) >= WORTH_IT_FROM_ROWS:
        know_your_tables("parties_account", "parties_person", "shop_order", "shop_orderitem", *LEDGER_TABLES)
    return result


def _accounts(act: Act, brand: Brand, file: OrderFile) -> dict[str, UUID]:
    """Every customer gets a person and an account; known numbers keep theirs."""
    numbers = [c.number for c in file.customers]
    known = dict(
        Account.objects.filter(brand=brand, number__in=numbers, kind=AccountKind.CUSTOMER).values_list("number", "pk")
    )
    house = house_account(brand)
    if house.number in numbers:
        raise NumberIsOurs(number=house.number)
    fresh = [c for c in file.customers if c.number not in known]
    people = [
        Person(
            id=new_id(),
            name=(c.name or c.number)[:200],
            street=c.street[:120],
            postcode=c.postcode[:12],
            city=c.city[:80],
            country=c.country or "DE",
            email=c.email or "",
            language=_language(c.language),
            sort_key=sort_key(c.name or c.number),
        )
        for c in fresh
    ]
    accounts = [
        Account(id=new_id(), brand=brand, number=c.number, kind=AccountKind.CUSTOMER, person=p, opened_at=act.at)
        for c, p in zip(fresh, people, strict=True)
    ]
    Person.objects.bulk_create(people, batch_size=2_000)
    Account.objects.bulk_create(accounts, batch_size=2_000)
    return known | {a.number: a.pk for a in accounts}


def _language(wish: str | None) -> str:
    """We write German and English. Who wishes another language is more likely to read English."""
    return "de" if wish in (None, "de") else "en"


def _hash(order: FileOrder) -> str:
    """What makes two orders the same. A price of 2.5 is a price of 2.50."""
    items = ";".join(f"{i.sku}|{i.quantity}|{i.unit_price.normalize()}" for i in order.items)
    return hashlib.sha256(f"{order.customer_number}|{order.currency}|{items}".encode()).hexdigest()


def _orders(
    brand: Brand, orders: Sequence[FileOrder], accounts: dict[str, UUID]
) -> tuple[dict[str, Order], dict[str, Order]]:
    """New orders and the ones that were here, by number. An order that came back changed refuses the file."""
    known = {o.number: o for o in Order.objects.filter(brand=brand, number__in=[o.number for o in orders])}
    for order in orders:
        if order.number in known and known[order.number].content_hash != _hash(order):
            raise OrderChanged(number=order.number)
    fresh = {
        o.number: Order(
            id=new_id(),
            brand=brand,
            account_id=accounts[o.customer_number],
            number=o.number,
            ordered_at=o.ordered_at,
            currency=o.currency,
            content_hash=_hash(o),
        )
        for o in orders
        if o.number not in known
    }
    Order.objects.bulk_create(fresh.values(), batch_size=2_000)
    return fresh, known


def _items(table: str, owner: str, owners: Iterable[tuple[UUID, UUID, Sequence[Item]]], sign: int = 1) -> None:
    """A quarter of a million lines go in by COPY: they are the bulk of every file."""
    statement = f"COPY {table} ({owner}, account_id, line, sku, title, quantity, unit_price) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for owner_id, account_id, items in owners:
            for line, item in enumerate(items, start=1):
                copy.write_row(
                    (
                        owner_id,
                        account_id,
                        line,
                        item.sku[:80],
                        item.title[:300],
                        sign * item.quantity,
                        item.unit_price,
                    )
                )


def _shipments(file: OrderFile, orders: dict[str, Order]) -> None:
    Shipment.objects.bulk_create(
        [
            Shipment(
                id=new_id(),
                order=orders[s.order_number],
                account_id=orders[s.order_number].account_id,
                carrier=s.carrier[:80],
                tracking_number=s.tracking or "",
                shipped_on=s.shipped_on,
                delivered_on=s.delivered_on,
            )
            for s in file.shipments
        ],
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["order", "carrier", "tracking_number", "shipped_on"],
        update_fields=["delivered_on"],
    )


def _returns(brand: Brand, documents: Sequence[Document], accounts: dict[str, UUID], orders: dict[str, Order]) -> int:
    credit_notes = [d for d in documents if d.kind is DocumentKind.CREDIT_NOTE]
    known = set(
        Return.objects.filter(brand=brand, number__in=[d.number for d in credit_notes]).values_list("number", flat=True)
    )
    fresh = [d for d in credit_notes if d.number not in known]
    # What comes back may have been ordered in a file of long ago.
    earlier = {d.order_number for d in fresh if d.order_number and d.order_number not in orders}
    orders = orders | {o.number: o for o in Order.objects.filter(brand=brand, number__in=earlier)}
    returns = [
        Return(
            id=new_id(),
            brand=brand,
            account_id=accounts[d.customer_number],
            order=orders.get(d.order_number or ""),
            number=d.number,
            returned_on=d.issued_on,
            currency=d.total.currency,
        )
        for d in fresh
    ]
    Return.objects.bulk_create(returns, batch_size=2_000)
    owners = [(r.pk, r.account_id, d.items) for r, d in zip(returns, fresh, strict=True)]
    _items("shop_returnitem", "returned_id", owners, sign=-1)
    return len(returns)


def _draft(document: Document, accounts: dict[str, UUID]) -> InvoiceDraft:
    return InvoiceDraft(
        number=document.number,
        account_id=accounts[document.customer_number],
        total=document.total,
        issued_on=document.issued_on,
        due_on=document.due_on or document.issued_on + DEFAULT_TERM,
        order_number=document.order_number or "",
        is_credit_note=document.kind is DocumentKind.CREDIT_NOTE,
        corrects_number=document.corrects,
    )
