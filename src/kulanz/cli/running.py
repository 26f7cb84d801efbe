"""`serve`, `worker`, `demo`: what keeps running."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import typer

from kulanz.cli import opening
from kulanz.cli.output import Answer, printer
from kulanz.cli.verbs import verb

Port = Annotated[int, typer.Option(min=1, max=65535, help="Where to listen.")]


def register(app: typer.Typer) -> None:
    """Make the commands known."""
    verb(app, "demo", example="kulanz demo --port 8000")(demo)
    verb(app, "serve", example="kulanz serve --host 0.0.0.0 --port 8000 --workers 4")(serve)
    verb(app, "worker", example="kulanz worker")(worker)


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 2,
) -> None:
    """Run the web server, until Ctrl-C.

    Mails and other jobs need `kulanz worker` beside it.
    """
    opening.serve_under_port(port)
    opening.open_books()
    from kulanz.wiring import serving

    serving.serve(host=host, port=port, workers=workers)


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=32, help="Jobs at the same time.")] = 2,
) -> None:
    """Work off the queue, until Ctrl-C.

    Letters, mails, webhooks, nightly reviews. What it has begun it finishes.
    """
    opening.open_books()
    from kulanz.wiring import serving

    serving.work(concurrency=concurrency)


def demo(
    port: Port = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Only build the shop.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Start anew: the demo's data are dropped.")] = False,
) -> None:
    """Build a sample shop and serve it.

    Made of real orders and invented people, with a login for every role; served on this machine only.
    """
    opening.serve_under_port(port)
    opening.set_up()
    from kulanz.demo.api import run

    run(port=port, serve=not no_serve, reset=reset, on_ready=_announce)


def _announce(document: Mapping[str, object]) -> None:
    """Addresses and logins, as soon as the pages answer: the program goes on running."""
    printer().print(Answer(document, lambda: _welcome(document)))


def _welcome(document: Mapping[str, object]) -> Iterator[str]:
    for title, heading in (
        ("urls", "Addresses"),
        ("logins", "Logins"),
        ("bank_files", "Bank files to drop in"),
    ):
        if title in document:
            yield heading
            yield from (f"  {line}" for line in _described(document[title]))
            yield ""
    yield f"Ready after {document.get('seconds')} seconds. Ctrl-C ends it."


def _described(things: object) -> Iterator[str]:
    """Addresses come by name, logins as a list of facts; both read as aligned words."""
    if isinstance(things, Mapping):
        yield from (f"{name:<12} {value}" for name, value in things.items())
    elif isinstance(things, list):
        for thing in things:
            yield "  ".join(str(v) for v in thing.values()) if isinstance(thing, Mapping) else str(thing)
    else:
        yield str(things)
