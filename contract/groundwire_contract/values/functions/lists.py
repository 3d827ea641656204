"""Functions on lists."""

from __future__ import annotations

from typing import Any, Final

from ..coercion import is_number
from ..elements import Value
from ..evaluation import Closure, Work
from ..filter import Filter
from ..problem import ExpressionError, too_large, unsupported
from ..signature import Library
from ..steps import spend, spend_pairs

LIBRARY: Final = Library()
_LONGEST: Final = 100_000
List = tuple[Value, ...]


@LIBRARY.add("List.get(list: List, index: Integer)", "List.getNumber(list: List, index: Integer)",
             "List.getString(list: List, index: Integer)", "List.getGeometry(list: List, index: Integer)")  # fmt: skip
def get(items: List, index: int) -> Value:
    """Return an element; a negative index counts from the end."""
    if not -len(items) <= index < len(items):
        raise ExpressionError(f"List.get: List index must be between 0 and {len(items) - 1}, found {index}.")
    return items[index]


@LIBRARY.add("List.size(list: List)", "List.length(list: List)")
def size(items: List) -> int:
    """Return the number of elements."""
    return len(items)


@LIBRARY.add("List.add(list: List, element: Any)")
def add(items: List, element: Value) -> List:
    """Return a list with one element more."""
    return (*items, element)


@LIBRARY.add("List.cat(list: List, other: List)")
def cat(items: List, other: List) -> List:
    """Return two lists as one."""
    return items + other


@LIBRARY.add("List.contains(list: List, element: Object)")
def contains(items: List, element: Value) -> bool:
    """Return True if an element is in the list."""
    return element in items


@LIBRARY.add("List.containsAll(list: List, other: List)")
def contains_all(items: List, other: List) -> bool:
    """Return True if all elements of another list are in the list."""
    spend_pairs(items, other)
    return all(item in items for item in other)


@LIBRARY.add("List.distinct(list: List)")
def distinct(items: List) -> List:
    """Return the elements without duplicates."""
    return tuple({_key(item): item for item in items}.values()) if _hashed(items) else _distinct(items)


def _hashed(items: List) -> bool:
    return all(isinstance(item, str | int | float) for item in items)


def _key(item: Value) -> Value:
    return type(item) is bool, item


def _distinct(items: List) -> List:
    spend_pairs(items, items)
    kept: list[Value] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return tuple(kept)


@LIBRARY.add("List.equals(list: List, other: List)")
def equals(items: List, other: List) -> bool:
    """Compare two lists."""
    return items == other


@LIBRARY.add("List.filter(list: List, filter: Filter)")
def filter_(items: List, condition: Filter) -> List:
    """Return the elements that pass."""
    spend(len(items) * condition.tests)
    return tuple(item for item in items if condition.passes(item))


@LIBRARY.add("List.flatten(list: List)")
def flatten(items: List) -> List:
    """Return the elements of all lists within."""
    out: list[Value] = []
    left = list(reversed(items))
    while left:
        item = left.pop()
        if isinstance(item, tuple):
            left.extend(reversed(item))  # pyright: ignore[reportUnknownArgumentType] # of any type
        else:
            out.append(item)
    return tuple(out)


@LIBRARY.add("List.frequency(list: List, element: Object)")
def frequency(items: List, element: Value) -> int:
    """Return how often an element is in the list."""
    return items.count(element)


@LIBRARY.add("List.indexOf(list: List, element: Object)")
def index_of(items: List, element: Value) -> int:
    """Return the first place of an element, or -1."""
    return items.index(element) if element in items else -1


@LIBRARY.add("List.insert(list: List, index: Integer, element: Any)")
def insert(items: List, index: int, element: Value) -> List:
    """Return a list with an element more at a place."""
    if not -len(items) <= index <= len(items):
        raise ExpressionError(f"List.insert: List index must be between 0 and {len(items)}, found {index}.")
    return (*items[:index], element, *items[index:])


@LIBRARY.add('List.join(list: List, separator?: String = "")')
def join(items: List, separator: str) -> str:
    """Return texts and whole numbers as one text."""
    texts = [item if isinstance(item, str) else str(item) for item in items if isinstance(item, str | int)]
    if len(texts) < len(items):
        raise unsupported("List.join of values that are no texts")
    if sum(map(len, texts)) + len(separator) * len(texts) > _LONGEST * 100:
        raise too_large("a string so long")
    return separator.join(texts)


@LIBRARY.add("List.map(list: List, baseAlgorithm: Algorithm, dropNulls?: Boolean = false)")
def map_(items: List, algorithm: Closure, drop: bool) -> Work:
    """Return the results of a function."""
    out: list[Value] = []
    for item in items:
        value = yield algorithm(item)
        if value is not None or not drop:
            out.append(value)
    return tuple(out)


