"""Columns of a collection as lists."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from ..elements import Collection, Value
from ..problem import ExpressionError, unsupported
from ..reducer import Reducer
from ..signature import Library

LIBRARY: Final = Library()
_LIST: Final = "Reducer.toList"


@LIBRARY.add("Reducer.toList(tupleSize?: Integer, numOptional?: Integer = 0)")
def to_list(size: int | None, optional: int) -> Reducer:
    """Return a reducer that collects values, or tuples of them."""
    if optional:
        raise unsupported("Reducer.toList with optional inputs")
    return Reducer(_LIST, size)


@LIBRARY.add("Reducer.repeat(reducer: Reducer, count: Integer)")
def repeat(reducer: Reducer, count: int) -> Reducer:
    """Return a reducer of several columns."""
    if reducer.copies is not None:
        raise unsupported("Reducer.repeat of a repeated reducer")
    return evolve(reducer, copies=count)


@LIBRARY.add(
    "Collection.reduceColumns(collection: FeatureCollection, reducer: Reducer, selectors: List, weightSelectors?: List)"
)
def reduce_columns(
    collection: Collection, reducer: Reducer, selectors: tuple[Value, ...], weights: tuple[Value, ...] | None
) -> dict[str, Value]:
    """Return properties of all elements as lists. Raises ExpressionError where an element lacks one."""
    if reducer.name != _LIST or weights is not None:
        raise unsupported(f"Collection.reduceColumns by {reducer.name}")
    width = (reducer.size or 1) * (1 if reducer.copies is None else reducer.copies)
    if len(selectors) != width:
        raise ExpressionError(
            f"Collection.reduceColumns: Need {width} inputs for the reducer, got {len(selectors)}."
        )
    rows = [tuple(item.get(str(name)) for name in selectors) for item in collection.elements]
    if any(value is None for row in rows for value in row):
        raise unsupported("Collection.reduceColumns of an element without one of the properties")
    step = reducer.size or 1
    columns = [
        tuple(_cell(row[place : place + step], reducer.size) for row in rows)
        for place in range(0, width, step)
    ]
    return {"list": columns[0] if reducer.copies is None else tuple(columns)}


def _cell(values: tuple[Value, ...], size: int | None) -> Value:
    return values[0] if size is None else values
