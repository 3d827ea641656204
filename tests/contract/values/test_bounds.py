"""The bounds of a geometry in another projection, beside those of many points on its edges."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from groundwire_contract.values.crs import model
from groundwire_contract.values.geometry import Geometry, Point
from groundwire_contract.values.projection import Projection

STEPS = 64


def outline(source: random.Random) -> list[Point]:
    """Return a closed ring of any size, somewhere below 84 degrees, where UTM ends."""
    size, lon, lat = 10 ** source.uniform(-4, 1), source.uniform(-170, 170), source.uniform(-70, 70)
    if source.random() < 0.5:
        ring = [(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size)]
    else:
        ring = [(source.uniform(lon, lon + size), source.uniform(lat, lat + size)) for _ in range(8)]
    return [*ring, ring[0]]


def on_edges(ring: list[Point], crs: str) -> list[Point]:
    known = model(crs)
    assert known is not None
    return [
        known.forward(x + (to_x - x) * step / STEPS, y + (to_y - y) * step / STEPS)
        for (x, y), (to_x, to_y) in pairwise(ring)
        for step in range(STEPS + 1)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_the_bounds_hold_every_point_of_the_edges(seed: int) -> None:
    source = random.Random(seed)  # noqa: S311 - reproducible
    for _ in range(20):
        ring = outline(source)
        zone = int((ring[0][0] + 180) // 6) + 1
        for crs in (f"EPSG:{32600 + zone}", f"EPSG:{32700 + zone}", "EPSG:3857"):
            points = on_edges(ring, crs)
            found = Geometry("Polygon", [ring], geodesic=False).bounds(Projection(crs))
            xs, ys = [x for x, _ in points], [y for _, y in points]
            assert found == pytest.approx((min(xs), min(ys), max(xs), max(ys)), abs=0.001)


def test_an_edge_that_turns_between_its_ends_reaches_beyond_them() -> None:
    ring = [(14.0, 52.0), (16.0, 52.0), (16.0, 52.1), (14.0, 52.1), (14.0, 52.0)]
    found = Geometry("Polygon", [ring], geodesic=False).bounds(Projection("EPSG:32633"))
    known = model("EPSG:32633")
    assert found is not None and known is not None
    # A parallel is nearest to the equator at the meridian of the zone, 15 degrees.
    assert found[1] == pytest.approx(known.forward(15, 52)[1], abs=0.001)
    assert found[1] < known.forward(14, 52)[1] - 100
