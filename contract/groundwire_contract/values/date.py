"""Dates and ranges of dates, with the patterns by which scripts name exports (Joda-Time's)."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import field, frozen

from .problem import ExpressionError, too_large, unsupported

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TEXT: Final = re.compile(
    r"(\d{4})(?:-(?:(\d{3})|(\d{1,2})(?:-(\d{1,2}))?))?(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?(Z|[+-]\d{2}:?\d{2})?)?"
)
MILLIS: Final[Mapping[str, int]] = {
    "year": 31_556_952_000, "month": 2_629_746_000, "week": 604_800_000, "day": 86_400_000, "hour": 3_600_000,
    "minute": 60_000, "second": 1000,
}  # fmt: skip
"""Milliseconds of the units; a month and a year have the average length of Joda-Time's calendar."""
_CALENDAR: Final = frozenset({"year", "month"})
_TOKEN: Final = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")
_LONGEST: Final = 200


def _bounded(millis: int) -> None:
    """Check the size of an instant. Raises ExpressionError for one that its 64 bits do not hold."""
    if not -(2**63) <= millis < 2**63:
        raise unsupported("a date so far away")


@frozen(order=True)
class Date:
    """An instant, in milliseconds since 1970."""

    millis: int = field(validator=lambda _, __, value: _bounded(value))

    def at(self, zone: str | None = None) -> datetime:
        """Return the date in a zone. Raises ExpressionError for an unknown zone or a year that is not 1 to 9999."""
        try:
            return (_EPOCH + timedelta(milliseconds=self.millis)).astimezone(zone_of(zone))
        except (OverflowError, ValueError) as error:
            raise unsupported(f"a date of {self.millis} milliseconds") from error


@frozen
class DateRange:
    """The dates from `start` up to, but without, `end`."""

    start: Date
    end: Date

    def contains(self, date: Date) -> bool:
        """Return True for a date within."""
        return self.start.millis <= date.millis < self.end.millis


@cache
def zone_of(name: str | None) -> tzinfo:
    """Return a time zone by name; UTC without one. Raises ExpressionError for an unknown one."""
    if name is None or name.upper() in ("UTC", "Z", "GMT"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise unsupported(f"the time zone {name[:_LONGEST]!r}") from error


def from_datetime(moment: datetime) -> Date:
    """Return the date of a datetime with a zone."""
    return Date(round((moment - _EPOCH) / timedelta(milliseconds=1)))


def parsed(text: str, zone: str | None = None) -> Date:
    """Return the date of a text such as `1996-01-01`, `1996-001` or `1996-01-01T08:00`. Raises ExpressionError."""
    match = _TEXT.fullmatch(text) if len(text) <= _LONGEST else None
    wrong = ExpressionError(f"Date: Bad date/time '{text[:_LONGEST]}'.")
    if match is None:
        raise wrong
    year, of_year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        moment = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0),
            int((fraction or "0").ljust(3, "0")) * 1000, tzinfo=_offset(offset, zone),
        )  # fmt: skip
        return from_datetime(moment + timedelta(days=int(of_year or 1) - 1))
    except (ValueError, OverflowError) as error:
        raise wrong from error


def _offset(text: str | None, zone: str | None) -> tzinfo:
    return (
        zone_of(zone) if text is None else datetime.strptime(text.replace("Z", "+0000"), "%z").tzinfo or UTC
    )


def advanced(date: Date, delta: float, unit: str, zone: str | None = None) -> Date:
    """Return a date later by some units. Months and years count by the calendar, and end on its last day."""
    unit = unit.lower().removesuffix("s")
    if unit in MILLIS.keys() - _CALENDAR and (zone is None or unit in ("hour", "minute", "second")):
        later = delta * MILLIS[unit]
        if not math.isfinite(later):
            raise unsupported("a date so far away")
        return Date(date.millis + round(later))
    if delta != int(delta):
        raise unsupported(f"a fraction of a {unit} in Date.advance")
    try:
        return from_datetime(_advanced(date.at(zone), int(delta), unit))
    except (ValueError, OverflowError) as error:
        raise unsupported(f"a date {int(delta)} {unit}s away") from error


