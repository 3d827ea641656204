"""Declared assets as values."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from attrs import field, frozen

from ..assets.catalog import Assets
from ..assets.names import asset_name, parent_of
from ..assets.record import Asset, AssetType, Grid
from ..assets.record import Band as DeclaredBand
from .crs import normalized
from .date import from_datetime
from .elements import Band, Collection, Feature, Image, PixelType, Unknown, Value
from .geometry import Geometry, from_json
from .problem import NOT_FOUND, ExpressionError, undeclared, unsupported
from .projection import IDENTITY, Projection

_MISSING: Final = "not found (does not exist or caller does not have access)."
_PUBLIC: Final = "projects/earthengine-public/assets/"
_PRECISIONS: Final = {"INT": "int", "FLOAT": "float", "DOUBLE": "double"}
_FOOTPRINT: Final = "system:footprint"


def missing(function: str, kind: str, id_: str) -> ExpressionError:
    """Return the error for an asset that is not there."""
    return ExpressionError(f"{function}: {kind} asset '{id_}' {_MISSING}", NOT_FOUND)


@frozen(eq=False)
class Sources:
    """The assets that an expression may load."""

    assets: Assets
    lenient: bool = False
    """True if an asset that is not declared is not known to be missing."""
    _collections: dict[str, Collection] = field(init=False, factory=dict[str, Collection])

    def image(self, id_: str) -> Image:
        """Return an image. Raises ExpressionError in the service's words."""
        return image_of(self._asset(id_, AssetType.IMAGE, "Image.load", "Image"))

    def images(self, id_: str) -> Collection:
        """Return a collection of images, ordered by name. Raises ExpressionError as `image` does."""
        if id_ in self._collections:
            return self._collections[id_]
        asset = self._asset(id_, AssetType.IMAGE_COLLECTION, "ImageCollection.load", "ImageCollection")
        children = self.assets.children(asset.name)
        images = tuple(image_of(child) for child in children if child.type is AssetType.IMAGE)
        loaded = Collection(elements=images, id=asset.id, version=_version(asset), facts=properties_of(asset))
        return self._collections.setdefault(id_, loaded)

    def table(self, id_: str) -> Collection:
        """Return a table. Raises ExpressionError as `image` does, and for one whose features are not declared."""
        if id_ in self._collections:
            return self._collections[id_]
        asset = self._asset(id_, AssetType.TABLE, "Collection.loadTable", "Collection")
        if asset.features is None:
            raise undeclared("the features", asset.id)
        loaded = Collection(
            elements=tuple(_feature(value, place) for place, value in enumerate(asset.features)),
            id=asset.id,
            version=_version(asset),
            facts=properties_of(asset),
            of_images=False,
        )
        return self._collections.setdefault(id_, loaded)

    def _asset(self, id_: str, type_: AssetType, function: str, kind: str) -> Asset:
        asset = self.assets.get(asset_name(id_))
        if asset is None:
            raise unsupported(function) if self.lenient else self._missing(function, kind, id_)
        if asset.type is not type_:
            raise ExpressionError(f"{function}: Asset '{id_}' is not an {kind}.")
        return asset

    def _missing(self, function: str, kind: str, id_: str) -> ExpressionError:
        """Return the service's words. Of the public catalog they may not be true here, so they say what to declare."""
        error, name = missing(function, kind, id_), asset_name(id_)
        parent = self.assets.get(parent_of(name))
        within = parent is not None and parent.type is AssetType.IMAGE_COLLECTION
        if within or not name.startswith(_PUBLIC):
            return error
        return ExpressionError(f"{error.message} Of the public catalog, declare what is used.", NOT_FOUND)


def properties_of(asset: Asset) -> dict[str, Value]:
    """Return the properties with those that the service adds."""
    added: dict[str, Value] = {"system:id": asset.id}
    for key, instant in (("system:time_start", asset.start_time), ("system:time_end", asset.end_time)):
        if instant is not None:
            added[key] = _millis(instant)
    if asset.size_bytes is not None:
        added["system:asset_size"] = asset.size_bytes
    return {**added, **{key: _value(value) for key, value in asset.properties.items()}}


def image_of(asset: Asset) -> Image:
    """Return a declared image as a value."""
    footprint = from_json(asset.geometry)
    facts = properties_of(asset)
    index = facts.pop("system:index", asset.name.rpartition("/")[2])
    if footprint is not None:
        facts.setdefault(_FOOTPRINT, _outline(footprint))
    return Image(
        id=asset.id,
        index=str(index),
        facts=facts,
        geometry=footprint,
        layers=tuple(map(_band, asset.bands)) if asset.bands else None,
        rest=Unknown(asset.computed) if asset.computed else None,
        version=_version(asset),
    )


def _outline(footprint: Geometry) -> Geometry:
    """Return the footprint as the service has it in properties: the outer ring of a polygon."""
    if footprint.type != "Polygon":
        return footprint
    return Geometry("LinearRing", footprint.coordinates[0], footprint.projection, footprint.geodesic)


def _version(asset: Asset) -> Value:
    return None if asset.update_time is None else round(asset.update_time.timestamp() * 1_000_000)


def _millis(instant: datetime) -> int:
    return from_datetime(instant).millis


def _value(value: Any) -> Value:
    if isinstance(value, list | tuple):
        return tuple(map(_value, value))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # JSON
    return value


def _band(band: DeclaredBand) -> Band:
    precision = _PRECISIONS.get(band.precision)
    type_ = None if precision is None else PixelType(precision, band.minimum, band.maximum, band.dimensions)
    grid = band.grid
    if grid is None:
        return Band(band.id, type_)
    size = None if grid.width is None or grid.height is None else (grid.width, grid.height)
    return Band(band.id, type_, _projection(grid), size)


def _projection(grid: Grid) -> Projection | None:
    if not grid.crs and not grid.wkt:
        return None
    a, b, c, d, e, f = grid.transform if len(grid.transform) == len(IDENTITY) else IDENTITY
    try:
        return Projection(normalized(grid.crs) if grid.crs else grid.wkt, (a, b, c, d, e, f))
    except ExpressionError:
        return Projection(grid.crs, (a, b, c, d, e, f))


def _feature(value: Mapping[str, Any], place: int) -> Feature:
    properties = value.get("properties")
    facts = {
        key: _value(item) for key, item in (properties if isinstance(properties, Mapping) else {}).items()
    }
    index = facts.pop("system:index", value.get("id", f"{place:020x}"))
    return Feature(id=str(index), index=str(index), facts=facts, geometry=from_json(value.get("geometry")))
