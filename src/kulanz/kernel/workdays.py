"""Working days in Germany: Monday to Friday without the public holidays that hold in every federal state."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _german_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", years=year))


def is_working_day(day: date) -> bool:
    """Whether people are at their desks on `day`."""
    return day.weekday() < 5 and day not in _german_holidays(day.year)


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`; the day itself is not counted (as in BGB § 187(1))."""
    result = day
    while count > 0:
        result += timedelta(days=1)
        if is_working_day(result):
            count -= 1
    return result
