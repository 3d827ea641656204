"""Functions on the pixels of images: only the names of the bands are computed, and the types of those that are 0 or 1."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from ..elements import Band, Collection, Image, PixelType, Unknown
from ..projection import Projection
from ..signature import Library
from ..steps import spend

LIBRARY: Final = Library()
_TRUTHS: Final = ("and", "or", "eq", "neq", "gt", "gte", "lt", "lte")
_UNIONS: Final = frozenset(
    {"add", "subtract", "multiply", "divide", "max", "min", "first", "firstNonZero", "first_nonzero", "mod"}
)
"""Functions whose result has the union of the types of both images."""
_NUMBERS: Final = (
    "add", "atan2", "bitwiseAnd", "bitwiseOr", "bitwiseXor", "bitwise_and", "bitwise_or", "bitwise_xor", "divide", "first",
    "firstNonZero", "first_nonzero", "hypot", "leftShift", "left_shift", "max", "min", "mod", "multiply", "pow",
    "rightShift", "right_shift", "subtract",
)  # fmt: skip
_TRUTH: Final = PixelType("int", 0, 1)


def _two(name: str, type_: PixelType | Unknown) -> None:
    full = f"Image.{name}"

    def compute(one: Image, other: Image) -> Image:
        image = _named(one.computed(full), _longer(one, other), type_)
        return _united(image, one, other) if name in _UNIONS and isinstance(image.layers, tuple) else image

    LIBRARY.add(f"{full}(image1: Image, image2: Image)")(compute)


def _longer(one: Image, other: Image) -> tuple[Band, ...] | None:
    """Return the bands that name the result: of the image that has more, else of the first; None if they are not known."""
    if not isinstance(one.layers, tuple) or not isinstance(other.layers, tuple):
        return None
    return other.layers if len(other.layers) > len(one.layers) else one.layers


def _united(image: Image, one: Image, other: Image) -> Image:
    """Return the result of two images, with the types of its bands where they are certainly real."""
    lefts, rights = _spread(one, len(image.bands)), _spread(other, len(image.bands))
    if len(lefts) != len(rights):
        return image
    pairs = zip(lefts, rights, strict=True)
    types = [_union(left.type, right.type) for left, right in pairs]
    bands = zip(image.bands, types, strict=True)
    return evolve(image, layers=tuple(evolve(band, type=type_ or band.type) for band, type_ in bands))


def _spread(image: Image, count: int) -> tuple[Band, ...]:
    """Return the bands that are used for a number of bands: a single one for all of them."""
    return image.bands * count if len(image.bands) == 1 else image.bands


def _union(one: PixelType | Unknown | None, other: PixelType | Unknown | None) -> PixelType | None:
    """Return the union of two types of numbers; None for whole ones, whose limits are not documented."""
    kinds = {each.precision for each in (one, other) if isinstance(each, PixelType) and not each.dimensions}
    if "double" in kinds and isinstance(one, PixelType) and isinstance(other, PixelType):
        return PixelType("double")
    both = isinstance(one, PixelType) and isinstance(other, PixelType)
    return PixelType("float") if both and kinds == {"float"} else None


def _named(image: Image, bands: tuple[Band, ...] | None, type_: PixelType | Unknown) -> Image:
    if bands is None:
        return image
    return evolve(
        image, layers=tuple(evolve(band, type=type_, projection=image.projection) for band in bands)
    )


for _name in _TRUTHS:
    _two(_name, _TRUTH)
for _name in _NUMBERS:
    _two(_name, Unknown(f"Image.{_name}"))


def composite(name: str, collection: Collection, *, chosen: bool = False) -> Image:
    """Return an image of the bands that all images have, in WGS 84 with pixels of one degree, without properties.

    `chosen` says that its pixels are pixels of the images: then bands of one type stay of that type.
    """
    image = evolve(Image(projection=Projection()).computed(name), rest=None)
    if not collection.elements:
        # What becomes of no images has no bands.
        return evolve(image, layers=())
    bands = shared(collection)
    named = _named(image, bands, Unknown(name))
    if not chosen or bands is None:
        return named
    types = [{item.bands[place].type for item in _images(collection)} for place in range(len(bands))]
    return evolve(
        named,
        layers=tuple(
            evolve(band, type=next(iter(each)) if len(each) == 1 else band.type)
            for band, each in zip(named.bands, types, strict=True)
        ),
    )


def _composite(full: str, *, chosen: bool = False) -> None:
    def compute(collection: Collection) -> Image:
        return composite(full, collection, chosen=chosen)

    LIBRARY.add(f"{full}(collection: ImageCollection)")(compute)


def shared(collection: Collection) -> tuple[Band, ...] | None:
    """Return the bands of the first image if all images have bands of the same names; else None."""
    layers = [item.layers for item in _images(collection)]
    known = [bands for bands in layers if isinstance(bands, tuple)]
    if not known or len(known) < len(collection.elements):
        return None
    spend(sum(map(len, known)))
    names = {tuple(band.id for band in bands) for bands in known}
    return known[0] if len(names) == 1 else None


def _images(collection: Collection) -> list[Image]:
    return [item for item in collection.elements if isinstance(item, Image)]


for _name in ("and", "count", "mean", "median", "mode", "or", "product", "sum"):
    _composite(f"reduce.{_name}")
for _name in ("reduce.max", "reduce.min", "ImageCollection.mosaic"):
    _composite(_name, chosen=True)


@LIBRARY.add("ImageCollection.qualityMosaic(collection: ImageCollection, qualityBand: String)")
def quality_mosaic(collection: Collection, _: str) -> Image:
    """Return an image with the bands of all images."""
    return composite("ImageCollection.qualityMosaic", collection, chosen=True)


@LIBRARY.add("Image.not(value: Image)")
def not_(image: Image) -> Image:
    """Return an image of 0 and 1."""
    return _named(
        image.computed("Image.not"), image.layers if isinstance(image.layers, tuple) else None, _TRUTH
    )


@LIBRARY.add("Image.mask(image: Image, mask?: Image)")
def mask(image: Image, other: Image | None) -> Image:
    """Return an image with another mask, or the mask as an image: its metadata stays."""
    if other is not None:
        return image
    layers = image.layers
    return evolve(image, layers=_unknown(layers) if isinstance(layers, tuple) else layers)


def _unknown(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    return tuple(evolve(band, type=Unknown("Image.mask")) for band in bands)
