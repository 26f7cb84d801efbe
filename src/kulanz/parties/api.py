"""The door of the room."""

from kulanz.parties.accounts import (
    BrandFacts,
    EmailTaken,
    access_account,
    accounts_of,
    create_login,
    establish_brand,
    find_account,
    house_account,
    lock_accounts,
    open_account,
    the_brand,
)
from kulanz.parties.guarding import PUBLIC, act_of, public, requires, user_of
from kulanz.parties.logins import (
    LastAdmin,
    deactivate_login,
    find_login,
    grant_role,
    reactivate_login,
    revoke_role,
    staff_logins,
)
from kulanz.parties.models import Account, AccountKind, Brand, Person, User
from kulanz.parties.permissions import PERMISSIONS, Permission, Role, permissions_of
from kulanz.parties.rules import sort_key

__all__ = [
    "PERMISSIONS",
    "PUBLIC",
    "Account",
    "AccountKind",
    "Brand",
    "BrandFacts",
    "EmailTaken",
    "LastAdmin",
    "Permission",
    "Person",
    "Role",
    "User",
    "access_account",
    "accounts_of",
    "act_of",
    "create_login",
    "deactivate_login",
    "establish_brand",
    "find_account",
    "find_login",
    "grant_role",
    "house_account",
    "lock_accounts",
    "open_account",
    "permissions_of",
    "public",
    "reactivate_login",
    "requires",
    "revoke_role",
    "sort_key",
    "staff_logins",
    "the_brand",
    "user_of",
]