@LIBRARY.add("List.iterate(list: List, function: Algorithm, first: Any)")
def iterate(items: List, algorithm: Closure, first: Value) -> Work:
    """Return the last result of a function of each element and of the result before."""
    value = first
    for item in items:
        value = yield algorithm(item, value)
    return value


@LIBRARY.add("List.remove(list: List, element: Object)")
def remove(items: List, element: Value) -> List:
    """Return a list without the first of an element."""
    place = index_of(items, element)
    return items if place < 0 else items[:place] + items[place + 1 :]


@LIBRARY.add("List.removeAll(list: List, other: List)")
def remove_all(items: List, other: List) -> List:
    """Return a list without the elements of another."""
    spend_pairs(items, other)
    return tuple(item for item in items if item not in other)


@LIBRARY.add("List.repeat(value: Any, count: Integer)")
def repeat(value: Value, count: int) -> List:
    """Return a value many times."""
    if count > _LONGEST:
        raise too_large("a list so long")
    return (value,) * count


@LIBRARY.add("List.replace(list: List, oldval: Object, newval: Object)")
def replace(items: List, old: Value, new: Value) -> List:
    """Return a list with the first of an element replaced."""
    place = index_of(items, old)
    return items if place < 0 else (*items[:place], new, *items[place + 1 :])


@LIBRARY.add("List.replaceAll(list: List, oldval: Object, newval: Object)")
def replace_all(items: List, old: Value, new: Value) -> List:
    """Return a list with an element replaced wherever it is."""
    return tuple(new if item == old else item for item in items)


@LIBRARY.add("List.reverse(list: List)")
def reverse(items: List) -> List:
    """Return the elements in the other order."""
    return items[::-1]


@LIBRARY.add("List.rotate(list: List, distance: Integer)")
def rotate(items: List, distance: int) -> List:
    """Return the elements moved to the right, those at the end to the front."""
    place = -distance % len(items) if items else 0
    return items[place:] + items[:place]


@LIBRARY.add("List.sequence(start: Number, end?: Number, step?: Number = 1, count?: Integer)")
def sequence(start: Any, end: Any, step: Any, count: int | None) -> List:
    """Return numbers up to, and with, an end, or a number of them."""
    if end is not None and count is not None:
        length = count
        step = (end - start) / (count - 1) if count > 1 else 0
    elif count is not None:
        length = count
    elif end is None or not step:
        raise ExpressionError("List.sequence: Either 'end' or 'count' must be specified.")
    else:
        length = max(0, int((end - start) / step + 1e-9) + 1) if (end - start) / step > -1e-9 else 0
    if length > _LONGEST:
        raise too_large("a sequence so long")
    return tuple(start + place * step for place in range(length))


@LIBRARY.add("List.set(list: List, index: Integer, element: Any)")
def set_(items: List, index: int, element: Value) -> List:
    """Return a list with another element at a place."""
    get(items, index)
    place = index % len(items)
    return (*items[:place], element, *items[place + 1 :])


@LIBRARY.add("List.slice(list: List, start: Integer, end?: Integer, step?: Integer)")
def slice_(items: List, start: int, end: int | None, step: int | None) -> List:
    """Return a part; negative places count from the end."""
    if step == 0:
        raise ExpressionError("List.slice: The step must not be 0.")
    return items[start:end:step]


@LIBRARY.add("List.sort(list: List, keys?: List)")
def sort(items: List, keys: List | None) -> List:
    """Return the elements in order, or in the order of keys. Only numbers, or only texts, have one."""
    by = items if keys is None else keys
    if len(by) != len(items):
        raise ExpressionError("List.sort: The list of keys must have the length of the list.")
    return ordered(items, by, "List.sort")


def ordered(items: List, keys: List, name: str, *, ascending: bool = True) -> List:
    """Return elements in the order of their keys. Raises ExpressionError for keys that have no order."""
    if not (all(isinstance(key, str) for key in keys) or all(map(is_number, keys))):
        raise unsupported(f"{name} by keys that are neither all numbers nor all texts")
    places = sorted(range(len(items)), key=lambda place: keys[place], reverse=not ascending)
    return tuple(items[place] for place in places)


@LIBRARY.add("List.unzip(list: List)")
def unzip(items: List) -> List:
    """Return the first elements of all lists, the second ones, and so on."""
    if not all(isinstance(item, tuple) for item in items):
        raise unsupported("List.unzip of what are no lists")
    return tuple(zip(*items, strict=False))


@LIBRARY.add("List.zip(list: List, other: List)")
def zip_(items: List, other: List) -> List:
    """Return pairs."""
    return tuple(zip(items, other, strict=False))
