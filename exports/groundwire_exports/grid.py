"""Pixel grids from bounds and a scale or dimensions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set, Sized
from typing import Any, Final, cast

from groundwire import AffineTransform, GridDimensions, PixelGrid
from groundwire_runtime.errors import ArgumentError, shortened

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*:[A-Za-z0-9_.-]+", re.ASCII)
_WKT: Final = re.compile(r"[A-Z][A-Z0-9_]*\s*[\[(]", re.ASCII)
_MAX_SIDE: Final = 2**31 - 1


def grid(
    bounds: Sequence[float],
    *,
    crs: str,
    scale: float | None = None,
    dimensions: tuple[int, int] | None = None,
) -> PixelGrid:
    """Return a north-up grid over `bounds`: (west, south, east, north) in units of `crs`.

    Give either `scale`, the side of a square pixel in units of `crs` (metres for most projections, degrees for
    EPSG:4326), or `dimensions`, (width, height) in pixels. The upper left corner is (west, north); with a scale,
    the last column and row cover at least the other corner. `crs` is a code such as `EPSG:32633`, or WKT.
    Raises ArgumentError for bounds that are not finite and in order, and for a grid without pixels.
    """
    west, south, east, north = _corners(bounds)
    if (scale is None) == (dimensions is None):
        raise _refused("give exactly one of `scale` and `dimensions`")
    if dimensions is not None:
        width, height = _sides(dimensions)
        scale_x, scale_y = (east - west) / width, (north - south) / height
        if not (_is_number(scale_x) and _is_number(scale_y)):
            raise _refused("`bounds` are too far apart for a finite scale")
    else:
        scale_x = scale_y = _positive(scale)
        width = _side("width", _pixels(east - west, scale_x))
        height = _side("height", _pixels(north - south, scale_y))
    return PixelGrid(
        dimensions=GridDimensions(width=width, height=height),
        affine_transform=AffineTransform(
            scale_x=scale_x,
            shear_x=0.0,
            translate_x=west,
            shear_y=0.0,
            scale_y=-scale_y,
            translate_y=north,
        ),
        crs=_crs(crs),
    )


def _refused(message: str, hint: str = "") -> ArgumentError:
    return ArgumentError(f"grid: {message}", hint=hint)


def _corners(bounds: Sequence[float]) -> tuple[float, float, float, float]:
    corners = _values(bounds)
    if len(corners) != 4 or not all(_is_number(value) for value in corners):
        raise _refused("`bounds` must be four finite numbers: west, south, east, north")
    west, south, east, north = (float(value) for value in corners)
    if west >= east:
        raise _refused(
            f"west ({west}) must be less than east ({east})",
            "Across the antimeridian, add 360 to east, or choose a projection without that seam.",
        )
    if south >= north:
        raise _refused(f"south ({south}) must be less than north ({north})")
    return west, south, east, north


def _values(values: object) -> tuple[Any, ...]:
    """Return the values of an ordered collection, including NumPy arrays; none for a text, set or mapping."""
    if isinstance(values, (str, bytes, bytearray, Set, Mapping)) or not isinstance(values, (Sequence, Sized)):
        return ()
    try:
        return tuple(cast("Iterable[Any]", values))
    except TypeError:
        return ()


def _is_number(value: object) -> bool:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _positive(scale: float | None) -> float:
    if not _is_number(scale) or scale is None or scale <= 0:
        raise _refused(f"`scale` must be a positive number, got {shortened(scale)}")
    return float(scale)


def _pixels(extent: float, scale: float) -> int:
    """Return the pixels that cover an extent; rounding errors do not add a pixel."""
    count = extent / scale
    if not math.isfinite(count):
        raise _refused(f"`scale` {scale} is too small for an extent of {extent}")
    nearest = round(count)
    return nearest if math.isclose(count, nearest, rel_tol=1e-12) and nearest else math.ceil(count)


def _sides(dimensions: tuple[int, int]) -> tuple[int, int]:
    sides = _values(dimensions)
    if len(sides) != 2:
        raise _refused(f"`dimensions` must be (width, height), got {shortened(dimensions)}")
    width, height = sides
    return _side("width", width), _side("height", height)


def _side(name: str, side: object) -> int:
    if isinstance(side, bool) or not isinstance(side, int) or not 1 <= side <= _MAX_SIDE:
        raise _refused(f"{name} must be a whole number of 1 to {_MAX_SIDE} pixels, got {shortened(side)}")
    return side


def _crs(crs: object) -> PixelGrid.CrsCode | PixelGrid.CrsWkt:
    if isinstance(crs, str):
        if _CODE.fullmatch(crs):
            return PixelGrid.CrsCode(crs)
        if _WKT.match(crs):
            return PixelGrid.CrsWkt(crs)
    raise _refused(f"`crs` {shortened(crs, 80)} is neither a code nor WKT", "Write a code such as EPSG:4326.")
