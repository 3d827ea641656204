"""Functions on dates."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ..coercion import date as as_date
from ..coercion import is_number
from ..date import MILLIS, Date, DateRange, advanced, formatted, from_datetime, parsed, part, relative
from ..elements import Value
from ..problem import ExpressionError, unsupported
from ..signature import Library

LIBRARY: Final = Library()


@LIBRARY.add("Date(value: Object, timeZone?: String)")
def date(value: Value, zone: str | None) -> Date:
    """Return the date of milliseconds, of a text or of a date."""
    if value is None:
        raise ExpressionError("Date: Parameter 'value' is required and may not be null.")
    if isinstance(value, str):
        return parsed(value, zone)
    converted = as_date(value)
    if converted is None:
        raise unsupported(f"a Date of a {type(value).__name__}")
    return converted


@LIBRARY.add("Date.fromYMD(year: Integer, month: Integer, day: Integer, timeZone?: String)")
def from_ymd(year: int, month: int, day: int, zone: str | None) -> Date:
    """Return the date of a day."""
    return parsed(f"{year:04d}-{month:02d}-{day:02d}", zone)


@LIBRARY.add("Date.millis(date: Date)")
def millis(value: Date) -> int:
    """Return milliseconds since 1970."""
    return value.millis


@LIBRARY.add("Date.format(date: Date, format?: String, timeZone?: String)")
def format_(value: Date, pattern: str | None, zone: str | None) -> str:
    """Return a date as text."""
    return formatted(value, pattern, zone)


@LIBRARY.add("Date.advance(date: Date, delta: Float, unit: String, timeZone?: String)")
def advance(value: Date, delta: float, unit: str, zone: str | None) -> Date:
    """Return a later date."""
    return advanced(value, delta, unit, zone)


@LIBRARY.add("Date.get(date: Date, unit: String, timeZone?: String)")
def get(value: Date, unit: str, zone: str | None) -> int:
    """Return a unit of a date."""
    return part(value, unit, zone)


@LIBRARY.add("Date.getRelative(date: Date, unit: String, inUnit: String, timeZone?: String)")
def get_relative(value: Date, unit: str, within: str, zone: str | None) -> int:
    """Return the zero-based unit of a date within a larger one."""
    return relative(value, unit, within, zone)


@LIBRARY.add("Date.getRange(date: Date, unit: String, timeZone?: String)")
def get_range(value: Date, unit: str, zone: str | None) -> DateRange:
    """Return the unit that a date lies in, such as its month."""
    pattern = {"year": "yyyy", "month": "yyyy-MM", "day": "yyyy-MM-dd", "hour": "yyyy-MM-dd'T'HH"}
    name = unit.lower().removesuffix("s")
    if name not in pattern:
        raise unsupported(f"Date.getRange of {unit[:100]!r}")
    start = parsed(formatted(value, pattern[name], zone), zone)
    return DateRange(start, advanced(start, 1, name, zone))


@LIBRARY.add("Date.difference(date: Date, start: Date, unit: String)")
def difference(value: Date, start: Date, unit: str) -> float:
    """Return the units between two dates, by their average length."""
    name = unit.lower().removesuffix("s")
    if name not in MILLIS:
        raise unsupported(f"Date.difference in {unit[:100]!r}")
    return (value.millis - start.millis) / MILLIS[name]


def _length(unit: str, function: str) -> int:
    name = unit.lower().removesuffix("s")
    if name not in MILLIS:
        raise unsupported(f"{function} of {unit[:100]!r}")
    return MILLIS[name]


@LIBRARY.add("Date.unitRatio(numerator: String, denominator: String)")
def unit_ratio(numerator: str, denominator: str) -> float:
    """Return the ratio of the average lengths of two units."""
    return _length(numerator, "Date.unitRatio") / _length(denominator, "Date.unitRatio")


@LIBRARY.add("Date.getFraction(date: Date, unit: String, timeZone?: String)")
def get_fraction(value: Date, unit: str, zone: str | None) -> float:
    """Return the part of a unit that has elapsed, from 0 to 1."""
    dates = get_range(value, unit, zone)
    return (value.millis - dates.start.millis) / (dates.end.millis - dates.start.millis)


@LIBRARY.add(
    "Date.update(date: Date, year?: Integer, month?: Integer, day?: Integer, hour?: Integer, minute?: Integer, "
    "second?: Number, timeZone?: String)"
)
def update(value: Date, *values: Value) -> Date:
    """Return a date with other units."""
    *units, second, zone = values
    moment = value.at(zone)
    year, month, day, hour, minute = (
        now if new is None else new for new, now in zip(units, moment.timetuple()[:5], strict=True)
    )
    exact = moment.second if second is None else int(second)
    micros = moment.microsecond if second is None else round(second % 1 * 1000) * 1000
    try:
        return from_datetime(datetime(year, month, day, hour, minute, exact, micros, moment.tzinfo))
    except ValueError as error:
        raise unsupported("Date.update to a date that is not in the calendar") from error


@LIBRARY.add("Date.parse(format: String, date: String, timeZone?: String)")
def parse(pattern: str, text: str, zone: str | None) -> Date:
    """Return the date of a text by a pattern of years, months, days and times of day."""
    iso = {"yyyy": "0001", "YYYY": "0001"}.get(pattern, pattern)
    places = {letter: [i for i, char in enumerate(iso) if char == letter] for letter in "yYMdHms"}
    if len(pattern) != len(text) or set(pattern) - set("yYMdHms-_/: T."):
        raise unsupported(f"the pattern {pattern[:100]!r} of Date.parse")
    if any(read != sign for sign, read in zip(pattern, text, strict=True) if sign not in places):
        raise ExpressionError(f"Date.parse: Invalid format: '{text[:100]}' is malformed.")
    if pattern in ("yyyy", "YYYY"):
        return parsed(text, zone)
    if any(spots[-1] - spots[0] >= len(spots) for spots in places.values() if spots):
        raise unsupported(f"the pattern {pattern[:100]!r} of Date.parse")
    read = {letter: "".join(text[i] for i in spots) for letter, spots in places.items() if spots}
    year = read.get("y") or read.get("Y") or ""
    day = f"{year}-{read.get('M', '01')}-{read.get('d', '01')}"
    return parsed(f"{day}T{read.get('H', '00')}:{read.get('m', '00')}:{read.get('s', '00')}", zone)


@LIBRARY.add("DateRange(start: Object, end?: Object, timeZone?: String)")
def date_range(start: Value, end: Value, zone: str | None) -> DateRange:
    """Return a range of dates; without an end, of one millisecond."""
    if isinstance(start, DateRange) and end is None:
        return start
    first = date(start, zone)
    return DateRange(first, Date(first.millis + 1) if end is None else date(end, zone))


@LIBRARY.add("DateRange.start(dateRange: DateRange)")
def start_(dates: DateRange) -> Date:
    """Return the first date."""
    return dates.start


@LIBRARY.add("DateRange.end(dateRange: DateRange)")
def end_(dates: DateRange) -> Date:
    """Return the end, which is not in the range."""
    return dates.end


@LIBRARY.add("DateRange.contains(dateRange: DateRange, other: Object)")
def contains(dates: DateRange, other: Value) -> bool:
    """Return True if a date is in the range."""
    value = as_date(other)
    if value is None:
        raise unsupported("DateRange.contains of what is no date")
    return dates.contains(value)


@LIBRARY.add("DateRange.isEmpty(dateRange: DateRange)")
def is_empty(dates: DateRange) -> bool:
    """Return True for a range without dates."""
    return dates.start >= dates.end


@LIBRARY.add("DateRange.isUnbounded(dateRange: DateRange)")
def is_unbounded(_: DateRange) -> bool:
    """Return False: only `DateRange.unbounded` has no end, and it is not computed."""
    return False


@LIBRARY.add("DateRange.intersects(dateRange: DateRange, other: DateRange)")
def intersects(one: DateRange, other: DateRange) -> bool:
    """Return True if two ranges have a date in common."""
    return max(one.start, other.start) < min(one.end, other.end)


@LIBRARY.add("DateRange.intersection(dateRange: DateRange, other: DateRange)")
def intersection(one: DateRange, other: DateRange) -> DateRange:
    """Return the dates that two ranges have in common."""
    if not intersects(one, other):
        raise unsupported("DateRange.intersection of ranges that do not meet")
    return DateRange(max(one.start, other.start), min(one.end, other.end))


@LIBRARY.add("DateRange.union(dateRange: DateRange, other: DateRange)")
def union(one: DateRange, other: DateRange) -> DateRange:
    """Return the range that holds two."""
    return DateRange(min(one.start, other.start), max(one.end, other.end))


def is_time(value: Value) -> bool:
    """Return True for a date or milliseconds."""
    return isinstance(value, Date) or is_number(value)
