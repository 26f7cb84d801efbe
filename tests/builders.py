"""Builders with personas. They use the real verbs, so no test stands in a place no customer can reach.

Frau Anders pays late, Herr Brandt was robbed of his name, Cem is the agent, Dana works in finance.
"""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Literal

from kulanz.dunning.api import CollectionOrder, Collector, admit_clerk, establish_collector, hand_over, issue_notice
from kulanz.holds.api import Hold, HoldState, holds_with_reasons, release_hold
from kulanz.kernel.acts import Act, by_person, by_system
from kulanz.kernel.clock import parse_moment
from kulanz.kernel.money import Money
from kulanz.ledger.api import (
    BankAccount,
    BankLine,
    Claim,
    InvoiceDraft,
    configure_bank_account,
    find_claim,
    import_bank_file,
    issue_invoices,
)
from kulanz.ledger.bank_formats.camt import write
from kulanz.ledger.bank_formats.statement import Detail, Statement
from kulanz.ledger.bank_formats.statement import Entry as StatementEntry
from kulanz.parties.api import (
    Account,
    Brand,
    BrandFacts,
    Person,
    Role,
    User,
    create_login,
    establish_brand,
    open_account,
)

OUR_IBAN = "DE02120300000000202051"
_numbers = itertools.count(10_000)

SHOP = BrandFacts(
    code="lindenhof",
    name="Lindenhof",
    legal_name="Lindenhof Versand GmbH",
    street="Lindenweg 1",
    postcode="04109",
    city="Leipzig",
    email="service@lindenhof.example",
    phone="+49 341 000000",
    web="lindenhof.example",
    registration="Amtsgericht Leipzig, HRB 00000; Geschäftsführung: Eva Linde",
)


def moment(day: str | date, time: str = "10:00") -> datetime:
    """A Berlin day and time of day, in UTC."""
    return parse_moment(f"{day}T{time}")


def system(day: str | date) -> Act:
    """The machinery acts on that day."""
    return by_system(moment(day), "test")


def cem(day: str | date, why: str = "asked on the phone") -> Act:
    """Cem, the agent."""
    return by_person("Cem Aydin", moment(day), why)


def dana(day: str | date, why: str = "checked") -> Act:
    """Dana, from finance."""
    return by_person("Dana Vogt", moment(day), why)


def customer_act(account: Account, day: str | date) -> Act:
    """The holder of the account himself."""
    return by_person(account.holder.name, moment(day), "portal")


def a_shop(day: str | date = "2026-01-02") -> Brand:
    """The one brand of the tests, with its bank account."""
    brand = establish_brand(system(day), SHOP)
    configure_bank_account(
        system(day),
        brand=brand,
        iban=OUR_IBAN,
        holder=SHOP.legal_name,
        bic="BYLADEM1001",
        bank_name="Testbank",
    )
    return brand


def a_customer(
    name: str = "Frieda Anders",
    *,
    day: str | date = "2026-01-02",
    email: str | None = None,
    language: str = "de",
    number: str | None = None,
) -> Account:
    """A customer with an account of his own."""
    number = number or f"K{next(_numbers)}"
    person = Person(
        name=name,
        street="Ahornweg 7",
        postcode="04229",
        city="Leipzig",
        email=f"{number.lower()}@example.org" if email is None else email,
        language=language,
    )
    return open_account(system(day), brand=a_shop(), number=number, person=person)


def an_invoice(
    account: Account,
    amount: str = "120.50",
    *,
    issued: str | date = "2026-03-01",
    due: str | date | None = None,
    number: str | None = None,
    ordered_by: Account | None = None,
) -> Claim:
    """An invoice in the books, due fourteen days later unless said otherwise."""
    issued_on = date.fromisoformat(str(issued))
    due_on = date.fromisoformat(str(due)) if due else issued_on + timedelta(days=14)
    number = number or f"RE{next(_numbers)}"
    draft = InvoiceDraft(
        number=number,
        account_id=account.pk,
        total=Money.parse(amount, "EUR"),
        issued_on=issued_on,
        due_on=due_on,
        ordered_by_id=ordered_by.pk if ordered_by else None,
    )
    issue_invoices(system(issued_on), account.brand, [draft])
    return find_claim(number)


