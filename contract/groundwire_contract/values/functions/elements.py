"""Functions on the properties and the geometry of images and features."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from ..coercion import geometry as as_geometry
from ..coercion import is_number
from ..elements import INDEX, Element, Feature, Unknown, Value
from ..geometry import Geometry
from ..problem import ExpressionError, undeclared, unsupported
from ..signature import Library
from .texts import match as matches

LIBRARY: Final = Library()
EVERYTHING: Final = ".*"
"""A pattern that every name matches."""
_ORDER: Final = "maxError?: ErrorMargin, proj?: Projection, geodesics?: Boolean"  # of the functions that return a geometry


@LIBRARY.add(
    "Element.get(object: Element, property: String)",
    "Element.getNumber(object: Element, property: String)",
    "Element.getString(object: Element, property: String)",
)
def get(element: Element, name: str) -> Value:
    """Return a property."""
    return element.get(name)


@LIBRARY.add("Element.set(object: Element, key: String, value?: Any)")
def set_(element: Element, key: str, value: Value) -> Element:
    """Return an element with another value of a property."""
    return element.with_properties({key: value})


@LIBRARY.add("Element.setMulti(object: Element, properties: Dictionary)")
def set_multi(element: Element, properties: dict[str, Value]) -> Element:
    """Return an element with other values of some properties."""
    return element.with_properties(properties)


@LIBRARY.add("Element.propertyNames(element: Element)")
def property_names(element: Element) -> tuple[str, ...]:
    """Return the names of the properties."""
    return tuple(element.properties)


@LIBRARY.add("Element.toDictionary(element: Element, properties?: List)")
def to_dictionary(element: Element, names: tuple[Value, ...] | None) -> dict[str, Value]:
    """Return the properties of these names, or all but those of the system."""
    if names is None:
        return {key: value for key, value in element.properties.items() if not _is_system(key)}
    return {name: element.get(name) for name in names if isinstance(name, str)}


@LIBRARY.add(
    "Element.copyProperties(destination?: Element, source?: Element, properties?: List, exclude?: List)",
    "Image.copyProperties(destination?: Element, source?: Element, properties?: List, exclude?: List)",
)
def copy_properties(
    element: Element | None,
    source: Element | None,
    names: tuple[Value, ...] | None,
    exclude: tuple[Value, ...] | None,
) -> Element:
    """Return an element with properties of another: these, or all but those of the system and the excluded."""
    if element is None:
        raise ExpressionError(
            "Element.copyProperties: Parameter 'destination' is required and may not be null."
        )
    if source is None:
        return element
    if names is None:
        left_out = exclude or ()
        known = source.properties if source.rest is None or element.rest is None else source.facts
        return element.with_properties(
            {key: value for key, value in known.items() if not _is_system(key) and key not in left_out}
        )
    values = {name: source.get(name) for name in names if isinstance(name, str)}
    return element.with_properties({name: value for name, value in values.items() if value is not None})


def _is_system(key: str) -> bool:
    return key.startswith("system:")


@LIBRARY.add("Feature.id(element: Element)", "Image.id(element: Element)")
def id_(element: Element) -> str | None:
    """Return the index of an element in its collection."""
    return element.index


@LIBRARY.add(*(f"{kind}.geometry(feature: Element, {_ORDER})" for kind in ("Element", "Feature", "Image")))
def geometry(element: Element, *_: Value) -> Geometry:
    """Return the geometry of a feature, or the footprint of an image."""
    if isinstance(element.geometry, Unknown):
        raise unsupported(f"the geometry of the result of {element.geometry.name}")
    if element.geometry is None and not element.id:
        raise unsupported("the geometry of a feature or an image that has none")
    if element.geometry is None:
        raise undeclared("the geometry", element.id)
    return element.geometry


@LIBRARY.add("Feature(geometry?: Object, metadata?: Dictionary = {}, geometryKey?: String)")
def feature(value: Value, metadata: dict[str, Value], key: str | None) -> Element:
    """Return a feature of a geometry and properties; an element stays itself."""
    if key is not None:
        raise unsupported("Feature with a geometryKey")
    if isinstance(value, Element):
        return value
    place = None if value is None else as_geometry(value)
    if value is not None and place is None:
        raise unsupported(f"a Feature of a {type(value).__name__}")
    return Feature(geometry=place).with_properties(metadata)


@LIBRARY.add("Feature.setGeometry(feature: Element, geometry?: Geometry)")
def set_geometry(element: Element, place: Geometry | None) -> Element:
    """Return a feature with another geometry."""
    return evolve(element, geometry=place)


@LIBRARY.add(
    "Feature.select(input: Element, propertySelectors: List, newProperties?: List, retainGeometry?: Boolean = true)"
)
def select(element: Element, names: tuple[Value, ...], new: tuple[Value, ...] | None, keep: bool) -> Element:
    """Return a feature with some of its properties."""
    renamed = None if new is None else tuple(map(str, new))
    chosen = _chosen(element, names, exact=renamed is not None)
    if renamed is not None and len(renamed) != len(names):
        raise ExpressionError("Feature.select: There must be as many new names as selectors.")
    known = element.properties
    pairs = zip(chosen, chosen if renamed is None else renamed, strict=True)
    facts = {name: known[old] for old, name in pairs if old in known and old != INDEX}
    return evolve(element, facts=facts, geometry=element.geometry if keep else None)


def _chosen(element: Element, selectors: tuple[Value, ...], *, exact: bool) -> tuple[str, ...]:
    """Return the names of the properties that selectors name or, unless they are renamed, match."""
    out: list[str] = []
    for selector in map(str, selectors):
        if selector.replace("_", "").replace(":", "").isalnum():
            out.append(selector)
        elif exact:
            raise unsupported("Feature.select by a pattern, with new names")
        elif selector == EVERYTHING:
            out.extend(element.properties)
        else:
            out.extend(name for name in element.properties if matches(name, f"^{selector}$", ""))
    return tuple(dict.fromkeys(out))


def number_of(element: Element, name: str) -> int | float | None:
    """Return a property that is a number; None if the element lacks it. Raises ExpressionError for another value."""
    value = element.get(name)
    if value is not None and not is_number(value):
        raise unsupported(f"a property {name[:100]!r} that is no number")
    return None if value is None else value
