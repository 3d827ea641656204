"""Declared assets, and the official client's own expressions over them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from groundwire_contract.assets.asset_json import read_asset
from groundwire_contract.assets.catalog import DeclaredAssets
from groundwire_contract.assets.record import Asset
from groundwire_contract.values.expression import compute

SCENES = "LANDSAT/SCENES"
TABLE = "projects/contract-project/assets/huts"


def band(id_: str, precision: str = "FLOAT", **limits: int) -> dict[str, Any]:
    transform = {"scaleX": 30, "translateX": 400000, "scaleY": -30, "translateY": 4500000}
    grid = {
        "crsCode": "EPSG:32650",
        "dimensions": {"width": 700, "height": 710},
        "affineTransform": transform,
    }
    kind = {"precision": precision, **({"range": limits} if limits else {})}
    return {"id": id_, "dataType": kind, "grid": grid}


def scene(day: int) -> dict[str, Any]:
    west = 105 + day
    ring = [[west, 39], [west + 1, 39], [west + 1, 40], [west, 40], [west, 39]]
    return {
        "type": "IMAGE",
        "name": f"projects/earthengine-public/assets/{SCENES}/S_201405{day}",
        "startTime": f"2014-05-{day}T02:53:00.500Z",
        "properties": {"cloud": day, "path": 123, "title": f"scene {day}"},
        "bands": [band("B4"), band("B3", "INT", min=0, max=65535)],
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def hut(name: str, lon: float) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, 47]},
        "properties": {"name": name, "beds": int(lon)},
    }


ASSETS: tuple[Asset, ...] = (
    read_asset({"type": "IMAGE_COLLECTION", "id": SCENES, "properties": {"provider": "nobody"}}),
    *(read_asset(scene(day)) for day in (11, 12, 13, 14)),
    read_asset({"type": "TABLE", "name": TABLE, "features": [hut("Anna", 10), hut("Berta", 11)]}),
)
DECLARED = DeclaredAssets(ASSETS)


class Held:
    """The assets of a test, as the catalog holds them."""

    def get(self, name: str) -> Asset | None:
        return DECLARED.by_name.get(name)

    def children(self, name: str) -> tuple[Asset, ...]:
        return tuple(sorted(DECLARED.by_parent.get(name, ()), key=lambda asset: asset.name))


def value(expression: object) -> Any:
    """The value of an expression of the official client, or of one by hand."""
    text = getattr(expression, "serialize", None)
    body: Any = expression if text is None else json.loads(text(for_cloud_api=True))
    return compute(body, Held())


def call(name: str, /, **arguments: object) -> dict[str, Any]:
    return {"functionInvocationValue": {"functionName": name, "arguments": arguments}}


def constant(item: object) -> dict[str, Any]:
    return {"constantValue": item}


def body(node: object, **values: object) -> dict[str, Any]:
    return {"result": "0", "values": {"0": node, **values}}


Build = Callable[[], Any]
