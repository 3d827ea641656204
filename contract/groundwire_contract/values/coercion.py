"""Values as the arguments of functions: the types that a function takes, and the service's words for others."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from .date import Date, DateRange, parsed
from .elements import Collection, Element, Feature, Image, PixelType, Unknown, Value, element
from .filter import Filter
from .geometry import Geometry, from_json
from .problem import ExpressionError, unsupported
from .projection import Projection, projection_of
from .reducer import Reducer
from .signature import Argument

_EXACT: Final = 2**53
_BITS: Final = 63


def coerced(value: Value, argument: Argument, function: str) -> Value:
    """Return a value as an argument. Raises ExpressionError in the service's words.

    A value that is not computed may be an element of a list, but no function looks at it.
    """
    if isinstance(value, Unknown) and argument.type != "Any":
        raise unsupported(value.name)
    if value is None:
        if argument.optional or argument.type in ("Object", "Any"):
            return None
        raise ExpressionError(f"{function}: Parameter '{argument.name}' is required and may not be null.")
    convert = _CONVERTERS.get(argument.type)
    if convert is None:
        return value
    converted = convert(value)
    if converted is None:
        raise ExpressionError(
            f"{function}, argument '{argument.name}': Invalid type.\nExpected type: {argument.type}.\n"
            f"Actual type: {type_name(value)}.\nActual value: {_shown(value)}"
        )
    return converted


def frozen_json(value: Any) -> Value:
    """Return a JSON value with tuples for lists; JSON that was read is at most 100 deep."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        # JSON does not tell 5 from 5.0.
        return int(value)
    if isinstance(value, int) and value.bit_length() > _BITS:
        # A number of JSON is a double.
        return float(value)
    if isinstance(value, list):
        return tuple(map(frozen_json, value))
    return {key: frozen_json(item) for key, item in value.items()} if isinstance(value, dict) else value


def _shown(value: Value) -> str:
    """Return a value in an error: a text or a number; of other values the type."""
    return str(value)[:200] if isinstance(value, str | int | float) else f"<{type_name(value)}>"


def is_number(value: Value) -> bool:
    """Return True for a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def type_name(value: Value) -> str:
    """Return the service's name of a value's type."""
    for classes, name in _NAMES:
        if isinstance(value, classes):
            return name
    if isinstance(value, Collection):
        return "ImageCollection" if value.of_images else "FeatureCollection"
    return "Object"


_NAMES: Final[tuple[tuple[Any, str], ...]] = (
    (bool, "Boolean"), (int, "Integer"), (float, "Float"), (str, "String"), (tuple, "List"), (dict, "Dictionary"),
    (Image, "Image"), (Feature, "Feature"), (Date, "Date"), (DateRange, "DateRange"), (Geometry, "Geometry"),
    (Projection, "Projection"), (Filter, "Filter"), (PixelType, "PixelType"), (type(None), "Null"),
)  # fmt: skip


def date(value: Value) -> Date | None:
    """Return a value as a date; None if it is none."""
    if isinstance(value, Date):
        return value
    if isinstance(value, str):
        return parsed(value)
    return Date(round(value)) if is_number(value) and abs(value) < 1e18 else None


def geometry(value: Value) -> Geometry | None:
    """Return a value as a geometry; None if it is none. Raises ExpressionError for one that is not known."""
    if isinstance(value, Element):
        if isinstance(value.geometry, Unknown):
            raise unsupported(f"the geometry of the result of {value.geometry.name}")
        return value.geometry
    return value if isinstance(value, Geometry) else from_json(value)


def _projection(value: Value) -> Projection | None:
    if isinstance(value, str):
        return projection_of(value)
    return value if isinstance(value, Projection) else None


def _kept(*classes: type) -> Callable[[Value], Value]:
    return lambda value: value if isinstance(value, classes) else None


def _number(value: Value) -> Value:
    return int(value) if isinstance(value, bool) else value if is_number(value) else None


def _integer(value: Value) -> int | None:
    number = _number(value)
    if number is None or not abs(number) < 2**63:
        return None
    return int(number) if number == int(number) else None


def _image(value: Value) -> Value:
    # A number counts as a constant image, which this server does not compute.
    return (
        Image().computed("Image.constant")
        if is_number(value)
        else value
        if isinstance(value, Image)
        else None
    )


def _collection(value: Value) -> Value:
    if isinstance(value, tuple):
        items = tuple(map(element, value))
        return (
            None
            if None in items
            else Collection(elements=tuple(i for i in items if i is not None), of_images=False)
        )
    return value if isinstance(value, Collection) else None


_CONVERTERS: Final[Mapping[str, Callable[[Value], Value]]] = {
    "Number": _number, "Float": _number, "Integer": _integer, "Long": _integer, "String": _kept(str),
    "Boolean": lambda value: value if isinstance(value, bool) else bool(value) if is_number(value) else None,
    "List": _kept(tuple), "Dictionary": _kept(dict), "Date": date, "DateRange": _kept(DateRange),
    "Projection": _projection, "Geometry": geometry, "Element": lambda value: value if isinstance(value, Collection) else element(value), "Feature": element, "Image": _image,
    "FeatureCollection": _collection, "ImageCollection": _kept(Collection), "Filter": _kept(Filter), "Reducer": _kept(Reducer),
    "Algorithm": lambda value: value if callable(value) else None,
}  # fmt: skip
