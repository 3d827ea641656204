"""Images, features and collections as values.

They compare by identity: a comparison by content would visit everything within them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self, TypeAlias

from attrs import evolve, field, frozen

from .geometry import Geometry, rectangle
from .problem import ExpressionError, too_large, undeclared, unsupported
from .projection import Projection

Value: TypeAlias = Any
"""A value: None, a bool, a number, a string, a tuple, a dict, or one of the classes of this package."""
INDEX: Final = "system:index"
BAND_NAMES: Final = "system:band_names"
ID: Final = "system:id"
MOST_BANDS: Final = 10_000
"""Bands of an image; the service has 5000 at most in what a collection becomes."""
_LONGEST_NAME: Final = 500
"""Characters of an index or the id of a band."""


def bounded(name: str | None) -> None:
    """Check the length of a name, which other names are made of. Raises ExpressionError for one that is too long."""
    if name is not None and len(name) > _LONGEST_NAME:
        raise too_large("a name so long")


def countable(bands: object) -> None:
    """Check the number of bands. Raises ExpressionError for too many."""
    if isinstance(bands, tuple) and len(bands) > MOST_BANDS:  # pyright: ignore[reportUnknownArgumentType] # of bands
        raise too_large("an image of so many bands")


@frozen(eq=False)
class Unknown:
    """A value that is not computed; `name` is the function that would compute it."""

    name: str
    error: ExpressionError | None = None
    """The error that meets whoever looks at it, where it has one of its own: the service computes only what is looked at."""


@frozen
class PixelType:
    """The type of a band: its precision (`int`, `float`, `double`), with bounds if they are known."""

    precision: str
    min: int | float | None = None
    max: int | float | None = None
    dimensions: int = 0
    """Dimensions of an array in each pixel; 0 for a number."""


@frozen
class Band:
    """A band; its type, projection and dimensions are None where they are not declared, and its type is Unknown where it is
    not computed."""

    id: str = field(validator=lambda _, __, value: bounded(value))
    type: PixelType | Unknown | None = None
    projection: Projection | None = None
    dimensions: tuple[int, int] | None = None
    origin: tuple[int, int] = (0, 0)
    """The first pixel."""


@frozen(eq=False, kw_only=True)
class Element:
    """An image or a feature."""

    id: str = ""
    index: str | None = field(default=None, validator=lambda _, __, value: bounded(value))
    facts: Mapping[str, Value] = field(factory=dict[str, Value], repr=False)
    """The properties, without the index."""
    rest: Unknown | None = None
    """The function that gave it other properties, which are not computed."""
    geometry: Geometry | Unknown | None = None

    @property
    def properties(self) -> dict[str, Value]:
        """The properties, with the index. Raises ExpressionError if some are not computed."""
        if self.rest is not None:
            raise unsupported(f"the properties of the result of {self.rest.name}")
        index = {} if self.index is None else {INDEX: self.index}
        return {**self.facts, **index}

    def get(self, name: str) -> Value:
        """Return a property; None for one that the element does not have."""
        if name == INDEX and self.index is not None:
            return self.index
        return self.facts[name] if name in self.facts else self.properties.get(name)

    def with_properties(self, properties: Mapping[str, Value]) -> Self:
        """Return the element with other values of some properties."""
        index = properties.get(INDEX, self.index)
        facts = {**self.facts, **{key: value for key, value in properties.items() if key != INDEX}}
        id_ = properties.get(ID, self.id)
        return evolve(
            self,
            facts=facts,
            index=index if isinstance(index, str) else self.index,
            id=id_ if isinstance(id_, str) else self.id,
        )


@frozen(eq=False, kw_only=True)
class Feature(Element):
    """A feature."""


@frozen(eq=False, kw_only=True)
class Image(Element):
    """An image. `projection` is its default projection where a function has set it; `region` and `size` are what
    clips have set."""

    layers: tuple[Band, ...] | Unknown | None = field(
        default=(), validator=lambda _, __, value: countable(value)
    )
    """The bands; None if the asset's declaration lacks them."""
    version: Value = None
    projection: Projection | None = None
    region: Geometry | Unknown | None = None
    size: tuple[int, int] | None = None
    scale: float | None = None
    """Metres of a pixel, as a function has set it."""
    tentative: bool = False
    """True if the projection is a default whose scale later functions may override."""

    def get(self, name: str) -> Value:
        """Return a property. The names of the bands are one, which `propertyNames` does not list here."""
        if name == BAND_NAMES and name not in self.facts:
            return tuple(band.id for band in self.bands)
        return super().get(name)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands. Raises ExpressionError if they are not known."""
        if isinstance(self.layers, Unknown) and self.layers.error is not None:
            raise self.layers.error
        if isinstance(self.layers, Unknown):
            raise unsupported(f"the bands of the result of {self.layers.name}")
        if self.layers is None:
            raise undeclared("the bands", self.id)
        return self.layers

    @property
    def default_projection(self) -> Projection | None:
        """The projection of all bands; None if it is not known, or bands differ."""
        if self.projection is not None or not isinstance(self.layers, tuple):
            return self.projection
        projections = {band.projection for band in self.layers}
        return projections.pop() if len(projections) == 1 else None

    @property
    def extent(self) -> Geometry | Unknown | None:
        """The region that clips have left, or the pixels of all bands; None if they are not known."""
        if self.region is not None or not isinstance(self.layers, tuple):
            return self.region
        grids = {(band.projection, band.dimensions, band.origin) for band in self.layers}
        own, size, (x, y) = grids.pop() if len(grids) == 1 else (None, None, (0, 0))
        return None if own is None or size is None else rectangle((x, y, x + size[0], y + size[1]), own)

    def computed(self, name: str) -> Image:
        """Return the result of a function on the pixels that is not computed: only its place is known."""
        unknown = Unknown(name)
        return Image(
            rest=unknown,
            geometry=self.geometry,
            layers=unknown,
            projection=self.default_projection,
            region=self.extent,
            size=self.size,
            scale=self.scale,
            tentative=self.tentative,
        )


@frozen(eq=False, kw_only=True)
class Collection(Element):
    """A collection of images or of features."""

    elements: tuple[Element, ...] = field(repr=False)
    version: Value = None
    of_images: bool = True


def element(value: Value) -> Element | None:
    """Return a value as an element: a geometry is a feature without properties."""
    if isinstance(value, Geometry):
        return Feature(geometry=value)
    return value if isinstance(value, Image | Feature) else None
