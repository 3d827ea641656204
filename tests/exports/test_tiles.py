"""Tiles of a large grid, and quarters of an export that is too large."""

from __future__ import annotations

from fractions import Fraction
from itertools import product, starmap
from typing import Any

import groundwire as gw
import pytest
from attrs import evolve
from groundwire_exports import grid, split_in_four, tiles
from groundwire_runtime.errors import ArgumentError
from hypothesis import given, settings
from hypothesis import strategies as st

UTM = "EPSG:32633"
GRID = grid((0, 0, 100, 70), crs=UTM, scale=10)
FILES = gw.ImageFileExportOptions(
    file_format=gw.ImageFileFormat.GEO_TIFF,
    destination=gw.CloudStorageDestination(bucket="b", filename_prefix="dem/berlin"),
)
REQUEST = gw.ExportImageRequest(
    description="d", grid=GRID, export_options=FILES, request_id="job-1", priority=7
)

SIDES: tuple[Any, ...] = (0, -1, 2**31, 10**5000, 1.5, float("nan"), float("inf"), True, "8")


def sized(side: Any) -> gw.PixelGrid:
    return evolve(GRID, dimensions=gw.GridDimensions(width=10, height=side))


def placed(**transform: Any) -> gw.PixelGrid:
    return evolve(GRID, affine_transform=gw.AffineTransform(**transform))


numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
scales = numbers.filter(lambda number: abs(number) > 1e-6)


@st.composite
def grids(draw: st.DrawFn, largest: int = 60) -> gw.PixelGrid:
    """Grids of any transform, with shear and with y upwards too."""
    return gw.PixelGrid(
        crs=gw.PixelGrid.CrsCode(UTM),
        dimensions=gw.GridDimensions(
            width=draw(st.integers(1, largest)), height=draw(st.integers(1, largest))
        ),
        affine_transform=gw.AffineTransform(
            scale_x=draw(scales),
            shear_x=draw(numbers),
            translate_x=draw(numbers),
            shear_y=draw(numbers),
            scale_y=draw(scales),
            translate_y=draw(numbers),
        ),
    )


def size(part: gw.PixelGrid) -> tuple[int, int]:
    assert part.dimensions is not None
    return part.dimensions.width or 0, part.dimensions.height or 0


def place(transform: gw.AffineTransform, column: int, row: int) -> tuple[float, float]:
    """The corner of a pixel, rounded once."""
    exact = {
        name: Fraction(getattr(transform, name) or 0.0)
        for name in ("scale_x", "shear_x", "shear_y", "scale_y")
    }
    x = Fraction(transform.translate_x or 0.0) + exact["scale_x"] * column + exact["shear_x"] * row
    y = Fraction(transform.translate_y or 0.0) + exact["shear_y"] * column + exact["scale_y"] * row
    return float(x), float(y)


def origin(part: gw.PixelGrid) -> tuple[float, float]:
    assert part.affine_transform is not None
    return part.affine_transform.translate_x or 0.0, part.affine_transform.translate_y or 0.0


@settings(database=None, deadline=None)
@given(grids(), st.integers(1, 25), st.integers(1, 25))
def test_tiles_have_each_pixel_once_and_in_its_place(whole: gw.PixelGrid, wide: int, high: int) -> None:
    assert whole.affine_transform is not None
    width, height = size(whole)
    pixels: list[tuple[int, int]] = []
    keys = []
    for key, tile in tiles(whole, (wide, high)):
        keys.append(key)
        top, left = (int(part[1:]) for part in key.split("-"))
        assert origin(tile) == place(whole.affine_transform, left, top)
        assert tile.affine_transform == evolve(
            whole.affine_transform, translate_x=origin(tile)[0], translate_y=origin(tile)[1]
        )
        columns, rows = size(tile)
        assert (columns, rows) <= (wide, high)
        pixels += product(range(left, left + columns), range(top, top + rows))
    assert sorted(pixels) == list(product(range(width), range(height)))
    assert keys == sorted(set(keys))


def test_keys_are_offsets_in_pixels() -> None:
    assert [key for key, _ in tiles(GRID, 4)] == list(
        starmap("y{:06d}-x{:06d}".format, product((0, 4), (0, 4, 8)))
    )
    assert [size(tile) for _, tile in tiles(GRID, 4)] == [(4, 4), (4, 4), (2, 4), (4, 3), (4, 3), (2, 3)]


def test_keys_of_a_very_wide_grid_still_sort() -> None:
    wide = evolve(GRID, dimensions=gw.GridDimensions(width=2**31 - 1, height=1))
    keys = [key for key, _ in tiles(wide, 2**29)]
    assert keys[:2] == ["y0000000000-x0000000000", "y0000000000-x0536870912"]
    assert keys == sorted(keys)


def test_a_grid_within_a_side_is_one_tile() -> None:
    assert list(tiles(GRID, 4096)) == [("y000000-x000000", GRID)]


