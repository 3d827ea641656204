"""Inputs of the benchmarks: expression graphs and recorded requests."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import groundwire

NAMES = (
    "Image.select",
    "Image.add",
    "Reducer.median",
    "ImageCollection.filter",
    "Image.normalizedDifference",
)
ARGUMENTS = ("input", "collection", "image1", "image2", "bandSelectors", "scale", "reducer")
CONSTANTS: tuple[Any, ...] = ("B4", 30, 0.5, True, "COPERNICUS/S2_SR", ["B8", "B4"], [1, 2.5])


def graph(nodes: int, seed: int = 7) -> dict[str, Any]:
    """Return an expression of about `nodes` value nodes: constants, references, invocations, arrays."""
    source = random.Random(seed)
    values: dict[str, Any] = {}
    count = 0
    while count < nodes:
        arguments: dict[str, Any] = {}
        for name in source.sample(ARGUMENTS, source.randint(1, 4)):
            arguments[name], made = _argument(source, len(values))
            count += made
        invocation = {"functionName": source.choice(NAMES), "arguments": arguments}
        values[str(len(values))] = {"functionInvocationValue": invocation}
        count += 1
    return {"values": values, "result": str(len(values) - 1)}


def _argument(source: random.Random, before: int) -> tuple[dict[str, Any], int]:
    kind = source.random()
    if kind < 0.4:
        return {"constantValue": source.choice(CONSTANTS)}, 1
    if kind < 0.8:
        return {"valueReference": str(source.randrange(max(before, 1)))}, 1
    items = [{"constantValue": source.randrange(100)} for _ in range(3)]
    return {"arrayValue": {"values": items}}, 4


def chain(steps: int) -> dict[str, Any]:
    """Return an expression as official clients write it: `steps` functions of five nodes each, within a region in UTM."""
    values = {"0": _called("Image.load", id="USGS/SRTMGL1_003")}
    for number in range(1, steps + 1):
        image, constant = {"valueReference": str(number - 1)}, _called("Image.constant", value=number)
        values[str(number)] = _called("Image.add", image1=image, image2=constant)
    ring = [[13, 52], [13.5, 52], [13.5, 52.5], [13, 52.5], [13, 52]]
    region = _called("GeometryConstructors.Polygon", coordinates=[ring], evenOdd=True)
    crs, image = _called("Projection", crs="EPSG:32633"), {"valueReference": str(steps)}
    image = _called("Image.setDefaultProjection", image=image, crs=crs, scale=30)
    values["end"] = _called("Image.clipToBoundsAndScale", input=image, geometry=region, scale=30)
    return {"result": "end", "values": values}


def _called(function: str, **arguments: Any) -> dict[str, Any]:
    """Return a node that calls a function; arguments that are no nodes are constants."""
    nodes = {
        name: each if isinstance(each, dict) else {"constantValue": each} for name, each in arguments.items()
    }
    return {"functionInvocationValue": {"functionName": function, "arguments": nodes}}


def recorded() -> dict[str, dict[str, Any]]:
    """Return recorded export requests of the official client, if the test vectors are present."""
    folder = os.environ.get("GROUNDWIRE_VECTORS")
    own = Path(__file__).parent.parent / "tests" / "client" / "recordings.jsonl"
    place = Path(folder) / "wire" / "ee_python_client.jsonl" if folder else own
    rows = [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]
    return {row["case"]: row["body"] for row in rows if _is_export(row)}


def _is_export(row: dict[str, Any]) -> bool:
    """Return True for a recorded export that our client accepts; some break a documented bound."""
    if not row.get("path", "image:export").endswith("image:export") or row.get("body") is None:
        return False
    try:
        groundwire.encode(groundwire.decode(groundwire.ExportImageRequest, json.dumps(row["body"]).encode()))
    except groundwire.errors.ValueFault:
        return False
    return True
