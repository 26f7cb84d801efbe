"""The only reader of the clock. Doors call it; rules get a date, verbs get `act.at`.

Moments are UTC. Legal days are days in Germany: at 23:30 UTC it is already tomorrow in Berlin.
`KULANZ_NOW` (ISO 8601) pins the clock for demos and tests; a moment without a zone is read as Berlin time.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def now() -> datetime:
    """This moment, in UTC."""
    pinned = os.environ.get("KULANZ_NOW")
    return parse_moment(pinned) if pinned else datetime.now(UTC)


def today() -> date:
    """Today's legal day in Germany."""
    return berlin_day(now())


def berlin_day(moment: datetime) -> date:
    """The legal day on which `moment` falls. Naive moments are a bug."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(BERLIN).date()


def start_of_day(day: date) -> datetime:
    """The first moment of a Berlin day, in UTC."""
    return datetime.combine(day, time.min, BERLIN).astimezone(UTC)


def parse_moment(text: str) -> datetime:
    """ISO 8601 date or date-time to UTC; without a zone it is Berlin time. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=BERLIN)
    return moment.astimezone(UTC)
