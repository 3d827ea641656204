"""Diffs to look at: of a shop, with hostile texts, and of a day in the life of Earth Engine."""

from __future__ import annotations

import json
from typing import Any

from groundwire_codegen.diff import Diff, Given, compare, read_sides

from tests.codegen.diff.shop import OVERLAY, shop
from tests.codegen.documents import encoded
from tests.codegen.packages import ROOT

HOSTILE = "</script><script>alert(1)</script>`|\n::error::x\x1b[31m\u202e'\"><img src=x onerror=alert(1)>"


def diff_of(old: dict[str, Any], new: dict[str, Any]) -> Diff:
    overlay = OVERLAY.encode()
    sides = read_sides(
        Given(name="old", document=encoded(old), overlay=overlay),
        Given(name="new", document=encoded(new), overlay=overlay),
    )
    return compare(sides.old, sides.new)


def changed() -> dict[str, Any]:
    document = shop()
    properties = document["schemas"]["Receipt"]["properties"]
    properties["state"]["enum"].append(HOSTILE)
    properties["gift"] = {"type": "string", "description": HOSTILE, "pattern": HOSTILE}
    document["schemas"]["Order"]["properties"].pop("note")
    document["schemas"]["Order"]["properties"]["book"]["default"] = HOSTILE
    document["id"] = HOSTILE
    return document


def earth_engine() -> Diff:
    """What Google might publish next: changes with every verdict, in methods and in messages."""
    spec = ROOT / "spec" / "earthengine.v1beta.json"
    overlay = spec.with_suffix(".overlay.toml").read_bytes()
    before = Given(name="old", document=spec.read_bytes(), overlay=overlay)
    after = Given(name="new", document=encoded(_next(json.loads(before.document))), overlay=overlay)
    sides = read_sides(before, after, every_method=True)
    return compare(sides.old, sides.new)


def _next(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["schemas"]
    projects = document["resources"]["projects"]["resources"]
    document["revision"] = "20260115"
    document["rootUrl"] = "https://earthengine.europe.rep.googleapis.com/"
    del schemas["ExportImageRequest"]["properties"]["description"]
    schemas["ExportImageRequest"]["properties"]["workloadTag"]["type"] = "boolean"
    schemas["ExportImageRequest"]["properties"]["labels"] = {"type": "array", "items": {"type": "string"}}
    schemas["ImageFileExportOptions"]["properties"]["fileFormat"]["enum"].append("ZARR")
    schemas["Operation"]["properties"]["done"]["description"] = "Set once."
    projects["image"]["methods"]["export"]["parameters"]["project"]["pattern"] = "^projects/[a-z0-9-]+$"
    projects["operations"]["methods"]["wait"]["path"] = "v1/{+name}:wait"
    del projects["thumbnails"]
    return document
