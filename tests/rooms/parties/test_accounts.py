"""Brands, persons, accounts and logins: what is not yours looks as if it were not there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import builders as b

from kulanz.kernel.refusals import NotFound
from kulanz.parties.api import (
    PERMISSIONS,
    Account,
    AccountKind,
    Brand,
    EmailTaken,
    Permission,
    Person,
    Role,
    access_account,
    accounts_of,
    create_login,
    find_account,
    house_account,
    lock_accounts,
    open_account,
    sort_key,
)

ACT = b.system("2026-06-01")


@pytest.mark.django_db
def test_a_brand_is_established_once_with_one_house_account() -> None:
    assert b.a_shop() == b.a_shop()
    brand = b.a_shop()
    assert Brand.objects.filter(code=brand.code).count() == 1
    house = house_account(brand)
    assert (house.kind, house.person) == (AccountKind.HOUSE, None)


@pytest.mark.django_db
def test_an_account_is_known_again_by_its_number() -> None:
    first = b.a_customer(number="K-7")
    again = open_account(ACT, brand=first.brand, number="K-7", person=first.holder)
    assert again == first
    assert find_account(" K-7 ") == first
    with pytest.raises(NotFound):
        find_account("K-8")


@pytest.mark.django_db
def test_one_person_may_have_two_accounts() -> None:
    first = b.a_customer()
    second = open_account(ACT, brand=first.brand, number="K-2nd", person=first.holder)
    assert (second.holder, second == first) == (first.holder, False)


@pytest.mark.django_db
def test_accounts_are_locked_in_one_order_whatever_order_they_are_named_in() -> None:
    ids = [b.a_customer().pk for _ in range(3)]
    assert lock_accounts(reversed(ids + ids)) == sorted(ids)


@pytest.mark.django_db
def test_a_login_sees_its_own_accounts_and_no_other() -> None:
    mine, theirs = b.a_customer(), b.a_customer()
    user = create_login(
        ACT, email="F@Example.org", name="Frieda", password=None, roles=[Role.CUSTOMER], accounts=[mine]
    )
    assert accounts_of(user) == [mine]
    assert access_account(user, mine.number) == mine
    for number in (theirs.number, "there is none"):
        with pytest.raises(NotFound, match=number):
            access_account(user, number)


@pytest.mark.django_db
def test_two_logins_never_share_an_address_in_any_case_of_letters() -> None:
    create_login(ACT, email="frieda@example.org", name="Frieda", password=None, roles=[Role.CUSTOMER])
    with pytest.raises(EmailTaken):
        create_login(ACT, email="FRIEDA@example.org", name="Fritz", password=None, roles=[Role.CUSTOMER])


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_a_login_may_exactly_what_its_role_may(role: Role) -> None:
    user = create_login(ACT, email="r@example.org", name="R", password=None, roles=[role])
    assert {permission for permission in Permission if user.may(permission)} == PERMISSIONS[role]
    user.is_active = False
    assert not any(user.may(permission) for permission in Permission)


def test_customers_and_agencies_never_reach_the_desk() -> None:
    assert PERMISSIONS[Role.CUSTOMER] == {Permission.OWN_ACCOUNT}
    assert PERMISSIONS[Role.AGENCY] == {Permission.AGENCY_ORDERS}


def test_only_finance_and_admin_may_release_holds_and_book_payments() -> None:
    for permission in (Permission.RELEASE_HOLDS, Permission.BOOK_PAYMENTS):
        assert {role for role in Role if permission in PERMISSIONS[role]} <= {Role.FINANCE, Role.ADMIN}


def test_names_are_sorted_as_in_a_german_telephone_book() -> None:
    names = ["Zander", "Öztürk", "Oswald", "Strauß", "Strauss", "ähre", "Ahorn", "Łukasz"]
    assert sorted(names, key=sort_key) == [
        "Ahorn",
        "ähre",
        "Łukasz",
        "Oswald",
        "Öztürk",
        "Strauß",
        "Strauss",
        "Zander",
    ]


@given(st.text(max_size=400))
def test_every_name_has_a_sort_key_that_fits(name: str) -> None:
    assert len(sort_key(name)) <= 220


@pytest.mark.parametrize(
    ("country", "last"),
    [("DE", "04229 Leipzig"), ("", "04229 Leipzig"), ("AT", "AT")],
)
def test_an_envelope_names_the_country_only_abroad(country: str, last: str) -> None:
    person = Person(name="Frieda", street="Ahornweg 7", postcode="04229", city="Leipzig", country=country)
    assert (person.address_lines[0], person.address_lines[-1]) == ("Frieda", last)


@pytest.mark.django_db
def test_the_house_account_has_no_holder_to_write_to() -> None:
    with pytest.raises(AssertionError):
        _ = Account.objects.get(pk=house_account(b.a_shop()).pk).holder
