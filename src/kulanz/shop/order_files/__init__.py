"""Order files: what a shop hands over as CSV, read and checked as a whole before anything is stored.

Pure code: bytes in, an `OrderFile` or the reasons against it out. It knows no database and no clock, and it
never guesses: one row that cannot be read refuses the file, with line, column and a sentence for each place.

Five words: a *mapping* is the meaning of a file's columns; a *line* is a physical line of the file; a *cell*
is one field of it; the *head* is what all rows of one order or document share; a *row error* is a reason to
refuse.
It does *not* know who owes what: a document here is paper with a number, the ledger makes a claim of it.
"""

from kulanz.shop.order_files.findings import RowError
from kulanz.shop.order_files.reading import MAPPINGS, UnknownMapping, read
from kulanz.shop.order_files.rows import (
    Customer,
    Document,
    DocumentKind,
    Item,
    Order,
    OrderFile,
    Shipment,
    Subscription,
)

__all__ = [
    "MAPPINGS",
    "Customer",
    "Document",
    "DocumentKind",
    "Item",
    "Order",
    "OrderFile",
    "RowError",
    "Shipment",
    "Subscription",
    "UnknownMapping",
    "read",
]