def _advanced(moment: datetime, delta: int, unit: str) -> datetime:
    if unit in ("day", "week"):
        return moment + timedelta(days=delta * (7 if unit == "week" else 1))
    if unit not in ("month", "year"):
        raise ExpressionError(f"Date.advance: Invalid unit '{unit[:_LONGEST]}'.")
    months = moment.year * 12 + moment.month - 1 + delta * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def part(date: Date, unit: str, zone: str | None = None) -> int:
    """Return a unit of a date, such as its month, 1 to 12. Raises ExpressionError for an unknown unit."""
    moment = date.at(zone)
    values = {
        "year": moment.year, "month": moment.month, "week": moment.isocalendar().week, "day": moment.day,
        "hour": moment.hour, "minute": moment.minute, "second": moment.second,
    }  # fmt: skip
    name = unit.lower().removesuffix("s")
    if name not in values:
        raise ExpressionError(f"Date.get: Invalid unit '{unit[:_LONGEST]}'.")
    return values[name]


def relative(date: Date, unit: str, within: str, zone: str | None = None) -> int:
    """Return the zero-based unit of a date within a larger unit, such as its day in the year."""
    moment = date.at(zone)
    days = {"year": moment.timetuple().tm_yday - 1, "month": moment.day - 1, "week": moment.weekday()}
    pair = (unit.lower().removesuffix("s"), within.lower().removesuffix("s"))
    if pair[0] == "day" and pair[1] in days:
        return days[pair[1]]
    if pair == ("month", "year"):
        return moment.month - 1
    raise unsupported(f"Date.getRelative of {unit[:_LONGEST]!r} in {within[:_LONGEST]!r}")


_FIELDS: Final[Mapping[str, Callable[[datetime], int]]] = {
    "y": lambda m: m.year, "Y": lambda m: m.year, "x": lambda m: m.isocalendar().year, "w": lambda m: m.isocalendar().week,
    "e": lambda m: m.isoweekday(), "D": lambda m: m.timetuple().tm_yday, "M": lambda m: m.month, "d": lambda m: m.day,
    "H": lambda m: m.hour, "h": lambda m: (m.hour - 1) % 12 + 1, "K": lambda m: m.hour % 12, "k": lambda m: m.hour or 24,
    "m": lambda m: m.minute, "s": lambda m: m.second,
}  # fmt: skip


def formatted(date: Date, pattern: str | None = None, zone: str | None = None) -> str:
    """Return a date by a pattern of Joda-Time; without one, in ISO 8601 to the second. Raises ExpressionError."""
    moment = date.at(zone)
    if pattern is not None and len(pattern) > _LONGEST:
        raise too_large("a pattern so long")
    if pattern is None:
        return moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    out: list[str] = []
    place = 0
    while place < len(pattern):
        token = _TOKEN.match(pattern, place)
        if token is None:
            raise ExpressionError(f"Date.format: Illegal pattern '{pattern[:_LONGEST]}'.")
        place = token.end()
        out.append(_written(moment, token, zone or "UTC"))
    return "".join(out)


def _written(moment: datetime, token: re.Match[str], zone: str) -> str:
    text, letter = token[0], token[2]
    if letter is None:
        return text if token[1] is None else token[1].replace("''", "'") or "'"
    width = len(text)
    if letter == "M" and width > 2:
        return (calendar.month_abbr if width == 3 else calendar.month_name)[moment.month]
    if letter == "E":
        return (calendar.day_abbr if width < 4 else calendar.day_name)[moment.weekday()]
    if letter == "a":
        return "AM" if moment.hour < 12 else "PM"
    if letter == "S":
        return f"{moment.microsecond:06d}".ljust(width, "0")[:width]
    if letter == "Z":
        offset = moment.strftime("%z")
        return zone if width > 2 else offset if width == 1 else f"{offset[:3]}:{offset[3:]}"
    if letter not in _FIELDS:
        raise unsupported(f"{letter!r} in a pattern of Date.format")
    value = _FIELDS[letter](moment)
    if letter in "yYx" and width == 2:
        return f"{value % 100:02d}"
    return str(value).rjust(width, "0")
