"""The public data set “Online Retail” (a British gift shop, 2010-2011), one row per invoice line.

It has no orders of its own: each invoice stands for one order. A number beginning with `C` is a credit note.
Rows without a customer are purchases of guests, one guest per invoice. Fee codes (postage, bank charges) are
ordinary lines. An invoice of zero or less is kept as a document; that it founds no claim is the ledger's to
say.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kulanz.shop.order_files import cells as read
from kulanz.shop.order_files import findings as why
from kulanz.shop.order_files import mapping
from kulanz.shop.order_files.cells import Cells, Unreadable
from kulanz.shop.order_files.mapping import Columns, DocumentHead, Head, Mapping, OrderHead
from kulanz.shop.order_files.rows import GUEST, Customer, DocumentKind, Item

LONDON = ZoneInfo("Europe/London")
CURRENCY = "GBP"

COLUMNS = Columns(
    order="InvoiceNo",
    ordered_at="InvoiceDate",
    customer="CustomerID",
    currency="UnitPrice",
    sku="StockCode",
    title="Description",
    quantity="Quantity",
    unit_price="UnitPrice",
    document="InvoiceNo",
    issued_on="InvoiceDate",
    due_on="InvoiceDate",
    kind="InvoiceNo",
    corrects="InvoiceNo",
    tracking="InvoiceNo",
    shipped_on="InvoiceDate",
    delivered_on="InvoiceDate",
)

# The data set's own spelling. Three of its entries name no single country and stay empty.
COUNTRIES = {
    "Australia": "AU",
    "Austria": "AT",
    "Bahrain": "BH",
    "Belgium": "BE",
    "Bermuda": "BM",
    "Brazil": "BR",
    "Canada": "CA",
    "Channel Islands": "",
    "Cyprus": "CY",
    "Czech Republic": "CZ",
    "Denmark": "DK",
    "EIRE": "IE",
    "European Community": "",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Greece": "GR",
    "Hong Kong": "HK",
    "Iceland": "IS",
    "Israel": "IL",
    "Italy": "IT",
    "Japan": "JP",
    "Korea": "KR",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Malta": "MT",
    "Netherlands": "NL",
    "Nigeria": "NG",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "RSA": "ZA",
    "Saudi Arabia": "SA",
    "Singapore": "SG",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "Thailand": "TH",
    "USA": "US",
    "United Arab Emirates": "AE",
    "United Kingdom": "GB",
    "Unspecified": "",
    "West Indies": "",
}

_CUSTOMER = re.compile(r"([0-9]{1,18})(\.0)?")


def _customer_number_or_empty(raw: str) -> str:
    """The number without the `.0` that a spreadsheet once put behind it."""
    found = _CUSTOMER.fullmatch(raw)
    if raw and not found:
        raise Unreadable(why.NO_CUSTOMER_ID, text=read.shown(raw))
    return found[1] if found else ""


def _country(raw: str) -> str:
    if raw not in COUNTRIES:
        raise Unreadable(why.NO_COUNTRY, text=read.shown(raw))
    return COUNTRIES[raw]


def _london(raw: str) -> datetime:
    return read.local_moment(raw, LONDON)


def _head(cells: Cells) -> Head:
    number = cells.take("InvoiceNo", read.number, "")
    own_number = cells.take("CustomerID", _customer_number_or_empty, "")
    written = cells.take("InvoiceDate", _london, datetime(1970, 1, 1, tzinfo=LONDON))
    country = cells.take("Country", _country, "")
    customer_number = own_number or f"{GUEST}{number}"
    is_credit_note = number.startswith("C")
    order = OrderHead(number, customer_number, CURRENCY, written.date(), written.astimezone(UTC))
    document = DocumentHead(
        number=number,
        kind=DocumentKind.CREDIT_NOTE if is_credit_note else DocumentKind.INVOICE,
        customer_number=customer_number,
        order_number=None if is_credit_note else number,
        issued_on=written.date(),
        due_on=None,
        currency=CURRENCY,
        corrects=None,
    )
    return Head(
        customer=Customer(customer_number, None, None, "", "", "", country, None, is_guest=not own_number),
        day=written.date(),
        currency=CURRENCY,
        order=None if is_credit_note else order,
        document=document,
        shipment=None,
    )


def _item(cells: Cells, head: Head) -> Item:
    title = cells.take("Description", read.article, "")
    return mapping.item(cells, COLUMNS, title=title, currency=head.currency)


ONLINE_RETAIL = Mapping(
    required=(
        "InvoiceNo",
        "StockCode",
        "Description",
        "Quantity",
        "InvoiceDate",
        "UnitPrice",
        "CustomerID",
        "Country",
    ),
    optional=(),
    only_these=False,
    # Stock corrections and adjusted bad debts stand in the data set as invoices of zero or less.
    invoices_may_be_negative=True,
    columns=COLUMNS,
    head=_head,
    item=_item,
)
