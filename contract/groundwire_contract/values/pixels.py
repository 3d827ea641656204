"""The pixels of an image that is exported, as far as its expression says how many there are."""

from __future__ import annotations

import math
from typing import Final

from attrs import frozen

from .crs import model
from .edges import area
from .elements import Image, PixelType, Unknown
from .geometry import Box, Geometry
from .projection import Projection

_ROUNDING: Final = 1e-6
"""Parts of a pixel that are rounding, not another pixel."""
_MARGIN: Final = 0.9
"""The least part of its true area that a map shows, such as one of a pole, which is true some degrees away from it."""
_AREAS: Final = {"Polygon", "MultiPolygon"}


@frozen
class Pixels:
    """A number of pixels; `least` is lower where the projection is not known, and then `count` is in WGS 84."""

    count: int
    least: int


def pixels(image: Image) -> Pixels | None:
    """Return the pixels of an image; None if they cannot be counted."""
    if image.size is not None:
        return _exact(*image.size)
    region = image.extent
    if not isinstance(region, Geometry) or (image.tentative and image.scale is None):
        return None
    own = image.default_projection
    if own is None or (own.crs != region.projection.crs and model(own.crs) is None):
        return _estimated(region, image.scale)
    box = region.bounds(own)
    return None if box is None else _exact(*pixel_grid(box)[1])


def _exact(width: int, height: int) -> Pixels:
    return Pixels(width * height, width * height)


def pixel_grid(box: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the first pixel and the size of all pixels that a box touches."""
    west, south, east, north = box
    x, y = math.floor(west + _ROUNDING), math.floor(south + _ROUNDING)
    return (x, y), (max(1, math.ceil(east - _ROUNDING) - x), max(1, math.ceil(north - _ROUNDING) - y))


def _estimated(region: Geometry, scale: float | None) -> Pixels | None:
    """Count in WGS 84. In any projection there are about as many pixels as are in the region, or more."""
    own = None if scale is None else Projection().at_scale(scale)
    box = None if own is None else region.bounds(own)
    if box is None or scale is None:
        return None
    width, height = pixel_grid(box)[1]
    return Pixels(width * height, int(_area(region) / scale**2 * _MARGIN))


def _area(region: Geometry) -> float:
    """Return the area of the largest part: parts may overlap."""
    if region.members:
        return max(map(_area, region.members))
    return max(map(area, region.edges() or ()), default=0.0) if region.type in _AREAS else 0.0


_INTEGERS: Final = (
    ("UInt8", 0, 2**8 - 1),
    ("Int8", -(2**7), 2**7 - 1),
    ("UInt16", 0, 2**16 - 1),
    ("Int16", -(2**15), 2**15 - 1),
    ("UInt32", 0, 2**32 - 1),
    ("Int32", -(2**31), 2**31 - 1),
)
_REALS: Final = {"float": "Float32", "double": "Float64"}


def type_names(image: Image) -> tuple[str, ...]:
    """Return the names of the bands' types in order, without duplicates; empty if one is not known."""
    if not isinstance(image.layers, tuple):
        return ()
    names = [type_name(band.type) for band in image.layers]
    return () if None in names else tuple(dict.fromkeys(name for name in names if name is not None))


def type_name(type_: PixelType | Unknown | None) -> str | None:
    """Return the name of the type that holds a band; None if it is not known, or the band has arrays."""
    if not isinstance(type_, PixelType) or type_.dimensions:
        return None
    if type_.precision in _REALS:
        return _REALS[type_.precision]
    if type_.min is None or type_.max is None or type_.precision != "int":
        return None
    fits = (name for name, low, high in _INTEGERS if low <= type_.min and type_.max <= high)
    return next(fits, "Int64")
