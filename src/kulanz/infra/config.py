"""Where Kulanz keeps things and which database it talks to. Options beat the environment beats `kulanz.toml`.

The file `kulanz.toml` is looked for in the working folder, then in the data directory; keys are the names of the
settings without `KULANZ_`, in lower case (`database_url = "postgresql://…"`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from kulanz.kernel.refusals import Refusal
from kulanz.kernel.text import N_


class UnreadableSettings(Refusal):
    """kulanz.toml cannot be read, or a value in it makes no sense."""

    code = "unreadable_settings"
    sentence = N_("The setting %(name)s in %(where)s cannot be used: %(reason)s.")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one installation. See docs/settings.md for each."""

    data_dir: Path
    database_url: str | None
    pg_bin: Path | None
    public_url: str
    mail_url: str
    mail_from: str
    own_domains: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    debug: bool
    trusted_proxies: int
    law_signatures: Path | None
    pass_on_return_fees: bool
    bank_folder: Path | None
    # How many points the best reading of a payment must be ahead of every other one to be booked without a person.
    matching_margin: int = 10
    # An over-payment up to this (minor units) becomes the payer's credit by itself; about more a person decides.
    matching_credit_cents: int = 500


def default_data_dir() -> Path:
    """The per-user data directory of the platform; for root a system directory, because PostgreSQL runs as
    another account that must be able to enter it."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/kulanz")
    return platformdirs.user_data_path("kulanz")


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Config:
    """Read the settings. Raises UnreadableSettings naming the file or variable."""
    env = os.environ if environ is None else environ
    here = Path.cwd() if folder is None else folder
    file = _read_file(here / "kulanz.toml")
    data_dir = Path(env.get("KULANZ_DATA_DIR") or str(file.get("data_dir") or default_data_dir())).expanduser()
    if not file:
        file = _read_file(data_dir / "kulanz.toml")

    def value(name: str, default: str = "") -> str:
        return env.get(f"KULANZ_{name.upper()}") or str(file.get(name) or default)

    public_url = value("public_url", "http://127.0.0.1:8000")
    return Config(
        data_dir=data_dir.absolute(),
        database_url=value("database_url") or None,
        pg_bin=Path(value("pg_bin")) if value("pg_bin") else None,
        public_url=public_url.rstrip("/"),
        # "sink:" keeps every mail as a file in the data directory and sends nothing.
        mail_url=value("mail_url", "sink:"),
        mail_from=value("mail_from", "kundenservice@kulanz.invalid"),
        own_domains=_words(value("own_domains")),
        allowed_hosts=_words(value("allowed_hosts", "127.0.0.1,localhost")),
        law_signatures=Path(value("law_signatures")) if value("law_signatures") else None,
        trusted_proxies=_count("trusted_proxies", value("trusted_proxies", "0")),
        matching_margin=_count("matching_margin", value("matching_margin", "10")),
        matching_credit_cents=_count("matching_credit_cents", value("matching_credit_cents", "500")),
        pass_on_return_fees=_yes(value("pass_on_return_fees")),
        debug=_yes(value("debug")),
        bank_folder=Path(value("bank_folder")).expanduser().absolute() if value("bank_folder") else None,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _yes(text: str) -> bool:
    return text.lower() in {"1", "true", "yes"}


def _count(name: str, text: str) -> int:
    if not text.isdecimal():
        raise UnreadableSettings(name=name, where=f"KULANZ_{name.upper()}", reason="it is not a number")
    return int(text)


def _read_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableSettings(name="kulanz.toml", where=str(path), reason=str(error)) from error
