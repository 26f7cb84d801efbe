"""`bank-account add`: which accounts are ours."""

from __future__ import annotations

from typing import Annotated

import typer

from kulanz.cli import opening
from kulanz.cli.output import Answer
from kulanz.cli.verbs import group, verb


def register(app: typer.Typer) -> None:
    """Make the commands known."""
    accounts = group("bank-account", "Bank accounts customers pay to.")
    verb(accounts, "add", example='kulanz bank-account add DE02120300000000202051 --holder "Lindenhof GmbH"')(add)
    app.add_typer(accounts)


def add(
    iban: Annotated[str, typer.Argument(metavar="IBAN")],
    holder: Annotated[str, typer.Option(help="Whose account it is, as the bank writes it.")],
    bic: Annotated[str, typer.Option()] = "",
    bank_name: Annotated[str, typer.Option("--bank-name")] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "EUR",
    books_interim: Annotated[
        bool | None,
        typer.Option(
            "--books-interim/--books-statements",
            help="Book reports of the running day (camt.052, camt.054, MT942), because no statement comes.",
        ),
    ] = None,
) -> Answer:
    """Name an account of ours.

    From then on its statements are taken in. The same one again changes nothing but what is said of interim reports.
    """
    from stdnum import iban as ibans

    if not ibans.is_valid(iban):
        raise typer.BadParameter(f"{iban!r} is not an IBAN: length or check digits are wrong.", param_hint="IBAN")
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise typer.BadParameter(f"{currency!r} is not an ISO code such as EUR.", param_hint="--currency")
    opening.open_books()
    from kulanz.ledger.api import choose_interim_booking, configure_bank_account
    from kulanz.parties.api import the_brand

    act = opening.act("bank-account add")
    account = configure_bank_account(
        act,
        brand=the_brand(),
        iban=iban,
        holder=holder,
        bic=bic,
        bank_name=bank_name,
        currency=currency,
    )
    if books_interim is not None:
        account = choose_interim_booking(act, account, books_interim=books_interim)
    document = {
        "iban": account.iban,
        "holder": account.holder,
        "bic": account.bic,
        "currency": account.currency,
        "books_interim": account.books_interim,
    }
    return Answer(document, lambda: [f"{account.iban} of {account.holder} is one of our accounts."])
