"""Found by procrastinate's autodiscovery."""

from kulanz.infra.jobs import clear_sessions, retry_stalled

__all__ = ["clear_sessions", "retry_stalled"]
