"""Facts about the image of an export, from its expression and the assets that exist."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from ..assets.asset_json import band_json
from ..assets.catalog import Catalog
from ..assets.names import asset_name, parent_of
from ..assets.record import AssetType, Grid
from ..assets.record import Band as StoredBand
from ..exchange import JsonObject
from ..rules.error_bodies import Refusal, invalid_argument
from ..values.elements import Band, Image, PixelType
from ..values.expression import facts
from ..values.loads import calls, loads
from ..values.pixels import Pixels, pixels, type_names
from ..values.problem import CRS_UNKNOWN, NOT_FOUND, ExpressionError
from ..values.projection import Projection
from ..values.sources import missing
from .call import Call, Context

_TELLING: Final = frozenset(
    {
        "Image.clipToBoundsAndScale", "Image.clip", "Image.reproject", "Image.setDefaultProjection", "Projection",
        "Image.load", "ImageCollection.load",
    }
)  # fmt: skip
"""Functions without which an expression tells nothing."""


class ExportedImage:
    """The image of an export. It is evaluated once, and only if its expression says where it is."""

    def __init__(self, expression: JsonObject, context: Context) -> None:
        self._expression = expression
        self._context = context

    @cached_property
    def _value(self) -> Image | ExpressionError | None:
        if not any(call.get("functionName") in _TELLING for call in calls(self._expression.get("values"))):
            return None
        try:
            value = facts(self._expression, self._context.catalog)
        except ExpressionError as error:
            return error
        return value if isinstance(value, Image) else None

    @property
    def pixels(self) -> Pixels | None:
        """The pixels; None if they cannot be counted."""
        value = self._value
        return pixels(value) if isinstance(value, Image) else None

    @property
    def bands(self) -> tuple[JsonObject, ...]:
        """The bands as an asset has them, with what is known of their types and grids; empty if they are not known."""
        value = self._value
        layers = value.layers if isinstance(value, Image) else None
        return tuple(map(_band, layers)) if isinstance(layers, tuple) else ()

    @property
    def types(self) -> tuple[str, ...]:
        """The names of the bands' types; empty if they are not known."""
        value = self._value
        return type_names(value) if isinstance(value, Image) else ()

    @property
    def crs_problem(self) -> str | None:
        """The message for a CRS that does not exist; None if there is none."""
        value = self._value
        return value.message if isinstance(value, ExpressionError) and value.rule == CRS_UNKNOWN else None


def exported_bands(call: Call, context: Context) -> tuple[JsonObject, ...]:
    """Return the bands of an exported image as an asset has them, in the grid of the request if it has one."""
    expression, grid = call.body.get("expression"), call.body.get("grid")
    found = ExportedImage(expression, context).bands if isinstance(expression, dict) else ()
    return tuple({**band, "grid": grid} for band in found) if isinstance(grid, dict) and grid else found


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


def asset_not_loaded(call: Call, context: Context) -> Refusal | None:
    """Refuse an expression that loads an asset which certainly does not exist; None if there is none.

    All assets of the caller's project are known here, and all members of a collection that exists. Of other projects and of the
    public catalog they are not.
    """
    expression = call.body.get("expression")
    if NOT_FOUND in context.relaxed or not isinstance(expression, dict):
        return None
    catalog, own = context.catalog, f"{call.variables['project']}/assets/"
    for load in loads(expression):
        name = asset_name(load.id)
        if not catalog.has(name) and (name.startswith(own) or _is_collection(catalog, parent_of(name))):
            # A folder that only finished operations imply exists too.
            if name.startswith(own) and catalog.get(name) is not None:
                continue
            return invalid_argument(NOT_FOUND, missing(load.function, load.kind, load.id).message)
    return None


def _is_collection(catalog: Catalog, name: str) -> bool:
    asset = catalog.get(name) if catalog.has(name) else None
    return asset is not None and asset.type is AssetType.IMAGE_COLLECTION
