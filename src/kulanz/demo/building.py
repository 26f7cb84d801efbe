"""Making the sample shop: orders in, history lived through, logins made, files written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import BinaryIO, cast

from kulanz.demo.cast import FAMILY, HE, LOGINS, OLD_INVOICE, OUR_IBAN, PASSWORD, SHOP
from kulanz.demo.history import at, deliver_then, live_through
from kulanz.demo.people import People
from kulanz.demo.shifting import dressed, shifted
from kulanz.demo.to_drop_in import write_files
from kulanz.dunning.api import Collector, admit_clerk, establish_collector
from kulanz.infra import demo_marker as marker
from kulanz.kernel.acts import Act, by_system
from kulanz.kernel.clock import berlin_day
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.api import configure_bank_account
from kulanz.parties.api import Role, create_login, establish_brand, find_account
from kulanz.shop.api import FileShipment, OrderFile, load, read_order_file

Progress = Callable[[str, int, int], None]

# How long before its place in the data set the old order of the story was placed.
OLDER_BY = timedelta(days=545)


class NotADemo(Refusal):
    """There are real books here."""

    code = "not_a_demo"
    sentence = N_(
        "This database holds other books than the demo's. Nothing was changed. "
        "Choose another data directory with --data-dir or KULANZ_DATA_DIR."
    )


def build(data_dir: Path, today: date, progress: Progress) -> marker.Marker:
    """Fill an empty, migrated database."""
    progress("orders", 0, 1)
    file = the_orders(today)
    first_day = min(document.issued_on for document in file.documents)
    act = by_system(at(first_day - timedelta(days=1)), "demo")
    brand = establish_brand(act, SHOP)
    configure_bank_account(act, brand=brand, iban=OUR_IBAN, holder=SHOP.legal_name, bank_name="Beispielbank")
    load(act, brand, file)
    progress("orders", 1, 1)
    collector = _collector(act)
    live_through(brand, collector, today, progress)
    deliver_then(progress)
    folder = data_dir / "bank-files"
    write_files(folder, today)
    logins = _logins(by_system(at(today, 7), "demo"), collector)
    made: marker.Marker = {"logins": logins, "bank_files": str(folder), "made_at": today.isoformat()}
    marker.write(data_dir, made)
    return made


def the_orders(today: date) -> OrderFile:
    """The real orders, moved so that the last one was yesterday, in euros, with invented people; the old invoice of
    the story moved back further."""
    packed = resources.files("kulanz.demo").joinpath("data/online_retail.csv.gz")
    with packed.open("rb") as file:
        parsed = read_order_file(cast(BinaryIO, file), "online-retail")
    assert isinstance(parsed, OrderFile)
    people = People()
    for number, somebody in FAMILY.items():
        people = people.with_person(number, somebody)
    return _with_parcels(_with_old_order(dressed(shifted(parsed, today - timedelta(days=1)), people)), today)


def _with_old_order(file: OrderFile) -> OrderFile:
    """His first order and its invoice, eighteen months further back."""
    return replace(
        file,
        orders=[
            replace(order, ordered_at=order.ordered_at - OLDER_BY) if order.number == OLD_INVOICE else order
            for order in file.orders
        ],
        documents=[
            replace(
                document,
                issued_on=document.issued_on - OLDER_BY,
                due_on=document.due_on - OLDER_BY if document.due_on else None,
            )
            if document.number == OLD_INVOICE and document.customer_number == HE
            else document
            for document in file.documents
        ],
    )


def _with_parcels(file: OrderFile, today: date) -> OrderFile:
    """The data set knows no parcels: one is invented for every order, sent the next day, delivered two days later."""
    parcels = []
    for order in file.orders:
        sent = berlin_day(order.ordered_at) + timedelta(days=1)
        delivered = sent + timedelta(days=2)
        if sent < today:
            arrived = delivered if delivered < today else None
            parcels.append(FileShipment(order.number, "DHL", f"LH{order.number}", sent, arrived))
    return replace(file, shipments=parcels)


def _collector(act: Act) -> Collector:
    return establish_collector(
        act,
        code="amtsgasse",
        name="Amtsgasse Inkasso GmbH",
        email="auftrag@amtsgasse-inkasso.example",
        phone="+49 30 0000 000",
        street="Amtsgasse 2",
        postcode="10115",
        city="Berlin",
    )


def _logins(act: Act, collector: Collector) -> list[marker.DemoLoginRow]:
    rows: list[marker.DemoLoginRow] = []
    for login in LOGINS:
        accounts = [find_account(login.account)] if login.account else []
        user = create_login(
            act, email=login.email, name=login.name, password=PASSWORD, roles=[login.role], accounts=accounts
        )
        if login.role is Role.AGENCY:
            admit_clerk(act, collector, user)
        rows.append({"role": login.role.value, "name": login.name, "email": login.email, "password": PASSWORD})
    return rows
