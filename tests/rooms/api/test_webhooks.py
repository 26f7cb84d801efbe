"""The shop learns at least once, under one id, signed; and one that is down is told later, or a person sees it."""

from __future__ import annotations

import logging
import re
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from standardwebhooks.webhooks import Webhook
from tests import builders as b
from tests.tiny_shop import TinyShop

from kulanz.holds.api import Effect, Hold, lift_hold, place_own_wish_hold
from kulanz.kernel import clock
from kulanz.kernel.refusals import SomebodyWasFaster
from kulanz.ledger.api import match
from kulanz.ledger.events import ClaimsSettled
from kulanz.machines import knocking, webhooks
from kulanz.machines.keys import UnusableEndpoint, create_endpoint, create_key, retire_endpoint
from kulanz.machines.knocking import BACKOFF_MINUTES, LEASE, MAX_ATTEMPTS, deliver, due
from kulanz.machines.models import Delivery, DeliveryState, Endpoint
from kulanz.machines.verify import CHECKS
from kulanz.machines.webhooks import claims_settled, deliveries, tell_again
from kulanz.parties.api import BrandFacts, establish_brand

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.rooms.api.urls")]

DAY = "2026-06-01"
AT = b.moment(DAY, "12:00")


@pytest.fixture
def shop() -> Iterator[TinyShop]:
    with TinyShop() as shop:
        yield shop


@pytest.fixture
def endpoint(shop: TinyShop) -> Endpoint:
    endpoint = create_endpoint(b.dana("2026-01-05"), b.a_shop(), shop.url)
    shop.secret = endpoint.secret
    return endpoint


def a_hold() -> Hold:
    return place_own_wish_hold(b.cem(DAY), b.a_customer(), effect=Effect.NO_ORDERS, words="I asked for it.")


def only_delivery() -> Delivery:
    return Delivery.objects.get()


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'machines.deliver_webhooks'")
        return int(cursor.fetchone()[0])


def deliver_due(at: datetime) -> None:
    for delivery_id in due(at):
        deliver(delivery_id, at=at)


# --- the shop is told ---


def test_the_shop_blocks_when_a_hold_is_placed_and_unblocks_when_the_payment_lifts_it(
    shop: TinyShop, endpoint: Endpoint
) -> None:
    account = b.a_customer()
    claim = b.an_invoice(account)
    hold = b.a_payment_hold(claim, on=DAY)
    deliver_due(AT)
    assert shop.blocked == {account.number}
    b.bank_lines(b.a_bank_file(("120.50", f"Rechnung {claim.title}")))
    match(b.dana("2026-11-20"))
    deliver_due(b.moment("2026-11-20", "12:00"))
    assert shop.blocked == set()
    assert sorted(message.type for message in shop.received) == [
        "claim.settled",
        "hold.lifted",
        "hold.placed",
    ]
    facts = {message.type: message.body["data"] for message in shop.received}
    assert facts["hold.lifted"] == {
        "account": account.number,
        "hold": hold.reference,
        "kind": "payment",
        "effect": hold.effect,
    }
    assert facts["claim.settled"] == {
        "account": account.number,
        "claim": claim.reference,
        "invoice": claim.title,
        "state": "settled",
        "amount": {"amount": "120.50", "currency": "EUR"},
    }
    assert {d.state for d in Delivery.objects.all()} == {DeliveryState.DELIVERED}
    assert shop.refused == 0