@pytest.mark.parametrize(
    ("whole", "side", "message"),
    [
        (GRID, 0, "side: expected whole numbers"),
        (GRID, 1.5, "side: expected whole numbers"),
        (GRID, True, "side: expected whole numbers"),
        (GRID, (4,), "side: expected whole numbers"),
        (GRID, "4096", "side: expected whole numbers"),
        (None, 1, "grid: expected a PixelGrid, got None"),
        (gw.PixelGrid(), 1, "grid: has no width and height"),
        (evolve(GRID, dimensions=gw.GridDimensions(width=1)), 1, "grid: has no width and height"),
        (evolve(GRID, affine_transform=None), 1, "grid: has no transform"),
        (evolve(GRID, affine_transform=gw.AffineTransform(scale_x=1.0)), 1, "grid: has no transform"),
        (
            evolve(GRID, affine_transform=gw.AffineTransform(scale_x=1.0, scale_y=float("inf"))),
            1,
            "grid: the transform is not finite",
        ),
        *((sized(side), 1, "grid: expected sides of 1 to 2147483647 whole pixels") for side in SIDES),
        (placed(scale_x="1", scale_y=1.0), 1, "grid: the transform is not finite"),
        (placed(scale_x=10**400, scale_y=1.0), 1, "grid: the transform is not finite"),
        (placed(scale_x=1e308, scale_y=1.0), 1, "leads to places that are not finite"),
        (placed(scale_x=1.0, scale_y=1.0, translate_y="0"), 1, "grid: the transform is not finite"),
    ],
)
def test_bad_input_is_refused_before_the_first_tile(whole: Any, side: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        tiles(whole, side)


def test_a_large_export_becomes_four() -> None:
    quarters = dict(split_in_four("day-1", REQUEST))
    assert list(quarters) == ["day-1-y0x0", "day-1-y0x1", "day-1-y1x0", "day-1-y1x1"]
    assert [size(each.grid or gw.PixelGrid()) for each in quarters.values()] == [
        (5, 3),
        (5, 3),
        (5, 4),
        (5, 4),
    ]
    assert [origin(each.grid or gw.PixelGrid()) for each in quarters.values()] == [
        (0.0, 70.0),
        (50.0, 70.0),
        (0.0, 40.0),
        (50.0, 40.0),
    ]
    last = quarters["day-1-y1x1"]
    assert last.export_options == evolve(
        FILES, destination=gw.CloudStorageDestination(bucket="b", filename_prefix="dem/berlin-y1x1")
    )
    assert evolve(last, grid=GRID, export_options=FILES) == evolve(REQUEST, request_id=None)


@settings(database=None, deadline=None)
@given(grids(9))
def test_split_again_and_again_each_pixel_is_exported_once(whole: gw.PixelGrid) -> None:
    assert whole.affine_transform is not None
    waiting, done = [("k", evolve(REQUEST, grid=whole))], {}
    while waiting:
        key, request = waiting.pop()
        assert request.grid is not None
        if size(request.grid) == (1, 1):
            done[key] = request.grid
        else:
            waiting += split_in_four(key, request)
    width, height = size(whole)
    pixels = {pixel(key, width, height): origin(part) for key, part in done.items()}
    assert sorted(pixels) == list(product(range(width), range(height)))
    transform = whole.affine_transform
    step = max(abs(getattr(transform, name)) for name in ("scale_x", "scale_y", "shear_x", "shear_y"))
    for (column, row), corner in pixels.items():
        assert corner == pytest.approx(place(transform, column, row), rel=1e-12, abs=1e-9 + step * 1e-12)


def pixel(key: str, width: int, height: int) -> tuple[int, int]:
    """The column and row of a pixel, by the halves that its key names."""
    column = row = 0
    for part in key.split("-")[1:]:
        down, right = map(int, part[1:].split("x"))
        row, height = (row + height // 2, height - height // 2) if down else (row, height // 2 or 1)
        column, width = (column + width // 2, width - width // 2) if right else (column, width // 2 or 1)
    return column, row


def test_a_side_of_one_pixel_is_not_split() -> None:
    narrow = evolve(REQUEST, grid=grid((0, 0, 10, 30), crs=UTM, scale=10))
    assert [key for key, _ in split_in_four("k", narrow)] == ["k-y0x0", "k-y1x0"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (evolve(REQUEST, grid=None), "'k' cannot be split: it has no grid"),
        (evolve(REQUEST, grid=gw.PixelGrid()), "'k' cannot be split: grid: has no width and height"),
        *((evolve(REQUEST, grid=sized(side)), "'k' cannot be split: grid: expected sides") for side in SIDES),
        (evolve(REQUEST, grid=grid((0, 0, 1, 1), crs=UTM, scale=1)), "'k' cannot be split: it has one pixel"),
        (evolve(REQUEST, export_options=None), "'k' cannot be split: it does not export to files"),
        (
            evolve(REQUEST, export_options=gw.ImageAssetExportOptions()),
            "'k' cannot be split: it does not export to files",
        ),
    ],
)
def test_an_export_that_cannot_be_split_says_why(request_: gw.ExportImageRequest, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        split_in_four("k", request_)
