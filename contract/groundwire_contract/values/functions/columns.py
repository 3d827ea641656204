"""Reducers made of others, and the reduction of lists and of columns of a collection."""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from typing import Final

from attrs import evolve

from ..coercion import is_number
from ..elements import Collection, Value
from ..problem import ExpressionError, too_large, unsupported
from ..reducer import Reducer, Row, different
from ..signature import Library
from ..steps import spend

LIBRARY: Final = Library()
_MOST: Final = 10_000
"""Inputs or outputs of a reducer."""
_SHARE: Final = 32
"""Inputs of rows whose copy costs one step."""


@LIBRARY.add("Reducer.getOutputs(reducer: Reducer)")
def get_outputs(reducer: Reducer) -> tuple[str, ...]:
    """Return the names of the outputs."""
    return reducer.outputs


@LIBRARY.add("Reducer.unweighted(reducer: Reducer)")
def unweighted(reducer: Reducer) -> Reducer:
    """Return the reducer: nothing is weighted here."""
    return reducer


@LIBRARY.add("Reducer.setOutputs(reducer: Reducer, outputs: List)")
def set_outputs(reducer: Reducer, names: tuple[Value, ...]) -> Reducer:
    """Return a reducer with other names of its outputs, and without those that get none."""
    if len(names) != len(reducer.outputs):
        raise ExpressionError("Reducer.setOutputs: There must be as many names as outputs.")
    kept = [place for place, name in enumerate(names) if name]

    def reduce(rows: tuple[Row, ...]) -> Row:
        values = reducer.reduce(rows)
        return tuple(values[place] for place in kept)

    return evolve(reducer, outputs=tuple(str(names[place]) for place in kept), reduce=reduce)


@LIBRARY.add(
    'Reducer.combine(reducer1: Reducer, reducer2: Reducer, outputPrefix?: String = "", sharedInputs?: Boolean = false)'
)
def combine(one: Reducer, other: Reducer, prefix: str, shared: bool) -> Reducer:
    """Return a reducer with the outputs of two, of the same inputs or of the inputs of both."""
    if shared and one.inputs != other.inputs:
        raise ExpressionError("Reducer.combine: Reducers that share inputs must have as many.")
    outputs = (*one.outputs, *(f"{prefix}{name}" for name in other.outputs))
    if len(set(outputs)) < len(outputs):
        raise unsupported("Reducer.combine of reducers whose outputs have the same name")
    start = 0 if shared else one.inputs
    inputs = _bounded(max(one.inputs, start + other.inputs))

    def reduce(rows: tuple[Row, ...]) -> Row:
        spend(len(rows) * inputs // _SHARE)
        first = one.reduce(tuple(row[: one.inputs] for row in rows))
        return (*first, *other.reduce(tuple(row[start : start + other.inputs] for row in rows)))

    return Reducer("Reducer.combine", outputs, reduce, inputs)


def _bounded(number: int) -> int:
    if not 0 < number <= _MOST:
        raise too_large("a reducer of so many inputs")
    return number


def _copied(reducer: Reducer, count: int, rows: tuple[Row, ...]) -> list[Row]:
    width = reducer.inputs
    spend(count * len(rows) * width // _SHARE)
    return [
        reducer.reduce(tuple(row[place : place + width] for row in rows))
        for place in range(0, count * width, width)
    ]


@LIBRARY.add("Reducer.repeat(reducer: Reducer, count: Integer)")
def repeat(reducer: Reducer, count: int) -> Reducer:
    """Return a reducer of several columns, each output of which is a list."""

    def reduce(rows: tuple[Row, ...]) -> Row:
        return tuple(zip(*_copied(reducer, count, rows), strict=True))

    return Reducer("Reducer.repeat", reducer.outputs, reduce, _bounded(reducer.inputs * count))


@LIBRARY.add("Reducer.forEach(reducer: Reducer, outputNames: List)")
def for_each(reducer: Reducer, names: tuple[Value, ...]) -> Reducer:
    """Return a reducer with a copy of another for each name."""
    if len(reducer.outputs) > 1:
        raise unsupported("Reducer.forEach of a reducer with several outputs")

    def reduce(rows: tuple[Row, ...]) -> Row:
        return tuple(row[0] for row in _copied(reducer, len(names), rows))

    return Reducer("Reducer.forEach", tuple(map(str, names)), reduce, _bounded(reducer.inputs * len(names)))


@LIBRARY.add('Reducer.group(reducer: Reducer, groupField?: Integer = 0, groupName?: String = "group")')
def group(reducer: Reducer, place: int, name: str) -> Reducer:
    """Return a reducer that reduces the rows of each group, in the order of the groups."""
    if not 0 <= place <= reducer.inputs:
        raise ExpressionError(f"Reducer.group: There is no input {place}.")
    different((name, *reducer.outputs))

    def reduce(rows: tuple[Row, ...]) -> Row:
        keys = [row[place] for row in rows if row[place] is not None]
        if not (all(map(is_number, keys)) or all(isinstance(key, str) for key in keys)):
            raise unsupported("Reducer.group by what are neither all numbers nor all texts")
        spend(len(rows) * reducer.inputs // _SHARE)
        groups: dict[Value, list[Row]] = {}
        for row in rows:
            if row[place] is not None:
                groups.setdefault(row[place], []).append((*row[:place], *row[place + 1 :]))
        return (tuple({name: key, **reducer.named(tuple(groups[key]))} for key in sorted(groups)),)

    return Reducer("Reducer.group", ("groups",), reduce, _bounded(reducer.inputs + 1))


@LIBRARY.add("List.reduce(list: List, reducer: Reducer)")
def reduce_list(items: tuple[Value, ...], reducer: Reducer) -> Value:
    """Return what a reducer makes of a list: its only output, or all of them by name."""
    rows: list[Row] = []
    for item in items:
        row = (item,) if reducer.inputs == 1 else item
        if not isinstance(row, tuple) or len(row) != reducer.inputs:
            raise ExpressionError(f"List.reduce: The reducer needs lists of {reducer.inputs} inputs.")
        rows.append(row)
    named = reducer.named(tuple(rows))
    return next(iter(named.values())) if len(named) == 1 else named


@LIBRARY.add(
    "Collection.reduceColumns(collection: FeatureCollection, reducer: Reducer, selectors: List, weightSelectors?: List)"
)
def reduce_columns(
    collection: Collection, reducer: Reducer, selectors: tuple[Value, ...], weights: tuple[Value, ...] | None
) -> dict[str, Value]:
    """Return what a reducer makes of properties of all elements, by the names of its outputs."""
    if weights is not None:
        raise unsupported("Collection.reduceColumns with weights")
    if len(selectors) != reducer.inputs:
        raise ExpressionError(
            f"Collection.reduceColumns: Need {reducer.inputs} inputs for the reducer, got {len(selectors)}."
        )
    rows = tuple(tuple(item.get(str(name)) for name in selectors) for item in collection.elements)
    return reducer.named(rows)