def test_any_receiver_can_check_the_signature_with_the_library_of_the_standard(
    shop: TinyShop, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def verified(headers: dict[str, str], content: bytes) -> int:
        seen.append(Webhook(endpoint.secret).verify(content, dict(headers.items())))
        return 204

    monkeypatch.setattr(shop, "take", verified)
    now = clock.now()
    hold = a_hold()
    deliver(only_delivery().pk, at=now)
    assert seen == [only_delivery().body]
    assert only_delivery().body["data"]["hold"] == hold.reference
    assert only_delivery().delivered_at == now


def test_the_receiver_of_the_docs_works(shop: TinyShop, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    handbook = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", handbook, re.DOTALL)
    theirs: dict[str, Any] = {"SECRET": endpoint.secret, "holds": {}, "seen": set()}
    exec(example, theirs)
    monkeypatch.setattr(shop, "take", lambda headers, content: theirs["kulanz"](dict(headers.items()), content))
    hold, now = a_hold(), clock.now()
    deliver(only_delivery().pk, at=now)
    assert theirs["holds"] == {hold.reference: hold.account.number}
    lift_hold(b.cem("2026-06-02"), hold)
    deliver(Delivery.objects.get(event="hold.lifted").pk, at=now)
    assert theirs["holds"] == {hold.reference: "ended"}
    assert {d.state for d in Delivery.objects.all()} == {DeliveryState.DELIVERED}


def test_a_message_of_somebody_else_moves_nothing(shop: TinyShop, endpoint: Endpoint) -> None:
    shop.secret = "whsec_" + "A" * 40
    a_hold()
    deliver_due(AT)
    assert (shop.refused, shop.blocked, shop.received) == (1, set(), [])
    assert only_delivery().trouble == "HTTP 401"


def test_without_an_endpoint_nothing_is_written(shop: TinyShop) -> None:
    a_hold()
    assert (Delivery.objects.count(), jobs()) == (0, 0)


def test_the_rollback_of_the_act_drops_the_message_and_its_job(endpoint: Endpoint) -> None:
    with transaction.atomic():
        a_hold()
        assert (Delivery.objects.count(), jobs()) == (1, 1)
        transaction.set_rollback(True)
    assert (Delivery.objects.count(), jobs()) == (0, 0)


def test_a_shop_is_told_about_its_own_accounts_only(endpoint: Endpoint) -> None:
    facts = BrandFacts(
        code="birkenhof",
        name="Birkenhof",
        legal_name="Birkenhof GmbH",
        street="Birkenweg 2",
        postcode="04109",
        city="Leipzig",
        email="service@birkenhof.example",
    )
    theirs = create_endpoint(
        b.dana("2026-01-05"),
        establish_brand(b.system("2026-01-02"), facts),
        "https://birkenhof.example/kulanz",
    )
    a_hold()
    assert [d.endpoint_id for d in Delivery.objects.all()] == [endpoint.pk]
    assert theirs.deliveries.count() == 0
    assert [(check.name, check.offenders()) for check in CHECKS if check.offenders()] == []


def test_a_bank_file_full_of_payments_is_announced_in_a_constant_number_of_statements(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = b.a_customer()
    claims = [b.an_invoice(account) for _ in range(9)]
    counted = []
    for few in (claims[:1], claims[1:]):
        ids = frozenset(claim.pk for claim in few)
        with CaptureQueriesContext(connection) as queries:
            claims_settled(ClaimsSettled(b.system(DAY), ids, frozenset({account.pk})))
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert (Delivery.objects.count(), jobs()) == (9, 2)
    monkeypatch.setattr(webhooks, "DELIVERIES_PER_JOB", 4)
    ids = frozenset(claim.pk for claim in claims)
    claims_settled(ClaimsSettled(b.system(DAY), ids, frozenset({account.pk})))
    assert (Delivery.objects.count(), jobs()) == (18, 5)


# --- a shop in trouble ---


def test_a_failing_endpoint_is_tried_again_at_growing_distances_under_the_same_id_then_given_up(
    shop: TinyShop, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    shop.status = 500
    a_hold()
    at, delivery_id = AT, only_delivery().pk
    for attempt, minutes in enumerate(BACKOFF_MINUTES, start=1):
        deliver(delivery_id, at=at)
        delivery = only_delivery()
        assert (delivery.attempts, delivery.state, delivery.trouble) == (attempt, "waiting", "HTTP 500")
        assert delivery.next_attempt_at == at + timedelta(minutes=minutes)
        deliver(delivery_id, at=delivery.next_attempt_at - timedelta(seconds=1))
        assert len(shop.received) == attempt
        at = delivery.next_attempt_at
    with caplog.at_level(logging.ERROR, logger="kulanz.webhooks"):
        deliver(delivery_id, at=at)
    assert only_delivery().state == DeliveryState.GIVEN_UP
    assert [record.message for record in caplog.records] == ["webhook given up"]
    deliver(delivery_id, at=at + timedelta(days=30))
    assert len(shop.received) == MAX_ATTEMPTS
    assert {message.id for message in shop.received} == {str(delivery_id)}
    assert shop.blocked == set()


def test_what_was_given_up_is_seen_by_the_shop_and_told_again_when_it_is_mended(
    shop: TinyShop, endpoint: Endpoint
) -> None:
    hold = a_hold()
    Delivery.objects.update(attempts=MAX_ATTEMPTS - 1)
    shop.status = 500
    deliver_due(AT)
    key = create_key(b.dana("2026-01-05"), b.a_shop(), "shop")
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/deliveries?state=given_up").json()
    [told] = answer["deliveries"]
    assert (told["event"], told["account"], told["trouble"]) == (
        "hold.placed",
        hold.account.number,
        "HTTP 500",
    )
    assert (told["attempts"], told["url"], answer["next"]) == (MAX_ATTEMPTS, shop.url, None)
    shop.status = 204
    tell_again(b.dana("2026-06-05"), deliveries().get())
    assert jobs() == 2
    deliver_due(b.moment("2026-06-05", "12:00"))
    assert shop.blocked == {hold.account.number}
    assert [message.id for message in shop.received] == [told["id"]] * 2
    with pytest.raises(SomebodyWasFaster):
        tell_again(b.dana("2026-06-05"), deliveries().get())


def test_a_shop_that_took_it_and_could_not_say_so_hears_it_twice_and_acts_once(
    shop: TinyShop, endpoint: Endpoint
) -> None:
    hold = a_hold()
    delivery = only_delivery()
    deliver(delivery.pk, at=AT)
    # The worker died between the shop's answer and writing it down.
    Delivery.objects.update(state=DeliveryState.WAITING, delivered_at=None, next_attempt_at=AT + LEASE)
    deliver(delivery.pk, at=AT + LEASE)
    assert [message.id for message in shop.received] == [str(delivery.pk)] * 2
    assert shop.blocked == {hold.account.number}


def test_a_late_message_does_not_revive_a_hold_that_has_ended(shop: TinyShop, endpoint: Endpoint) -> None:
    hold = a_hold()
    lift_hold(b.cem("2026-06-02"), hold)
    placed, lifted = Delivery.objects.order_by("id")
    deliver(lifted.pk, at=b.moment("2026-06-02", "12:00"))
    deliver(placed.pk, at=b.moment("2026-06-02", "13:00"))
    assert [message.type for message in shop.received] == ["hold.lifted", "hold.placed"]
    assert shop.blocked == set()


def test_a_redirect_is_not_followed(shop: TinyShop, endpoint: Endpoint) -> None:
    shop.status, shop.headers = 302, {"Location": shop.url}
    a_hold()
    deliver_due(AT)
    assert len(shop.received) == 1
    assert only_delivery().trouble == "HTTP 302"


def test_an_answer_without_end_is_not_read(endpoint: Endpoint) -> None:
    """The status line is enough; what follows is left lying."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        Endpoint.objects.update(url=f"http://127.0.0.1:{server.getsockname()[1]}/")
        closed = threading.Event()

        def endless() -> None:
            caller, _ = server.accept()
            with caller:
                caller.recv(65_536)
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
                try:
                    while True:
                        caller.sendall(b"x" * 65_536)
                except OSError:
                    closed.set()

        thread = threading.Thread(target=endless)
        thread.start()
        a_hold()
        deliver_due(AT)
        thread.join(timeout=30)
    assert closed.is_set()
    assert only_delivery().state == DeliveryState.DELIVERED


# --- workers ---


def test_no_transaction_is_open_and_the_delivery_is_leased_while_knocking(
    shop: TinyShop, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    depth = len(connection.savepoint_ids)
    seen: list[tuple[int, int, datetime, list[UUID]]] = []

    def look(delivery: Delivery, at: datetime) -> None:
        row = only_delivery()
        seen.append((len(connection.savepoint_ids) - depth, row.attempts, row.next_attempt_at, due(at)))

    monkeypatch.setattr(knocking, "_knock", look)
    a_hold()
    deliver_due(AT)
    assert seen == [(0, 1, AT + LEASE, [])]


def test_a_worker_that_dies_while_knocking_loses_nothing(
    shop: TinyShop, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = a_hold()
    with monkeypatch.context() as patch:
        patch.setattr(knocking, "_knock", _die)
        with pytest.raises(SystemExit):
            deliver_due(AT)
    delivery = only_delivery()
    assert (delivery.state, delivery.attempts) == ("waiting", 1)
    deliver_due(AT + LEASE - timedelta(seconds=1))
    assert shop.received == []
    deliver_due(AT + LEASE)
    assert shop.blocked == {hold.account.number}


def _die(delivery: Delivery, at: datetime) -> None:
    raise SystemExit


def test_a_delivery_that_kills_every_worker_is_given_up_too(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knocking, "_knock", _die)
    a_hold()
    at = AT
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(SystemExit):
            deliver_due(at)
        at += LEASE
    deliver_due(at)
    delivery = only_delivery()
    assert (delivery.state, delivery.trouble) == ("given_up", "the worker died while knocking")


def test_an_attempt_that_lost_its_lease_does_not_overwrite_a_later_one(
    shop: TinyShop, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker hangs beyond its lease; a second one delivers; then the first one fails."""
    knock = knocking._knock

    def hang(delivery: Delivery, at: datetime) -> knocking.Failure:
        monkeypatch.setattr(knocking, "_knock", knock)
        deliver(delivery.pk, at=at + LEASE)
        return knocking.Failure("ReadTimeout", silent=True)

    monkeypatch.setattr(knocking, "_knock", hang)
    a_hold()
    deliver_due(AT)
    delivery = only_delivery()
    assert (delivery.state, delivery.attempts, delivery.trouble) == ("delivered", 2, "")


def test_a_silent_endpoint_is_knocked_at_once_per_round(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    knocks: list[UUID] = []

    def nobody(delivery: Delivery, at: datetime) -> knocking.Failure:
        knocks.append(delivery.pk)
        return knocking.Failure("ConnectTimeout", silent=True)

    monkeypatch.setattr(knocking, "_knock", nobody)
    for _ in range(3):
        a_hold()
    silent: set[UUID] = set()
    for delivery_id in due(AT):
        deliver(delivery_id, at=AT, silent=silent)
    assert len(knocks) == 1
    assert [d.attempts for d in Delivery.objects.all()] == [1, 1, 1]
    assert due(AT) == []


def test_nobody_listening_is_trouble_not_a_crash(endpoint: Endpoint) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    Endpoint.objects.update(url=f"http://127.0.0.1:{free}/")
    a_hold()
    deliver_due(AT)
    assert (only_delivery().state, only_delivery().trouble) == ("waiting", "ConnectionError")


# --- endpoints ---


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hook",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1@evil.example/",
        "https://user:password@shop.example/",
        "https://shop.example\\@127.0.0.1/",
        "https://shop.example/#fragment",
        "https:///hook",
        "https://shop.example:99999/",
        "https://shop.example:0/",
        "https://[::1/",
        "https://shop.example/a b",
        "https://shöp.example/",
        "ftp://127.0.0.1/",
        "//shop.example",
        "",
        "https://shop.example/" + "x" * 500,
    ],
)
def test_an_address_that_is_not_a_plain_https_one_is_refused(url: str) -> None:
    with pytest.raises(UnusableEndpoint):
        create_endpoint(b.dana("2026-01-05"), b.a_shop(), url)
    assert Endpoint.objects.count() == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/hook?a=1",
        "https://shop.example:8443/",
        "http://localhost:9/",
        "http://[::1]:9/x",
    ],
)
def test_https_anywhere_and_http_on_this_machine_are_taken(url: str) -> None:
    endpoint = create_endpoint(b.dana("2026-01-05"), b.a_shop(), url)
    assert (endpoint.url, endpoint.active, endpoint.secret[:6]) == (url, True, "whsec_")


def test_a_retired_endpoint_is_told_nothing_more(shop: TinyShop, endpoint: Endpoint) -> None:
    hold = a_hold()
    retire_endpoint(b.dana("2026-06-01"), endpoint)
    lift_hold(b.cem("2026-06-02"), hold)
    deliver_due(b.moment("2026-06-03"))
    assert shop.received == []
    assert (only_delivery().state, only_delivery().trouble) == ("given_up", "the endpoint was retired")


def test_a_fact_written_while_its_endpoint_retires_is_given_up_by_the_next_round(endpoint: Endpoint) -> None:
    a_hold()
    Endpoint.objects.update(active=False)
    deliver_due(AT)
    assert (only_delivery().state, only_delivery().attempts) == ("given_up", 0)
