"""Our own subscription file: one row per subscription. docs/import-orders.md explains it to the shop's developers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kulanz.kernel.money import Money
from kulanz.shop.order_files import cells as read
from kulanz.shop.order_files import findings as why
from kulanz.shop.order_files import mapping
from kulanz.shop.order_files.cells import Cells, Unreadable, shown
from kulanz.shop.order_files.findings import Findings
from kulanz.shop.order_files.mapping import SubscriptionMapping
from kulanz.shop.order_files.rows import GUEST, Customer, OrderFile, Subscription

_MONTHS = re.compile(r"[0-9]{1,3}")

# Stands in for what could not be read; the row is dropped, so nobody ever sees it.
_NO_DAY = date(1970, 1, 1)


def _customer_number(raw: str) -> str:
    """A contract that runs on needs somebody to turn to: nobody subscribes as a guest."""
    words = read.number(raw)
    if words.startswith(GUEST):
        raise Unreadable(why.NOT_A_GUEST, prefix=GUEST)
    return words


def _months(raw: str) -> int:
    if not raw:
        raise Unreadable(why.EMPTY_CELL)
    if not _MONTHS.fullmatch(raw) or int(raw) == 0:
        raise Unreadable(why.NO_MONTHS, text=shown(raw))
    return int(raw)


def _price(cells: Cells) -> Money:
    """What is charged for one period, to the minor unit: what a customer is told must be what he pays."""
    amount = cells.take("price", read.price, Decimal(0))
    currency = cells.take("currency", read.currency, "")
    if not currency:
        return Money(0)
    price = Money.rounded(amount, currency)
    if price.decimal != amount:
        cells.refuse("price", why.PRICE_TOO_FINE, currency=currency)
    if price.cents < 0:
        cells.refuse("price", why.NEGATIVE_PRICE)
    return price


def _subscription(cells: Cells) -> tuple[Customer, Subscription]:
    before = cells.findings.count
    started_on = cells.take("started_on", read.day, _NO_DAY)
    can_compare = cells.findings.count == before
    renews_on = cells.take("renews_on", read.day_or_none, None)
    ended_on = cells.take("ended_on", read.day_or_none, None)
    if can_compare and renews_on and renews_on < started_on:
        cells.refuse("renews_on", why.RENEWS_BEFORE_STARTED, started=started_on)
    if can_compare and ended_on and ended_on < started_on:
        cells.refuse("ended_on", why.ENDED_BEFORE_STARTED, started=started_on)
    customer_number = cells.take("customer_number", _customer_number, "")
    return mapping.customer(cells, customer_number, is_guest=False), Subscription(
        number=cells.take("subscription_number", read.number, ""),
        customer_number=customer_number,
        title=cells.take("title", read.required_article, ""),
        price=_price(cells),
        period_months=cells.take("period_months", _months, 1),
        started_on=started_on,
        renews_on=renews_on,
        ended_on=ended_on,
    )


@dataclass(slots=True)
class SubscriptionGathering:
    """The subscriptions read so far, each once, and their customers."""

    findings: Findings
    mapping: SubscriptionMapping
    _lines: dict[str, int] = field(default_factory=dict)
    _subscriptions: list[Subscription] = field(default_factory=list)
    _customers: dict[str, tuple[date, Customer]] = field(default_factory=dict)

    def enter(self, line: int, customer: Customer, subscription: Subscription) -> None:
        """One more row. A number that stands in the file twice is noted: which of the rows should count?"""
        first = self._lines.setdefault(subscription.number, line)
        if first != line:
            self.findings.add(line, self.mapping.number, why.SECOND_ROW, number=shown(subscription.number), first=first)
            return
        self._subscriptions.append(subscription)
        # People move: the newest contract says where somebody lives.
        known = self._customers.get(customer.number)
        if known is None or subscription.started_on >= known[0]:
            self._customers[customer.number] = (subscription.started_on, customer)

    def finished(self) -> OrderFile:
        """The whole file: no orders, no documents."""
        return OrderFile(
            customers=[customer for _, customer in self._customers.values()],
            orders=[],
            shipments=[],
            documents=[],
            rows=len(self._subscriptions),
            subscriptions=self._subscriptions,
        )


SUBSCRIPTIONS = SubscriptionMapping(
    required=(
        "subscription_number",
        "customer_number",
        "title",
        "price",
        "currency",
        "period_months",
        "started_on",
    ),
    optional=("renews_on", "ended_on", *mapping.CUSTOMER_COLUMNS),
    # A misspelt optional column would end no contract without a word.
    only_these=True,
    number="subscription_number",
    subscription=_subscription,
)
