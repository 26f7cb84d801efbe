"""A tiny shop on the other end of the webhooks: it believes signed messages only, blocks, and unblocks.

It does what `docs/api.md` asks of a receiver: checks the signature, takes every id once, and never lets a message
that comes late revive a hold that has ended.
"""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Any

from standardwebhooks.webhooks import Webhook


@dataclass(frozen=True)
class Received:
    """One message whose signature was right, as often as it came."""

    id: str
    at: datetime
    body: dict[str, Any]

    @property
    def type(self) -> str:
        return str(self.body["type"])


@dataclass
class TinyShop:
    """Use as a context manager. Give its `url` to `create_endpoint` and the endpoint's secret to `secret`."""

    secret: str = ""
    # What it answers to a message it believes; 500 makes it a shop in trouble.
    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    refused: int = 0
    _holds: dict[str, str] = field(default_factory=dict)
    _ended: set[str] = field(default_factory=set)
    _ids: set[str] = field(default_factory=set)

    def __enter__(self) -> TinyShop:
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        # Looking for the end of the service every 10 ms, or leaving the shop would take half a second.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="tiny shop")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/kulanz"

    @property
    def blocked(self) -> set[str]:
        """Accounts that may not buy on invoice here, as far as this shop has been told."""
        return set(self._holds.values())

    def take(self, headers: Message, content: bytes) -> int:
        """What the shop answers."""
        if not self._believes(headers, content):
            self.refused += 1
            return 401
        body = json.loads(content)
        moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        message = Received(headers["webhook-id"], moment, body)
        self.received.append(message)
        if 200 <= self.status < 300 and message.id not in self._ids:
            self._ids.add(message.id)
            self._act(message.type, body["data"])
        return self.status

    def _believes(self, headers: Message, content: bytes) -> bool:
        # The library's own `verify` also compares with the real clock; the shop of a story lives in the story's time.
        signed_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        expected = Webhook(self.secret).sign(headers["webhook-id"], signed_at, content.decode())
        return hmac.compare_digest(expected, headers["webhook-signature"])

    def _act(self, kind: str, facts: Mapping[str, str]) -> None:
        if kind == "hold.placed" and facts["hold"] not in self._ended:
            self._holds[facts["hold"]] = facts["account"]
        if kind == "hold.lifted":
            self._ended.add(facts["hold"])
            self._holds.pop(facts["hold"], None)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(shop.take(self.headers, content))
                for name, value in shop.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Silent: what it took stands in `received`."""

        return Handler
