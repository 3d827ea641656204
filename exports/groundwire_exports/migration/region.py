"""Regions of an export: bounds, GeoJSON, rings, and computed geometries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias, cast, runtime_checkable

from attrs import has
from groundwire import ArrayValue, Expression, ValueNode
from groundwire_runtime.errors import ArgumentError, shortened

from ..arguments import ExpressionLike, Serializable, expression, sequence
from .graph import Graph, call, literal
from .number import is_number, plain


@runtime_checkable
class HasGeoInterface(Protocol):
    """An object that gives its GeoJSON, such as a shapely geometry."""

    @property
    def __geo_interface__(self) -> Mapping[str, Any]:
        """The object as GeoJSON."""
        ...


Region: TypeAlias = "ExpressionLike | HasGeoInterface | tuple[Any, ...] | list[Any]"

_FORMS: Final = (
    "Pass (west, south, east, north) in degrees, a GeoJSON geometry or Feature, or the expression of one."
)
_NESTING: Final = {
    "Point": 1,
    "MultiPoint": 2,
    "LineString": 2,
    "LinearRing": 2,
    "MultiLineString": 3,
    "Polygon": 3,
    "MultiPolygon": 4,
}
"""Lists around the numbers in `coordinates`, by type."""
_DEGREES: Final = (
    "A region is in degrees. For bounds in units of a projection use grid(bounds, crs=..., scale=...);"
    " GeoJSON may name its projection in `crs`."
)
_MEMBERS: Final = ("type", "coordinates", "geometries", "geometry", "features", "crs", "geodesic")
_MOST_LEVELS: Final = 40
"""Keys in the JSON pointer of a geometry; a collection in collections has two for each."""
_MAY_BE_EMPTY: Final = ("MultiPoint", "MultiLineString", "MultiPolygon")


def geometry(region: object, graph: Graph) -> ValueNode:
    """Return the node that computes a region; nodes of its own graph are added to `graph`.

    Bounds become a rectangle and a list of rings a polygon, both as `ee.batch.Export` makes them. GeoJSON becomes the
    geometry that `ee.Geometry(geojson)` makes, with its `crs`, `geodesic` and `evenOdd`. Coordinates are degrees unless
    there is a `crs`. Raises ArgumentError for anything else, with the place.
    """
    if isinstance(region, str):
        try:
            region = json.loads(region)
        except (ValueError, RecursionError):
            raise refused("the text is no JSON", _FORMS) from None
    if isinstance(region, HasGeoInterface) and not isinstance(region, type):
        region = region.__geo_interface__
    if isinstance(region, (Expression, Serializable)) and not isinstance(region, type):
        return graph.take(expression(region))
    members = _members(region)
    if members is not None:
        return graph.take(expression(members)) if "values" in members else _geojson(members, "")
    values = sequence(region)
    if not values:
        raise refused(f"cannot make one of {shortened(region, 80)}", _FORMS)
    return _bounds(values) if is_number(values[0]) else _rings(values)


def refused(message: str, hint: str) -> ArgumentError:
    """Return the error for a region that cannot be exported."""
    return ArgumentError(f"region: {message}", hint=hint)


def _bounds(values: tuple[Any, ...]) -> ValueNode:
    corners = [_number(value, f"/{index}") for index, value in enumerate(values)]
    if len(corners) != 4:
        raise refused(f"bounds must be four numbers, got {len(corners)}", _FORMS)
    west, south, east, north = corners
    if west >= east or south >= north:
        hint = "The order is west, south, east, north. Across the antimeridian, add 360 to east."
        raise refused(f"the bounds {tuple(corners)} are empty", hint)
    if south < -90 or north > 90:
        raise refused(f"latitudes of {south} to {north} are not on the Earth", _DEGREES)
    ring = [[west, north], [west, south], [east, south], [east, north]]
    return _polygon([ring])


def _rings(values: tuple[Any, ...]) -> ValueNode:
    rings = _coordinates(values, "", 4)
    depth = _depth(rings)
    if depth == 3:
        _check_latitudes(rings, "")
        return _polygon(rings)
    if depth == 2:
        hint = 'Write {"type": "Polygon", "coordinates": [[...]]} or {"type": "LineString", "coordinates": [...]}.'
        raise refused(
            "a list of points may be an outline or a line; the official client exports a line", hint
        )
    raise refused(f"expected a list of rings, got {shortened(values, 80)}", _FORMS)


def _polygon(rings: object) -> ValueNode:
    return call("GeometryConstructors.Polygon", coordinates=literal(rings), evenOdd=literal(value=True))


def _check_latitudes(coordinates: list[Any], place: str) -> None:
    """Raise ArgumentError for a position in degrees that is not on the Earth."""
    if not coordinates or isinstance(coordinates[0], list):
        for index, each in enumerate(coordinates):
            _check_latitudes(each, f"{place}/{index}")
    elif not -90 <= coordinates[1] <= 90:
        raise refused(f"{place}/1: a latitude of {coordinates[1]} is not on the Earth", _DEGREES)


def _geojson(value: object, place: str, *, in_degrees: bool = True) -> ValueNode:
    """Return the node of a GeoJSON object; `place` is its JSON pointer.

    `in_degrees`: False inside of a collection that names a projection.
    """
    members = _members(value)
    if members is None or place.count("/") > _MOST_LEVELS:
        raise refused(f"{place or '/'}: expected a GeoJSON geometry, got {shortened(value, 80)}", _FORMS)
    kind = members.get("type")
    if kind == "Feature":
        return _geojson(members.get("geometry"), f"{place}/geometry")
    if kind == "FeatureCollection":
        features = sequence(members.get("features"))
        if len(features) != 1:
            hint = "Pass one feature, or dissolve them into one geometry."
            raise refused(f"{place or '/'}: {len(features)} features are not one region", hint)
        return _geojson(features[0], f"{place}/features/0")
    in_degrees = in_degrees and members.get("crs") is None
    if kind == "GeometryCollection":
        parts = sequence(members.get("geometries"))
        nodes = [
            _geojson(part, f"{place}/geometries/{index}", in_degrees=in_degrees)
            for index, part in enumerate(parts)
        ]
        geometries = ValueNode.ArrayValue(ArrayValue(values=nodes)) if nodes else literal([])
        return call("GeometryConstructors.MultiGeometry", geometries=geometries, **_options(members, place))
    if not isinstance(kind, str) or kind not in _NESTING:
        raise refused(f"{place}/type: {shortened(kind, 40)} is no GeoJSON geometry", _FORMS)
    coordinates = _coordinates(members.get("coordinates"), f"{place}/coordinates", 4)
    nesting, depth = _NESTING[kind], _depth(coordinates)
    if depth != nesting and not (kind in _MAY_BE_EMPTY and not coordinates):
        problem = f"expected numbers in {nesting} lists for a {kind}, got {depth}"
        raise refused(f"{place}/coordinates: {problem}", "See RFC 7946, section 3.1.")
    if in_degrees:
        _check_latitudes(coordinates, f"{place}/coordinates")
    return call(f"GeometryConstructors.{kind}", coordinates=literal(coordinates), **_options(members, place))


def _members(value: object) -> Mapping[str, Any] | None:
    """Return the members of a GeoJSON object, or of an attrs class of one, such as a message of a STAC client."""
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    if isinstance(value, type) or not has(type(value)):
        return None
    if hasattr(value, "type"):
        return {name: getattr(value, name) for name in _MEMBERS if hasattr(value, name)}
    return _members(getattr(value, "value", None))  # a member of a union


def _options(value: Mapping[str, Any], place: str) -> dict[str, ValueNode]:
    """Return the members `crs`, `geodesic` and `evenOdd`, which Earth Engine's GeoJSON has besides RFC 7946's."""
    options: dict[str, ValueNode] = {}
    if value.get("crs") is not None:
        crs = _members(value["crs"]) or {}
        name = (_members(crs.get("properties")) or {}).get("name")
        if crs.get("type") != "name" or not isinstance(name, str):
            hint = 'Write {"type": "name", "properties": {"name": "EPSG:32633"}}.'
            raise refused(f"{place}/crs: expected a named CRS", hint)
        options["crs"] = call("Projection", crs=literal(name))
    return options | {
        name: literal(bool(value[name])) for name in ("geodesic", "evenOdd") if value.get(name) is not None
    }


def _coordinates(value: object, place: str, levels: int) -> list[Any]:
    """Return nested lists of positions as lists of finite numbers. Every position has two numbers."""
    values = tuple(cast("Sequence[Any]", value)) if type(value) in (list, tuple) else sequence(value)
    if values and is_number(values[0]):
        if len(values) != 2:
            hint = "A position is [longitude, latitude], without an altitude."
            raise refused(f"{place}: expected two numbers, got {len(values)}", hint)
        return [_number(each, f"{place}/{index}") for index, each in enumerate(values)]
    if value is None or levels < 2 or (not values and value != [] and value != ()):
        raise refused(f"{place}: expected coordinates, got {shortened(value, 80)}", _FORMS)
    parts = [_coordinates(each, f"{place}/{index}", levels - 1) for index, each in enumerate(values)]
    if len({_depth(part) for part in parts}) > 1:
        raise refused(f"{place}: the parts are nested differently", "See RFC 7946, section 3.1.")
    return parts


def _depth(values: object) -> int:
    """Return how many lists are around the first number."""
    depth = 0
    while isinstance(values, list):
        items = cast("list[object]", values)
        depth, values = depth + 1, items[0] if items else None
    return depth


def _number(value: object, place: str) -> int | float:
    """Return a finite number as Python's own type."""
    number = plain(value)
    if number is None:
        raise refused(f"{place}: expected a finite number, got {shortened(value, 40)}", _FORMS)
    return number
