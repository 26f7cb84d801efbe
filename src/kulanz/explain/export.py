"""Everything we hold about an account, as data its holder can take away (GDPR article 15 and 20)."""

from __future__ import annotations

from typing import Any

from kulanz.explain import timeline
from kulanz.ledger.api import Transaction, claims_of, credit_of
from kulanz.parties.api import Account
from kulanz.shop.api import orders_of, returns_of, subscriptions_of


def export_account(account: Account) -> dict[str, Any]:
    """Person, orders, invoices, bookings, and the timeline without notes among colleagues, as plain JSON values."""
    person = account.holder
    return {
        "account": account.number,
        "person": {
            "name": person.name,
            "street": person.street,
            "postcode": person.postcode,
            "city": person.city,
            "country": person.country,
            "email": person.email,
            "phone": person.phone,
            "language": person.language,
        },
        "orders": [
            {
                "number": order.number,
                "ordered_at": order.ordered_at.isoformat(),
                "items": [
                    {"sku": i.sku, "title": i.title, "quantity": i.quantity, "unit_price": str(i.unit_price)}
                    for i in order.items.all()
                ],
                "shipments": [
                    {
                        "carrier": s.carrier,
                        "tracking_number": s.tracking_number,
                        "shipped_on": s.shipped_on.isoformat(),
                    }
                    for s in order.shipments.all()
                ],
            }
            for order in orders_of(account.pk)
        ],
        "returns": [
            {
                "number": back.number,
                "returned_on": back.returned_on.isoformat(),
                "items": [{"sku": i.sku, "title": i.title, "quantity": i.quantity} for i in back.items.all()],
            }
            for back in returns_of(account.pk)
        ],
        "subscriptions": [
            {"number": s.number, "title": s.title, "started_on": s.started_on.isoformat()}
            for s in subscriptions_of(account.pk)
        ],
        "claims": [
            {
                "reference": claim.reference,
                "invoice": claim.title,
                "due": claim.due_on.isoformat(),
                "amount": claim.amount.as_json(),
                "open": claim.balance.outstanding.as_json(),
                "state": claim.balance.state.value,
            }
            for claim in claims_of(account.pk)
        ],
        "credits": [credit.as_json() for credit in credit_of(account.pk)],
        "bookings": [
            {
                "booked_on": transaction.booked_on.isoformat(),
                "kind": transaction.kind,
                "text": transaction.text,
                "postings": [{"book": p.book, "amount": p.amount.as_json()} for p in transaction.postings.all()],
            }
            for transaction in Transaction.objects.filter(account=account)
            .prefetch_related("postings")
            .order_by("booked_on", "id")
        ],
        "timeline": [fact.as_json() for fact in timeline.of_account(account.pk) if not fact.internal],
    }