def a_collector(day: str | date = "2026-01-02", code: str = "recht-inkasso") -> Collector:
    """The agency."""
    return establish_collector(
        system(day),
        code=code,
        name="Recht & Billig Inkasso GmbH",
        email=f"{code}@inkasso.example",
        phone="+49 30 000000",
        street="Amtsgasse 2",
        postcode="10115",
        city="Berlin",
    )


def a_reminder(claim: Claim, *, level: int, on: str | date) -> None:
    """A reminder of this level, with ten days to pay."""
    issue_notice(system(on), claim, level=level, pay_by=date.fromisoformat(str(on)) + timedelta(days=10))


def handed_over(claim: Claim, *, on: str | date, collector: Collector | None = None) -> CollectionOrder:
    """Reminded twice and handed over; the reminders are recorded on the days before."""
    day = date.fromisoformat(str(on))
    a_reminder(claim, level=0, on=day - timedelta(days=40))
    a_reminder(claim, level=1, on=day - timedelta(days=20))
    return hand_over(dana(day), claim, collector or a_collector())


def a_payment_hold(claim: Claim, *, on: str | date) -> Hold:
    """The claim handed over, the hold proposed by the rule and released by Dana."""
    handed_over(claim, on=on)
    proposal = holds_with_reasons().get(account=claim.account, state=HoldState.PROPOSED.value)
    release_hold(dana(on), proposal)
    return holds_with_reasons().get(pk=proposal.pk)


def our_bank() -> BankAccount:
    """Our bank account."""
    a_shop()
    return BankAccount.objects.get(iban=OUR_IBAN)


def a_bank_file(
    *payments: tuple[str, str],
    on: str | date = "2026-11-20",
    payer: str = "Frieda Anders",
    payer_iban: str | None = "DE75512108001245126199",
    opening: str = "1000.00",
    version: Literal["02", "08"] = "08",
) -> bytes:
    """A camt.053 file with these payments: amount (negative: money out) and what the payer wrote."""
    day = date.fromisoformat(str(on))
    entries = tuple(
        StatementEntry(
            position=position,
            amount=Money.parse(amount, "EUR"),
            booked_on=day,
            value_on=day,
            bank_reference=f"REF{next(_numbers)}",
            reversal=False,
            details=(
                Detail(
                    amount=Money.parse(amount, "EUR"),
                    counterparty_name=payer,
                    counterparty_iban=payer_iban,
                    remittance=words,
                ),
            ),
        )
        for position, (amount, words) in enumerate(payments, start=1)
    )
    start = Money.parse(opening, "EUR")
    statement = Statement(
        account_iban=OUR_IBAN,
        account_other_id=None,
        currency="EUR",
        statement_id=f"S{next(_numbers)}",
        sequence=None,
        from_on=day,
        to_on=day,
        opening=start,
        opening_on=day,
        closing=start + Money.total(e.amount for e in entries),
        closing_on=day,
        entries=entries,
    )
    return write([statement], version=version)


def bank_lines(content: bytes, *, on: str | date = "2026-11-20", name: str = "bank.xml") -> list[BankLine]:
    """Import a bank file and return its new lines, in order."""
    imported = import_bank_file(dana(on), brand=a_shop(), name=name, content=content)
    return list(BankLine.objects.filter(statement_id__in=[s.id for s in imported.statements]).order_by("position"))


def a_login(
    role: Role,
    *,
    name: str = "Cem Aydin",
    account: Account | None = None,
    collector: Collector | None = None,
    day: str | date = "2026-01-02",
    password: str | None = None,
) -> User:
    """A login with one role; a customer's opens `account`, a clerk's works for `collector`."""
    user = create_login(
        system(day),
        email=f"login{next(_numbers)}@lindenhof.example",
        name=name,
        password=password,
        roles=[role],
        accounts=[account] if account is not None else [],
    )
    if collector is not None:
        admit_clerk(system(day), collector, user)
    return user
