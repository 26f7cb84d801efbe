"""`user add`, `key create`, `endpoint add`: who may come in, and whom we tell."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kulanz.cli import opening
from kulanz.cli.output import Answer
from kulanz.cli.verbs import group, verb
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_

if TYPE_CHECKING:
    from kulanz.parties.api import Account


class RoleName(StrEnum):
    """What a login is for. Spelt out, because `--help` must not load the rooms; a test compares it with the roles."""

    CUSTOMER = "customer"
    AGENT = "agent"
    FINANCE = "finance"
    WAREHOUSE = "warehouse"
    AGENCY = "agency"
    ADMIN = "admin"


class PasswordTooWeak(Refusal):
    """A password that is too short, too common or too close to the name."""

    code = "password_too_weak"
    sentence = N_("This password was not taken: %(reason)s Nothing was changed.")


def register(app: typer.Typer) -> None:
    """Make the commands known."""
    users = group("user", "Logins.")
    verb(users, "add", example='kulanz user add dana@shop.example --name "Dana Vogt" --role finance')(add_user)
    app.add_typer(users)
    collectors = group("collector", "Collection agencies.")
    verb(collectors, "add", example='kulanz collector add north --name "North Inkasso GmbH" --email in@north.example')(
        add_collector
    )
    app.add_typer(collectors)
    keys = group("key", "Keys for the shop's own systems.")
    verb(keys, "create", example='kulanz key create "web shop"')(create_key)
    app.add_typer(keys)
    endpoints = group("endpoint", "Addresses that are told of facts.")
    verb(endpoints, "add", example="kulanz endpoint add https://shop.example/kulanz")(add_endpoint)
    app.add_typer(endpoints)


def add_user(
    email: Annotated[str, typer.Argument(metavar="EMAIL")],
    name: Annotated[str, typer.Option(help="How the person is called.")],
    role: Annotated[list[RoleName], typer.Option(help="What the login is for; may be given several times.")],
    account: Annotated[
        list[str] | None, typer.Option(metavar="REF", help="A customer's account this login may use.")
    ] = None,
    collector: Annotated[
        str | None, typer.Option(metavar="CODE", help="The agency whose orders a clerk (role agency) may see.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> Answer:
    """Make a login.

    Asks for the password, or reads it from standard input; it is never an argument, where others could see it.
    """
    password = _password(from_stdin=password_stdin)
    opening.open_books()
    from kulanz.dunning.api import admit_clerk, find_collector
    from kulanz.parties.api import Role, create_login, find_account

    _refuse_weak_password(password, email, name)
    agency = find_collector(collector) if collector is not None else None
    accounts: Sequence[Account] = [find_account(number) for number in account or []]
    user = create_login(
        opening.act("user add"),
        email=email,
        name=name,
        password=password,
        roles=[Role(r) for r in role],
        accounts=accounts,
    )
    if agency is not None:
        admit_clerk(opening.act("user add"), agency, user)
    roles = sorted(r.value for r in user.roles)
    document = {
        "email": user.email,
        "name": user.name,
        "roles": roles,
        "accounts": [a.number for a in accounts],
    }
    return Answer(document, lambda: [f"{user.email} can log in now as {', '.join(roles)}."])


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask for the password; use --password-stdin.")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return answer


def _refuse_weak_password(password: str, email: str, name: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from kulanz.parties.api import User

    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise PasswordTooWeak(reason=" ".join(error.messages)) from error


def create_key(name: Annotated[str, typer.Argument(help="What the key is for.", metavar="NAME")]) -> Answer:
    """Make an API key.

    It is shown now and never again.
    """
    opening.open_books()
    from kulanz.machines.api import create_key as create
    from kulanz.parties.api import the_brand

    key = create(opening.act("key create"), the_brand(), name)
    return Answer({"name": name, "key": key}, lambda: [key])


def add_endpoint(
    url: Annotated[str, typer.Argument(metavar="URL", help="https, or http on this machine.")],
) -> Answer:
    """Name an address that is told of facts.

    From now on it hears about holds and settled claims, signed. The signing secret is shown now.
    """
    opening.open_books()
    from kulanz.machines.api import create_endpoint
    from kulanz.parties.api import the_brand

    endpoint = create_endpoint(opening.act("endpoint add"), the_brand(), url)
    return Answer({"url": endpoint.url, "secret": endpoint.secret}, lambda: [endpoint.secret])


def add_collector(
    code: Annotated[str, typer.Argument(metavar="CODE")],
    name: Annotated[str, typer.Option(help="As it stands on its letters.")],
    email: Annotated[str, typer.Option(help="Where orders and recalls go.")],
    phone: Annotated[str, typer.Option(help="For questions.")] = "",
    street: Annotated[str, typer.Option(help="Street and number.")] = "",
    postcode: Annotated[str, typer.Option(help="Postal code.")] = "",
    city: Annotated[str, typer.Option(help="Town.")] = "",
    iban: Annotated[str, typer.Option(help="From which it pays out what it has collected.")] = "",
) -> Answer:
    """Make a collection agency known; its clerks get logins with `kulanz user add --collector`."""
    opening.open_books()
    from kulanz.dunning.api import establish_collector

    act = opening.act("collector add")
    made = establish_collector(
        act, code=code, name=name, email=email, phone=phone, street=street, postcode=postcode, city=city, iban=iban
    )
    return Answer({"collector": made.code, "name": made.name}, lambda: [f"{made.code}: {made.name}"])
