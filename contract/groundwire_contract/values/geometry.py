"""Geometries: their GeoJSON form, their bounds in a projection, and whether two of them meet.

Meeting is decided in degrees on a plane.
"""

# Coordinates of an expression are nested lists of unknown depth.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any, Final, TypeAlias

from attrs import Factory, field, frozen

from .crs import WGS84, model
from .edges import mapped, pieces, shortest, straight
from .problem import ExpressionError, unsupported
from .projection import IDENTITY, Projection
from .steps import spend

Point: TypeAlias = "tuple[float, float]"
Box: TypeAlias = "tuple[float, float, float, float]"
"""West, south, east, north."""
_DEPTH: Final = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "LinearRing": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3,
}  # fmt: skip
"""How deep the points lie in the coordinates of each type."""
_CLOSED: Final = {"Polygon", "MultiPolygon", "LinearRing"}
_SHARE: Final = 4
"""Points, or pairs of edges, that cost one step."""
_POINTS: Final = {"Point", "MultiPoint"}


@frozen(eq=False)
class Geometry:
    """A geometry by type and coordinates, in the coordinates of a projection."""

    type: str
    coordinates: Any = field(repr=False)
    projection: Projection = field(factory=Projection)
    geodesic: bool = True
    members: tuple[Geometry, ...] = ()
    """The members of a GeometryCollection."""
    size: int = field(init=False, default=Factory(lambda self: self._size(), takes_self=True))
    """Points and geometries within it, at any depth, with itself."""
    _boxes: dict[Projection, Box | None] = field(
        init=False, factory=dict[Projection, "Box | None"], repr=False
    )
    """Bounds that were computed: an image is clipped and counted by the same ones."""

    def _size(self) -> int:
        return 1 + sum(member.size for member in self.members) + _count(self.coordinates, self.type)

    @property
    def is_geographic(self) -> bool:
        """True if the coordinates are longitude and latitude on WGS 84."""
        return self.projection.crs == WGS84 and self.projection.transform == IDENTITY

    @property
    def is_straight(self) -> bool:
        """True if its edges are straight in its own CRS, or it has none."""
        return not self.geodesic or self.type in _POINTS

    def parts(self) -> Iterator[tuple[Point, ...]]:
        """Iterate over the points, lines and rings."""
        for member in self.members:
            yield from member.parts()
        if self.type == "MultiPoint":
            yield from ((_point(point),) for point in self.coordinates)
        elif self.type in _DEPTH:
            yield from _parts(self.coordinates, _DEPTH[self.type])

    def degrees(self) -> Iterator[tuple[Point, ...]] | None:
        """Iterate over the parts in degrees; None if the CRS cannot be computed."""
        if self.is_geographic:
            return self.parts()
        if (known := model(self.projection.crs)) is None:
            return None
        return (tuple(known.inverse(*self.projection.to_crs(x, y)) for x, y in part) for part in self.parts())

    def edges(self) -> Iterator[tuple[Point, ...]] | None:
        """Iterate over the parts of a geometry without members in degrees, with points on the edges; None if the CRS
        cannot be computed."""
        count, own = pieces(self.size), self.projection
        if (known := model(own.crs)) is None:
            return None
        if not self.is_straight:
            return (tuple(shortest(line, count)) for line in self.degrees() or ())
        return (
            tuple(known.inverse(*own.to_crs(x, y)) for x, y in straight(part, count)) for part in self.parts()
        )

    def bounds(self, target: Projection) -> Box | None:
        """Return the bounds in pixels of a projection; None if they cannot be computed, or nothing is in them.

        They cannot be computed where the geometry goes over the cut of a map, such as the antimeridian.
        """
        if target not in self._boxes:
            self._boxes[target] = self._joined(target)
        return self._boxes[target]

    def _joined(self, target: Projection) -> Box | None:
        boxes = [member.bounds(target) for member in self.members] if self.members else [self._bounds(target)]
        known = [box for box in boxes if box is not None]
        if not known or len(known) < len(boxes):
            return None
        west, south, east, north = zip(*known, strict=True)
        return min(west), min(south), max(east), max(north)

    def _bounds(self, target: Projection) -> Box | None:
        """Return the bounds of a geometry that has no members."""
        points = self._points(target.crs)
        if points is None:
            return None
        if not target.is_sheared:
            # The corners of a box are those of the box in pixels.
            xs, ys = [x for x, _ in points], [y for _, y in points]
            points = [(min(xs), min(ys)), (max(xs), max(ys))] if points else []
        moved = [pixel for x, y in points if (pixel := target.to_pixel(x, y)) is not None]
        if not moved or len(moved) < len(points) or not all(map(math.isfinite, chain.from_iterable(moved))):
            return None
        xs, ys = [x for x, _ in moved], [y for _, y in moved]
        return min(xs), min(ys), max(xs), max(ys)

    def _points(self, crs: str) -> list[Point] | None:
        """Return the points in another CRS, with more points on its edges; None if it cannot be computed."""
        own = self.projection
        if own.crs == crs and self.is_straight:
            spend(self.size // _SHARE)
            points = chain.from_iterable(self.parts())
            return list(points) if own.transform == IDENTITY else [own.to_crs(*point) for point in points]
        other, lines = model(crs), self.edges()
        if other is None or lines is None:
            return None
        spend(self.size * pieces(self.size))
        found = [mapped(line, other) for line in lines]
        known = [line for line in found if line is not None]
        return list(chain.from_iterable(known)) if len(known) == len(found) else None


def _count(coordinates: Any, type_: str) -> int:
    """Return the number of points."""
    lines = [coordinates]
    for _ in range(_DEPTH.get(type_, 0) - 1):
        lines = list(chain.from_iterable(lines))
    return sum(map(len, lines)) if _DEPTH.get(type_) else 0


def _parts(coordinates: Any, depth: int) -> Iterator[tuple[Point, ...]]:
    if depth == 0:
        yield (_point(coordinates),)
    elif depth == 1:
        yield tuple(_point(point) for point in coordinates)
    else:
        for part in coordinates:
            yield from _parts(part, depth - 1)


def _point(value: Any) -> Point:
    return float(value[0]), float(value[1])


def geometry(
    type_: str, coordinates: Any, projection: Projection | None, *, geodesic: bool | None
) -> Geometry:
    """Return a geometry of a constructor; its rings are closed. Raises ExpressionError for wrong coordinates."""
    own = Projection() if projection is None else projection
    planar = own.crs != WGS84 if geodesic is None else not geodesic
    if type_ not in _DEPTH:
        raise unsupported(f"a geometry of type {type_}")
    shaped = _shaped(coordinates, _DEPTH[type_], closed=type_ in _CLOSED)
    if shaped is None:
        raise ExpressionError(f"GeometryConstructors.{type_}: Invalid coordinates.")
    return Geometry(type_, shaped, own, not planar)


def _shaped(value: Any, depth: int, *, closed: bool) -> Any:
    """Return coordinates as nested tuples, from lists or flat lists of numbers; None if they are no coordinates."""
    if not isinstance(value, list | tuple):
        return None
    if depth == 0:
        return tuple(value[:2]) if len(value) >= 2 and all(map(_is_number, value[:2])) else None
    if value and depth == 1 and all(map(_is_number, value)):
        value = [value[i : i + 2] for i in range(0, len(value), 2)]
    elif depth > 1 and value and _nesting(value) < depth:
        value = [value]
    shaped = [_shaped(item, depth - 1, closed=closed) for item in value]
    if any(item is None for item in shaped):
        return None
    if depth == 1 and closed and shaped and shaped[0] != shaped[-1]:
        shaped.append(shaped[0])
    return tuple(shaped)


def _nesting(value: Any) -> int:
    depth = -1
    while isinstance(value, list | tuple) and value:
        value, depth = value[0], depth + 1
    return depth


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def rectangle(box: Box, projection: Projection | None = None, *, geodesic: bool | None = False) -> Geometry:
    """Return bounds as a polygon."""
    west, south, east, north = box
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return geometry("Polygon", (ring,), projection, geodesic=geodesic)


def from_json(value: Any) -> Geometry | None:
    """Return a GeoJSON object as a geometry; None if it is none."""
    if not isinstance(value, dict):
        return None
    type_ = value.get("type")
    geodesic = value.get("geodesic") is not False
    if type_ == "GeometryCollection" and isinstance(value.get("geometries"), list):
        members = tuple(map(from_json, value["geometries"]))
        return (
            None
            if None in members
            else Geometry(type_, (), members=tuple(m for m in members if m is not None))
        )
    if type_ not in _DEPTH:
        return None
    return geometry(type_, value.get("coordinates"), None, geodesic=geodesic)


def meets(one: Geometry, other: Geometry) -> bool:
    """Return True if two geometries have a point in common. Raises ExpressionError if a CRS cannot be computed."""
    spend(one.size + other.size)
    first, second = _shape(one), _shape(other)
    if any(_crosses(a, b) for a in first[0] for b in second[0]):
        return True
    return any(_within(a[0], second[1]) for a in first[0] if a) or any(
        _within(b[0], first[1]) for b in second[0] if b
    )


def _shape(geometry_: Geometry) -> tuple[list[tuple[Point, ...]], list[tuple[Point, ...]]]:
    """Return the parts in degrees, and those that are rings of polygons."""
    parts = geometry_.degrees()
    if parts is None:
        raise unsupported(f"a geometry in {geometry_.projection.crs}")
    known = list(parts)
    return known, [part for part in known if len(part) > 3 and part[0] == part[-1]]


def _crosses(one: tuple[Point, ...], other: tuple[Point, ...]) -> bool:
    if not _near(one, other):
        return False
    spend(len(one) * len(other) // _SHARE)
    edges = list(zip(other, other[1:] or other, strict=False))
    return any(_meet(a, b, c, d) for a, b in zip(one, one[1:] or one, strict=False) for c, d in edges)


def _near(one: tuple[Point, ...], other: tuple[Point, ...]) -> bool:
    return bool(one and other) and all(
        min(p[axis] for p in one) <= max(p[axis] for p in other)
        and min(p[axis] for p in other) <= max(p[axis] for p in one)
        for axis in (0, 1)
    )


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> int:
        area = (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
        return (area > 0) - (area < 0)

    if not _near((a, b), (c, d)):
        return False
    return side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0


def _within(point: Point, rings: list[tuple[Point, ...]]) -> bool:
    """Return True if a point lies in an odd number of rings."""
    x, y = point
    inside = False
    for ring in rings:
        spend(len(ring) // _SHARE)
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                inside = not inside
    return inside
