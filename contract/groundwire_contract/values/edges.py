"""The edges of a geometry in another CRS: straight in their own, or the shortest way on the Earth.

An edge that is straight in one CRS is curved in another, so it is cut into pieces.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import Final, TypeAlias

from .crs import Model
from .ellipsoid import SPHERE, turned

Point: TypeAlias = "tuple[float, float]"
_MOST_PIECES: Final = 64
"""Pieces of an edge, at most: the bounds of an arc are then short by less than 1/4000 of its height."""
_MOST_POINTS: Final = 1024
"""Points of all edges, unless there are more corners: the edges of such a line are short."""

_DIGITS: Final = 11
"""Digits of a degree: an edge along a meridian stays on it."""
_CUT: Final = 180 - 1e-6
"""Degrees between two points next to each other that lie on both sides of a cut, or of a pole."""


def pieces(edges: int) -> int:
    """Return into how many pieces each of so many edges is cut."""
    return max(1, min(_MOST_PIECES, _MOST_POINTS // max(1, edges)))


def straight(line: Sequence[Point], count: int) -> Iterator[Point]:
    """Iterate over the points of a line, with more points between them."""
    yield from line[:1]
    for (x, y), (to_x, to_y) in pairwise(line):
        for step in range(1, count + 1):
            share = step / count
            yield x + (to_x - x) * share, y + (to_y - y) * share


def shortest(line: Sequence[Point], count: int) -> Iterator[Point]:
    """Iterate over the points of a line of degrees, with more points on the great circles between them."""
    yield from ((turned(lon), lat) for lon, lat in line[:1])
    for start, end in pairwise(line):
        one, other = (_vector(start), _vector(end)) if count > 1 else ((), ())
        for step in range(1, count):
            share = step / count
            x, y, z = (a + (b - a) * share for a, b in zip(one, other, strict=True))
            lon, lat = math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))
            yield round(lon, _DIGITS), round(lat, _DIGITS)
        yield turned(end[0]), end[1]


def _vector(point: Point) -> tuple[float, ...]:
    lon, lat = math.radians(point[0]), math.radians(point[1])
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def mapped(line: Sequence[Point], target: Model) -> list[Point] | None:
    """Return a line of degrees in a CRS; None if the map is cut somewhere on the line, or does not show all of it."""
    if target.centre is not None:
        away = [turned(lon - target.centre) for lon, _ in line]
        if any(abs(b - a) > _CUT for a, b in pairwise(away)):
            return None
        line = [(target.centre + lon, lat) for lon, (_, lat) in zip(away, line, strict=True)]
    points = [target.forward(lon, lat) for lon, lat in line]
    return points if all(map(math.isfinite, chain.from_iterable(points))) else None


def area(line: Sequence[Point]) -> float:
    """Return the area in square metres that a closed line of degrees is around, or less; 0 around a pole."""
    lon, total = line[0][0] if line else 0.0, 0.0
    first = lon
    for (x, y), (to_x, to_y) in pairwise(line):
        step = turned(to_x - x)
        mean = (math.sin(math.radians(y)) + math.sin(math.radians(to_y))) / 2
        total, lon = total + math.radians(step) * mean, lon + step
    return 0.0 if abs(lon - first) > _CUT else abs(total) * SPHERE**2
