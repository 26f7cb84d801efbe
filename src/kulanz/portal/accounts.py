"""Login and its messages, by django-allauth, as far as we say something different."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import get_language

from kulanz.contact.api import Draft, Sheet, queue
from kulanz.infra.ids import new_id
from kulanz.kernel import clock
from kulanz.kernel.acts import by_system
from kulanz.parties.api import User, the_brand


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Customers do not sign up by themselves: an account comes with an order. Mails go through our outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth asks with the request
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Password links and security notices leave like everything else: registered, provable, retried."""
        message = self.render_mail(template_prefix, email, context)
        user = context.get("user")
        brand = the_brand()
        draft = Draft(
            key=f"login:{new_id()}",
            kind="login",
            brand=brand,
            to_name=user.name if isinstance(user, User) else email,
            email=email,
            address_lines=(email,),
            language="de" if (get_language() or "de").startswith("de") else "en",
            sheet=Sheet(
                subject=str(message.subject), paragraphs=tuple(p for p in str(message.body).split("\n\n") if p.strip())
            ),
        )
        queue(by_system(clock.now(), "login"), [draft])
