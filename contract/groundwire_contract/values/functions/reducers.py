"""Reducers of one input, and those that gather rows into lists.

Inputs without a value do not count. What the documentation does not say of an output is not computed.
"""

# Values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from ..coercion import is_number
from ..elements import Unknown, Value
from ..problem import ExpressionError, unsupported
from ..reducer import Reducer, Row, present
from ..signature import Library
from ..steps import spend
from .arithmetic import checked, text_of

LIBRARY: Final = Library()
Numbers = Sequence[int | float]
_MOST_BITS: Final = 2048
"""Bits of a product, beyond those of a double; a longer one takes long."""
_INPUTS: Final = 32
"""Inputs that cost one step."""
_HISTOGRAM: Final = "maxBuckets?: Integer, minBucketWidth?: Float, maxRaw?: Integer"


def _reducer(name: str, compute: Callable[[list[Value]], Value], *outputs: str, inputs: str = "") -> None:
    """Register a reducer of the values of one input, without those that are missing."""

    def reduce(rows: tuple[Row, ...]) -> Row:
        value = compute(present(rows))
        return value if len(outputs) > 1 else (value,)

    def make(*arguments: Value) -> Reducer:
        if any(item is not None and item != 1 for item in arguments):
            raise unsupported(f"{name} with arguments")
        return Reducer(name, outputs, reduce)

    LIBRARY.add(f"{name}({inputs})")(make)


def _numeric(name: str, compute: Callable[[Numbers], Any], *outputs: str, inputs: str = "") -> None:
    """Register a reducer of numbers, of which there must be one."""

    def computed(values: list[Value]) -> Value:
        value = compute(_numbers(values, name))
        return value if isinstance(value, tuple) else checked(value, name)

    _reducer(name, computed, *outputs, inputs=inputs)


def _numbers(values: list[Value], name: str) -> Numbers:
    if not values:
        raise unsupported(f"{name} of 0 values")
    if not all(map(is_number, values)):
        raise unsupported(f"{name} of what are no numbers")
    return values


def _middle(values: Numbers, name: str) -> int | float:
    low, high = statistics.median_low(values), statistics.median_high(values)
    if low != high:
        raise unsupported(f"{name} of an even number of values")
    return low


def _sample(test: Callable[[Numbers], float], name: str) -> Callable[[Numbers], float]:
    def compute(values: Numbers) -> float:
        if len(values) < 2:
            raise unsupported(f"{name} of {len(values)} values")
        return test(values)

    return compute


def _product(values: Numbers) -> int | float:
    """Return a product. Raises ExpressionError for one that is no number of 64 bits."""
    bits = sum(max(abs(value).bit_length() - 1, 0) for value in values if isinstance(value, int))
    if bits > _MOST_BITS and 0 not in values:
        raise unsupported("Reducer.product with a result so large")
    return 0 if bits > _MOST_BITS else math.prod(values)


def _modal(values: Numbers) -> int | float:
    modes = statistics.multimode(values)
    if len(modes) > 1:
        raise unsupported("Reducer.mode of values of which several are most frequent")
    return modes[0]


_numeric("Reducer.sum", sum, "sum")
_numeric("Reducer.mean", statistics.fmean, "mean")
_numeric("Reducer.product", _product, "product")
_numeric("Reducer.min", min, "min", inputs="numInputs?: Integer = 1")
_numeric("Reducer.max", max, "max", inputs="numInputs?: Integer = 1")
_numeric("Reducer.minMax", lambda values: (min(values), max(values)), "min", "max")
_numeric("Reducer.variance", statistics.pvariance, "variance")
_numeric("Reducer.stdDev", statistics.pstdev, "stdDev")
_numeric("Reducer.sampleVariance", _sample(statistics.variance, "Reducer.sampleVariance"), "variance")
_numeric("Reducer.sampleStdDev", _sample(statistics.stdev, "Reducer.sampleStdDev"), "stdDev")
_numeric("Reducer.median", lambda values: _middle(values, "Reducer.median"), "median", inputs=_HISTOGRAM)
_numeric("Reducer.mode", _modal, "mode", inputs=_HISTOGRAM)
for _name in ("Reducer.allNonZero", "Reducer.and"):
    _numeric(_name, lambda values: int(all(values)), "all")
for _name in ("Reducer.anyNonZero", "Reducer.or"):
    _numeric(_name, lambda values: int(any(values)), "any")
_reducer("Reducer.count", len, "count")
_reducer("Reducer.frequencyHistogram", lambda values: dict(Counter(map(text_of, values))), "histogram")


