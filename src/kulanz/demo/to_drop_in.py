"""The bank files a visitor drops in: the forgotten statement that ends the story, and yesterday's, with its puzzles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from kulanz.demo.bank_files import Payment, bank_file
from kulanz.demo.cast import OLD_INVOICE, iban_of
from kulanz.ledger.api import BankStatement, Claim, claims_with_balance, find_claim


def write_files(folder: Path, today: date) -> list[Path]:
    """Write both files; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    old = find_claim(OLD_INVOICE)
    forgotten = folder / "1-forgotten-statement.xml"
    forgotten.write_bytes(bank_file("forgotten", 1_204_417, _forgotten(old)))
    yesterday = folder / "2-yesterday.xml"
    payments = _yesterday(_open_claims(old), today - timedelta(days=1))
    yesterday.write_bytes(bank_file("yesterday", _last_closing_cents(), payments))
    return [forgotten, yesterday]


def _last_closing_cents() -> int:
    """Where the last statement we have read ended: yesterday's begins there."""
    last = BankStatement.objects.order_by("-to_on").first()
    return last.closing_cents or 0 if last is not None else 0


def _open_claims(old: Claim) -> list[Claim]:
    claims = claims_with_balance().filter(balance__outstanding_cents__gt=0, balance__open_disputes=0)
    return list(claims.exclude(pk=old.pk).order_by("-due_on", "reference")[:60])


def _forgotten(old: Claim) -> list[Payment]:
    """Paid twelve days after the invoice, in time; nobody ever read this statement."""
    holder = old.account.holder
    on = old.founded_on + timedelta(days=12)
    return [
        Payment(on, old.amount_cents, holder.name, iban_of(old.account.number), f"Rechnung {old.title}"),
        Payment(on + timedelta(days=1), -1_290, "Beispielbank", iban_of("bank"), "Kontoführung"),
    ]


def _yesterday(claims: Sequence[Claim], on: date) -> list[Payment]:
    """Exact ones that book themselves; too little, too much, two at once, somebody else paying, and no reference."""
    payments = [
        Payment(on, c.balance.outstanding_cents, c.account.holder.name, iban_of(c.account.number), c.reference)
        for c in claims[:12]
    ]
    little, much, stranger, nameless = claims[12:16]
    payments += [
        _differing(little, on, little.balance.outstanding_cents - 500, f"Rechnung {little.title}"),
        _differing(much, on, much.balance.outstanding_cents + 1_000, much.reference),
        Payment(on, stranger.balance.outstanding_cents + 1, "Erika Beispiel", iban_of("stranger"), stranger.title),
        _differing(nameless, on, nameless.balance.outstanding_cents, "vielen Dank"),
    ]
    grouped = " ".join(claims[16].reference[i : i + 4] for i in range(0, len(claims[16].reference), 4))
    payments.append(_differing(claims[16], on, claims[16].balance.outstanding_cents, grouped))
    return payments


def _differing(claim: Claim, on: date, cents: int, words: str) -> Payment:
    return Payment(on, cents, claim.account.holder.name, iban_of(claim.account.number), words)
