"""Whether GeoJSON geometries meet, in the plane of longitude and latitude.

The service compares geodesics on a sphere: near the edge of a large geometry the two may differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from attrs import frozen

Point = tuple[float, float]
_WKT: Final = re.compile(r"\s*([A-Za-z]+)\s*(?:Z\s*)?(\(.*)", re.DOTALL)
_WKT_TOKEN: Final = re.compile(r"[(),]|[^\s(),]+")
_KINDS: Final = {
    kind.upper(): kind
    for kind in ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
}
_LINES: Final = frozenset({"LineString", "LinearRing", "MultiLineString"})


class GeometryError(ValueError):
    """A geometry that cannot be read."""


@frozen
class Shape:
    """A geometry as points, lines and polygons; each polygon is its rings."""

    lines: tuple[tuple[Point, ...], ...]
    """Points, as lines of one position; lines; and rings."""
    polygons: tuple[tuple[tuple[Point, ...], ...], ...]


def shape(geometry: Mapping[str, Any]) -> Shape:
    """Return the shape of a GeoJSON geometry. Raises GeometryError."""
    try:
        lines, polygons = _parts(geometry)
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise GeometryError(f"no GeoJSON geometry: {error}") from error
    return Shape(tuple(lines), tuple(polygons))


def from_wkt(text: str) -> dict[str, Any]:
    """Return the GeoJSON of Well-Known Text. Raises GeometryError."""
    match = _WKT.fullmatch(text)
    kind = _KINDS.get(match[1].upper()) if match else None
    if match is None or kind is None:
        raise GeometryError(f"no GeoJSON and no WKT geometry: {text[:80]!r}")
    try:
        coordinates = _nested(match[2])
    except (ValueError, IndexError) as error:
        raise GeometryError(f"no WKT geometry: {text[:80]!r}") from error
    return {"type": kind, "coordinates": coordinates[0] if kind == "Point" else coordinates}


def _nested(text: str) -> list[Any]:
    """Return the lists of nested parentheses; positions are lists of numbers. Raises ValueError and IndexError."""
    open_lists: list[list[Any]] = [[]]
    position: list[float] = []
    for word in _WKT_TOKEN.findall(text):
        if word in ",)" and position:
            open_lists[-1].append(position)
            position = []
        if word == "(":
            open_lists.append([])
        elif word == ")":
            closed = open_lists.pop()
            open_lists[-1].append(closed)
        elif word != ",":
            position.append(float(word))
    (only,) = open_lists
    coordinates: list[Any] = only[0]
    return coordinates


def meet(one: Shape, other: Shape) -> bool:
    """Return True if two shapes have a point in common."""
    if not _boxes_meet(one, other):
        return False
    if any(_inside(line[0], polygon) for polygon in one.polygons for line in other.lines):
        return True
    if any(_inside(line[0], polygon) for polygon in other.polygons for line in one.lines):
        return True
    return any(_cross(*a, *b) for a in _segments(one) for b in _segments(other))


def _parts(
    geometry: Mapping[str, Any],
) -> tuple[list[tuple[Point, ...]], list[tuple[tuple[Point, ...], ...]]]:
    kind = geometry["type"]
    if kind == "GeometryCollection":
        parts = [_parts(each) for each in geometry["geometries"]]
        return [line for lines, _ in parts for line in lines], [each for _, some in parts for each in some]
    coordinates: Any = geometry["coordinates"]
    if kind in ("Point", "MultiPoint"):
        positions = [coordinates] if kind == "Point" else coordinates
        return [(_point(position),) for position in positions], []
    if kind in ("Polygon", "MultiPolygon"):
        many = [coordinates] if kind == "Polygon" else coordinates
        polygons = [tuple(tuple(map(_point, ring)) for ring in rings) for rings in many]
        return [ring for rings in polygons for ring in rings], polygons
    if kind not in _LINES:
        raise GeometryError(f"type {kind!r}")
    lines = coordinates if kind == "MultiLineString" else [coordinates]
    return [tuple(map(_point, line)) for line in lines], []


def _point(position: Sequence[float]) -> Point:
    return float(position[0]), float(position[1])


def _segments(one: Shape) -> Iterator[tuple[Point, Point]]:
    for line in one.lines:
        # The one point of a line is a segment too.
        yield from pairwise(line if len(line) > 1 else (*line, *line))


def _boxes_meet(one: Shape, other: Shape) -> bool:
    if not one.lines or not other.lines:
        return False
    boxes = [
        ([x for line in each.lines for x, _ in line], [y for line in each.lines for _, y in line])
        for each in (one, other)
    ]
    if not all(xs for xs, _ in boxes):
        return False
    (ax, ay), (bx, by) = boxes
    return min(ax) <= max(bx) and min(bx) <= max(ax) and min(ay) <= max(by) and min(by) <= max(ay)


def _inside(point: Point, polygon: tuple[tuple[Point, ...], ...]) -> bool:
    """Return True if a point is inside a polygon and in none of its holes, by crossings of a ray."""
    x, y = point
    crossings = 0
    for ring in polygon:
        for (ax, ay), (bx, by) in pairwise(ring):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                crossings += 1
    return crossings % 2 == 1


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Return True if two segments have a point in common."""
    turns = (_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b))
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((turns[0], a, b, c), (turns[1], a, b, d), (turns[2], c, d, a), (turns[3], c, d, b))
    return any(turn == 0 and _between(start, end, point) for turn, start, end, point in ends)


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _between(a: Point, b: Point, point: Point) -> bool:
    return min(a[0], b[0]) <= point[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= point[1] <= max(a[1], b[1])
