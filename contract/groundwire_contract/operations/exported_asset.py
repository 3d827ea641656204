"""The facts that an export's expression tells of the asset that it makes."""

# Values of expressions are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
import math
from typing import Any, Final

from ..assets.asset_json import band_json
from ..assets.record import Band as StoredBand
from ..assets.record import Grid
from ..clock import timestamp
from ..exchange import JsonObject, JsonValue
from ..values.coercion import is_number
from ..values.date import Date
from ..values.elements import Band, Image, PixelType, Unknown
from ..values.expression import FACTS, features
from ..values.limits import Budget
from ..values.problem import ExpressionError
from ..values.projection import Projection
from .call import Call, Context
from .exported_image import ExportedImage
from .starts import member

_OWN: Final = frozenset({"system:id", "system:footprint", "system:asset_size"})
"""Properties that an asset has of its own."""
_TIMES: Final = {"system:time_start": "startTime", "system:time_end": "endTime"}
_LARGEST: Final = 1_000_000
"""Characters of the features that are kept of an export."""


def known(call: Call, image: ExportedImage, context: Context) -> JsonObject:
    """Return what an expression says of the asset that it is exported to, as a declaration; empty for files."""
    expression = call.body.get("expression")
    if not member(call.body, "assetExportOptions") or not isinstance(expression, dict):
        return {}
    if call.method.id.endswith(".image.export"):
        return _image(image.value, member(call.body, "grid"))
    return _table(expression, context) if call.method.id.endswith(".table.export") else {}


def _table(expression: JsonObject, context: Context) -> JsonObject:
    try:
        found: list[JsonValue] = [*features(expression, context.catalog, Budget(FACTS))]
    except ExpressionError:
        return {}
    return {"features": found} if len(json.dumps(found)) <= _LARGEST else {}


def _image(value: object, grid: JsonObject) -> JsonObject:
    if not isinstance(value, Image):
        return {"computed": value.name if isinstance(value, Unknown) else "an expression"}
    out: JsonObject = {} if value.rest is None else {"computed": value.rest.name}
    kept = {name: item for name, item in value.facts.items() if name not in _OWN}
    for name, field in _TIMES.items():
        time = kept.pop(name, None)
        if is_number(time):
            out[field] = timestamp(Date(round(time)).at())
    out["properties"] = {name: _plain(item) for name, item in kept.items() if _is_plain(item)}
    if not all(map(_is_plain, kept.values())):
        out["computed"] = "an expression"
    if isinstance(value.layers, tuple) and value.layers:
        own: JsonObject = {"grid": grid} if grid else {}
        out["bands"] = [{**_band(band), **own} for band in value.layers]
    return out


def _is_plain(value: Any) -> bool:
    """Return True for what a property of an asset may be: a text, a finite number, or a list of them."""
    if isinstance(value, tuple):
        return all(not isinstance(item, tuple) and _is_plain(item) for item in value)
    return isinstance(value, str) or (is_number(value) and math.isfinite(value))


def _plain(value: Any) -> Any:
    return [*value] if isinstance(value, tuple) else value


def _band(band: Band) -> JsonObject:
    known = band.type if isinstance(band.type, PixelType) else PixelType("")
    return band_json(
        StoredBand(
            id=band.id,
            precision=known.precision.upper(),
            minimum=known.min,
            maximum=known.max,
            dimensions=known.dimensions,
            grid=None if band.projection is None else _grid(band, band.projection),
        )
    )


def _grid(band: Band, own: Projection) -> Grid:
    """Return the grid of a band, whose first pixel is at its origin."""
    a, b, _, d, e, _ = own.transform
    x, y = own.to_crs(*band.origin)
    width, height = band.dimensions or (None, None)
    is_text = "[" in own.crs
    return Grid(
        crs="" if is_text else own.crs,
        wkt=own.crs if is_text else "",
        width=width,
        height=height,
        transform=(a, b, x, d, e, y),
    )
