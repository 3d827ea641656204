"""Functions on images: their bands, their projections and their place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import evolve

from ..coercion import geometry as as_geometry
from ..coercion import is_number
from ..date import Date
from ..elements import Band, Collection, Element, Image, PixelType, Unknown, Value
from ..geometry import Geometry
from ..problem import ExpressionError, undeclared, unsupported
from ..projection import Projection, Transform
from ..signature import Library
from ..sources import Sources
from .places import geometry_of
from .texts import match as matches

LIBRARY: Final = Library()
_INTEGERS: Final = {
    "int8": (-128, 127), "uint8": (0, 255), "byte": (0, 255), "int16": (-32768, 32767), "short": (-32768, 32767),
    "uint16": (0, 65535), "int32": (-(2**31), 2**31 - 1), "int": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1), "long": (-(2**63), 2**63 - 1),
}  # fmt: skip
_NO_NAME: Final = "Image.rename: The number of names must be the number of bands."


@LIBRARY.add("Image.load(id: String, version?: Long = -1)", loads=True)
def load(sources: Sources, id_: str, _: int) -> Image:
    """Return a declared image."""
    return sources.image(id_)


@LIBRARY.add("Image.constant(value: Object)")
def constant(value: Value) -> Image:
    """Return an image of a number, or of a list of them, in WGS 84 with pixels of one degree."""
    numbers = value if isinstance(value, tuple) else (value,)
    if not all(map(is_number, numbers)):  # pyright: ignore[reportUnknownArgumentType] # of any type
        return Image(projection=Projection()).computed("Image.constant")
    names = ["constant"] if value is not numbers else [f"constant_{place}" for place in range(len(numbers))]
    bands = [
        Band(name, PixelType("int" if isinstance(number, int) else "double", number, number), Projection())
        for name, number in zip(names, numbers, strict=True)
    ]
    return Image(layers=tuple(bands))


@LIBRARY.add("Image.bandNames(image: Image)")
def band_names(image: Image) -> tuple[str, ...]:
    """Return the names of the bands."""
    return tuple(band.id for band in image.bands)


@LIBRARY.add("Image.bandTypes(image: Image)")
def band_types(image: Image) -> dict[str, Value]:
    """Return the types of the bands by name."""
    types: dict[str, Value] = {}
    for band in image.bands:
        if band.type is None:
            raise undeclared(f"the type of band {band.id!r}", image.id)
        types[band.id] = band.type
    return types


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


@LIBRARY.add("Image.select(input: Image, bandSelectors: List, newNames?: List)")
def select(image: Image, selectors: tuple[Value, ...], names: tuple[Value, ...] | None) -> Image:
    """Return an image with some of its bands, by name, pattern or place, and with new names."""
    if isinstance(image.layers, Unknown) or image.layers is None:
        known = names if names is not None else selectors
        simple = all(isinstance(name, str) and name.replace("_", "").isalnum() for name in known)
        bands = tuple(Band(str(name), None, image.projection) for name in known) if simple else image.layers
        return evolve(image, layers=bands)
    chosen = [band for selector in selectors for band in _selected(image.bands, selector)]
    return (
        rename(evolve(image, layers=tuple(chosen)), names)
        if names is not None
        else evolve(image, layers=tuple(chosen))
    )


def _selected(bands: tuple[Band, ...], selector: Value) -> Iterable[Band]:
    if isinstance(selector, int) and -len(bands) <= selector < len(bands):
        return (bands[selector],)
    if isinstance(selector, str):
        exact = [band for band in bands if band.id == selector]
        found = exact or [band for band in bands if matches(band.id, f"^{selector}$", "")]
        if found:
            return found
    available = ", ".join(band.id for band in bands)
    raise ExpressionError(
        f"Image.select: Band pattern '{str(selector)[:100]}' did not match any bands. Available bands: [{available}]"
    )


@LIBRARY.add("Image.rename(input: Image, names: List)")
def rename(image: Image, names: tuple[Value, ...]) -> Image:
    """Return an image with other names of its bands."""
    texts = tuple(map(str, names))
    if isinstance(image.layers, Unknown) or image.layers is None:
        return evolve(image, layers=tuple(Band(name, None, image.projection) for name in texts))
    if len(texts) != len(image.bands):
        raise ExpressionError(_NO_NAME)
    return evolve(image, layers=tuple(evolve(b, id=name) for b, name in zip(image.bands, texts, strict=True)))


@LIBRARY.add("Image.addBands(dstImg: Image, srcImg: Image, names?: List, overwrite?: Boolean = false)")
def add_bands(image: Image, other: Image, names: tuple[Value, ...] | None, overwrite: bool) -> Image:
    """Return an image with the bands of another."""
    if not isinstance(image.layers, tuple) or not isinstance(other.layers, tuple):
        return image if isinstance(image.layers, Unknown) else evolve(image, layers=Unknown("Image.addBands"))
    added = other.bands if names is None else tuple(b for name in names for b in _selected(other.bands, name))
    if overwrite:
        new = {band.id for band in added}
        return evolve(image, layers=(*(band for band in image.bands if band.id not in new), *added))
    return evolve(image, layers=_joined(image.bands, added))


def _joined(bands: tuple[Band, ...], added: tuple[Band, ...]) -> tuple[Band, ...]:
    """Return bands of two images; one whose name is taken is suffixed by a number."""
    out = {band.id: band for band in bands}
    for band in added:
        name, place = band.id, 0
        while name in out:
            place += 1
            name = f"{band.id}_{place}"
        out[name] = evolve(band, id=name)
    return tuple(out.values())


@LIBRARY.add(
    "Image.updateMask(image: Image, mask: Image)",
    "Image.selfMask(image: Image)",
    'Image.resample(image: Image, mode?: String = "bilinear")',
    "Image.unmask(input: Image, value?: Object, sameFootprint?: Boolean = true)",
)
def same(image: Image, *_: Value) -> Image:
    """Return an image with the bands and properties of another."""
    return image


def _cast(name: str) -> None:
    limits = _INTEGERS.get(name)
    type_ = PixelType(name) if limits is None else PixelType("int", *limits)

    def cast(image: Image) -> Image:
        if not isinstance(image.layers, tuple):
            return image
        return evolve(image, layers=tuple(evolve(band, type=type_) for band in image.bands))

    LIBRARY.add(f"Image.{name}(value: Image)", f"Image.to{name.capitalize()}(value: Image)")(cast)


for _name in (*_INTEGERS, "float", "double"):
    _cast(_name)


@LIBRARY.add(
    "Image.clip(input: Image, geometry: Any)", "Image.clipToCollection(input: Image, collection: Object)"
)
def clip(image: Image, value: Value) -> Image:
    """Return an image clipped to a geometry, a feature or a collection."""
    return evolve(image, region=_region(value), geometry=Unknown("Image.clip"))


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
    return _placed(
        evolve(image, region=place, size=size, scale=scale or image.scale),
        scaled,
        crop="Image.clipToBoundsAndScale",
    )


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


def _placed(image: Image, own: Projection | None, crop: str = "") -> Image:
    layers = image.layers
    if isinstance(layers, tuple):
        layers = tuple(evolve(band, projection=own, dimensions=None) for band in layers)
    geometry = Unknown(crop) if crop else image.geometry
    return evolve(image, layers=layers, projection=own, geometry=geometry)


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
    return _placed(evolve(image, size=None, scale=scale, tentative=False), own)


def transform_of(numbers: tuple[Value, ...]) -> Transform:
    """Return six numbers as a transform. Raises ExpressionError."""
    if len(numbers) != 6 or not all(map(is_number, numbers)):
        raise ExpressionError("Projection: A transform has six numbers.")
    a, b, c, d, e, f = map(float, numbers)
    return a, b, c, d, e, f
