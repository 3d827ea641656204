"""Functions on the bands of images: names and types."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import evolve

from ..coercion import is_number
from ..elements import MOST_BANDS, Band, Collection, Image, PixelType, Unknown, Value, countable
from ..problem import ExpressionError, too_large, undeclared, unsupported
from ..projection import Projection
from ..signature import Library
from .texts import match as matches

LIBRARY: Final = Library()
_INTEGERS: Final = {
    "int8": (-128, 127), "uint8": (0, 255), "byte": (0, 255), "int16": (-32768, 32767), "short": (-32768, 32767),
    "uint16": (0, 65535), "int32": (-(2**31), 2**31 - 1), "int": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1), "long": (-(2**63), 2**63 - 1),
}  # fmt: skip
_MOST_PAIRS: Final = 100_000
_SHOWN: Final = 100
"""Bands that an error names."""
_NO_NAME: Final = "Image.rename: The number of names must be the number of bands."


@LIBRARY.add("Image.constant(value: Object)")
def constant(value: Value) -> Image:
    """Return an image of a number, or of a list of them, in WGS 84 with pixels of one degree."""
    numbers = value if isinstance(value, tuple) else (value,)
    countable(numbers)
    if not all(map(is_number, numbers)):  # pyright: ignore[reportUnknownArgumentType] # of any type
        return Image(projection=Projection()).computed("Image.constant")
    names = ["constant"] if value is not numbers else [f"constant_{place}" for place in range(len(numbers))]
    bands = [
        Band(name, PixelType("int" if isinstance(number, int) else "double", number, number), Projection())
        for name, number in zip(names, numbers, strict=True)
    ]
    return Image(layers=tuple(bands))


@LIBRARY.add("Dictionary.toImage(dictionary: Dictionary, names?: List)")
def of_dictionary(numbers: dict[str, Value], names: tuple[Value, ...] | None) -> Image:
    """Return an image of numbers by name, in the order of the names."""
    chosen = sorted(numbers) if names is None else [str(name) for name in names]
    if not set(chosen) <= numbers.keys():
        raise ExpressionError("Dictionary.toImage: The dictionary lacks one of the names.")
    return rename(constant(tuple(numbers[name] for name in chosen)), tuple(chosen))


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


@LIBRARY.add("Image.select(input: Image, bandSelectors: List, newNames?: List)")
def select(image: Image, selectors: tuple[Value, ...], names: tuple[Value, ...] | None) -> Image:
    """Return an image with some of its bands, by name, pattern or place, and with new names."""
    if isinstance(image.layers, Unknown) and image.layers.error is not None:
        return image
    if isinstance(image.layers, Unknown) or image.layers is None:
        known = names if names is not None else selectors
        simple = all(isinstance(name, str) and name.replace("_", "").isalnum() for name in known)
        type_ = image.layers
        bands = tuple(Band(str(name), type_, image.projection) for name in known) if simple else image.layers
        return evolve(image, layers=bands)
    if len(selectors) * len(image.bands) > _MOST_PAIRS:
        raise too_large("a choice of so many bands")
    countable(selectors)
    try:
        chosen = [band for selector in selectors for band in _selected(image.bands, selector)]
    except ExpressionError as error:
        return evolve(image, layers=Unknown("Image.select", error))
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
    available = ", ".join(band.id for band in bands[:_SHOWN])
    raise ExpressionError(
        f"Image.select: Band pattern '{str(selector)[:100]}' did not match any bands. Available bands: [{available}]"
    )


@LIBRARY.add("Image.rename(input: Image, names: List)")
def rename(image: Image, names: tuple[Value, ...]) -> Image:
    """Return an image with other names of its bands."""
    texts = tuple(map(str, names))
    if isinstance(image.layers, Unknown) and image.layers.error is not None:
        return image
    if isinstance(image.layers, Unknown) or image.layers is None:
        return evolve(image, layers=tuple(Band(name, image.layers, image.projection) for name in texts))
    if len(texts) != len(image.bands):
        return evolve(image, layers=Unknown("Image.rename", ExpressionError(_NO_NAME)))
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
    out, places = {band.id: band for band in bands}, dict[str, int]()
    for band in added:
        name, place = band.id, places.get(band.id, 0)
        while name in out:
            place += 1
            name = f"{band.id}_{place}"
        places[band.id] = place
        out[name] = band if name == band.id else evolve(band, id=name)
    return tuple(out.values())


@LIBRARY.add("ImageCollection.toBands(collection: ImageCollection)")
def to_bands(collection: Collection) -> Image:
    """Return the bands of all images as one image; a name begins with the index of its image."""
    bands: list[Band] = []
    for image in collection.elements:
        if not isinstance(image, Image):
            raise unsupported("ImageCollection.toBands of what are no images")
        if len(bands) + len(image.bands) > MOST_BANDS:
            raise too_large("an image of so many bands")
        bands += [evolve(band, id=f"{image.index}_{band.id}") for band in image.bands]
    return evolve(Image().computed("ImageCollection.toBands"), layers=tuple(bands), rest=None)


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
