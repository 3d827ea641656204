"""Values as the service writes them: JSON, with a type for what JSON does not have."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..exchange import JsonObject, JsonValue
from .crs import WGS84
from .date import Date, DateRange
from .elements import Collection, Element, Feature, Image, PixelType, Unknown, Value
from .geometry import Geometry
from .limits import Budget, own_parts
from .problem import unsupported
from .projection import IDENTITY, Projection

_PLAIN: Final = frozenset({bool, int, str})
_COSTS: Final = {Image: 5, Feature: 5, Collection: 5, Geometry: 5, Projection: 5}
"""Steps of values that are written with words of their own."""
_BAND: Final = 10
"""Parts of a band."""


class Writer:
    """Writes one result; the parts of all that it writes are counted."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def write(self, value: Value) -> JsonValue:
        """Return the JSON of a value. Raises ExpressionError for one that is not computed, or too large."""
        kind: type = type(value)
        self._budget.spend(own_parts(value) if kind is str else _COSTS.get(kind, 1))
        if kind is float:
            return number(value)
        if value is None or kind in _PLAIN:
            plain: JsonValue = value
            return plain
        if kind is tuple:
            return [self.write(item) for item in value]
        if kind is dict:
            return {key: self.write(item) for key, item in value.items()}
        if kind is Unknown:
            raise unsupported(value.name)
        write = _WRITERS.get(kind)
        if write is None:
            raise unsupported(f"a result that is a {kind.__name__}")
        return write(self, value)

    def geometry(self, value: Geometry) -> JsonObject:
        """Return GeoJSON."""
        if value.members:
            return {"type": value.type, "geometries": [self.write(member) for member in value.members]}
        out: JsonObject = {} if value.geodesic else {"geodesic": False}
        if value.projection.crs != WGS84 or value.projection.transform != IDENTITY:
            if value.projection.transform != IDENTITY:
                raise unsupported("a geometry in pixels as a result")
            out["crs"] = {"type": "name", "properties": {"name": value.projection.crs}}
        return {**out, "type": value.type, "coordinates": self.write(value.coordinates)}

    def place(self, item: Element) -> JsonValue:
        """Return the geometry of an element."""
        return None if item.geometry is None else self.write(item.geometry)

    def feature(self, value: Feature) -> JsonObject:
        """Return a feature."""
        properties = {key: item for key, item in value.properties.items() if key != "system:index"}
        id_ = {} if value.index is None else {"id": value.index}
        return {"type": "Feature", "geometry": self.place(value), **id_, "properties": self.write(properties)}

    def geojson(self, value: Feature) -> JsonObject:
        """Return a feature of a table: without its id, and with a geometry in longitude and latitude."""
        place = value.geometry
        if isinstance(place, Geometry) and not place.is_geographic:
            raise unsupported("the geometry of a feature in longitude and latitude")
        shown = self.place(value)
        geometry = (
            {key: item for key, item in shown.items() if key != "geodesic"}
            if isinstance(shown, dict)
            else shown
        )
        properties = {key: item for key, item in value.properties.items() if key != "system:index"}
        return {"type": "Feature", "geometry": geometry, "properties": self.write(properties)}

    def image(self, value: Image) -> JsonObject:
        """Return an image."""
        out: JsonObject = {"type": "Image", "bands": [self.band(band) for band in value.bands]}
        if value.id:
            out["id"] = value.id
        if value.version is not None:
            out["version"] = value.version
        properties = {key: item for key, item in value.properties.items() if key != "system:id"}
        return {**out, "properties": self.write(properties)} if properties else out

    def band(self, band: Any) -> JsonObject:
        """Return a band."""
        self._budget.spend(_BAND)
        out: JsonObject = {"id": band.id}
        if band.type is not None:
            out["data_type"] = self.write(band.type)
        if band.dimensions is not None:
            out["dimensions"] = list(band.dimensions)
        if band.origin != (0, 0):
            out["origin"] = list(band.origin)
        if band.projection is not None:
            shown = projection(band.projection)
            out["crs"], out["crs_transform"] = shown.get("crs", shown.get("wkt")), shown["transform"]
        return out

    def collection(self, value: Collection) -> JsonObject:
        """Return a collection with its elements."""
        out: JsonObject = {"type": "ImageCollection" if value.of_images else "FeatureCollection"}
        if value.of_images:
            out["bands"] = []
        else:
            out["columns"] = {}
        if value.id:
            out["id"] = value.id
        if value.version is not None:
            out["version"] = value.version
        features = [self.write(item) for item in value.elements]
        properties = {key: item for key, item in value.properties.items() if key != "system:id"}
        return {**out, "features": features, **({"properties": self.write(properties)} if properties else {})}


def number(value: float) -> int | float:
    """Return a number; a whole one without a fraction, as a double is in the JSON of protobuf."""
    if not math.isfinite(value):
        raise unsupported("a result that is not finite")
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def projection(value: Projection) -> JsonObject:
    """Return a projection."""
    kind = "wkt" if "[" in value.crs else "crs"
    return {
        "type": "Projection",
        kind: value.crs,
        "transform": [number(float(item)) for item in value.transform],
    }


def pixel_type(value: PixelType) -> JsonObject:
    """Return the type of a band."""
    out: JsonObject = {"type": "PixelType", "precision": value.precision}
    for name, limit in (("min", value.min), ("max", value.max)):
        if limit is not None:
            out[name] = number(float(limit)) if isinstance(limit, float) else limit
    return {**out, "dimensions": value.dimensions} if value.dimensions else out


_WRITERS: Final[Mapping[type, Callable[[Writer, Any], JsonValue]]] = {
    Date: lambda _, value: {"type": "Date", "value": value.millis},
    DateRange: lambda _, value: {"type": "DateRange", "dates": [value.start.millis, value.end.millis]},
    Geometry: Writer.geometry,
    Projection: lambda _, value: projection(value),
    PixelType: lambda _, value: pixel_type(value),
    Image: Writer.image,
    Feature: Writer.feature,
    Collection: Writer.collection,
}
