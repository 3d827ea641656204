"""Parts of pixel grids."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import Final

from attrs import evolve, frozen
from groundwire import AffineTransform, GridDimensions, PixelGrid
from groundwire_runtime.errors import ArgumentError, shortened

from ..migration.number import plain

_HINT: Final = "grid(bounds, crs=..., scale=...) makes one."
_MAX_SIDE: Final = 2**31 - 1


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
    if size is None or size.width is None or size.height is None:
        raise ArgumentError(f"{name}: has no width and height to divide", hint=_HINT)
    for side in (size.width, size.height):
        if type(side) is not int or not 1 <= side <= _MAX_SIDE:
            problem = f"expected sides of 1 to {_MAX_SIDE} whole pixels, got {shortened(side)}"
            raise ArgumentError(f"{name}: {problem}", hint=_HINT)
    if transform is None or not transform.scale_x or not transform.scale_y:
        raise ArgumentError(f"{name}: has no transform, so its parts have no place", hint=_HINT)
    _check_finite(transform, size.width, size.height, name)
    return Extent(width=size.width, height=size.height, transform=transform)


def _check_finite(transform: AffineTransform, width: int, height: int, name: str) -> None:
    """Raise ArgumentError unless all numbers of a transform are finite, and the places of all its pixels too."""
    rows = (
        (transform.translate_x, transform.scale_x, transform.shear_x),
        (transform.translate_y, transform.shear_y, transform.scale_y),
    )
    for origin, per_column, per_row in rows:
        numbers = [plain(each or 0.0) for each in (origin, per_column, per_row)]
        if None in numbers:
            raise ArgumentError(f"{name}: the transform is not finite", hint=_HINT)
        # Bounds every sum of them, whatever their signs.
        reach = sum(
            abs(Fraction(each or 0)) * count for each, count in zip(numbers, (1, width, height), strict=True)
        )
        if reach > sys.float_info.max:
            raise ArgumentError(f"{name}: the transform leads to places that are not finite", hint=_HINT)


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
