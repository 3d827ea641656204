"""Functions on images: their bands, their projections and their place."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from ..coercion import geometry as as_geometry
from ..coercion import is_number
from ..date import Date
from ..elements import Collection, Element, Image, Unknown, Value
from ..geometry import Geometry, rectangle
from ..pixels import pixel_grid
from ..problem import ExpressionError, undeclared, unsupported
from ..projection import Projection, Transform
from ..signature import Library
from ..sources import Sources
from .places import geometry_of

LIBRARY: Final = Library()


@LIBRARY.add("Image.load(id: String, version?: Long = -1)", loads=True)
def load(sources: Sources, id_: str, _: int) -> Image:
    """Return a declared image."""
    return sources.image(id_)


@LIBRARY.add("Image.date(image: Image)")
def date(image: Image) -> Date:
    """Return the date of an image."""
    start = image.get("system:time_start")
    if not is_number(start):
        raise ExpressionError("Image.date: Parameter 'value' is required and may not be null.")
    return Date(round(start))


@LIBRARY.add("Image.projection(image: Image)")
def projection(image: Image) -> Projection:
    """Return the projection of all bands."""
    if image.default_projection is not None:
        return image.default_projection
    if any(band.projection is None for band in image.bands) or not image.bands:
        raise undeclared("the projection of the bands", image.id)
    raise ExpressionError(
        "Image.projection: The bands of the specified image contains different projections. Use Image.select to "
        "pick a single band."
    )


@LIBRARY.add(
    "Image.updateMask(image: Image, mask: Image)",
    "Image.selfMask(image: Image)",
    'Image.resample(image: Image, mode?: String = "bilinear")',
    "Image.unmask(input: Image, value?: Object, sameFootprint?: Boolean = true)",
)
def same(image: Image, *_: Value) -> Image:
    """Return an image with the bands and properties of another."""
    return image


@LIBRARY.add(
    "Image.clip(input: Image, geometry: Any)", "Image.clipToCollection(input: Image, collection: Object)"
)
def clip(image: Image, value: Value) -> Image:
    """Return an image clipped to a geometry, a feature or a collection."""
    return _cropped(evolve(image, region=_common(image, _region(value))), "Image.clip")


@LIBRARY.add(
    "Image.clipToBoundsAndScale(input: Image, geometry?: Any, width?: Integer, height?: Integer, "
    "maxDimension?: Integer, scale?: Float)"
)
def clip_and_scale(
    image: Image,
    region: Value,
    width: int | None,
    height: int | None,
    longest: int | None,
    scale: float | None,
) -> Image:
    """Return an image clipped to the bounds of a geometry, with a scale or a size."""
    if (width is None) != (height is None) or sum(item is not None for item in (width, longest, scale)) > 1:
        raise ExpressionError(
            "Image.clipToBoundsAndScale: Give either 'width' and 'height', or 'maxDimension', or 'scale'."
        )
    place = _region(region) if region is not None else image.extent
    own = image.default_projection
    size = None if width is None or height is None else (width, height)
    if longest is not None:
        size = _fitted(place, own, longest)
    scaled = own if scale is None or own is None else own.at_scale(scale)
    if size is not None:
        scaled = _stretched(place, own, size)
    placed = _placed(evolve(image, region=place, size=size, scale=scale or image.scale), scaled)
    return _cropped(placed, "Image.clipToBoundsAndScale")


def _region(value: Value) -> Geometry | Unknown:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Collection):
        return geometry_of(value)
    if isinstance(value, Element) and isinstance(value.geometry, Unknown):
        return value.geometry
    place = as_geometry(value)
    if place is None:
        raise unsupported("the bounds of what is no geometry")
    return place


def _fitted(place: Geometry | Unknown | None, own: Projection | None, longest: int) -> tuple[int, int] | None:
    """Return the size whose longer side has a length; None if the shape is not known."""
    box = place.bounds(own) if isinstance(place, Geometry) and own is not None else None
    if box is None:
        return None
    width, height = box[2] - box[0], box[3] - box[1]
    share = longest / max(width, height) if max(width, height) > 0 else 0
    return max(1, round(width * share)), max(1, round(height * share))


def _stretched(
    place: Geometry | Unknown | None, own: Projection | None, size: tuple[int, int]
) -> Projection | None:
    """Return the projection whose first pixels, as many as the size says, are the bounds of a place; None if they are not known."""
    box = place.bounds(own) if isinstance(place, Geometry) and own is not None else None
    if own is None or box is None or box[0] == box[2] or box[1] == box[3]:
        return None
    west, south, east, north = box
    a, b, _, d, e, _ = own.transform
    x, y = own.to_crs(west, south)
    across, down = (east - west) / size[0], (north - south) / size[1]
    return Projection(own.crs, (a * across, b * down, x, d * across, e * down, y))


def _placed(image: Image, own: Projection | None) -> Image:
    """Return an image in a projection, without bounds."""
    layers = image.layers
    if isinstance(layers, tuple):
        layers = tuple(evolve(band, projection=own, dimensions=None, origin=(0, 0)) for band in layers)
    return evolve(image, layers=layers, projection=own)


def _cropped(image: Image, name: str) -> Image:
    """Return an image whose bands have the pixels of its region, if they are known. Its footprint is not computed."""
    layers, own, region = image.layers, image.default_projection, image.region
    box = region.bounds(own) if isinstance(region, Geometry) and own is not None else None
    if isinstance(layers, tuple):
        settled = not (image.tentative and image.scale is None)
        origin, size = pixel_grid(box) if box is not None and settled else ((0, 0), None)
        if image.size is not None:
            origin, size = (0, 0), image.size
        layers = tuple(evolve(band, dimensions=size, origin=origin) for band in layers)
    return evolve(image, layers=layers, geometry=Unknown(name))


def _common(image: Image, region: Geometry | Unknown) -> Geometry | Unknown:
    """Return the part of a region that an image with known pixels has; the region if they are not known."""
    own, extent = image.default_projection, image.extent
    if own is None or not isinstance(extent, Geometry) or not isinstance(region, Geometry):
        return region
    one, other = region.bounds(own), extent.bounds(own)
    if one is None or other is None:
        return region
    box = (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))
    return rectangle(box, own) if box[0] < box[2] and box[1] < box[3] else region


@LIBRARY.add(
    "Image.setDefaultProjection(image: Image, crs: Projection, crsTransform?: List, scale?: Float)",
)
def set_default(
    image: Image, crs: Projection, transform: tuple[Value, ...] | None, scale: float | None
) -> Image:
    """Return an image whose projection is another until a later function sets its scale."""
    return evolve(reproject(image, crs, transform, scale), tentative=True)


@LIBRARY.add("Image.reproject(image: Image, crs: Projection, crsTransform?: List, scale?: Float)")
def reproject(
    image: Image, crs: Projection, transform: tuple[Value, ...] | None, scale: float | None
) -> Image:
    """Return an image in another projection."""
    own: Projection | None = crs
    if transform is not None:
        own = Projection(crs.crs, transform_of(transform))
    elif scale is not None:
        own = crs.at_scale(scale)
    # The image ends where it did: clients take its bounds for those of an export.
    return _placed(evolve(image, region=image.extent, size=None, scale=scale, tentative=False), own)


def transform_of(numbers: tuple[Value, ...]) -> Transform:
    """Return six numbers as a transform. Raises ExpressionError."""
    if len(numbers) != 6 or not all(map(is_number, numbers)):
        raise ExpressionError("Projection: A transform has six numbers.")
    a, b, c, d, e, f = map(float, numbers)
    return a, b, c, d, e, f
