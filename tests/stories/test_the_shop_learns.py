"""The shop itself must learn that a block has ended: a tiny shop with a web server of its own listens to Kulanz."""

from __future__ import annotations

import pytest
from tests.builders import a_bank_file, a_customer, a_payment_hold, a_shop, an_invoice, bank_lines, dana, moment, system
from tests.tiny_shop import TinyShop

from kulanz.ledger.api import match
from kulanz.machines.api import create_endpoint
from kulanz.machines.knocking import deliver, due

pytestmark = pytest.mark.django_db


def _post(day: str) -> None:
    """What the worker does every minute."""
    at = moment(day)
    for delivery_id in due(at):
        deliver(delivery_id, at=at)


def test_the_shop_blocks_and_unblocks_as_kulanz_tells_it() -> None:
    with TinyShop() as shop:
        endpoint = create_endpoint(system("2026-01-02"), a_shop(), shop.url)
        shop.secret = endpoint.secret
        he = a_customer("Thomas Reinhardt")
        claim = an_invoice(he, "98.90")

        a_payment_hold(claim, on="2026-10-18")
        _post("2026-10-18")
        assert he.number in shop.blocked

        [line] = bank_lines(a_bank_file(("98.90", claim.reference), on="2026-11-20"), on="2026-11-20")
        match(dana("2026-11-20"), line_ids=[line.pk])
        _post("2026-11-20")
        assert he.number not in shop.blocked
        assert [message.type for message in shop.received] == ["hold.placed", "hold.lifted", "claim.settled"]
        assert shop.refused == 0
