"""Functions on dictionaries."""

from __future__ import annotations

from typing import Final, cast

from ..elements import Element, Value
from ..evaluation import Closure, Work
from ..problem import ExpressionError, unsupported
from ..signature import Library

LIBRARY: Final = Library()
Dictionary = dict[str, Value]


@LIBRARY.add("Dictionary(input?: Object)")
def dictionary(value: Value) -> Dictionary:
    """Return a dictionary of a dictionary, of an element's properties, or of a list of keys and values."""
    if value is None:
        return {}
    if isinstance(value, Element):
        return {key: item for key, item in value.properties.items() if not key.startswith("system:")}
    if isinstance(value, tuple):
        keys, values = value[::2], value[1::2]  # pyright: ignore[reportUnknownVariableType] # of any type
        return from_lists(keys, values)  # pyright: ignore[reportUnknownArgumentType] # of any type
    if not isinstance(value, dict):
        raise unsupported(f"a Dictionary of a {type(value).__name__}")
    return cast("Dictionary", value)


@LIBRARY.add("Dictionary.fromLists(keys: List, values: List)")
def from_lists(keys: tuple[Value, ...], values: tuple[Value, ...]) -> Dictionary:
    """Return a dictionary of keys and their values."""
    if len(keys) != len(values):
        raise ExpressionError("Dictionary.fromLists: The lists of keys and values must have the same length.")
    if not all(isinstance(key, str) for key in keys):
        raise ExpressionError("Dictionary.fromLists: Keys must be strings.")
    return dict(zip(keys, values, strict=True))


@LIBRARY.add("Dictionary.get(dictionary: Dictionary, key: String, defaultValue?: Object)")
def get(mapping: Dictionary, key: str, default: Value) -> Value:
    """Return a value, or the default unless it is null."""
    if key not in mapping and default is None:
        raise ExpressionError(f"Dictionary.get: Dictionary does not contain key: '{key}'.")
    return mapping.get(key, default)


@LIBRARY.add(
    "Dictionary.getNumber(dictionary: Dictionary, key: String)",
    "Dictionary.getString(dictionary: Dictionary, key: String)",
    "Dictionary.getGeometry(dictionary: Dictionary, key: String)",
)
def get_typed(mapping: Dictionary, key: str) -> Value:
    """Return a value."""
    return get(mapping, key, None)


@LIBRARY.add("Dictionary.contains(dictionary: Dictionary, key: String)")
def contains(mapping: Dictionary, key: str) -> bool:
    """Return True if a key is in the dictionary."""
    return key in mapping


@LIBRARY.add("Dictionary.keys(dictionary: Dictionary)")
def keys_(mapping: Dictionary) -> tuple[str, ...]:
    """Return the keys in order."""
    return tuple(sorted(mapping))


@LIBRARY.add("Dictionary.values(dictionary: Dictionary, keys?: List)")
def values_(mapping: Dictionary, keys: tuple[Value, ...] | None) -> tuple[Value, ...]:
    """Return the values in the order of the keys, or those of some keys."""
    return tuple(get_typed(mapping, key) for key in (keys_(mapping) if keys is None else keys))


@LIBRARY.add("Dictionary.size(dictionary: Dictionary)")
def size(mapping: Dictionary) -> int:
    """Return the number of keys."""
    return len(mapping)


@LIBRARY.add("Dictionary.set(dictionary: Dictionary, key: String, value: Object)")
def set_(mapping: Dictionary, key: str, value: Value) -> Dictionary:
    """Return a dictionary with another value of a key."""
    return {**mapping, key: value}


@LIBRARY.add(
    "Dictionary.combine(first: Dictionary, second: Dictionary, overwrite?: Boolean = true)",
)
def combine(first: Dictionary, second: Dictionary, overwrite: bool) -> Dictionary:
    """Return two dictionaries as one, without nulls."""
    known, more = (
        {key: value for key, value in each.items() if value is not None} for each in (first, second)
    )
    return {**known, **more} if overwrite else {**more, **known}


@LIBRARY.add("Dictionary.map(dictionary: Dictionary, baseAlgorithm: Algorithm)")
def map_(mapping: Dictionary, algorithm: Closure) -> Work:
    """Return the results of a function of key and value; a null drops the key."""
    out: Dictionary = {}
    for key in sorted(mapping):
        value = yield algorithm(key, mapping[key])
        if value is not None:
            out[key] = value
    return out


@LIBRARY.add("Dictionary.remove(dictionary: Dictionary, selectors: List, ignoreMissing?: Boolean = false)")
def remove(mapping: Dictionary, selectors: tuple[Value, ...], ignore: bool) -> Dictionary:
    """Return a dictionary without some keys."""
    chosen = set(_selected(mapping, selectors, ignore=ignore))
    return {key: value for key, value in mapping.items() if key not in chosen}


@LIBRARY.add("Dictionary.select(dictionary: Dictionary, selectors: List, ignoreMissing?: Boolean = false)")
def select(mapping: Dictionary, selectors: tuple[Value, ...], ignore: bool) -> Dictionary:
    """Return a dictionary with some keys only."""
    return {key: mapping[key] for key in _selected(mapping, selectors, ignore=ignore)}


def _selected(mapping: Dictionary, selectors: tuple[Value, ...], *, ignore: bool) -> list[str]:
    chosen: list[str] = []
    for selector in selectors:
        if selector in mapping:
            chosen.append(selector)
        elif not isinstance(selector, str) or not selector.replace("_", "").replace(":", "").isalnum():
            raise unsupported(f"the selector {str(selector)[:100]!r} of a dictionary")
        elif not ignore:
            raise ExpressionError(f"Dictionary does not contain key: '{selector[:100]}'.")
    return chosen


@LIBRARY.add("Dictionary.rename(dictionary: Dictionary, from: List, to: List, overwrite?: Boolean = false)")
def rename(
    mapping: Dictionary, old: tuple[Value, ...], new: tuple[Value, ...], overwrite: bool
) -> Dictionary:
    """Return a dictionary with other names of some keys."""
    names = from_lists(old, new)
    renamed = {names.get(key, key): value for key, value in mapping.items()}
    if len(renamed) < len(mapping) and not overwrite:
        raise ExpressionError("Dictionary.rename: A new key is already in the dictionary.")
    return renamed
