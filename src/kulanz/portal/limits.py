"""How often somebody we do not know may write: our confirmation is a genuine mail of ours to an address he typed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from ipaddress import ip_address

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_

WINDOW_SECONDS = 60 * 60
MOST_PER_EMAIL = 5
# More than one e-mail address, because an office or a family shares an internet address.
MOST_PER_INTERNET_ADDRESS = 10


class TooManyConcerns(Refusal):
    """Nobody's letter box is filled by a stranger who knows his address."""

    code = "too_many_concerns"
    sentence = N_(
        "There were too many messages in a short time. We have those that got a reference. Please try again in an hour."
    )


def count_stranger(request: HttpRequest, *, email: str, at: datetime) -> None:
    """One more concern without an account. Raises TooManyConcerns; it then does not count."""
    limits = [(_key("email", email.strip().casefold()), MOST_PER_EMAIL)]
    internet_address = str(get_adapter().get_client_ip(request))
    # What is not public is a proxy of ours: everybody comes from there.
    if ip_address(internet_address).is_global:
        limits.append((_key("internet", internet_address), MOST_PER_INTERNET_ADDRESS))
    now = at.timestamp()
    counted = {key: [then for then in cache.get(key, []) if then > now - WINDOW_SECONDS] for key, _ in limits}
    if any(len(counted[key]) >= most for key, most in limits):
        raise TooManyConcerns
    cache.set_many({key: [*moments, now] for key, moments in counted.items()}, timeout=WINDOW_SECONDS)


def _key(kind: str, value: str) -> str:
    return f"concerns:{kind}:{hashlib.sha256(value.encode()).hexdigest()}"
