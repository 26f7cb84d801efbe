"""Which PostgreSQL Django talks to: the embedded one in the data directory, or the one of `KULANZ_DATABASE_URL`."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from kulanz.infra.config import Config
from kulanz.infra.postgres import EmbeddedPostgres


def embedded(config: Config) -> EmbeddedPostgres | None:
    """The embedded server of this installation, or None where an external database is configured."""
    return None if config.database_url else EmbeddedPostgres(config.data_dir, bin_dir=config.pg_bin)


def django_database(config: Config) -> dict[str, Any]:
    """Django's DATABASES entry. Starts nothing: commands that need the embedded server call `ensure()` first."""
    server = embedded(config)
    dsn = config.database_url or (server.dsn if server else "")
    parts = conninfo_to_dict(dsn)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "kulanz"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        # Health checks: without them every connection of the pool fails once after a database restart.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 20}},
        "TEST": {"NAME": "test_kulanz"},
    }
