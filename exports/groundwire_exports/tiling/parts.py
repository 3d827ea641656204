"""Parts of pixel grids."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

from attrs import evolve, frozen
from groundwire import AffineTransform, GridDimensions, PixelGrid
from groundwire_runtime.errors import ArgumentError, shortened

_HINT: Final = "grid(bounds, crs=..., scale=...) makes one."


@frozen(kw_only=True)
class Extent:
    """The size and the transform of a grid that has both."""

    width: int
    height: int
    transform: AffineTransform


def extent_of(grid: object, name: str) -> Extent:
    """Return the extent of a grid. Raises ArgumentError, about `name`, if a size or the transform is missing."""
    if not isinstance(grid, PixelGrid):
        raise ArgumentError(f"{name}: expected a PixelGrid, got {shortened(grid, 80)}", hint=_HINT)
    size, transform = grid.dimensions, grid.affine_transform
    if size is None or not size.width or not size.height or size.width < 1 or size.height < 1:
        raise ArgumentError(f"{name}: has no width and height to divide", hint=_HINT)
    if transform is None or not transform.scale_x or not transform.scale_y:
        raise ArgumentError(f"{name}: has no transform, so its parts have no place", hint=_HINT)
    shift = (transform.shear_x, transform.shear_y, transform.translate_x, transform.translate_y)
    if not all(math.isfinite(each or 0.0) for each in (transform.scale_x, transform.scale_y, *shift)):
        raise ArgumentError(f"{name}: the transform is not finite", hint=_HINT)
    return Extent(width=size.width, height=size.height, transform=transform)


def part(grid: PixelGrid, extent: Extent, left: int, top: int, width: int, height: int) -> PixelGrid:
    """Return the part of a grid that is `left` and `top` pixels from its corner. The pixels stay where they are."""
    transform = extent.transform
    moved = evolve(
        transform,
        translate_x=_moved(transform.translate_x, (transform.scale_x, left), (transform.shear_x, top)),
        translate_y=_moved(transform.translate_y, (transform.shear_y, left), (transform.scale_y, top)),
    )
    return evolve(grid, dimensions=GridDimensions(width=width, height=height), affine_transform=moved)


def _moved(origin: float | None, *steps: tuple[float | None, int]) -> float:
    """Return an origin moved by pixels. It is exact but for one rounding, so tiles of tiles do not drift."""
    moved = Fraction(origin or 0.0) + sum(Fraction(scale or 0.0) * count for scale, count in steps)
    return float(moved)
