"""What every command has in common: the options that are understood everywhere, one answer, one way to fail."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import Annotated, Any, get_type_hints

import typer

from kulanz.cli.failures import ending_well
from kulanz.cli.opening import LANGUAGES, choose_language
from kulanz.cli.output import Answer, Exit, printing
from kulanz.kernel import clock

DataDir = Annotated[
    str | None,
    typer.Option("--data-dir", metavar="FOLDER", help="Beats KULANZ_DATA_DIR."),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option("--database-url", metavar="URL", help="Beats KULANZ_DATABASE_URL."),
]
Now = Annotated[
    str | None,
    typer.Option("--now", metavar="MOMENT", help="Pins the business clock (ISO 8601)."),
]
Lang = Annotated[
    str | None,
    typer.Option("--lang", metavar="de|en", help="Language of sentences."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
_EVERYWHERE: dict[str, Any] = {"data_dir": DataDir, "database_url": DatabaseUrl, "now": Now, "lang": Lang}
_VARIABLES = {"data_dir": "KULANZ_DATA_DIR", "database_url": "KULANZ_DATABASE_URL", "now": "KULANZ_NOW"}

Verb = Callable[..., Answer | None]


def group(name: str, text: str) -> typer.Typer:
    """A word that has several verbs behind it, such as `import`."""
    return typer.Typer(
        name=name, help=text, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
    )


def verb(app: typer.Typer, name: str, *, example: str) -> Callable[[Verb], Verb]:
    """Make a function a command. It returns its answer; None where it has printed it already or has none."""

    def register(function: Verb) -> Verb:
        hints = get_type_hints(function, include_extras=True)
        own = [p.replace(annotation=hints[p.name]) for p in inspect.signature(function).parameters.values()]
        options = {**_EVERYWHERE, "as_json": AsJson}

        def run(*args: Any, as_json: bool, **given: Any) -> None:
            apply({name: given.pop(name) for name in _EVERYWHERE})
            with printing(as_json=as_json) as printer, ending_well(printer):
                answer = function(*args, **given)
                if answer is not None:
                    printer.print(answer)
                    if answer.exit is not Exit.DONE:
                        raise typer.Exit(answer.exit)

        run.__doc__ = function.__doc__
        run.__annotations__ = {p.name: p.annotation for p in own} | options
        run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # read by typer
            [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
            + [
                inspect.Parameter(
                    option,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=False if option == "as_json" else None,
                    annotation=annotation,
                )
                for option, annotation in options.items()
            ]
        )
        app.command(name, epilog=f"Example: {example}")(run)
        return function

    return register


def apply(options: dict[str, str | None]) -> None:
    """Options beat the environment by becoming it, before anything reads it. Children inherit them."""
    if (moment := options["now"]) is not None:
        try:
            clock.parse_moment(moment)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--now") from error
    if (lang := options["lang"]) is not None:
        if lang not in LANGUAGES:
            raise typer.BadParameter(f"{lang!r} is neither de nor en.", param_hint="--lang")
        choose_language(lang)
    for name, variable in _VARIABLES.items():
        if (value := options[name]) is not None:
            os.environ[variable] = value
