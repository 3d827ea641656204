"""The pixels of a region in a grid, counted by pyproj, shapely and rasterio."""

from __future__ import annotations

import math
from itertools import chain, pairwise
from typing import Any, Final

from attrs import frozen
from pyproj import CRS, Geod, Transformer
from rasterio.warp import transform_bounds
from shapely.geometry import LineString

SPHERE: Final = Geod(a=6378137, b=6378137)
MODIS: Final = "+proj=sinu +R=6371007.181 +nadgrids=@null +wktext +type=crs"
DEGREE: Final = math.pi * 6378137 / 180
UNCUT: Final = {"Transverse Mercator", "Lambert Azimuthal Equal Area", "Polar Stereographic (variant B)"}
"""Methods of maps that are cut nowhere near their area."""
ZONE: Final = 70
"""Degrees from the meridian of a zone of UTM up to which the server computes."""
PIECES: Final = 2000
Point = tuple[float, float]


@frozen
class Region:
    """A region: its lines in the coordinates of a CRS; only the outer rings of polygons."""

    kind: str
    lines: tuple[tuple[Point, ...], ...]
    crs: str = "EPSG:4326"
    geodesic: bool = False


@frozen
class Grid:
    """A CRS with a transform, as an export has it."""

    crs: str
    transform: tuple[float, ...]


def crs_of(code: str) -> CRS:
    """Return the CRS of a code as Earth Engine spells it."""
    return CRS(MODIS if code.upper() == "SR-ORG:6974" else code.upper() if "[" not in code else code)


def transform_at(code: str, metres: float, flip: float = 1.0) -> tuple[float, ...]:
    """Return the transform of pixels of so many metres."""
    unit = DEGREE if crs_of(code).is_geographic else 1.0
    return (metres / unit, 0.0, 0.0, 0.0, flip * metres / unit, 0.0)


def size(region: Region, grid: Grid) -> tuple[int, int] | None:
    """Return width and height; None if a line goes over the cut of the map or out of it."""
    found = [_moved(region, line, grid.crs) for line in region.lines]
    if any(line is None for line in found):
        return None
    points = list(chain.from_iterable(line for line in found if line is not None))
    a, b, c, d, e, f = grid.transform
    area = a * e - b * d
    columns = [(e * (x - c) - b * (y - f)) / area for x, y in points]
    rows = [(a * (y - f) - d * (x - c)) / area for x, y in points]
    if grid.transform[1] or grid.transform[3]:
        return _span(columns), _span(rows)
    if not region.geodesic and region.kind == "rectangle" and region.crs != grid.crs:
        _agrees(region, grid, points)
    return _span(columns), _span(rows)


def _span(values: list[float]) -> int:
    return max(1, math.ceil(max(values) - 1e-6) - math.floor(min(values) + 1e-6))


def _agrees(region: Region, grid: Grid, points: list[Point]) -> None:
    """Hold the bounds to those that rasterio finds with PROJ's own function for boxes."""
    xs, ys = [x for x, _ in region.lines[0]], [y for _, y in region.lines[0]]
    box = transform_bounds(crs_of(region.crs).to_wkt(), crs_of(grid.crs).to_wkt(), min(xs), min(ys), max(xs), max(ys), densify_pts=PIECES)  # fmt: skip
    mine = (min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points))  # fmt: skip
    across = max(mine[2] - mine[0], mine[3] - mine[1])
    if box[0] <= box[2] and max(abs(a - b) for a, b in zip(box, mine, strict=True)) > across * 1e-3:
        raise AssertionError(f"rasterio and pyproj disagree: {box} and {mine} for {region} in {grid}")


def _moved(region: Region, line: tuple[Point, ...], crs: str) -> list[Point] | None:
    target = crs_of(crs)
    if region.geodesic and len(line) > 1:
        degrees = list(
            chain.from_iterable(map(_arc, pairwise(_project(line, crs_of(region.crs), CRS(4326)))))
        )
        own = CRS(4326)
    else:
        step = LineString(line).length / PIECES if len(line) > 1 else 0.0
        degrees = list(LineString(line).segmentize(step).coords) if step else list(line)
        own = crs_of(region.crs)
    if own == target and not region.geodesic:
        return degrees
    moved = _project(degrees, own, target)
    if any(not math.isfinite(value) for value in chain.from_iterable(moved)):
        return None
    lons = [x for x, _ in _project(degrees, own, CRS(4326))]
    return None if _is_cut(target, lons) else moved


def _arc(edge: tuple[Point, Point]) -> list[Point]:
    (x, y), (to_x, to_y) = edge
    ends = [((lon + 180) % 360 - 180 if abs(lon) > 180 else lon, lat) for lon, lat in edge]
    return [ends[0], *SPHERE.npts(x, y, to_x, to_y, PIECES // 4 - 1), ends[1]]


def _project(points: Any, own: CRS, target: CRS) -> list[Point]:
    if own == target:
        return [(x, y) for x, y in points]
    xs, ys = zip(*points, strict=True)
    return list(zip(*Transformer.from_crs(own, target, always_xy=True).transform(xs, ys), strict=True))


def _is_cut(target: CRS, lons: list[float]) -> bool:
    operation = target.coordinate_operation
    method = "" if operation is None else operation.method_name
    centre = next((p.value for p in (operation.params if operation else ()) if p.name in ("Longitude of natural origin", "Longitude of false origin")), 0.0)  # fmt: skip
    away = [lon - centre if abs(lon - centre) <= 180 else (lon - centre + 180) % 360 - 180 for lon in lons]
    if method in UNCUT:
        return method == "Transverse Mercator" and max(map(abs, away)) > ZONE
    return any(abs(b - a) > 180 - 1e-6 for a, b in pairwise(away))
