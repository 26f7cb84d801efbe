"""Verbs about brands, persons, accounts and logins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from kulanz.infra.audit import Note, record
from kulanz.infra.sets import id_array
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.text import N_
from kulanz.parties.models import Account, AccountAccess, AccountKind, Brand, Person, RoleGrant, User
from kulanz.parties.permissions import Role

HOUSE_NUMBER = "HOUSE"


class EmailTaken(Refusal):
    """Two logins cannot share an address."""

    code = "email_taken"
    sentence = N_("There is already a login for %(email)s.")


@dataclass(frozen=True, slots=True)
class BrandFacts:
    """What a brand's letters say about their sender."""

    code: str
    name: str
    legal_name: str
    street: str
    postcode: str
    city: str
    email: str
    phone: str = ""
    web: str = ""
    registration: str = ""


@transaction.atomic
def establish_brand(act: Act, facts: BrandFacts) -> Brand:
    """The brand and its house account; done once, later calls return what is there."""
    brand, created = Brand.objects.get_or_create(
        code=facts.code,
        defaults={
            "name": facts.name,
            "legal_name": facts.legal_name,
            "street": facts.street,
            "postcode": facts.postcode,
            "city": facts.city,
            "email": facts.email,
            "phone": facts.phone,
            "web": facts.web,
            "registration": facts.registration,
        },
    )
    if created:
        Account.objects.create(brand=brand, number=HOUSE_NUMBER, kind=AccountKind.HOUSE, opened_at=act.at)
        record(act, [Note("established", "parties.brand", brand.pk)])
    return brand


def the_brand() -> Brand:
    """The first brand: until several are configured, the one everything belongs to."""
    brand = Brand.objects.order_by("id").first()
    if brand is None:
        raise NotFound(reference="brand")
    return brand


def house_account(brand: Brand) -> Account:
    """Where the brand's money lies that belongs to nobody yet."""
    return Account.objects.get(brand=brand, kind=AccountKind.HOUSE)


@transaction.atomic
def open_account(act: Act, *, brand: Brand, number: str, person: Person) -> Account:
    """An account for a person; asking again for the same number returns it."""
    person_saved = person if not person._state.adding else _saved(person)
    account, created = Account.objects.get_or_create(
        brand=brand, number=number, defaults={"person": person_saved, "opened_at": act.at}
    )
    if created:
        record(act, [Note("opened", "parties.account", account.pk, account.pk)])
    return account


def _saved(person: Person) -> Person:
    person.save()
    return person


def lock_accounts(account_ids: Iterable[UUID]) -> list[UUID]:
    """Take the locks of these customer accounts in id order, for the rest of the transaction; returns the ids.

    Everything that moves a customer's money, disputes a claim or places a hold takes this lock first: two acts on
    one account follow each other, and nobody waits in a circle. Rows come back without their contents: a bank file
    locks thousands at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM parties_account WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
            [id_array(account_ids)],
        )
        return [account_id for (account_id,) in cursor.fetchall()]


def find_account(number: str, *, brand: Brand | None = None) -> Account:
    """By the number a person reads out. Raises NotFound."""
    accounts = Account.objects.select_related("person", "brand").filter(number=number.strip())
    found = accounts.filter(brand=brand).first() if brand is not None else accounts.first()
    if found is None:
        raise NotFound(reference=number)
    return found


@transaction.atomic
def create_login(
    act: Act,
    *,
    email: str,
    name: str,
    password: str | None,
    roles: Iterable[Role],
    accounts: Iterable[Account] = (),
) -> User:
    """A login with its roles and the accounts it may use. Raises EmailTaken."""
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken(email=email)
    user = User.objects.create_user(email, name, password)
    granted = sorted(set(roles))
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role.value) for role in granted])
    AccountAccess.objects.bulk_create([AccountAccess(user=user, account=account) for account in accounts])
    record(act, [Note("login created", "parties.user", user.pk, facts={"roles": [r.value for r in granted]})])
    return user


def accounts_of(user: User) -> list[Account]:
    """The accounts this login may use, oldest first."""
    ids = AccountAccess.objects.filter(user=user).values("account_id")
    return list(Account.objects.select_related("person", "brand").filter(pk__in=ids).order_by("opened_at", "pk"))


def access_account(user: User, number: str) -> Account:
    """The account with this number if this login may use it; otherwise it looks as if it were not there."""
    account = Account.objects.select_related("person", "brand").filter(number=number).first()
    if account is None or not AccountAccess.objects.filter(user=user, account=account).exists():
        raise NotFound(reference=number)
    return account
