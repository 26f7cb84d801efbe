"""Verbs about logins after they exist: what they may do, and when they may do nothing any more."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from kulanz.infra.audit import Note, record
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import NotFound, Refusal
from kulanz.kernel.text import N_
from kulanz.parties.models import RoleGrant, User
from kulanz.parties.permissions import Role


class LastAdmin(Refusal):
    """Nobody would be left who can give access back."""

    code = "last_admin"
    sentence = N_(
        "%(name)s is the last administrator who can sign in. Nothing was changed. "
        "Make somebody else administrator first."
    )


def staff_logins() -> QuerySet[User]:
    """Everybody who stands at another door than the customers', by name, with roles in a second query."""
    roles = [role.value for role in Role if role is not Role.CUSTOMER]
    staff = RoleGrant.objects.filter(role__in=roles).values("user_id")
    return User.objects.filter(pk__in=staff).prefetch_related("grants").order_by("name", "email")


def find_login(user_id: UUID) -> User:
    """By id. Raises NotFound."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound(reference=str(user_id))
    return user


@transaction.atomic
def grant_role(act: Act, user: User, role: Role) -> None:
    """From now on this login may do what the role may do. Granting twice changes nothing."""
    _, created = RoleGrant.objects.get_or_create(user=user, role=role.value)
    if created:
        _forget_roles(user)
        record(act, [Note("role granted", "parties.user", user.pk, facts={"role": role.value})])


@transaction.atomic
def revoke_role(act: Act, user: User, role: Role) -> None:
    """The role ends with the next click of this login. Raises LastAdmin."""
    if role is Role.ADMIN:
        _refuse_last_admin(user)
    removed, _ = RoleGrant.objects.filter(user=user, role=role.value).delete()
    if removed:
        _forget_roles(user)
        record(act, [Note("role revoked", "parties.user", user.pk, facts={"role": role.value})])


@transaction.atomic
def deactivate_login(act: Act, user: User) -> None:
    """Nobody signs in with it any more, and open sessions end; what was done with it keeps its name.

    Raises LastAdmin.
    """
    _refuse_last_admin(user)
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        user.is_active = False
        record(act, [Note("login closed", "parties.user", user.pk)])


@transaction.atomic
def reactivate_login(act: Act, user: User) -> None:
    """It may sign in again, with the roles it had."""
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        user.is_active = True
        record(act, [Note("login opened again", "parties.user", user.pk)])


def _refuse_last_admin(user: User) -> None:
    """Locks the grants of all administrators, so that two of them cannot remove each other at once."""
    admins = list(
        RoleGrant.objects.select_for_update()
        .filter(role=Role.ADMIN.value, user__is_active=True)
        .order_by("pk")
        .values_list("user_id", flat=True)
    )
    if admins == [user.pk]:
        raise LastAdmin(name=str(user))


def _forget_roles(user: User) -> None:
    user.__dict__.pop("_roles", None)
