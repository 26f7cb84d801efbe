"""Before a verb can work: settings, Django, the language of the reader, and the books open."""

from __future__ import annotations

import getpass
import os
from contextvars import ContextVar

from kulanz.infra import config, translations
from kulanz.kernel import clock
from kulanz.kernel.acts import Act, by_system

SETTINGS = "kulanz.wiring.settings"
DEFAULT_ADDRESS = "http://127.0.0.1:8000"
LANGUAGES = ("de", "en")

_chosen_language: ContextVar[str | None] = ContextVar("chosen_language", default=None)


def set_up() -> None:
    """Django with our settings. Raises UnreadableSettings for a setting that makes no sense."""
    refuse_unreadable_clock()
    translations.ensure_compiled()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.apps import apps
    from psycopg import ProgrammingError

    if not apps.ready:
        try:
            django.setup()
        except ProgrammingError as error:
            raise config.UnreadableSettings(
                name="KULANZ_DATABASE_URL",
                where="the environment or kulanz.toml",
                reason=str(error).strip().rstrip("."),
            ) from error
    from django.utils import translation

    translation.activate(language())


def open_books() -> None:
    """Everything, up to a migrated database that answers."""
    set_up()
    from kulanz.wiring import preparing

    preparing.open_books()


def choose_language(lang: str | None) -> None:
    """What `--lang` says; None leaves it to the system's settings."""
    _chosen_language.set(lang)


def language() -> str:
    """German or English: `--lang` beats the system's settings."""
    if chosen := _chosen_language.get():
        return chosen
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "de" if value.lower().startswith("de") else "en"
    return "en"


def refuse_unreadable_clock() -> None:
    """A clock that cannot be read must not be found out about in the middle of a booking."""
    if pinned := os.environ.get("KULANZ_NOW"):
        try:
            clock.parse_moment(pinned)
        except ValueError as error:
            raise config.UnreadableSettings(name="KULANZ_NOW", where="the environment", reason=str(error)) from error


def serve_under_port(port: int) -> None:
    """Let mails and letters name the address we really listen on, unless the operator has set one."""
    if config.load().public_url == DEFAULT_ADDRESS and port != 8000:
        os.environ["KULANZ_PUBLIC_URL"] = f"http://127.0.0.1:{port}"


def act(command: str) -> Act:
    """The operator's act at the shell: the audit says which command, and who was logged in."""
    return by_system(clock.now(), f"kulanz {command}, called by {_login()}", name="command line")


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody without a name on this machine"
