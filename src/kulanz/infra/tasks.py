"""Found by procrastinate's autodiscovery."""

from kulanz.infra.jobs import retry_stalled

__all__ = ["retry_stalled"]
