"""Login and its messages, by django-allauth, as far as we say something different."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kulanz.contact.api import LOGIN_KIND, Draft, Sheet, queue
from kulanz.infra.ids import new_id
from kulanz.kernel import clock
from kulanz.kernel.acts import by_system
from kulanz.parties.api import User, the_brand


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Customers do not sign up by themselves: an account comes with an order. Mails go through our outbox."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This login has been closed. Write to us if you think this is a mistake."),
        # One sentence for an unknown address and for a wrong password: nobody learns here who is our customer.
        "email_password_mismatch": _(
            "The e-mail address or the password is not right. Check both, or choose a new password."
        ),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This password is not right."),
        "rate_limited": _("That was too often in a short time. Wait a few minutes, then try again."),
        "too_many_login_attempts": _("There were too many wrong attempts. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth asks with the request
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link names the address the operator has set: behind a proxy, a request does not know it."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.CONFIG.public_url}{path.replace('UID-KEY', key)}"

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Somebody changed how this login is protected: its owner is told, by name."""
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Password links and security notices leave like everything else: registered, provable, retried."""
        brand = the_brand()
        user = context.get("user")
        message = self.render_mail(template_prefix, email, {**context, "email": email, "brand": brand})
        draft = Draft(
            key=f"login:{new_id()}",
            kind=LOGIN_KIND,
            brand=brand,
            to_name=user.name if isinstance(user, User) else email,
            email=email,
            address_lines=(email,),
            language="de" if (get_language() or "de").startswith("de") else "en",
            sheet=Sheet(subject=str(message.subject), paragraphs=_paragraphs(str(message.body)), links=_links(context)),
        )
        queue(by_system(clock.now(), "login"), [draft])


def _paragraphs(body: str) -> tuple[str, ...]:
    """What stands between empty lines, each on one line: the lines of a template are not those of a mail."""
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", body) if part.strip())


def _links(context: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Where the mail leads: to the new password, or to us."""
    if address := context.get("password_reset_url"):
        return ((gettext("Choose a new password"), str(address)),)
    return ((gettext("Write to us"), f"{settings.CONFIG.public_url}{reverse('portal:concerns')}"),)
