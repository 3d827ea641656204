"""Functions on geometries and projections."""

from __future__ import annotations

from typing import Final

from ..coercion import is_number
from ..elements import Value
from ..ellipsoid import turned
from ..geometry import Geometry, geometry, meets, rectangle
from ..problem import ExpressionError, too_large, unsupported
from ..projection import IDENTITY, Projection, projection_of
from ..signature import Library
from .images import transform_of

LIBRARY: Final = Library()
_MOST_MEMBERS: Final = 100_000
_MARGIN: Final = "maxError?: ErrorMargin"
_WGS84: Final = Projection()


def _constructor(type_: str) -> None:
    def construct(
        coordinates: Value, crs: Projection | None, geodesic: bool | None = None, *_: Value
    ) -> Geometry:
        return geometry(type_, _coordinates(type_, coordinates), crs, geodesic=geodesic)

    rest = {
        "Point": "",
        "MultiPoint": "",
        "Polygon": f", geodesic?: Boolean, {_MARGIN}, evenOdd?: Boolean = true",
        "MultiPolygon": f", geodesic?: Boolean, {_MARGIN}, evenOdd?: Boolean = true",
    }.get(type_, f", geodesic?: Boolean, {_MARGIN}")
    LIBRARY.add(f"GeometryConstructors.{type_}(coordinates: List, crs?: Projection{rest})")(construct)


_WITHIN: Final = {
    "MultiPoint": ("Point",), "LineString": ("Point",), "LinearRing": ("Point",), "MultiLineString": ("LineString", "LinearRing"),
    "Polygon": ("LinearRing", "LineString"), "MultiPolygon": ("Polygon",),
}  # fmt: skip
"""The types of geometries that may stand for coordinates, by the type that they make."""


