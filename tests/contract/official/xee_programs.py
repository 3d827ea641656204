"""Programs of xee: metadata opens a data set, and pixels are refused by name."""

from __future__ import annotations

import ee
import xarray
import xee

from tests.contract.official.server import HOME, Server, equal, refusal

CI = ("open_dataset", "pixels")
_GRID = {
    "getitem_kwargs": {"max_retries": 0},
    "crs": "EPSG:4326",
    "crs_transform": (0.01, 0, 116.2, 0, -0.01, 39.9),
    "shape_2d": (10, 10),
}


def open_dataset(server: Server) -> None:
    """Open a collection as a data set: times and bands need no pixels."""
    data = xarray.open_dataset(ee.ImageCollection(f"{HOME}/scenes"), engine="ee", **_GRID)
    equal(sorted(data.data_vars), ["B2", "B3", "B4"])
    equal([str(time)[:10] for time in data.time.values], ["2024-01-10", "2024-02-11", "2024-03-12"])


def grid(server: Server) -> None:
    """Read the grid of an image collection."""
    read = xee.extract_grid_params(ee.ImageCollection(f"{HOME}/scenes"))
    equal((read["crs"], read["shape_2d"]), ("EPSG:32650", (100, 100)))


def computed(server: Server) -> None:
    """Open a collection with a band that is computed."""
    scenes = ee.ImageCollection(f"{HOME}/scenes").map(
        lambda image: image.addBands(image.normalizedDifference(["B4", "B3"]).rename("index"))
    )
    data = xarray.open_dataset(scenes.select("index"), engine="ee", **_GRID)
    equal((list(data.data_vars), data.sizes["time"]), (["index"], 3))


def pixels(server: Server) -> None:
    """Be told which method needs pixels."""
    data = xarray.open_dataset(ee.ImageCollection(f"{HOME}/scenes"), engine="ee", **_GRID)
    message = refusal(ee.EEException, lambda: data.B4.values)
    assert "contract" in message, message
    equal(server.started(), [])
