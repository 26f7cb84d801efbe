"""The program `kulanz`: its commands and the options before them."""

from __future__ import annotations

from typing import Annotated

import typer

from kulanz.cli import access, bank_accounts, checking, importing, installation, law, money, running
from kulanz.cli.opening import choose_language
from kulanz.cli.verbs import DatabaseUrl, DataDir, Lang, Now, apply

app = typer.Typer(
    name="kulanz",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help: readable in logs and by screen readers, and there in a third of the time.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: kulanz init && kulanz import orders orders.csv && kulanz claims",
)


def _say_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"kulanz {version('kulanz')}")
        raise typer.Exit


@app.callback()
def everywhere(
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    now: Now = None,
    lang: Lang = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """Customer care and receivables: one truth about money, no block without a named claim.

    Exit codes: 0 done, 1 something found wrong, 2 wrong usage, 3 cannot run.
    """
    choose_language(None)
    apply({"data_dir": data_dir, "database_url": database_url, "now": now, "lang": lang})


# In the order in which an operator meets them.
installation.register(app)
running.register(app)
importing.register(app)
money.register(app)
checking.register(app)
law.register(app)
bank_accounts.register(app)
access.register(app)


def main() -> None:
    """What the installed command runs."""
    app(prog_name="kulanz")
