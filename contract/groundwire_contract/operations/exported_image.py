"""Facts about the image of an export, from its expression and the assets that exist."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from ..assets.catalog import Catalog
from ..assets.names import asset_name, parent_of
from ..assets.record import AssetType
from ..exchange import JsonObject
from ..rules.error_bodies import Refusal, invalid_argument
from ..values.elements import Image
from ..values.expression import facts
from ..values.loads import LOADERS, Load, calls, loads
from ..values.pixels import Pixels, pixels, type_names
from ..values.problem import CRS_UNKNOWN, NOT_FOUND, ExpressionError
from ..values.sources import missing
from .bands import CASTS, band_types, is_unbounded
from .call import Call, Context

_TELLING: Final = frozenset(
    {
        "Image.clipToBoundsAndScale", "Image.clip", "Image.reproject", "Image.setDefaultProjection", "Projection",
        "Image.load", "ImageCollection.load",
    }
)  # fmt: skip
"""Functions without which an expression tells nothing of its place."""
_SCALED: Final = "Image.clipToBoundsAndScale"
"""A function that bounds an image if it has a geometry: official clients call it for a scale alone too."""


class ExportedImage:
    """The image of an export. It is evaluated once at most."""

    def __init__(self, expression: JsonObject, context: Context) -> None:
        self._expression = expression
        self._context = context
        self.functions: Final = frozenset(map(_name, calls(expression.get("values"))))
        """The names of all functions that are called; empty for a function without a name."""

    @cached_property
    def value(self) -> object:
        """The value as far as it is known: an Image, an ExpressionError, or an Unknown."""
        try:
            return facts(self._expression, self._context.catalog)
        except ExpressionError as error:
            return error

    @property
    def _value(self) -> object:
        return None if self.functions.isdisjoint(_TELLING) else self.value

    @property
    def pixels(self) -> Pixels | None:
        """The pixels; None if they cannot be counted."""
        value = self._value
        return pixels(value) if isinstance(value, Image) else None

    @property
    def loads(self) -> tuple[Load, ...]:
        """The assets that are loaded by constant ids."""
        return () if self.functions.isdisjoint(LOADERS) else loads(self._expression)

    @property
    def types(self) -> tuple[str, ...]:
        """The names of the bands' types; empty if they are not known."""
        value = self._value
        return type_names(value) if isinstance(value, Image) else ()

    @property
    def cast_types(self) -> tuple[str, ...]:
        """The names of the bands' types as functions of the expression set them; empty if they are not known."""
        return () if self.functions.isdisjoint(CASTS) else band_types(self._expression)

    @property
    def is_unbounded(self) -> bool:
        """True if the image is certainly made of constants only, and nothing bounds it."""
        return is_unbounded(self.functions)

    @property
    def crs_problem(self) -> str | None:
        """The message for a CRS that does not exist; None if there is none."""
        value = self._value
        return value.message if isinstance(value, ExpressionError) and value.rule == CRS_UNKNOWN else None


def _name(call: JsonObject) -> str:
    """Return the name of a called function; a scale without a geometry counts as a projection."""
    name, arguments = call.get("functionName"), call.get("arguments")
    if name == _SCALED and isinstance(arguments, dict) and "geometry" not in arguments:
        return "Projection"
    return name if isinstance(name, str) else ""


def asset_not_loaded(call: Call, context: Context, image: ExportedImage) -> Refusal | None:
    """Refuse an expression that loads an asset which certainly does not exist; None if there is none.

    All assets of the caller's project are known here, and all members of a collection that exists. Of other projects and of the
    public catalog they are not.
    """
    if NOT_FOUND in context.relaxed or not (loaded := image.loads):
        return None
    catalog, own = context.catalog, f"{call.variables['project']}/assets/"
    for load in loaded:
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
