"""Exports at random: a region, a grid, and the expression that earthengine-api makes of them."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from typing import Any, Final

from attrs import frozen
from shapely.geometry import LineString, Polygon

from .peer import Grid, Point, Region, transform_at

ASSET: Final = "LANDSAT/OTHER/LC08_1"
PLACES: Final[dict[str, tuple[float, float, float, float]]] = {
    "EPSG:4326": (-179, -89, 179, 89), "epsg:4326": (-179, -60, 179, 60), "EPSG:4269": (-120, 20, -70, 50),
    "EPSG:3857": (-179, -80, 179, 80), "EPSG:32650": (112, 1, 122, 80), "EPSG:32733": (10, -79, 20, -1),
    "EPSG:32601": (-185, 10, -172, 70), "EPSG:32760": (172, -70, 185, -10), "EPSG:25832": (5, 40, 13, 70),
    "EPSG:3035": (-15, 35, 45, 70), "EPSG:5070": (-128, 24, -66, 50), "EPSG:3310": (-125, 32, -114, 42),
    "EPSG:3577": (110, -45, 155, -10), "EPSG:2154": (-5, 41, 10, 51), "EPSG:3031": (-180, -89, 180, -61),
    "EPSG:3413": (-180, 61, 180, 89), "EPSG:3995": (-180, 61, 180, 89), "EPSG:6933": (-179, -80, 179, 80), "SR-ORG:6974": (-179, -80, 179, 80),
}  # fmt: skip
"""CRSs whose formulas the server has, each with its area in degrees."""
UNKNOWN: Final = ("EPSG:27700", "EPSG:2056", "EPSG:3408", "EPSG:2193", "EPSG:3347")
SCALES: Final = (10, 30, 250, 1000, 12_345.678)


@frozen
class Case:
    """An export: what the client sends, and the region and the grid in other words.

    `grid` is None if the size is stated; then `exact` has it. `known` is False for a CRS that the server cannot compute.
    """

    expression: dict[str, Any]
    region: Region | None
    grid: Grid | None
    exact: tuple[int, int] | None = None
    known: bool = True


def ring(draw: random.Random, x: float, y: float, reach: tuple[float, float]) -> tuple[Point, ...]:
    """Return a star around a point, closed."""
    count = draw.randint(3, 12)
    angles = sorted(draw.uniform(0, 2 * math.pi) for _ in range(count))
    points = tuple((round(x + reach[0] * draw.uniform(0.3, 1) * math.cos(a), 6), round(max(-89.9, min(89.9, y + reach[1] * draw.uniform(0.3, 1) * math.sin(a))), 6)) for a in angles)  # fmt: skip
    return (*points, points[0])


def hole(outer: tuple[Point, ...]) -> list[list[float]]:
    """Return a triangle within a ring."""
    inside = Polygon(outer).buffer(0).representative_point()
    far = inside.distance(LineString(outer)) / 4
    return [[inside.x, inside.y + far], [inside.x + far, inside.y - far], [inside.x - far, inside.y - far]]


def box(west: float, south: float, east: float, north: float) -> tuple[Point, ...]:
    """Return a rectangle, closed."""
    return (west, south), (east, south), (east, north), (west, north), (west, south)


def region(draw: random.Random, ee: Any, place: tuple[float, float, float, float]) -> tuple[Any, Region]:
    """Return a region for the client, and in other words."""
    west, south, east, north = place
    x, y, width = draw.uniform(west, east), draw.uniform(south, north), draw.choice([0.01, 0.5, 3, 15])
    reach = (width, min(width, 20))
    geodesic = draw.random() < 0.5
    if draw.random() < 0.1:
        x = draw.choice([-180.0, 180.0]) + draw.uniform(-1, 1) * width  # over the antimeridian
    kind = draw.choice(
        ["polygon", "hole", "multi", "rectangle", "list", "ring", "json", "point", "points", "line", "bbox"]
    )
    outer = ring(draw, x, y, reach)
    xs, ys = [p[0] for p in outer], [p[1] for p in outer]
    corners = (min(xs), min(ys), max(xs), max(ys))
    flat = [list(p) for p in outer]
    if kind == "polygon":
        return ee.Geometry.Polygon([flat], None, geodesic), Region(kind, (outer,), geodesic=geodesic)
    if kind == "hole":
        inner = hole(outer)
        return ee.Geometry.Polygon([flat, inner], None, geodesic), Region(kind, (outer,), geodesic=geodesic)
    if kind == "multi":
        other = ring(draw, x + draw.uniform(-1, 1) * width, y, reach)
        built = ee.Geometry.MultiPolygon([[flat], [[list(p) for p in other]]], None, geodesic)
        return built, Region(kind, (outer, other), geodesic=geodesic)
    if kind == "rectangle":
        return ee.Geometry.Rectangle(list(corners), None, geodesic), Region(
            kind, (box(*corners),), geodesic=geodesic
        )
    if kind == "list":
        # The client makes a line of two corners, and of a list of points.
        return list(corners), Region(kind, ((corners[:2], corners[2:]),), geodesic=True)
    if kind == "ring":
        return flat, Region(kind, (outer,), geodesic=True)
    if kind == "json":
        return json.dumps([flat]), Region(kind, (outer,), geodesic=True)
    if kind == "point":
        return ee.Geometry.Point(x, y), Region(kind, (((x, y),),))
    if kind == "points":
        return ee.Geometry.MultiPoint(flat), Region(kind, tuple((p,) for p in outer))
    if kind == "line":
        line = outer[:-1]
        return ee.Geometry.LineString([list(p) for p in line], None, geodesic), Region(
            kind, (line,), geodesic=geodesic
        )
    return ee.Geometry.BBox(*corners), Region("rectangle", (box(*corners),))


def native(draw: random.Random, ee: Any) -> tuple[Any, Region]:
    """Return a rectangle of metres."""
    zone = draw.choice(["EPSG:32650", "EPSG:32733", "EPSG:3035", "EPSG:3413"])
    x, y = {"EPSG:3413": (0, 0), "EPSG:3035": (4_300_000, 3_200_000)}.get(zone, (500_000, 4_500_000))
    x, y = x + draw.uniform(-1, 1) * 200_000, y + draw.uniform(-1, 1) * 500_000
    corners = (round(x), round(y), round(x + draw.uniform(1, 90_000)), round(y + draw.uniform(1, 90_000)))
    return ee.Geometry.Rectangle(list(corners), zone, False), Region("rectangle", (box(*corners),), crs=zone)


def case(draw: random.Random, ee: Any) -> Case:
    """Return an export at random."""
    known = draw.random() > 0.1
    crs = draw.choice(list(PLACES)) if known else draw.choice(UNKNOWN)
    place = PLACES.get(crs, (-8, 50, 1, 60) if crs == "EPSG:27700" else (6, 46, 10, 47) if crs == "EPSG:2056" else (168, -46, 178, -36) if crs == "EPSG:2193" else (-130, 45, -60, 70))  # fmt: skip
    given, region_ = native(draw, ee) if draw.random() < 0.1 else region(draw, ee, place)
    return draw.choice(WAYS)(draw, ee, crs, given, region_, known)


def _sent(ee: Any, image: Any, **params: Any) -> dict[str, Any]:
    task = ee.batch.Export.image.toDrive(image=image, description="pixels", **params)
    return json.loads(task.config["expression"].serialize(for_cloud_api=True))


def _scaled(draw: random.Random, ee: Any, crs: str, given: Any, region_: Region, known: bool) -> Case:
    scale = draw.choice(SCALES)
    sent = _sent(ee, ee.Image(ASSET), region=given, crs=crs, scale=scale)
    return Case(sent, region_, Grid(crs, transform_at(crs, scale, -1)), known=known)


def _transformed(draw: random.Random, ee: Any, crs: str, given: Any, region_: Region, known: bool) -> Case:
    step = transform_at(crs, draw.choice(SCALES))[0]
    shear = step * draw.choice([0, 0, 0, 0.1])
    transform = (step, shear, draw.uniform(-50, 50), -shear, -step, draw.uniform(-50, 50))
    sent = _sent(ee, ee.Image(1).toFloat(), region=given, crs=crs, crsTransform=list(transform))
    return Case(sent, region_, Grid(crs, transform), known=known)


def _exact(draw: random.Random, ee: Any, crs: str, given: Any, region_: Region, known: bool) -> Case:
    exact = (draw.randint(1, 20_000), draw.randint(1, 20_000))
    more = draw.choice([{}, {"crsTransform": [30, 0, 5, 0, -30, 7]}, {"region": given}])
    sent = _sent(ee, ee.Image(ASSET), crs=crs, dimensions="{}x{}".format(*exact), **more)
    return Case(sent, None, None, exact)


def _reprojected(draw: random.Random, ee: Any, crs: str, given: Any, region_: Region, known: bool) -> Case:
    scale = draw.choice(SCALES)
    sent = _sent(ee, ee.Image(ASSET).reproject(crs, None, scale).sqrt(), region=given)
    return Case(sent, region_, Grid(crs, transform_at(crs, scale)), known=known)


def _default(draw: random.Random, ee: Any, crs: str, given: Any, region_: Region, known: bool) -> Case:
    scale = draw.choice(SCALES)
    image = ee.ImageCollection("LANDSAT/OTHER").mosaic().setDefaultProjection(crs, None, 500)
    sent = _sent(ee, image, region=given, scale=scale)
    return Case(sent, region_, Grid(crs, transform_at(crs, scale)), known=known)


def _clipped(draw: random.Random, ee: Any, crs: str, given: Any, region_: Region, known: bool) -> Case:
    if isinstance(given, (list, str)):
        return _scaled(draw, ee, crs, given, region_, known)
    scale = draw.choice(SCALES)
    sent = _sent(ee, ee.Image(ASSET).clip(given), crs=crs, scale=scale)
    return Case(sent, region_, Grid(crs, transform_at(crs, scale, -1)), known=known)


WAYS: Final[tuple[Callable[..., Case], ...]] = (
    _scaled, _scaled, _transformed, _exact, _reprojected, _default, _clipped,
)  # fmt: skip
