"""What we owe to customers: over-payments and credit notes, and how much of it is already promised to go out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from kulanz.kernel.money import Money
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.ledger.models import Posting
from kulanz.ledger.money_back_models import RefundOrder
from kulanz.ledger.states import LIVE_REFUND_STATES, Book, RefundKind
from kulanz.parties.api import Account, AccountKind


class CreditUsed(Refusal):
    """The credit that would have to be there is gone: paid out, or promised to go out."""

    code = "credit_used"
    sentence = N_(
        "This takes %(amount)s from the credit of account %(account)s, but only %(free)s of it is free: the rest has "
        "been paid out or is ordered to be paid out. Nothing was changed. Cancel the open order first, or ask the "
        "customer for what he was paid."
    )


@dataclass(frozen=True, slots=True)
class AccountCredit:
    """What one account has to get in one currency, and how much of it living orders already reserve."""

    account: Account
    credit: Money
    ordered: Money

    @property
    def free(self) -> Money:
        return self.credit - self.ordered


def accounts_with_credit() -> list[AccountCredit]:
    """Every customer account that has something to get, the largest credit first. Three statements."""
    rows = (
        Posting.objects.filter(book=Book.REFUNDS_PAYABLE.value, account__kind=AccountKind.CUSTOMER)
        .values_list("account_id", "currency")
        .annotate(total=Sum("amount_cents"))
        .filter(total__lt=0)
    )
    credits = {(account_id, currency): -total for account_id, currency, total in rows}
    ids = {account_id for account_id, _ in credits}
    accounts = Account.objects.select_related("person", "brand").in_bulk(ids)
    ordered = _ordered(ids)
    found = [
        AccountCredit(accounts[key[0]], Money(cents, key[1]), Money(ordered[key], key[1]))
        for key, cents in credits.items()
    ]
    return sorted(found, key=lambda row: (-row.credit.cents, row.account.number))


def free_credits(account_ids: Iterable[UUID]) -> dict[tuple[UUID, str], int]:
    """Minor units by account and currency that are neither paid out nor ordered; zero where there is nothing. The
    locks of the accounts make the answer hold until the end of the transaction."""
    ids = set(account_ids)
    free: dict[tuple[UUID, str], int] = defaultdict(int)
    rows = (
        Posting.objects.filter(account_id__in=ids, book=Book.REFUNDS_PAYABLE.value)
        .values_list("account_id", "currency")
        .annotate(total=Sum("amount_cents"))
    )
    for account_id, currency, total in rows:
        free[account_id, currency] = -total
    for key, cents in _ordered(ids).items():
        free[key] -= cents
    return free


def free_credit(account_id: UUID, currency: str) -> Money:
    """Of this account's credit, what is neither paid out nor ordered."""
    return Money(free_credits([account_id])[account_id, currency], currency)


def _ordered(account_ids: Iterable[UUID]) -> dict[tuple[UUID, str], int]:
    rows: Sequence[tuple[UUID, str, int]] = list(
        RefundOrder.objects.filter(
            account_id__in=list(account_ids),
            kind=RefundKind.CREDIT.value,
            state__in=[state.value for state in LIVE_REFUND_STATES],
        )
        .values_list("account_id", "currency")
        .annotate(total=Sum("amount_cents"))
    )
    ordered: dict[tuple[UUID, str], int] = defaultdict(int)
    for account_id, currency, total in rows:
        ordered[account_id, currency] = total
    return ordered
