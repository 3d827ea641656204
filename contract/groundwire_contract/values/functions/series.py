"""Functions on collections."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from typing import Final

from attrs import evolve

from ..coercion import coerced
from ..elements import Collection, Element, Feature, Image, Unknown, Value, element
from ..evaluation import Closure, Work
from ..filter import GEOMETRY
from ..geometry import Geometry, rectangle
from ..problem import ExpressionError, unsupported
from ..projection import Projection
from ..signature import Argument, Library
from ..sources import Sources
from ..steps import spend
from .filter_texts import of_text
from .lists import ordered
from .places import geometry_of

LIBRARY: Final = Library()
_WRONG_RESULT: Final = "Collection.map: A mapped algorithm must return a Feature or Image."


@LIBRARY.add("ImageCollection.load(id: String, version?: Long)", loads=True)
def load(sources: Sources, id_: str, _: int | None) -> Collection:
    """Return a declared collection of images."""
    return sources.images(id_)


@LIBRARY.add(
    "Collection.loadTable(tableId: String, geometryColumn?: String, version?: Long = -1)", loads=True
)
def load_table(sources: Sources, id_: str, *_: Value) -> Collection:
    """Return a declared table."""
    return sources.table(id_)


@LIBRARY.add("ImageCollection.fromImages(images: List)")
def from_images(images: tuple[Value, ...]) -> Collection:
    """Return a collection of images; one without an index has its place as index."""
    if not all(isinstance(image, Image) for image in images):
        raise unsupported("ImageCollection.fromImages of what are no images")
    return Collection(elements=tuple(map(_indexed, range(len(images)), images)))


@LIBRARY.add("Collection(features: List)")
def from_features(features: tuple[Value, ...]) -> Collection:
    """Return a collection of features; one without an index has its place as index."""
    items = [_member(feature) for feature in features]
    if any(item is None for item in items):
        raise unsupported("a Collection of what are no features")
    known = [item for item in items if item is not None]
    return Collection(elements=tuple(map(_indexed, range(len(known)), known)), of_images=False)


def _member(value: Value) -> Element | None:
    return value if isinstance(value, Collection) else element(value)


def _indexed(place: int, item: Element) -> Element:
    return item if item.index is not None else evolve(item, index=str(place))


@LIBRARY.add("Collection.cache(collection: FeatureCollection)")
def cache(collection: Collection) -> Collection:
    """Return the collection."""
    return collection


@LIBRARY.add(
    'Collection.randomColumn(collection: FeatureCollection, columnName?: String = "random", seed?: Long = 0, '
    'distribution?: String = "uniform", rowKeys?: List = ["system:index"])'
)
def random_column(collection: Collection, name: str, *_: Value) -> Collection:
    """Return elements with a property that is not computed."""
    unseen = Unknown("Collection.randomColumn")
    return evolve(
        collection, elements=tuple(item.with_properties({name: unseen}) for item in collection.elements)
    )


@LIBRARY.add("Collection.size(collection: FeatureCollection)")
def size(collection: Collection) -> int:
    """Return the number of elements."""
    return len(collection.elements)


@LIBRARY.add("Collection.first(collection: FeatureCollection)")
def first(collection: Collection) -> Element | None:
    """Return the first element; null without one."""
    return collection.elements[0] if collection.elements else None


@LIBRARY.add("Collection.toList(collection: FeatureCollection, count: Integer, offset?: Integer = 0)")
def to_list(collection: Collection, count: int, offset: int) -> tuple[Element, ...]:
    """Return some elements."""
    return collection.elements[max(offset, 0) : max(offset, 0) + max(count, 0)]


@LIBRARY.add(
    "Collection.limit(collection: FeatureCollection, limit?: Integer, key?: String, ascending?: Boolean = true)"
)
def limit(collection: Collection, most: int | None, key: str | None, ascending: bool) -> Collection:
    """Return the first elements, in the order of a property."""
    elements = collection.elements
    if key is not None:
        keys = tuple(item.get(key) for item in elements)
        if None in keys:
            raise unsupported(f"the order of elements without the property {key[:100]!r}")
        elements = ordered(elements, keys, "Collection.limit", ascending=ascending)
    return evolve(collection, elements=elements if most is None else elements[: max(most, 0)])


@LIBRARY.add("Collection.filter(collection: FeatureCollection, filter: Object)")
def filter_(collection: Collection, condition: Value) -> Collection:
    """Return the elements that pass."""
    chosen = of_text(condition) if isinstance(condition, str) else condition
    test = coerced(chosen, Argument("filter", "Filter"), "Collection.filter")
    spend(len(collection.elements) * test.tests)
    return evolve(collection, elements=tuple(item for item in collection.elements if test.passes(item)))


@LIBRARY.add(
    "Collection.map(collection: FeatureCollection, baseAlgorithm: Algorithm, dropNulls?: Boolean = false)"
)
def map_(collection: Collection, algorithm: Closure, drop: bool) -> Work:
    """Return the results of a function; each has the index of its element."""
    out: list[Element] = []
    for item in collection.elements:
        value = yield algorithm(item)
        if value is None and drop:
            continue
        result = _unseen(value, collection) if isinstance(value, Unknown) else _member(value)
        if result is None:
            raise ExpressionError(_WRONG_RESULT)
        out.append(evolve(result, index=item.index))
    of_images = all(isinstance(item, Image) for item in out) if out else collection.of_images
    return evolve(collection, elements=tuple(out), of_images=of_images)


def _unseen(value: Unknown, collection: Collection) -> Element:
    """Return a result that is not computed as an element of which only the index is known."""
    if collection.of_images:
        return Image().computed(value.name)
    return Feature(rest=value, geometry=value)


@LIBRARY.add("Collection.iterate(collection: FeatureCollection, function: Algorithm, first?: Any)")
def iterate(collection: Collection, algorithm: Closure, value: Value) -> Work:
    """Return the last result of a function of each element and of the result before."""
    for item in collection.elements:
        value = yield algorithm(item, value)
    return value


@LIBRARY.add(
    "Collection.merge(collection1: FeatureCollection, collection2: FeatureCollection)",
    "ImageCollection.merge(collection1: ImageCollection, collection2: ImageCollection)",
)
def merge(one: Collection, other: Collection) -> Collection:
    """Return two collections as one; indices begin with `1_` and `2_`."""
    elements = [evolve(item, index=f"1_{item.index}") for item in one.elements]
    elements += [evolve(item, index=f"2_{item.index}") for item in other.elements]
    return Collection(elements=tuple(elements), of_images=one.of_images)


@LIBRARY.add("Collection.flatten(collection: FeatureCollection)")
def flatten(collection: Collection) -> Collection:
    """Return the elements of the collections within; indices are those of both, with `_` between."""
    out: list[Element] = []
    for inner in collection.elements:
        if not isinstance(inner, Collection):
            raise unsupported("Collection.flatten of what are no collections")
        out += [evolve(item, index=f"{inner.index}_{item.index}") for item in inner.elements]
    of_images = bool(out) and all(isinstance(item, Image) for item in out)
    return Collection(elements=tuple(out), of_images=of_images)


@LIBRARY.add("Collection.distinct(collection: FeatureCollection, properties: Object)")
def distinct(collection: Collection, properties: Value) -> Collection:
    """Return the first element of each combination of properties."""
    names = (properties,) if isinstance(properties, str) else properties
    if not isinstance(names, tuple) or GEOMETRY in names:
        raise unsupported("Collection.distinct by geometry")
    seen: dict[str, Element] = {}
    for item in collection.elements:
        values = tuple(item.get(str(name)) for name in names)
        if not all(value is None or isinstance(value, (str, int, float)) for value in values):
            raise unsupported("Collection.distinct by what is neither text nor a number")
        seen.setdefault(repr(values), item)
    return evolve(collection, elements=tuple(seen.values()))


@LIBRARY.add(
    "Collection.bounds(collection: FeatureCollection, maxError?: ErrorMargin, proj?: Projection)",
)
def bounds(collection: Collection, _: Value, projection: Projection | None) -> Geometry:
    """Return the box around all geometries."""
    target = Projection() if projection is None else projection
    boxes: list[tuple[float, float, float, float]] = []
    for item in collection.elements:
        spend(item.geometry.size if isinstance(item.geometry, Geometry) else 1)
        box = item.geometry.bounds(target) if isinstance(item.geometry, Geometry) else None
        if box is None:
            raise unsupported("Collection.bounds of an element whose geometry is not declared")
        boxes.append(box)
    if not boxes:
        raise unsupported("Collection.bounds of an empty collection")
    west, south, east, north = zip(*boxes, strict=True)
    return rectangle((min(west), min(south), max(east), max(north)), projection)


@LIBRARY.add("Collection.geometry(collection: FeatureCollection, maxError?: ErrorMargin)")
def geometry(collection: Collection, _: Value) -> Geometry:
    """Return the geometries of all elements as one."""
    return geometry_of(collection)
