"""What stands around every page: brand, navigation, language switch, who is logged in.

The doors know what may be navigated to; they put it on the request (`request.kulanz_navigation`,
`request.kulanz_footer`). This room only shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from kulanz.ui.formats import is_german


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of a door's navigation. `count` is shown beside it when there is something to do."""

    label: str
    url: str
    current: bool = False
    count: int | None = None
    icon: str = ""


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A login of the demo, offered on the login page: who it is, and with what."""

    who: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of a page. `next_path` is where the language switch returns to."""

    language: str
    other_language: str
    other_language_name: str
    path: str
    next_path: str
    brand: str
    navigation: tuple[NavigationItem, ...]
    footer: tuple[NavigationItem, ...]
    search_url: str
    desk: bool
    logged_in: bool
    user_name: str
    demo_logins: tuple[DemoLogin, ...] | None


def page_frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` in every template."""
    german = is_german(get_language() or "")
    user = getattr(request, "user", None)
    logged_in = bool(user is not None and user.is_authenticated)
    return {
        "frame": Frame(
            language="de" if german else "en",
            other_language="en" if german else "de",
            other_language_name="English" if german else "Deutsch",
            path=request.path,
            # A page that answers a POST has no address of its own worth coming back to with its query.
            next_path=request.get_full_path() if request.method == "GET" else request.path,
            brand=str(getattr(request, "kulanz_brand", "") or getattr(settings, "KULANZ_BRAND_NAME", "Kulanz")),
            navigation=_entries(request, "kulanz_navigation"),
            footer=_entries(request, "kulanz_footer"),
            search_url=str(getattr(request, "kulanz_search_url", "")),
            desk=is_desk(request),
            logged_in=logged_in,
            user_name=str(user) if logged_in else "",
            demo_logins=_demo_logins(),
        )
    }


def is_desk(request: HttpRequest) -> bool:
    """Whether the person stands at the staff's door."""
    return request.path == "/desk" or request.path.startswith("/desk/")


def _entries(request: HttpRequest, name: str) -> tuple[NavigationItem, ...]:
    return tuple(getattr(request, name, ()))


def _demo_logins() -> tuple[DemoLogin, ...] | None:
    rows: Sequence[tuple[str, str, str]] | None = getattr(settings, "KULANZ_DEMO_LOGINS", None)
    if not rows:
        return None
    return tuple(DemoLogin(who=who, email=email, password=password) for who, email, password in rows)
