"""Functions on a property of all elements of a collection. Elements without it do not count."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable
from typing import Final

from ..elements import Collection, Value
from ..problem import undeclared, unsupported
from ..signature import Library
from ..steps import spend
from .arithmetic import checked, text_of
from .elements import number_of

LIBRARY: Final = Library()
_SIGNATURE: Final = "AggregateFeatureCollection.{}(collection: FeatureCollection, property: String)"
_SIZE: Final = "system:asset_size"
Numbers = list[int | float]
_EXACT: Final = 2**53


def _values(collection: Collection, name: str) -> tuple[Value, ...]:
    return tuple(value for item in collection.elements if (value := item.get(name)) is not None)


@LIBRARY.add(_SIGNATURE.format("array"))
def array(collection: Collection, name: str) -> tuple[Value, ...]:
    """Return the values."""
    return _values(collection, name)


@LIBRARY.add(_SIGNATURE.format("count"))
def count(collection: Collection, name: str) -> int:
    """Return the number of values."""
    return len(_values(collection, name))


@LIBRARY.add(_SIGNATURE.format("count_distinct"))
def count_distinct(collection: Collection, name: str) -> int:
    """Return the number of different values."""
    return len(histogram(collection, name))


@LIBRARY.add(_SIGNATURE.format("first"))
def first(collection: Collection, name: str) -> Value:
    """Return the first value."""
    return next(iter(_values(collection, name)), None)


@LIBRARY.add(_SIGNATURE.format("histogram"))
def histogram(collection: Collection, name: str) -> dict[str, int]:
    """Return how often each value is there."""
    return dict(Counter(map(text_of, _values(collection, name))))


def _numeric(name: str, *, empty: bool = False) -> Callable[[Callable[[Numbers], int | float]], None]:
    def register(compute: Callable[[Numbers], int | float]) -> None:
        full = f"AggregateFeatureCollection.{name}"

        def computed(collection: Collection, property_: str) -> int | float:
            if empty and not collection.elements:
                # `earthengine du` prints the sum of the sizes in an empty collection as a whole number.
                return 0
            return checked(compute(_numbers(collection, property_, full)), full)

        LIBRARY.add(_SIGNATURE.format(name))(computed)

    return register


def _numbers(collection: Collection, property_: str, name: str) -> Numbers:
    spend(len(collection.elements))
    values = [number_of(item, property_) for item in collection.elements]
    numbers = [value for value in values if value is not None]
    unsized = [item.id for item, value in zip(collection.elements, values, strict=True) if value is None]
    if property_ == _SIZE and any(unsized):
        raise undeclared("the size", next(filter(None, unsized)))
    if len(numbers) < (2 if name.endswith(("sample_sd", "sample_var", "stats")) else 1):
        raise unsupported(f"{name} of {len(numbers)} values")
    return numbers


def _product(numbers: Numbers) -> int | float:
    """Return the product as a double, since one of whole numbers may have any number of digits."""
    product = math.prod(map(float, numbers))
    return int(product) if abs(product) < _EXACT and all(isinstance(n, int) for n in numbers) else product


_numeric("sum", empty=True)(sum)
_numeric("min")(min)
_numeric("max")(max)
_numeric("mean")(statistics.fmean)
_numeric("product")(_product)
_numeric("sample_sd")(statistics.stdev)
_numeric("sample_var")(statistics.variance)
_numeric("total_sd")(statistics.pstdev)
_numeric("total_var")(statistics.pvariance)


@LIBRARY.add(_SIGNATURE.format("stats"))
def stats(collection: Collection, name: str) -> dict[str, Value]:
    """Return all statistics."""
    numbers = _numbers(collection, name, "AggregateFeatureCollection.stats")
    total = sum(numbers)
    return {
        "max": max(numbers), "mean": statistics.fmean(numbers), "min": min(numbers),
        "sample_sd": statistics.stdev(numbers), "sample_var": statistics.variance(numbers), "sum": total,
        "sum_sq": sum(number * number for number in numbers), "total_count": len(collection.elements),
        "total_sd": statistics.pstdev(numbers), "total_var": statistics.pvariance(numbers),
        "valid_count": len(numbers), "weight_sum": len(numbers), "weighted_sum": total,
    }  # fmt: skip
