"""Who may do what: logins and their roles.

Two views here answer a POST with a page instead of a redirect: a secret is shown once, and must not lie in a session
or in an address until the next page is asked for.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from kulanz.desk.forms import ROLE_NAMES, STAFF_ROLES, LoginForm
from kulanz.desk.frame import at_desk, desk_page
from kulanz.kernel.refusals import NotFound
from kulanz.parties.api import (
    EmailTaken,
    Permission,
    Role,
    User,
    act_of,
    create_login,
    deactivate_login,
    find_login,
    grant_role,
    reactivate_login,
    revoke_role,
    staff_logins,
    user_of,
)
from kulanz.ui.refusals import say


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role a login has or could have."""

    value: str
    name: str
    granted: bool


@dataclass(frozen=True, slots=True)
class LoginRow:
    """One login with its roles."""

    user: User
    roles: tuple[RoleRow, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class Page:
    """All logins of staff and clerks, and the form for the next one."""

    logins: tuple[LoginRow, ...]
    form: LoginForm


@dataclass(frozen=True, slots=True)
class SecretPage:
    """Something that is shown this once."""

    title: str
    about: str
    label: str
    secret: str
    back_url_name: str


@at_desk(Permission.MANAGE_ACCESS)
def access(request: HttpRequest) -> HttpResponseBase:
    """Logins with their roles."""
    return _page(request, LoginForm())


def _page(request: HttpRequest, form: LoginForm, *, status: int = 200) -> HttpResponse:
    me = user_of(request)
    rows = tuple(LoginRow(user, _roles(user), user.pk == me.pk) for user in staff_logins())
    return desk_page(request, "access.html", Page(rows, form), status=status)


def _roles(user: User) -> tuple[RoleRow, ...]:
    granted = {grant.role for grant in user.grants.all()}
    return tuple(RoleRow(role.value, gettext(ROLE_NAMES[role]), role.value in granted) for role in STAFF_ROLES)


@at_desk(Permission.MANAGE_ACCESS)
@require_POST
def create(request: HttpRequest) -> HttpResponseBase:
    """A new login; its first password is shown once."""
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    password = secrets.token_urlsafe(15)
    facts = form.cleaned_data
    try:
        user = create_login(
            act_of(request, "a new colleague"),
            email=facts["email"],
            name=facts["name"],
            password=password,
            roles=form.roles_chosen,
        )
    except EmailTaken as refusal:
        form.add_error("email", say(refusal))
        return _page(request, form, status=422)
    page = SecretPage(
        gettext("Login for %(name)s") % {"name": user.name},
        gettext("Give this password to %(name)s in a safe way. The password can be changed after signing in.")
        % {"name": user.name},
        gettext("First password"),
        password,
        "desk:access",
    )
    return show_secret(request, page)


def show_secret(request: HttpRequest, page: SecretPage) -> HttpResponse:
    """The one page that shows it; no cache keeps it."""
    response = desk_page(request, "secret.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


@at_desk(Permission.MANAGE_ACCESS)
@require_POST
def change_role(request: HttpRequest, user_id: UUID) -> HttpResponseBase:
    """Grant or revoke one role."""
    user, role = find_login(user_id), _role(request.POST.get("role", ""))
    if request.POST.get("grant") == "yes":
        grant_role(act_of(request, "role granted at the desk"), user, role)
        messages.success(request, gettext("%(name)s has the role now.") % {"name": user.name})
    else:
        revoke_role(act_of(request, "role revoked at the desk"), user, role)
        messages.success(request, gettext("%(name)s no longer has the role.") % {"name": user.name})
    return redirect("desk:access")


def _role(text: str) -> Role:
    if text not in {role.value for role in STAFF_ROLES}:
        raise NotFound(reference=text)
    return Role(text)


@at_desk(Permission.MANAGE_ACCESS)
@require_POST
def change_active(request: HttpRequest, user_id: UUID) -> HttpResponseBase:
    """Close a login, or open it again."""
    user = find_login(user_id)
    if request.POST.get("active") == "yes":
        reactivate_login(act_of(request, "opened again at the desk"), user)
        messages.success(request, gettext("%(name)s may sign in again.") % {"name": user.name})
    else:
        deactivate_login(act_of(request, "closed at the desk"), user)
        messages.success(request, gettext("%(name)s can no longer sign in.") % {"name": user.name})
    return redirect("desk:access")