def _coordinates(type_: str, coordinates: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return coordinates, those of geometries that stand for some. Raises ExpressionError for others."""
    members = [item for item in coordinates if isinstance(item, Geometry)]
    if not members:
        return coordinates
    wrong = any(member.type not in _WITHIN.get(type_, ()) for member in members)
    if wrong or len(members) < len(coordinates) or not all(member.is_geographic for member in members):
        raise unsupported(f"GeometryConstructors.{type_} of such geometries")
    return tuple(member.coordinates for member in members)


for _type in (
    "Point",
    "MultiPoint",
    "LineString",
    "LinearRing",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
):
    _constructor(_type)


@LIBRARY.add(
    "GeometryConstructors.Rectangle(coordinates: List, crs?: Projection, geodesic?: Boolean, evenOdd?: Boolean = true)"
)
def rectangle_(
    coordinates: tuple[Value, ...], crs: Projection | None, geodesic: bool | None, _: bool
) -> Geometry:
    """Return a rectangle of its west, south, east and north, or of two corners."""
    flat: list[Value] = []
    for item in coordinates:
        flat.extend(item if isinstance(item, tuple) else (item,))  # pyright: ignore[reportUnknownArgumentType]
    if len(flat) != 4 or not all(map(is_number, flat)):
        raise ExpressionError("GeometryConstructors.Rectangle: Invalid coordinates.")
    box = (min(flat[0], flat[2]), min(flat[1], flat[3]), max(flat[0], flat[2]), max(flat[1], flat[3]))
    return rectangle(box, crs, geodesic=geodesic)


@LIBRARY.add("GeometryConstructors.BBox(west: Float, south: Float, east: Float, north: Float)")
def bbox(west: float, south: float, east: float, north: float) -> Geometry:
    """Return a box of degrees on a circle of longitudes: its east may be less than its west."""
    start, width = turned(west), 360.0 if east - west >= 360 else (east - west) % 360
    if width == 360.0:
        start = -180
    return rectangle((start, max(-90, south), start + width, min(90, north)))


@LIBRARY.add(
    f"GeometryConstructors.MultiGeometry(geometries: List, crs?: Projection, geodesic?: Boolean, {_MARGIN})"
)
def multi(members: tuple[Value, ...], *_: Value) -> Geometry:
    """Return geometries as one."""
    if not all(isinstance(member, Geometry) for member in members):
        raise ExpressionError("GeometryConstructors.MultiGeometry: Invalid geometries.")
    if sum(member.size for member in members) > _MOST_MEMBERS:
        raise too_large("geometries so many")
    return Geometry("GeometryCollection", (), members=members)


@LIBRARY.add(f"Geometry.bounds(geometry: Geometry, {_MARGIN}, proj?: Projection)")
def bounds(place: Geometry, _: Value, projection: Projection | None) -> Geometry:
    """Return the box around a geometry."""
    target = _WGS84 if projection is None else projection
    box = place.bounds(target)
    if box is None:
        raise unsupported(f"Geometry.bounds from {place.projection.crs} to {target.crs}")
    return rectangle(box, projection)


@LIBRARY.add("Geometry.coordinates(geometry: Geometry)")
def coordinates(place: Geometry) -> Value:
    """Return the coordinates."""
    return place.coordinates


@LIBRARY.add("Geometry.type(geometry: Geometry)")
def type_(place: Geometry) -> str:
    """Return the type."""
    return place.type


@LIBRARY.add("Geometry.projection(geometry: Geometry)")
def projection(place: Geometry) -> Projection:
    """Return the projection."""
    return place.projection


@LIBRARY.add(f"Geometry.intersects(left: Geometry, right: Geometry, {_MARGIN}, proj?: Projection)")
def intersects(left: Geometry, right: Geometry, *_: Value) -> bool:
    """Return True if two geometries meet."""
    return meets(left, right)


@LIBRARY.add(f"Geometry.disjoint(left: Geometry, right: Geometry, {_MARGIN}, proj?: Projection)")
def disjoint(left: Geometry, right: Geometry, *_: Value) -> bool:
    """Return True if two geometries do not meet."""
    return not meets(left, right)


@LIBRARY.add(f"Geometry.contains(left: Geometry, right: Geometry, {_MARGIN}, proj?: Projection)")
def contains(left: Geometry, right: Geometry, *_: Value) -> bool:
    """Return True if a geometry contains a point. Of others it is not computed."""
    if right.type != "Point":
        raise unsupported("Geometry.contains of what is no point")
    return meets(left, right)


@LIBRARY.add(f"Geometry.containedIn(left: Geometry, right: Geometry, {_MARGIN}, proj?: Projection)")
def contained_in(left: Geometry, right: Geometry, *_: Value) -> bool:
    """Return True if a point is in a geometry."""
    return contains(right, left)


@LIBRARY.add(
    "Projection(crs: Object, transform?: List, transformWkt?: String)",
    "Proj(crs: Object, transform?: List, transformWkt?: String)",
)
def projection_(crs: Value, transform: tuple[Value, ...] | None, wkt: str | None) -> Projection:
    """Return a projection of a code and a transform."""
    if wkt is not None:
        raise unsupported("Projection with a transformWkt")
    if isinstance(crs, Projection):
        return crs if transform is None else Projection(crs.crs, transform_of(transform))
    if not isinstance(crs, str):
        raise ExpressionError("Projection: Parameter 'crs' is required and may not be null.")
    return projection_of(crs, IDENTITY if transform is None else transform_of(transform))


@LIBRARY.add("Projection.crs(projection: Projection)")
def crs_(projection: Projection) -> str | None:
    """Return the code; null for a WKT."""
    return None if "[" in projection.crs else projection.crs


@LIBRARY.add("Projection.nominalScale(proj: Projection)")
def nominal_scale(projection: Projection) -> float:
    """Return the metres of a pixel."""
    scale = projection.nominal_scale
    if scale is None:
        raise unsupported(f"the unit of {projection.crs[:100]}")
    return scale


@LIBRARY.add("Projection.atScale(projection: Projection, meters: Float)")
def at_scale(projection: Projection, metres: float) -> Projection:
    """Return a projection with pixels of so many metres."""
    scaled = projection.at_scale(metres)
    if scaled is None:
        raise unsupported(f"the unit of {projection.crs[:100]}")
    return scaled


@LIBRARY.add("Projection.scale(projection: Projection, x: Float, y: Float)")
def scale_(projection: Projection, x: float, y: float) -> Projection:
    """Return a projection with pixels of other sizes."""
    a, b, c, d, e, f = projection.transform
    return Projection(projection.crs, (a * x, b * y, c, d * x, e * y, f))


@LIBRARY.add("Projection.translate(projection: Projection, x: Float, y: Float)")
def translate(projection: Projection, x: float, y: float) -> Projection:
    """Return a projection whose first pixel is another."""
    a, b, _, d, e, _ = projection.transform
    return Projection(projection.crs, (a, b, projection.to_crs(x, y)[0], d, e, projection.to_crs(x, y)[1]))


@LIBRARY.add("Geometry.geodesic(geometry: Geometry)")
def geodesic(place: Geometry) -> bool:
    """Return True if edges are the shortest paths on the Earth."""
    return place.geodesic


@LIBRARY.add("Geometry.geometries(geometry: Geometry)")
def geometries(place: Geometry) -> tuple[Geometry, ...]:
    """Return the geometries within one; a single geometry is alone."""
    if place.type == "GeometryCollection":
        return place.members
    if not place.type.startswith("Multi"):
        return (place,)
    type_ = place.type.removeprefix("Multi")
    return tuple(Geometry(type_, part, place.projection, place.geodesic) for part in place.coordinates)
