"""A large grid as many exports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwire import PixelGrid
from groundwire_runtime.errors import ArgumentError, shortened

from .parts import Extent, extent_of, part

_DIGITS: Final = 6


def tiles(grid: PixelGrid, side: int | tuple[int, int]) -> Iterator[tuple[str, PixelGrid]]:
    """Iterate over the tiles of a grid, row by row: a key such as `y000000-x004096`, and the tile's own grid.

    `side`: pixels of a tile, or (width, height). The last column and row are smaller where the side does not divide the
    grid. A key has the tile's offset in pixels, in six digits or as many as the largest needs; so the order of keys is
    that of tiles. Raises ArgumentError, before the first tile, for a grid without size or transform, or a bad side.
    """
    extent = extent_of(grid, "grid")
    sides = side if isinstance(side, tuple) else (side, side)
    if len(sides) != 2 or not all(type(each) is int and each > 0 for each in sides):
        hint = "Pass 4096, or (width, height)."
        raise ArgumentError(
            f"side: expected whole numbers of pixels above 0, got {shortened(side)}", hint=hint
        )
    return _tiles(grid, extent, *sides)


def _tiles(grid: PixelGrid, extent: Extent, wide: int, high: int) -> Iterator[tuple[str, PixelGrid]]:
    digits = max(_DIGITS, len(str(max(extent.width, extent.height) - 1)))
    for top in range(0, extent.height, high):
        for left in range(0, extent.width, wide):
            width, height = min(wide, extent.width - left), min(high, extent.height - top)
            yield f"y{top:0{digits}d}-x{left:0{digits}d}", part(grid, extent, left, top, width, height)
