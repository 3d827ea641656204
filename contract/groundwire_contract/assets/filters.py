"""Filters of listings: comparisons and `intersects`, joined by AND.

    properties.cloud <= 20 AND startTime >= "2024-01-01T00:00:00Z" AND intersects("{'type': 'Point', ...}")

These are what the official clients write. Anything else is a FilterError: no filter is ignored.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from .geometry import GeometryError, Shape, from_wkt, meet, shape
from .record import Asset

_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<intersects>intersects)\s*\(\s*(?P<region>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)
    | (?P<name>properties\.(?:"[^"]*"|[^\s<>=!"']+)|[A-Za-z_]+)\s*(?P<op>>=|<=|!=|=|<|>)\s*
      (?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s()"']+)
    )\s*""",
    re.VERBOSE,
)
_AND: Final = re.compile(r"AND\s+")
_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TIMES: Final[Mapping[str, Callable[[Asset], datetime | None]]] = {
    "startTime": lambda asset: asset.start_time,
    "start_time": lambda asset: asset.start_time,
    "endTime": lambda asset: asset.end_time or asset.start_time,
    "end_time": lambda asset: asset.end_time or asset.start_time,
    "updateTime": lambda asset: asset.update_time,
    "update_time": lambda asset: asset.update_time,
}
_TEXTS: Final[Mapping[str, Callable[[Asset], str]]] = {
    "id": lambda asset: asset.id,
    "name": lambda asset: asset.name,
    "type": lambda asset: asset.type.value,
}
Test = Callable[[Asset], bool]


class FilterError(ValueError):
    """A filter that cannot be read, or asks for more than comparisons."""


def read_filter(text: str) -> Test:
    """Return the test of a filter; an empty one keeps everything. Raises FilterError."""
    tests = tuple(_test(term) for term in _terms(text))
    return lambda asset: all(test(asset) for test in tests)


def feature_filter(text: str, region: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return the test of a filter of features, and of the region that they meet. Raises FilterError."""
    terms = list(_terms(text))
    if any(not (term["name"] or "").startswith("properties.") for term in terms):
        raise FilterError(f"{text!r}: only properties of features are compared, as in `properties.x > 1`")
    tests = [_test(term) for term in terms]
    area = _region(region) if region else None

    def keeps(feature: Mapping[str, Any]) -> bool:
        geometry = feature.get("geometry")
        if area is not None and (geometry is None or not meet(area, shape(geometry))):
            return False
        record = Asset(name="x", properties=feature.get("properties") or {})
        return all(test(record) for test in tests)

    return keeps


def _terms(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(text.rstrip()):
        term = _TOKEN.match(text, at)
        if term is None:
            raise FilterError(f"{text!r}: expected a comparison at {text[at:].strip()[:40]!r}")
        yield term
        at = term.end()
        if at < len(text):
            joint = _AND.match(text, at)
            if joint is None:
                raise FilterError(f"{text!r}: expected AND at {text[at:][:40]!r}")
            at = joint.end()
            if at >= len(text):
                raise FilterError(f"{text!r}: a comparison is missing after AND")


def _test(term: re.Match[str]) -> Test:
    if term["intersects"]:
        area = _region(_literal(term["region"]))
        return lambda asset: asset.geometry is not None and meet(area, shape(asset.geometry))
    name, compare, value = term["name"], _OPERATORS[term["op"]], _literal(term["value"])
    if name.startswith("properties."):
        key = name.removeprefix("properties.").removeprefix('"').removesuffix('"')
        return lambda asset: _compared(compare, asset.properties.get(key), value)
    if name in _TIMES:
        instant, read = _instant(str(value)), _TIMES[name]
        return lambda asset: (at := read(asset)) is not None and compare(at, instant)
    if name in _TEXTS:
        text, shown = _TEXTS[name], str(value)
        return lambda asset: compare(text(asset), shown)
    raise FilterError(f"{name!r} is none of properties.NAME, {', '.join((*_TIMES, *_TEXTS))}")


def _compared(compare: Callable[[Any, Any], bool], value: object, wanted: object) -> bool:
    """Compare a property, which may be missing, with a number or a text of the filter."""
    if isinstance(value, int | float) and isinstance(wanted, int | float):
        return compare(value, wanted)
    return isinstance(value, str) and compare(value, str(wanted))


def _literal(text: str) -> Any:
    """Return a number for an unquoted one, and a text for the rest."""
    if text[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    try:
        return float(text)
    except ValueError:
        return text


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise FilterError(f"{text!r} is no time, such as 2024-01-01T00:00:00Z") from error
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant


def _region(text: str) -> Shape:
    """Return the shape of GeoJSON, which may have single quotes, or of WKT."""
    try:
        if text.lstrip().startswith("{"):
            return shape(json.loads(text.replace("'", '"')))
        return shape(from_wkt(text))
    except (GeometryError, ValueError, RecursionError) as error:
        raise FilterError(str(error)) from error
