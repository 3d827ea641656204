"""Reducers over lists and columns. What the service answers is from its own list of functions and its guides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from groundwire_contract.values.problem import UNSUPPORTED, ExpressionError

from .declared import SCENES, TABLE, value

Expression = Callable[[Any], Any]


def numbers(ee: Any, reducer: Any) -> Any:
    return ee.List([5, 1, 4, 2, 3]).reduce(reducer)


def columns(ee: Any, reducer: Any, *names: str) -> Any:
    return ee.ImageCollection(SCENES).reduceColumns(reducer, list(names))


LISTS: list[tuple[Expression, object]] = [
    (lambda ee: numbers(ee, ee.Reducer.sum()), 15),
    (lambda ee: numbers(ee, ee.Reducer.mean()), 3),
    (lambda ee: numbers(ee, ee.Reducer.product()), 120),
    (lambda ee: numbers(ee, ee.Reducer.count()), 5),
    (lambda ee: numbers(ee, ee.Reducer.median()), 3),
    (lambda ee: numbers(ee, ee.Reducer.variance()), 2),
    (lambda ee: numbers(ee, ee.Reducer.sampleVariance()), 2.5),
    (lambda ee: numbers(ee, ee.Reducer.stdDev()), 2**0.5),
    (lambda ee: numbers(ee, ee.Reducer.first()), 5),
    (lambda ee: numbers(ee, ee.Reducer.last()), 3),
    (lambda ee: numbers(ee, ee.Reducer.minMax()), {"min": 1, "max": 5}),
    (lambda ee: numbers(ee, ee.Reducer.percentile([0, 50, 100])), {"p0": 1, "p50": 3, "p100": 5}),
    (lambda ee: numbers(ee, ee.Reducer.toList()), [5, 1, 4, 2, 3]),
    (lambda ee: numbers(ee, ee.Reducer.allNonZero()), 1),
    (lambda ee: ee.List(["a", "b", "a"]).reduce(ee.Reducer.frequencyHistogram()), {"a": 2, "b": 1}),
    (lambda ee: ee.List([1, 2, 2]).reduce(ee.Reducer.mode()), 2),
    (lambda ee: ee.List([1, 2, 2]).reduce(ee.Reducer.countDistinct()), 2),
    (lambda ee: ee.List([1, None, 2]).reduce(ee.Reducer.sum()), 3),
    (lambda ee: ee.List([1, None, 2]).reduce(ee.Reducer.countEvery()), 3),
    (lambda ee: ee.List([[1, 2], [3, 4]]).reduce(ee.Reducer.sum().repeat(2)), [4, 6]),
    (lambda ee: ee.List([[1, 2], [3, 4]]).reduce(ee.Reducer.max().forEach(["a", "b"])), {"a": 3, "b": 4}),
    (lambda ee: ee.List([]).reduce(ee.Reducer.count()), 0),
    (lambda ee: ee.Reducer.percentile([25, 75]).getOutputs(), ["p25", "p75"]),
    (lambda ee: ee.Reducer.linearFit().getOutputs(), ["scale", "offset"]),
    (lambda ee: ee.Reducer.minMax().setOutputs(["", "most"]).getOutputs(), ["most"]),
    (lambda ee: ee.Reducer.mean().combine(ee.Reducer.max(), "a_", True).getOutputs(), ["mean", "a_max"]),
]  # fmt: skip
COLUMNS: list[tuple[Expression, object]] = [
    (lambda ee: columns(ee, ee.Reducer.toList(), "cloud"), {"list": [11, 12, 13, 14]}),
    (lambda ee: columns(ee, ee.Reducer.sum(), "cloud"), {"sum": 50}),
    (lambda ee: columns(ee, ee.Reducer.toList().repeat(2), "cloud", "absent"), {"list": [[11, 12, 13, 14], []]}),
    (lambda ee: columns(ee, ee.Reducer.toList(2, 1), "cloud", "absent").get("list"), [[day, None] for day in (11, 12, 13, 14)]),
    (lambda ee: columns(ee, ee.Reducer.toList(2), "cloud", "absent"), {"list": []}),
    (lambda ee: columns(ee, ee.Reducer.mean().combine(ee.Reducer.minMax(), "", True), "cloud"), {"mean": 12.5, "min": 11, "max": 14}),
    (lambda ee: columns(ee, ee.Reducer.min().combine(ee.Reducer.max()), "cloud", "path"), {"min": 11, "max": 123}),
    (lambda ee: columns(ee, ee.Reducer.sum().group(1, "path"), "cloud", "path"), {"groups": [{"path": 123, "sum": 50}]}),
    (lambda ee: ee.FeatureCollection(TABLE).reduceColumns(ee.Reducer.count().group(1), ["beds", "name"]).get("groups"), [{"group": "Anna", "count": 1}, {"group": "Berta", "count": 1}]),
    (lambda ee: ee.FeatureCollection([]).aggregate_sum("beds"), 0),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "wanted"), [*LISTS, *COLUMNS])
def test_a_reducer_is_computed(ee: Any, expression: Expression, wanted: object) -> None:
    result = value(expression(ee))
    assert result == (pytest.approx(wanted) if isinstance(wanted, float) else wanted)


REFUSED: list[tuple[Expression, str]] = [
    (lambda ee: ee.List([1, 2]).reduce(ee.Reducer.median()), "Reducer.median of an even number"),
    (lambda ee: ee.List([1, 2]).reduce(ee.Reducer.mode()), "Reducer.mode"),
    (lambda ee: ee.List([[{"a": 1}, 2]]).reduce(ee.Reducer.sum().group()), "Reducer.group"),
    (lambda ee: ee.List([["a", 2]]).reduce(ee.Reducer.sum().group(0, "sum")), "two outputs of one name"),
    (lambda ee: ee.List([[1, 2]]).reduce(ee.Reducer.sum().forEach(["a", "a"])), "two outputs of one name"),
    (lambda ee: ee.List([2**60] * 3 + [0.5] * 9 + [2**62] * 40).reduce(ee.Reducer.product()), "Reducer.product"),
    (lambda ee: ee.List([1, ee.Geometry.Point([0, 0]).area()]).reduce(ee.Reducer.count()), "Geometry.area"),
    (lambda ee: ee.List(ee.List([ee.Geometry.Point([0, 0]).area()]).reduce(ee.Reducer.toList())).size(), "Geometry.area"),
    (lambda ee: ee.List([]).reduce(ee.Reducer.mean()), "Reducer.mean of 0 values"),
    (lambda ee: numbers(ee, ee.Reducer.percentile([10])), "percentiles but 0, 50 and 100"),
    (lambda ee: numbers(ee, ee.Reducer.histogram()), "Reducer.histogram"),
    (lambda ee: ee.List(["a"]).reduce(ee.Reducer.sum()), "Reducer.sum of what are no numbers"),
    (lambda ee: numbers(ee, ee.Reducer.kendallsCorrelation()), "Reducer.kendallsCorrelation"),
    (lambda ee: ee.ImageCollection(SCENES).aggregate_sum("system:asset_size"), "the size of 'LANDSAT/SCENES/S_20140511'"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "words"), REFUSED)
def test_what_is_not_documented_is_refused_by_name(ee: Any, expression: Expression, words: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        value(expression(ee))
    assert refused.value.rule == UNSUPPORTED
    assert words in refused.value.message


def test_a_reducer_needs_its_inputs(ee: Any) -> None:
    with pytest.raises(ExpressionError, match="Need 2 inputs for the reducer, got 1"):
        value(columns(ee, ee.Reducer.toList(2), "cloud"))
    with pytest.raises(ExpressionError, match="needs lists of 2 inputs"):
        value(ee.List([1]).reduce(ee.Reducer.toList(2)))
