"""Images whose bands the documentation names, and plain values of families that have many functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from groundwire_contract.values.problem import UNSUPPORTED, ExpressionError

from .declared import SCENES, TABLE, value

Expression = Callable[[Any], Any]


def scenes(ee: Any) -> Any:
    return ee.ImageCollection(SCENES)


def first(ee: Any) -> Any:
    return ee.Image(scenes(ee).first())


def two(ee: Any) -> Any:
    return ee.Reducer.mean().combine(ee.Reducer.stdDev(), "", True)


BANDS: list[tuple[Expression, list[str]]] = [
    (lambda ee: first(ee).normalizedDifference(["B4", "B3"]), ["nd"]),
    (lambda ee: first(ee).abs().sqrt().focalMean(2).convolve(ee.Kernel.square(1)), ["B4", "B3"]),
    (lambda ee: first(ee).select("B3").bitwiseAnd(8).eq(0), ["B3"]),
    (lambda ee: first(ee).where(first(ee).gt(1), 0).clamp(0, 1).unitScale(0, 1), ["B4", "B3"]),
    (lambda ee: first(ee).visualize(min=0, max=1, bands=["B4", "B3", "B4"]), ["vis-red", "vis-green", "vis-blue"]),
    (lambda ee: first(ee).select(0).visualize(palette=["red", "blue"]), ["vis-red", "vis-green", "vis-blue"]),
    (lambda ee: first(ee).metadata("cloud"), ["cloud"]),
    (lambda ee: first(ee).reduce(two(ee)), ["mean", "stdDev"]),
    (lambda ee: first(ee).reduceNeighborhood(ee.Reducer.mean(), ee.Kernel.square(1)), ["B4_mean", "B3_mean"]),
    (lambda ee: first(ee).reduceResolution(ee.Reducer.mean()), ["B4", "B3"]),
    (lambda ee: first(ee).reduceResolution(two(ee)), ["B4_mean", "B4_stdDev", "B3_mean", "B3_stdDev"]),
    (lambda ee: scenes(ee).reduce(ee.Reducer.percentile([25])), ["B4_p25", "B3_p25"]),
    (lambda ee: scenes(ee).reduce(ee.Reducer.linearFit()), ["scale", "offset"]),
    (lambda ee: scenes(ee).qualityMosaic("B4"), ["B4", "B3"]),
    (lambda ee: scenes(ee).filter(ee.Filter.eq("cloud", 0)).median(), []),
    (lambda ee: first(ee).expression("b('B4') * 2").rename("twice"), ["twice"]),
    (lambda ee: ee.Terrain.products(first(ee).select(["B4"], ["elevation"])), ["elevation", "slope", "aspect", "hillshade"]),
    (lambda ee: ee.Terrain.slope(first(ee)), ["slope"]),
    (lambda ee: ee.Image.pixelLonLat().addBands(ee.Image.pixelArea()), ["longitude", "latitude", "area"]),
    (lambda ee: first(ee).classify(ee.Classifier.smileCart()), ["classification"]),
    (lambda ee: first(ee).cast({"B4": "byte", "A": "int8"}), ["B4", "B3", "A"]),
    (lambda ee: first(ee).derivative(), ["B4_x", "B4_y", "B3_x", "B3_y"]),
    (lambda ee: ee.Dictionary({"b": 2, "a": 1}).toImage(), ["a", "b"]),
    (lambda ee: ee.FeatureCollection(TABLE).reduceToImage(["beds"], ee.Reducer.first()), ["first"]),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "names"), BANDS)
def test_bands_are_named(ee: Any, expression: Expression, names: list[str]) -> None:
    assert value(expression(ee).bandNames()) == names


def test_types_are_known_where_they_are_certain(ee: Any) -> None:
    whole = {"type": "PixelType", "precision": "int", "min": 0, "max": 65535}
    assert value(scenes(ee).mosaic().bandTypes()) == {
        "B4": {"type": "PixelType", "precision": "float"},
        "B3": whole,
    }
    assert value(scenes(ee).qualityMosaic("B4").select("B3").bandTypes()) == {"B3": whole}
    assert value(first(ee).multiply(0.5).bandTypes()) == {
        "B4": {"type": "PixelType", "precision": "double"},
        "B3": {"type": "PixelType", "precision": "double"},
    }
    assert value(first(ee).normalizedDifference(["B4", "B3"]).bandTypes().get("nd"))["precision"] == "float"
    for unknown in (
        first(ee).add(1).bandTypes(),
        scenes(ee).median().bandTypes(),
        first(ee).sqrt().bandTypes(),
    ):
        with pytest.raises(ExpressionError) as refused:
            value(unknown)
        assert refused.value.rule == UNSUPPORTED


def test_the_names_of_bands_are_a_property(ee: Any) -> None:
    has = ee.Filter.listContains("system:band_names", "B4")
    assert value(scenes(ee).filter(has).size()) == 4
    assert value(scenes(ee).map(lambda image: image.select("B3")).filter(has).size()) == 0
    with pytest.raises(ExpressionError, match="parseExpression"):
        value(first(ee).expression("b('B4') * 2").get("system:band_names"))


def test_an_error_of_bands_meets_only_who_looks_at_them(ee: Any) -> None:
    wrong = scenes(ee).map(lambda image: image.select("B9").rename(["a", "b"]))
    assert value(wrong.size()) == 4
    assert value(wrong.aggregate_array("cloud")) == [11, 12, 13, 14]
    with pytest.raises(ExpressionError, match="Band pattern 'B9' did not match any bands"):
        value(wrong.first().bandNames())


PLAIN: list[tuple[Expression, object]] = [
    (lambda ee: ee.Number(1).sin(), math.sin(1)),
    (lambda ee: ee.Number(8).cbrt(), 2.0),
    (lambda ee: ee.Number(-3).signum(), -1),
    (lambda ee: ee.Number(3).hypot(4), 5.0),
    (lambda ee: ee.Number(6).bitwiseAnd(3), 2),
    (lambda ee: ee.Number(6).bitwiseXor(3), 5),
    (lambda ee: ee.Number(5).bitwiseNot(), -6),
    (lambda ee: ee.Number(-1).bitCount(), 64),
    (lambda ee: ee.Number(1).leftShift(4).rightShift(1), 8),
    (lambda ee: ee.Number(0).firstNonZero(7), 7),
    (lambda ee: ee.Number(9).clamp(0, 5), 5),
    (lambda ee: ee.Number(5).unitScale(0, 20), 0.25),
    (lambda ee: ee.List([1, 2, 3, 4]).splice(1, 2, [9]), [1, 9, 4]),
    (lambda ee: ee.List([1, 2, 3]).swap(0, -1), [3, 2, 1]),
    (lambda ee: ee.List([1, 2, 1, 2]).indexOfSublist([1, 2]), 0),
    (lambda ee: ee.List([1, 2, 1, 2]).lastIndexOfSubList([1, 2]), 2),
    (lambda ee: ee.Date("2020-03-15T12:00").update(2021, 4).format("YYYY-MM-dd HH"), "2021-04-15 12"),
    (lambda ee: ee.Date("2020-03-15T12:00").getFraction("day"), 0.5),
    (lambda ee: ee.Date.unitRatio("day", "minute"), 1440),
    (lambda ee: ee.DateRange("2020-01-01", "2020-02-01").intersects(ee.DateRange("2020-02-01", "2020-03-01")), False),
    (lambda ee: ee.DateRange("2020-01-01", "2020-02-01").intersection(ee.DateRange("2020-01-15", "2020-03-01")).start(), {"type": "Date", "value": 1579046400000}),
    (lambda ee: ee.DateRange("2020-01-01", "2020-02-01").union(ee.DateRange("2020-01-15", "2020-03-01")).end(), {"type": "Date", "value": 1583020800000}),
    (lambda ee: ee.DateRange("2020-01-01", "2020-01-01").isEmpty(), True),
    (lambda ee: ee.String('{"a": [1, 2.5, null]}').decodeJSON(), {"a": [1, 2.5, None]}),
    (lambda ee: ee.Geometry.MultiPoint([[1, 2], [3, 4]]).geometries().size(), 2),
    (lambda ee: ee.Geometry.Point([1, 2]).geometries(), [{"type": "Point", "coordinates": [1, 2]}]),
    (lambda ee: ee.Geometry.MultiPolygon([ee.Geometry.Rectangle([0, 0, 1, 1])]).type(), "MultiPolygon"),
    (lambda ee: ee.Geometry.Rectangle([0, 0, 1, 1]).contains(ee.Geometry.Point([0.5, 0.5])), True),
    (lambda ee: ee.Geometry.Rectangle([0, 0, 1, 1]).disjoint(ee.Geometry.Point([5, 5])), True),
    (lambda ee: ee.Feature(ee.FeatureCollection(TABLE).first()).buffer(10).get("name"), "Anna"),
    (lambda ee: ee.FeatureCollection(TABLE).select([".*"], None, False).first().propertyNames(), ["name", "beds", "system:index"]),
    (lambda ee: ee.FeatureCollection(TABLE).select(["n.*"]).first().toDictionary(), {"name": "Anna"}),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "wanted"), PLAIN)
def test_a_value_is_computed(ee: Any, expression: Expression, wanted: object) -> None:
    result = value(expression(ee))
    assert result == (pytest.approx(wanted) if isinstance(wanted, float) else wanted)


@pytest.mark.parametrize(("pattern", "text"), [("yyyy-MM-dd", "2020/01/02"), ("yyyyMMdd HH", "20200102T03")])
def test_a_date_is_written_as_its_pattern(ee: Any, pattern: str, text: str) -> None:
    with pytest.raises(ExpressionError, match="malformed"):
        value(ee.Date.parse(pattern, text))


REFUSED: list[tuple[Expression, str]] = [
    (lambda ee: ee.Number(1).leftShift(63), "Number.leftShift"),
    (lambda ee: ee.Number(1.5).bitwiseAnd(1), "Number.bitwiseAnd"),
    (lambda ee: ee.Number(2).acos(), "Number.acos"),
    (lambda ee: ee.Date("2020-03-31").update(month=2), "Date.update"),
    (lambda ee: ee.Date(0).advance(1e300, "hour"), "a date so far away"),
    (lambda ee: ee.Date(0).advance(1e308, "hour"), "a date so far away"),
    (lambda ee: ee.Date.parse("MM-yyyy-MM", "05-2020-06"), "Date.parse"),
    (lambda ee: ee.Date.parse("yyyy''MM", "2020''05"), "Date.parse"),
    (lambda ee: ee.DateRange("2020-01-01", "2020-02-01").intersection(ee.DateRange("2021-01-01", "2021-02-01")), "DateRange.intersection"),
    (lambda ee: ee.Feature(ee.FeatureCollection(TABLE).first()).buffer(10).geometry(), "Feature.buffer"),
    (lambda ee: ee.Feature(None, {"a": 1}).geometry(), "the geometry of a feature"),
    (lambda ee: ee.Geometry.Rectangle([0, 0, 1, 1]).contains(ee.Geometry.Rectangle([0, 0, 2, 2])), "Geometry.contains"),
    (lambda ee: first(ee).expression("b('B4') * 2").bandNames(), "Image.parseExpression"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "words"), REFUSED)
def test_what_is_not_certain_is_refused_by_name(ee: Any, expression: Expression, words: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        value(expression(ee))
    assert refused.value.rule == UNSUPPORTED
    assert words in refused.value.message
