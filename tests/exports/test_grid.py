"""Grids from bounds and either a scale or dimensions."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from groundwire import AffineTransform, GridDimensions, PixelGrid, encode
from groundwire_exports import grid
from groundwire_runtime.errors import ArgumentError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

BOUNDS = (500_000.0, 5_000_000.0, 500_300.0, 5_000_200.0)
UTM = "EPSG:32633"
WKT = 'PROJCS["ours",GEOGCS["WGS 84"]]'


def size(found: PixelGrid) -> tuple[int, int]:
    assert found.dimensions is not None
    assert found.dimensions.width is not None
    assert found.dimensions.height is not None
    return found.dimensions.width, found.dimensions.height


def scales(found: PixelGrid) -> tuple[float, float]:
    assert found.affine_transform is not None
    assert found.affine_transform.scale_x is not None
    assert found.affine_transform.scale_y is not None
    return found.affine_transform.scale_x, found.affine_transform.scale_y


def test_a_scale_makes_a_north_up_grid_from_the_upper_left_corner() -> None:
    assert grid(BOUNDS, crs=UTM, scale=10) == PixelGrid(
        dimensions=GridDimensions(width=30, height=20),
        affine_transform=AffineTransform(
            scale_x=10.0,
            shear_x=0.0,
            translate_x=500_000.0,
            shear_y=0.0,
            scale_y=-10.0,
            translate_y=5_000_200.0,
        ),
        crs=PixelGrid.CrsCode(UTM),
    )


def test_a_grid_is_sent_whole() -> None:
    assert json.loads(encode(grid((0, 0, 1, 2), crs="EPSG:4326", dimensions=(4, 5)))) == {
        "dimensions": {"width": 4, "height": 5},
        "affineTransform": {
            "scaleX": 0.25,
            "shearX": 0.0,
            "translateX": 0.0,
            "shearY": 0.0,
            "scaleY": -0.4,
            "translateY": 2.0,
        },
        "crsCode": "EPSG:4326",
    }


@pytest.mark.parametrize(
    ("bounds", "scale", "expected"),
    [
        ((0, 0, 10, 10), 3, (4, 4)),
        ((0, 0, 9, 10), 3, (3, 4)),
        ((0, 0, 0.3, 0.7), 0.1, (3, 7)),
        ((0, 0, 1, 1), 1, (1, 1)),
        ((0.1, 0.1, 0.3, 0.3), 0.2, (1, 1)),
        ((-0.1, -0.1, 0.2, 0.2), 0.1, (3, 3)),
        ((0, 0, 1.0000001, 1), 1, (2, 1)),
        ((0, 0, 1, 1), 1e-9, (10**9, 10**9)),
        ([-180, -90, 180, 90], 0.01, (36_000, 18_000)),
    ],
)
def test_a_scale_covers_the_bounds_without_a_pixel_too_many(
    bounds: tuple[float, ...], scale: float, expected: tuple[int, int]
) -> None:
    found = grid(bounds, crs="EPSG:4326", scale=scale)
    assert size(found) == expected
    assert scales(found) == (scale, -scale)


corner = st.floats(-1e7, 1e7)


@settings(database=None, deadline=None)
@given(
    west=corner, south=corner, width=st.floats(1, 1e6), height=st.floats(1, 1e6), scale=st.floats(0.5, 1e5)
)
def test_the_grid_reaches_the_other_corner(
    west: float, south: float, width: float, height: float, scale: float
) -> None:
    east, north = west + width, south + height
    assume(scale <= min(east - west, north - south))
    columns, rows = size(grid((west, south, east, north), crs=UTM, scale=scale))
    for count, extent in ((columns, east - west), (rows, north - south)):
        assert count * scale >= extent * (1 - 1e-11)
        assert (count - 1) * scale < extent


def test_dimensions_stretch_the_pixels_over_the_bounds() -> None:
    found = grid(BOUNDS, crs=UTM, dimensions=(100, 50))
    assert size(found) == (100, 50)
    assert scales(found) == (3.0, -4.0)


@pytest.mark.parametrize(
    ("crs", "expected"),
    [
        ("EPSG:4326", PixelGrid.CrsCode("EPSG:4326")),
        ("SR-ORG:6974", PixelGrid.CrsCode("SR-ORG:6974")),
        ("AUTO:42001", PixelGrid.CrsCode("AUTO:42001")),
        (WKT, PixelGrid.CrsWkt(WKT)),
        ('GEODCRS ["x"]', PixelGrid.CrsWkt('GEODCRS ["x"]')),
    ],
)
def test_a_crs_is_a_code_or_wkt(crs: str, expected: object) -> None:
    assert grid(BOUNDS, crs=crs, scale=10).crs == expected


@pytest.mark.parametrize(
    ("bounds", "options", "message"),
    [
        (BOUNDS, {}, "exactly one of `scale` and `dimensions`"),
        (BOUNDS, {"scale": 1, "dimensions": (1, 1)}, "exactly one of `scale` and `dimensions`"),
        ((1, 0, 0, 1), {"scale": 1}, "west .* must be less than east"),
        ((0, 0, 0, 1), {"scale": 1}, "west .* must be less than east"),
        ((0, 1, 1, 0), {"scale": 1}, "south .* must be less than north"),
        ((0, 0, 1), {"scale": 1}, "four finite numbers"),
        ((0, 0, 1, 1, 1), {"scale": 1}, "four finite numbers"),
        ((0, 0, 1, math.nan), {"scale": 1}, "four finite numbers"),
        ((0, 0, math.inf, 1), {"scale": 1}, "four finite numbers"),
        ((0, 0, True, 1), {"scale": 1}, "four finite numbers"),
        (("0", "0", "1", "1"), {"scale": 1}, "four finite numbers"),
        ((0, 0, 10**400, 1), {"scale": 1}, "four finite numbers"),
        (None, {"scale": 1}, "four finite numbers"),
        (b"ab~~", {"scale": 1}, "four finite numbers"),
        ({0: "a", 1: "b", 2: "c", 3: "d"}, {"scale": 1}, "four finite numbers"),
        ({0, 1, 2, 3}, {"scale": 1}, "four finite numbers"),
        ((0, 0, 1, 10**5_000), {"scale": 1}, "four finite numbers"),
        ((-1e308, 0, 1e308, 1), {"dimensions": (1, 1)}, "too far apart"),
        (BOUNDS, {"scale": 10**5_000}, "`scale` must be a positive number"),
        (BOUNDS, {"dimensions": (1, 10**5_000)}, "height must be a whole number"),
        (BOUNDS, {"dimensions": {1, 2}}, "`dimensions` must be"),
        (BOUNDS, {"dimensions": {1: 1, 2: 2}}, "`dimensions` must be"),
        (BOUNDS, {"dimensions": b"ab"}, "`dimensions` must be"),
        (BOUNDS, {"scale": 0}, "`scale` must be a positive number"),
        (BOUNDS, {"scale": -10}, "`scale` must be a positive number"),
        (BOUNDS, {"scale": math.nan}, "`scale` must be a positive number"),
        (BOUNDS, {"scale": True}, "`scale` must be a positive number"),
        (BOUNDS, {"scale": "10"}, "`scale` must be a positive number"),
        (BOUNDS, {"scale": 1e-320}, "too small"),
        (BOUNDS, {"scale": 200.1}, r"`scale` 200.1 exceeds an extent of 200.0"),
        (BOUNDS, {"scale": 1e300}, "exceeds an extent of 300.0"),
        (BOUNDS, {"scale": 1e-9}, "width must be a whole number of 1 to 2147483647"),
        (BOUNDS, {"dimensions": (0, 1)}, "width must be a whole number"),
        (BOUNDS, {"dimensions": (1, -1)}, "height must be a whole number"),
        (BOUNDS, {"dimensions": (1, 2**31)}, "height must be a whole number"),
        (BOUNDS, {"dimensions": (1.0, 1)}, "width must be a whole number"),
        (BOUNDS, {"dimensions": (True, 1)}, "width must be a whole number"),
        (BOUNDS, {"dimensions": (1, 2, 3)}, "`dimensions` must be"),
        (BOUNDS, {"dimensions": 256}, "`dimensions` must be"),
        (BOUNDS, {"scale": 1, "crs": "4326"}, "neither a code nor WKT"),
        (BOUNDS, {"scale": 1, "crs": ""}, "neither a code nor WKT"),
        (BOUNDS, {"scale": 1, "crs": "EPSG:4326\n"}, "neither a code nor WKT"),
        (BOUNDS, {"scale": 1, "crs": "EPSG: 4326"}, "neither a code nor WKT"),
        (BOUNDS, {"scale": 1, "crs": 4326}, "neither a code nor WKT"),
    ],
)
def test_bad_input_is_refused_in_words(bounds: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        grid(bounds, **({"crs": UTM} | options))


def test_the_antimeridian_gets_a_hint() -> None:
    with pytest.raises(ArgumentError) as caught:
        grid((170, -20, -170, -10), crs="EPSG:4326", scale=0.1)
    assert "antimeridian" in caught.value.hint
    assert size(grid((170, -20, 190, -10), crs="EPSG:4326", scale=0.1)) == (200, 100)


@pytest.mark.parametrize("bounds", [(13.0, 52.3, 13.6, 52.7), (-180, -10, 180, 10), (0, -90, 10, 90)])
def test_metres_for_degrees_are_refused_with_the_way_to_metres(bounds: tuple[float, ...]) -> None:
    with pytest.raises(ArgumentError, match=r"`scale` 30.0 exceeds") as caught:
        grid(bounds, crs="EPSG:4326", scale=30)
    for part in ("Units of 'EPSG:4326' (degrees", "for metres, fit(image, region="):
        assert part in caught.value.hint


def test_a_grid_of_one_pixel_is_made_by_its_dimensions() -> None:
    assert scales(grid((0, 0, 1, 2), crs="EPSG:4326", dimensions=(1, 1))) == (1.0, -2.0)


@pytest.mark.parametrize("bounds", [(0, 0, 5e-324, 1), (0, 0, 1, 5e-324)])
def test_a_side_too_short_for_its_pixels_is_refused(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(ArgumentError, match="too close for a scale"):
        grid(bounds, crs=UTM, dimensions=(4, 4))