def _one(name: str, place: int, output: str) -> None:
    def compute(values: list[Value]) -> Value:
        if not values:
            raise unsupported(f"{name} of 0 values")
        return values[place]

    _reducer(name, compute, output)


_one("Reducer.firstNonNull", 0, "first")
_one("Reducer.lastNonNull", -1, "last")


def _end(name: str, place: int, output: str) -> None:
    """Register the reducer that returns its first or its last input, whatever it is."""

    def reduce(rows: tuple[Row, ...]) -> Row:
        if not rows or rows[place][0] is None:
            raise unsupported(f"{name} of no value")
        return (rows[place][0],)

    LIBRARY.add(f"{name}()")(lambda: Reducer(name, (output,), reduce))


_end("Reducer.first", 0, "first")
_end("Reducer.last", -1, "last")


@LIBRARY.add("Reducer.countEvery()")
def count_every() -> Reducer:
    """Return the reducer that counts all inputs, those without a value too."""
    return Reducer("Reducer.countEvery", ("count",), lambda rows: (len(rows),))


@LIBRARY.add("Reducer.countDistinct()", "Reducer.countDistinctNonNull()")
def count_distinct() -> Reducer:
    """Return the reducer that counts different values."""

    def reduce(rows: tuple[Row, ...]) -> Row:
        values = [row[0] for row in rows]
        if not all(isinstance(value, str) or is_number(value) for value in values):
            raise unsupported("Reducer.countDistinct of what is neither text nor a number")
        return (len(set(values)),)

    return Reducer("Reducer.countDistinct", ("count",), reduce)


@LIBRARY.add(f"Reducer.percentile(percentiles: List, outputNames?: List, {_HISTOGRAM})")
def percentile(percentiles: tuple[Value, ...], names: tuple[Value, ...] | None, *_: Value) -> Reducer:
    """Return the reducer whose outputs are percentiles; the documentation says which values 0, 50 and 100 are."""
    if not all(map(is_number, percentiles)):
        raise ExpressionError("Reducer.percentile: Percentiles are numbers.")
    outputs = tuple(f"p{text_of(number)}" for number in percentiles) if names is None else names
    if len(outputs) != len(percentiles):
        raise ExpressionError("Reducer.percentile: There must be as many names as percentiles.")
    known: dict[Value, Callable[[Numbers], int | float]] = {
        0: min,
        50: lambda values: _middle(values, "Reducer.percentile"),
        100: max,
    }

    def reduce(rows: tuple[Row, ...]) -> Row:
        values = _numbers(present(rows), "Reducer.percentile")
        if not set(percentiles) <= known.keys():
            raise unsupported("percentiles but 0, 50 and 100")
        found = {number: known[number](values) for number in {*percentiles}}
        return tuple(found[number] for number in percentiles)

    return Reducer("Reducer.percentile", tuple(map(str, outputs)), reduce)


@LIBRARY.add("Reducer.toList(tupleSize?: Integer, numOptional?: Integer = 0)")
def to_list(size: int | None, optional: int) -> Reducer:
    """Return the reducer that collects values, or tuples of them; without those that lack one that is not optional."""
    width = 1 if size is None else size
    if not 0 < width <= 1000 or not 0 <= optional <= width:
        raise ExpressionError("Reducer.toList: The sizes are not possible.")

    def reduce(rows: tuple[Row, ...]) -> Row:
        needed = width - optional
        spend(len(rows) * width // _INPUTS)
        kept = [row for row in rows if None not in [*map(_present, row[:needed])]]
        return (tuple(row[0] if size is None else row for row in kept),)

    return Reducer("Reducer.toList", ("list",), reduce, width)


def _present(value: Value) -> bool | None:
    if isinstance(value, Unknown):
        raise unsupported(value.name)
    return None if value is None else True


def _unseen(name: str, *outputs: str, inputs: int = 1, given: str = "") -> None:
    """Register a reducer of which only the outputs' names are known."""

    def reduce(_: tuple[Row, ...]) -> Row:
        raise unsupported(name)

    def make(*_: Value) -> Reducer:
        return Reducer(name, outputs, reduce, inputs)

    LIBRARY.add(f"{name}({given})")(make)


_unseen("Reducer.linearFit", "scale", "offset", inputs=2)
_unseen("Reducer.skew", "skew")
_unseen("Reducer.kurtosis", "kurtosis")
_unseen("Reducer.histogram", "histogram", given=_HISTOGRAM)
