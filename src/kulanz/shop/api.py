"""The door of the room."""

from kulanz.shop.importing import ImportedOrders, OrderChanged, import_order_file, load
from kulanz.shop.models import Order, OrderItem, Return, Shipment, Subscription
from kulanz.shop.order_files import Customer as FileCustomer
from kulanz.shop.order_files import Document, DocumentKind, Item, OrderFile, RowError
from kulanz.shop.order_files import Order as FileOrder
from kulanz.shop.order_files import Shipment as FileShipment
from kulanz.shop.order_files import read as read_order_file
from kulanz.shop.orders import find_order, orders_of, returns_of, subscriptions_of
from kulanz.shop.subscriptions import SubscriptionChanged
from kulanz.shop.verify import CHECKS

__all__ = [
    "CHECKS",
    "Document",
    "DocumentKind",
    "FileCustomer",
    "FileOrder",
    "FileShipment",
    "ImportedOrders",
    "Item",
    "Order",
    "OrderChanged",
    "OrderFile",
    "OrderItem",
    "Return",
    "RowError",
    "Shipment",
    "Subscription",
    "SubscriptionChanged",
    "find_order",
    "import_order_file",
    "load",
    "orders_of",
    "read_order_file",
    "returns_of",
    "subscriptions_of",
]
