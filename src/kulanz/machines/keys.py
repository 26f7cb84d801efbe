"""API keys and endpoints: made by an admin, shown once."""

from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.parse import SplitResult, urlsplit

from django.db import transaction

from kulanz.infra.audit import Note, record
from kulanz.infra.ids import new_id
from kulanz.kernel.acts import Act
from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_
from kulanz.machines.models import ApiKey, Delivery, DeliveryState, Endpoint
from kulanz.parties.api import Brand

LONGEST_URL = 500
ENDPOINT_RETIRED = "the endpoint was retired"
# This machine alone, spelled out: a name that merely resolves to it may resolve to something else tomorrow.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class UnusableEndpoint(Refusal):
    """Not an address we may knock at."""

    code = "unusable_endpoint"
    sentence = N_("“%(url)s” is not a complete https address (http is allowed on this machine only).")


@transaction.atomic
def create_key(act: Act, brand: Brand, name: str) -> str:
    """A new key. The return value is the only time it can be seen."""
    key = "kz_" + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        id=new_id(),
        brand=brand,
        name=name,
        prefix=key[:8],
        key_hash=_hash(key),
        created_at=act.at,
        created_by=act.by.name,
    )
    record(act, [Note("key created", "machines.apikey", row.pk, facts={"name": name, "prefix": row.prefix})])
    return key


@transaction.atomic
def revoke_key(act: Act, key: ApiKey) -> None:
    """From now on the key opens nothing. Revoking it again changes nothing."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=act.at):
        record(act, [Note("key revoked", "machines.apikey", key.pk)])


def key_of(presented: str) -> ApiKey | None:
    """The living key behind what a machine presents."""
    return ApiKey.objects.select_related("brand").filter(key_hash=_hash(presented), revoked_at=None).first()


def _hash(key: str) -> str:
    # A random 256-bit key needs no slow hash: there is nothing to guess.
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


@transaction.atomic
def create_endpoint(act: Act, brand: Brand, url: str) -> Endpoint:
    """An address that is told of facts from now on; its signing secret is made here. Raises UnusableEndpoint."""
    if not _usable(url):
        raise UnusableEndpoint(url=url)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    endpoint = Endpoint.objects.create(id=new_id(), brand=brand, url=url, secret=secret, created_at=act.at)
    record(act, [Note("endpoint created", "machines.endpoint", endpoint.pk, facts={"url": url})])
    return endpoint


def _usable(url: str) -> bool:
    """Complete, encrypted on its way, and read by everybody as the same host.

    A backslash, a space or a user name before the host are where two readers of one address disagree about it.
    """
    if len(url) > LONGEST_URL or "\\" in url or not all("!" <= character <= "~" for character in url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if not parts.hostname or port == 0 or "@" in parts.netloc or parts.fragment:
        return False
    return parts.scheme == "https" or _plain_on_this_machine(parts)


def _plain_on_this_machine(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in LOOPBACK


@transaction.atomic
def retire_endpoint(act: Act, endpoint: Endpoint) -> None:
    """The shop no longer wants to be told there. What was still on its way is given up, for everybody to see."""
    if not Endpoint.objects.filter(pk=endpoint.pk, active=True).update(active=False):
        return
    Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING).update(
        state=DeliveryState.GIVEN_UP, trouble=ENDPOINT_RETIRED
    )
    record(act, [Note("endpoint retired", "machines.endpoint", endpoint.pk, facts={"url": endpoint.url})])
