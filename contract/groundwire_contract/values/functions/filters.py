"""Functions that make filters."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any, Final

from attrs import evolve

from ..coercion import date as as_date
from ..coercion import geometry as as_geometry
from ..coercion import is_number
from ..date import Date, DateRange
from ..elements import Value
from ..filter import Filter, binary, operand
from ..geometry import meets
from ..problem import ExpressionError, too_large, unsupported
from ..signature import Library

LIBRARY: Final = Library()
_OPERANDS: Final = "leftField?: String, rightValue?: Object, rightField?: String, leftValue?: Object"
_MOST_TESTS: Final = 10_000
Test = Callable[[Any, Any], bool]


def _filter(test: Test, *names: str, more: str = "") -> None:
    def register(name: str) -> None:
        def compute(*values: Value) -> Filter:
            return binary(name, test, values[:4])

        LIBRARY.add(f"{name}({_OPERANDS}{more})")(compute)

    for name in names:
        register(f"Filter.{name}")


def _ordered(test: Test) -> Test:
    def compare(left: Any, right: Any) -> bool:
        one, other = _comparable(left), _comparable(right)
        if is_number(one) != is_number(other) or isinstance(one, str) != isinstance(other, str):
            return False
        if not is_number(one) and not isinstance(one, str):
            raise unsupported(f"a filter that orders values of type {type(left).__name__}")
        return test(one, other)

    return compare


def _comparable(value: Any) -> Any:
    return value.millis if isinstance(value, Date) else value


_filter(lambda left, right: _comparable(left) == _comparable(right), "equals", "eq")
_filter(lambda left, right: _comparable(left) != _comparable(right), "notEquals", "neq")
_filter(_ordered(operator.lt), "lessThan", "lt")
_filter(_ordered(operator.le), "lessThanOrEquals", "lte")
_filter(_ordered(operator.gt), "greaterThan", "gt")
_filter(_ordered(operator.ge), "greaterThanOrEquals", "gte")


def _text(test: Test) -> Test:
    return lambda left, right: isinstance(left, str) and isinstance(right, str) and test(left, right)


_filter(_text(lambda left, right: right in left), "stringContains")
_filter(_text(lambda left, right: left.startswith(right)), "stringStartsWith")
_filter(_text(lambda left, right: left.endswith(right)), "stringEndsWith")


def _contains(left: Any, right: Any) -> bool:
    return isinstance(left, tuple) and right in left


_filter(lambda left, right: _contains(right, left), "inList")
_filter(_contains, "listContains")


def _date_within(dates: Any, value: Any) -> bool:
    if not isinstance(dates, DateRange):
        raise unsupported("Filter.dateRangeContains of what is no DateRange")
    date = as_date(value)
    return date is not None and dates.contains(date)


_filter(_date_within, "dateRangeContains")


def _intersects(left: Any, right: Any) -> bool:
    one, other = as_geometry(left), as_geometry(right)
    return one is not None and other is not None and meets(one, other)


_filter(_intersects, "intersects", more=", maxError?: ErrorMargin")
_filter(lambda left, right: not _intersects(left, right), "disjoint", more=", maxError?: ErrorMargin")


@LIBRARY.add("Filter.and(filters: List)")
def and_(filters: tuple[Value, ...]) -> Filter:
    """Return a filter that passes if all pass."""
    return _several("Filter.and", filters, all)


@LIBRARY.add("Filter.or(filters: List)")
def or_(filters: tuple[Value, ...]) -> Filter:
    """Return a filter that passes if one passes."""
    return _several("Filter.or", filters, any)


def _several(name: str, filters: tuple[Value, ...], test: Callable[[Iterable[bool]], bool]) -> Filter:
    tests = _checked(filters)
    joins = [each.joins for each in filters]
    measures = [each.measure for each in filters if each.measure is not None]
    return Filter(
        name,
        lambda item: test(each.passes(item) for each in filters),
        tests,
        None if None in joins else lambda one, other: test(each(one, other) for each in joins),
        measures[0] if len(measures) == 1 else None,
    )


def _checked(filters: tuple[Value, ...]) -> int:
    if not all(isinstance(each, Filter) for each in filters):
        raise unsupported("a filter of what are no filters")
    tests: int = 1 + sum(each.tests for each in filters)
    if tests > _MOST_TESTS:
        raise too_large("a filter of so many comparisons")
    return tests


@LIBRARY.add("Filter.not(filter: Filter)")
def not_(condition: Filter) -> Filter:
    """Return a filter that passes if another does not."""
    joins = condition.joins
    return Filter(
        "Filter.not",
        lambda item: not condition.passes(item),
        _checked((condition,)),
        None if joins is None else lambda one, other: not joins(one, other),
    )


@LIBRARY.add("Filter.always()")
def always() -> Filter:
    """Return a filter that passes."""
    return Filter("Filter.always", lambda _: True)


@LIBRARY.add("Filter.never()")
def never() -> Filter:
    """Return a filter that does not pass."""
    return Filter("Filter.never", lambda _: False)


@LIBRARY.add("Filter.notNull(properties: List)")
def not_null(names: tuple[Value, ...]) -> Filter:
    """Return a filter that passes for elements with all of these properties."""
    return Filter(
        "Filter.notNull",
        lambda item: all(operand(item, str(name)) is not None for name in names),
        tests=max(1, len(names)),
    )


@LIBRARY.add("Filter.rangeContains(field: String, minValue: Object, maxValue: Object)")
def range_contains(name: str, low: Value, high: Value) -> Filter:
    """Return a filter that passes from a value up to, and with, another."""
    at_most = _ordered(operator.le)

    def passes(item: Value) -> bool:
        value = operand(item, name)
        return value is not None and at_most(low, value) and at_most(value, high)

    return Filter("Filter.rangeContains", passes)


_FIELDS: Final[dict[str, Callable[[Date], int]]] = {
    "year": lambda date: date.at().year,
    "month": lambda date: date.at().month,
    "hour": lambda date: date.at().hour,
    "minute": lambda date: date.at().minute,
    "day_of_year": lambda date: date.at().timetuple().tm_yday,
    "day_of_month": lambda date: date.at().day,
    "day_of_week": lambda date: date.at().isoweekday(),
}


@LIBRARY.add(
    "Filter.maxDifference(difference: Float, leftField?: String, rightValue?: Object, rightField?: String, leftValue?: Object)"
)
def max_difference(most: float, *values: Value) -> Filter:
    """Return a filter that passes for numbers so close to each other, and measures how far apart they are."""
    left_field, right_value, right_field, left_value = values

    def distance(left: Value, right: Value) -> float:
        one, other = _comparable(left), _comparable(right)
        if not is_number(one) or not is_number(other):
            raise unsupported("Filter.maxDifference of what are no numbers")
        return float(abs(one - other))

    def measure(one: Value, other: Value) -> float:
        return distance(
            left_value if left_field is None else operand(one, left_field),
            right_value if right_field is None else operand(other, right_field),
        )

    condition = binary("Filter.maxDifference", lambda left, right: distance(left, right) <= most, values)
    return evolve(condition, measure=measure)


@LIBRARY.add("Filter.dayOfYear(start: Integer, end: Integer)")
def day_of_year(start: int, end: int) -> Filter:
    """Return a filter on the day of the year of an element's time."""
    return calendar_range(start, end, "day_of_year")


@LIBRARY.add('Filter.calendarRange(start: Integer, end?: Integer, field?: String = "day_of_year")')
def calendar_range(start: int, end: int | None, field: str) -> Filter:
    """Return a filter on a calendar field of an element's time; a range may go beyond the end of the year."""
    if field not in _FIELDS:
        raise ExpressionError(f"Filter.calendarRange: Invalid field '{field[:100]}'.")
    last = start if end is None else end

    def passes(item: Value) -> bool:
        time = operand(item, "system:time_start")
        if not is_number(time):
            return False
        value = _FIELDS[field](Date(round(time)))
        return start <= value <= last if start <= last else value >= start or value <= last

    return Filter("Filter.calendarRange", passes)
