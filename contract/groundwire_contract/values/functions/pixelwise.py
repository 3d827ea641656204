"""Functions on the pixels of images: only the names of the bands are computed, and the types of those that are 0 or 1."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from ..elements import Band, Collection, Image, PixelType, Unknown, Value
from ..problem import unsupported
from ..projection import Projection
from ..reducer import Reducer
from ..signature import Library
from ..steps import spend

LIBRARY: Final = Library()
_TRUTHS: Final = ("and", "or", "eq", "neq", "gt", "gte", "lt", "lte")
_NUMBERS: Final = ("add", "subtract", "multiply", "divide", "mod", "pow", "min", "max")
_TRUTH: Final = PixelType("int", 0, 1)


def _two(name: str, type_: PixelType | Unknown) -> None:
    full = f"Image.{name}"

    def compute(one: Image, other: Image) -> Image:
        return _named(one.computed(full), _longer(one, other), type_)

    LIBRARY.add(f"{full}(image1: Image, image2: Image)")(compute)


def _longer(one: Image, other: Image) -> tuple[Band, ...] | None:
    """Return the bands that name the result: of the image that has more, else of the first; None if they are not known."""
    if not isinstance(one.layers, tuple) or not isinstance(other.layers, tuple):
        return None
    return other.layers if len(other.layers) > len(one.layers) else one.layers


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


def _composite(full: str) -> None:
    def compute(collection: Collection) -> Image:
        # A composite is in WGS 84, with pixels of one degree, and has no properties.
        image = evolve(Image(projection=Projection()).computed(full), rest=None)
        return _named(image, _shared(collection), Unknown(full))

    LIBRARY.add(f"{full}(collection: ImageCollection)")(compute)


def _shared(collection: Collection) -> tuple[Band, ...] | None:
    """Return the bands of the first image if all images have bands of the same names; else None."""
    layers = [item.layers for item in collection.elements if isinstance(item, Image)]
    known = [bands for bands in layers if isinstance(bands, tuple)]
    if not known or len(known) < len(collection.elements):
        return None
    spend(sum(map(len, known)))
    names = {tuple(band.id for band in bands) for bands in known}
    return known[0] if len(names) == 1 else None


for _name in ("and", "count", "max", "mean", "median", "min", "mode", "or", "product", "sum"):
    _composite(f"reduce.{_name}")
_composite("ImageCollection.mosaic")


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


@LIBRARY.add("Image.reduce(image: Image, reducer: Reducer)")
def reduce(image: Image, reducer: Reducer) -> Image:
    """Return an image of one band: only whether all bands are not 0 is known to be 0 or 1."""
    if reducer.name != "Reducer.allNonZero":
        raise unsupported(f"Image.reduce by {reducer.name}")
    return evolve(image.computed("Image.reduce"), layers=(Band("all", _TRUTH, image.default_projection),))


@LIBRARY.add("Reducer.allNonZero()")
def all_non_zero(*_: Value) -> Reducer:
    """Return the reducer."""
    return Reducer("Reducer.allNonZero")
