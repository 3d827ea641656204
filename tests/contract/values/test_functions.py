"""Values of the official client's expressions. What the service answers is from Earth Engine's guides and references."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from groundwire_contract.values.problem import ExpressionError

from .declared import SCENES, TABLE, body, call, constant, value

Expression = Callable[[Any], Any]
INDICES = ["S_20140511", "S_20140512", "S_20140513", "S_20140514"]
BULGE = math.degrees(math.atan(math.tan(math.radians(40)) / math.cos(math.radians(0.5))))
"""The latitude half way of the shortest way between two points that are a degree apart at 40 degrees north."""
SQUARE = [[[116, 39], [117, 39], [117, 40], [116, 40], [116, 39]]]


def scenes(ee: Any) -> Any:
    return ee.ImageCollection(SCENES)


def first(ee: Any) -> Any:
    return ee.Image(scenes(ee).first())


def huts(ee: Any) -> Any:
    return ee.FeatureCollection(TABLE)


COLLECTIONS: list[tuple[Expression, object]] = [
    (lambda ee: scenes(ee).size(), 4),
    (lambda ee: scenes(ee).aggregate_array("system:index"), INDICES),
    (lambda ee: scenes(ee).filterDate("2014-05-12", "2014-05-14").aggregate_array("cloud"), [12, 13]),
    (lambda ee: scenes(ee).filterDate("2014-05-12").size(), 0),
    (lambda ee: scenes(ee).filterBounds(ee.Geometry.Point([117.5, 39.5])).aggregate_array("cloud"), [12]),
    (lambda ee: scenes(ee).filterBounds(ee.Geometry.Rectangle([116.5, 0, 117.5, 90])).size(), 2),
    (lambda ee: scenes(ee).filterBounds(ee.Feature(ee.Geometry.Point([0, 0]))).size(), 0),
    (lambda ee: scenes(ee).filter(ee.Filter.lt("cloud", 13)).size(), 2),
    (lambda ee: scenes(ee).filterMetadata("cloud", "greater_than", 12).size(), 2),
    (lambda ee: scenes(ee).filter(ee.Filter.And(ee.Filter.eq("path", 123), ee.Filter.neq("cloud", 11))).size(), 3),
    (lambda ee: scenes(ee).filter(ee.Filter.Or(ee.Filter.gte("cloud", 14), ee.Filter.lte("cloud", 11))).size(), 2),
    (lambda ee: scenes(ee).filter(ee.Filter.inList("title", ["scene 11", "scene 99"])).size(), 1),
    (lambda ee: scenes(ee).filter(ee.Filter.eq("absent", 1)).size(), 0),
    (lambda ee: scenes(ee).filter(ee.Filter.notNull(["absent"])).size(), 0),
    (lambda ee: scenes(ee).filter(ee.Filter.stringStartsWith("title", "scene")).size(), 4),
    (lambda ee: scenes(ee).filter(ee.Filter.rangeContains("cloud", 12, 13)).size(), 2),
    (lambda ee: scenes(ee).filter(ee.Filter.calendarRange(5, 5, "month")).size(), 4),
    (lambda ee: scenes(ee).filter(ee.Filter.calendarRange(11, 2, "month")).size(), 0),
    (lambda ee: scenes(ee).sort("cloud", False).first().get("cloud"), 14),
    (lambda ee: scenes(ee).limit(2).aggregate_array("cloud"), [11, 12]),
    (lambda ee: ee.Image(scenes(ee).toList(2, 1).get(1)).get("system:index"), "S_20140513"),
    (lambda ee: ee.Image(scenes(ee).toList(4).get(-1)).id(), "S_20140514"),
    (lambda ee: scenes(ee).get("provider"), "nobody"),
    (lambda ee: scenes(ee).distinct("path").size(), 1),
    (lambda ee: scenes(ee).limit(1).merge(scenes(ee).limit(1)).aggregate_array("system:index"), ["1_S_20140511", "2_S_20140511"]),
    (lambda ee: scenes(ee).map(lambda image: image.set("day", image.date().format("D"))).aggregate_array("day"), ["131", "132", "133", "134"]),
    (lambda ee: scenes(ee).iterate(lambda image, total: ee.Number(image.get("cloud")).add(total), 0), 50),
    (lambda ee: scenes(ee).aggregate_max("cloud"), 14),
    (lambda ee: scenes(ee).aggregate_mean("cloud"), 12.5),
    (lambda ee: scenes(ee).aggregate_histogram("path"), {"123": 4}),
    (lambda ee: scenes(ee).aggregate_count_distinct("path"), 1),
    (lambda ee: scenes(ee).aggregate_stats("cloud").get("total_var"), 1.25),
    (lambda ee: huts(ee).aggregate_array("name"), ["Anna", "Berta"]),
    (lambda ee: huts(ee).reduceColumns(ee.Reducer.toList(2), ["name", "beds"]).get("list"), [["Anna", 10], ["Berta", 11]]),
    (lambda ee: huts(ee).reduceColumns(ee.Reducer.toList().repeat(2), ["name", "beds"]).get("list"), [["Anna", "Berta"], [10, 11]]),
    (lambda ee: ee.FeatureCollection([huts(ee), huts(ee)]).flatten().size(), 4),
    (lambda ee: huts(ee).first().toDictionary(), {"name": "Anna", "beds": 10}),
    (lambda ee: huts(ee).geometry().bounds().coordinates(), [[[10, 47], [11, 47], [11, 47], [10, 47], [10, 47]]]),
    (lambda ee: ee.FeatureCollection([ee.Feature(None, {"a": 1}), ee.Feature(None, {"a": 2})]).aggregate_sum("a"), 3),
    (lambda ee: ee.ImageCollection([ee.Image(1), ee.Image(2)]).aggregate_array("system:index"), ["0", "1"]),
]  # fmt: skip
IMAGES: list[tuple[Expression, object]] = [
    (lambda ee: first(ee).bandNames(), ["B4", "B3"]),
    (lambda ee: first(ee).select("B.*").bandNames(), ["B4", "B3"]),
    (lambda ee: first(ee).select([0], ["red"]).bandNames(), ["red"]),
    (lambda ee: first(ee).addBands(first(ee).select("B3")).bandNames(), ["B4", "B3", "B3_1"]),
    (lambda ee: first(ee).toUint16().bandTypes().get("B4"), {"type": "PixelType", "precision": "int", "min": 0, "max": 65535}),
    (lambda ee: first(ee).projection(), {"type": "Projection", "crs": "EPSG:32650", "transform": [30, 0, 400000, 0, -30, 4500000]}),
    (lambda ee: first(ee).projection().nominalScale(), 30),
    (lambda ee: first(ee).projection().crs(), "EPSG:32650"),
    (lambda ee: ee.Projection("EPSG:4326").nominalScale(), 111319.49079327357),
    (lambda ee: ee.Projection("EPSG:4326").atScale(1000).nominalScale(), 1000.0),
    (lambda ee: first(ee).date(), {"type": "Date", "value": 1399776780500}),
    (lambda ee: first(ee).geometry(), {"type": "Polygon", "coordinates": SQUARE}),
    (lambda ee: first(ee).geometry().bounds().coordinates().flatten(), pytest.approx([116, 39, 117, 39, 117, BULGE, 116, BULGE, 116, 39])),
    (lambda ee: first(ee).geometry().type(), "Polygon"),
    (lambda ee: first(ee).get("system:id"), f"{SCENES}/S_20140511"),
    (lambda ee: first(ee).get("absent"), None),
    (lambda ee: first(ee).toDictionary(), {"cloud": 11, "path": 123, "title": "scene 11"}),
    (lambda ee: first(ee).toDictionary(["cloud"]), {"cloud": 11}),
    (lambda ee: first(ee).set({"a": 1, "b": "c"}).get("b"), "c"),
    (lambda ee: ee.Image(1).copyProperties(first(ee), ["cloud"]).get("cloud"), 11),
    (lambda ee: ee.Image(1), {"type": "Image", "bands": [{"id": "constant", "data_type": {"type": "PixelType", "precision": "int", "min": 1, "max": 1}, "crs": "EPSG:4326", "crs_transform": [1, 0, 0, 0, 1, 0]}]}),
    # Pixels are not computed, but what does not depend on them is.
    (lambda ee: scenes(ee).map(lambda image: image.multiply(2)).aggregate_array("system:index"), INDICES),
    (lambda ee: scenes(ee).map(lambda i: i.multiply(2).copyProperties(i, ["cloud"])).aggregate_array("cloud"), [11, 12, 13, 14]),
    (lambda ee: first(ee).multiply(2).rename(["a", "b"]).bandNames(), ["a", "b"]),
    (lambda ee: first(ee).multiply(2).projection().nominalScale(), 30),
    (lambda ee: first(ee).updateMask(1).bandNames(), ["B4", "B3"]),
    (lambda ee: first(ee).multiply(2).bandNames(), ["B4", "B3"]),
    (lambda ee: first(ee).gt(2).bandTypes().get("B3"), {"type": "PixelType", "precision": "int", "min": 0, "max": 1}),
    (lambda ee: scenes(ee).median().bandNames(), ["B4", "B3"]),
    (lambda ee: scenes(ee).mosaic().projection().crs(), "EPSG:4326"),
    (lambda ee: scenes(ee).limit(2).select("B3").toBands().bandNames(), ["S_20140511_B3", "S_20140512_B3"]),
]  # fmt: skip
PLAIN: list[tuple[Expression, object]] = [
    (lambda ee: ee.Number(7).divide(2), 3.5),
    (lambda ee: ee.Number(-7).mod(3), -1),
    (lambda ee: ee.Number(2.5).round(), 3),
    (lambda ee: ee.Number(3).format("%03d"), "003"),
    (lambda ee: ee.Number(3.14159).format("%.2f"), "3.14"),
    (lambda ee: ee.Number.parse("12"), 12),
    (lambda ee: ee.Number(3).gt(2).And(1), 1),
    (lambda ee: ee.String("a-b-c").replace("-", "_"), "a_b-c"),
    (lambda ee: ee.String("a-b-c").replace("-", "_", "g"), "a_b_c"),
    (lambda ee: ee.String("a/b/c").split("/").get(-1), "c"),
    (lambda ee: ee.String("S2A_2014").match("_([0-9]+)").get(1), "2014"),
    (lambda ee: ee.String("x").cat("y").toUpperCase().length(), 2),
    (lambda ee: ee.String("{day}").replace("{day}", "12"), "12"),
    (lambda ee: ee.List.sequence(1, 10, 3), [1, 4, 7, 10]),
    (lambda ee: ee.List.sequence(0, None, 2, 3), [0, 2, 4]),
    (lambda ee: ee.List([1, 2]).zip([3, 4]).flatten().reverse(), [4, 2, 3, 1]),
    (lambda ee: ee.List([3, 1, 2]).sort().slice(1), [2, 3]),
    (lambda ee: ee.List(["a", "b", "a"]).distinct().join("+"), "a+b"),
    (lambda ee: ee.List([1, 2, 3]).map(lambda item: ee.Number(item).multiply(2)), [2, 4, 6]),
    (lambda ee: ee.List([1, 2, 3]).iterate(lambda item, last: ee.List(last).add(item), ee.List([])), [1, 2, 3]),
    (lambda ee: ee.List([1, 2]).map(lambda a: ee.List([10, 20]).map(lambda b: ee.Number(a).add(b))), [[11, 21], [12, 22]]),
    (lambda ee: ee.Dictionary({"b": 1, "a": 2}).keys(), ["a", "b"]),
    (lambda ee: ee.Dictionary({"b": 1, "a": 2}).values(), [2, 1]),
    (lambda ee: ee.Dictionary.fromLists(["a"], [5]).combine({"b": 6}).get("b"), 6),
    (lambda ee: ee.Dictionary({"a": 1}).get("b", 7), 7),
    (lambda ee: ee.Dictionary({"a": 1}).map(lambda key, item: ee.String(key).cat("1")), {"a": "a1"}),
    (lambda ee: ee.Date("2020-01-31").advance(1, "month").format("YYYY-MM-dd"), "2020-02-29"),
    (lambda ee: ee.Date("2020-01-31").advance(-1.5, "day").millis(), 1580299200000),
    (lambda ee: ee.Date("2020-02-03T04:05:06").format("yyMMdd'T'HHmmss"), "200203T040506"),
    (lambda ee: ee.Date("2020-02-03").format(), "2020-02-03T00:00:00"),
    (lambda ee: ee.Date("2020-02-03").format("MMM d, E"), "Feb 3, Mon"),
    (lambda ee: ee.Date("2020-07-01", "America/Los_Angeles").format("HH", "UTC"), "07"),
    (lambda ee: ee.Date("2020-034").get("month"), 2),
    (lambda ee: ee.Date.fromYMD(2020, 3, 1).difference(ee.Date("2020-02-01"), "day"), 29),
    (lambda ee: ee.Date("2021-01-01").difference(ee.Date("2020-01-01"), "month").round(), 12),
    (lambda ee: ee.DateRange(ee.DateRange("2020-01-01", "2020-02-01")).start().get("year"), 2020),
    (lambda ee: ee.Date("2020-03-01").getRelative("day", "year"), 60),
    (lambda ee: ee.DateRange("2020-01-01", "2020-02-01"), {"type": "DateRange", "dates": [1577836800000, 1580515200000]}),
    (lambda ee: ee.Date("2020-05-06").getRange("month").end().format("YYYY-MM-dd"), "2020-06-01"),
    (lambda ee: ee.Algorithms.If(ee.List([]), "some", "none"), "none"),
    (lambda ee: ee.Algorithms.If(1, "some", ee.Image("no/such").get("a")), "some"),
    (lambda ee: ee.Algorithms.IsEqual(1, 1), True),
    (lambda ee: ee.Algorithms.ObjectType("a"), "String"),
    (lambda ee: ee.Geometry.Rectangle([0, 1, 2, 3], None, False).bounds().coordinates().get(0), [[0, 1], [2, 1], [2, 3], [0, 3], [0, 1]]),
    (lambda ee: ee.Geometry.BBox(ee.Number(-200), -100, 170, 95).coordinates().get(0), [[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]),
    (lambda ee: ee.Geometry.BBox(ee.Number(170), 0, -170, 1).coordinates().get(0), [[170, 0], [190, 0], [190, 1], [170, 1], [170, 0]]),
    (lambda ee: ee.Geometry.MultiPoint([[0, 0], [2, 2]]).intersects(ee.Geometry.Point([1, 1])), False),
    (lambda ee: ee.Geometry.Point([1, 2]), {"type": "Point", "coordinates": [1, 2]}),
    (lambda ee: ee.Feature(ee.Geometry.Point([1, 2]), {"a": 1}), {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"a": 1}}),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "wanted"), [*COLLECTIONS, *IMAGES, *PLAIN])
def test_what_the_official_client_asks_is_computed(ee: Any, expression: Expression, wanted: object) -> None:
    result = value(expression(ee))
    assert result == (pytest.approx(wanted) if isinstance(wanted, float) else wanted)


def test_an_image_is_written_as_the_service_writes_it(ee: Any) -> None:
    image = value(first(ee))
    assert image["bands"][0] == {
        "id": "B4",
        "data_type": {"type": "PixelType", "precision": "float"},
        "dimensions": [700, 710],
        "crs": "EPSG:32650",
        "crs_transform": [30, 0, 400000, 0, -30, 4500000],
    }
    assert (image["type"], image["id"]) == ("Image", f"{SCENES}/S_20140511")
    assert image["properties"]["system:index"] == "S_20140511"
    assert image["properties"]["system:footprint"] == {"type": "LinearRing", "coordinates": SQUARE[0]}
    collection = value(scenes(ee).limit(1))
    assert collection["type"] == "ImageCollection"
    assert collection["features"] == [image]


REFUSED: list[tuple[Expression, str, str]] = [
    (lambda ee: ee.ImageCollection("no/such").size(), "asset-not-loaded", "ImageCollection.load: ImageCollection asset 'no/such' not found (does not exist or caller does not have access)."),
    (lambda ee: ee.Image("users/a/b").bandNames(), "asset-not-loaded", "Image.load: Image asset 'users/a/b' not found (does not exist or caller does not have access)."),
    (lambda ee: ee.Image(scenes(ee).filterDate("1990-01-01").first()).bandNames(), "expression-error", "Image.bandNames: Parameter 'image' is required and may not be null."),
    (lambda ee: scenes(ee).map(lambda image: image.date()), "expression-error", "Collection.map: A mapped algorithm must return a Feature or Image."),
    (lambda ee: ee.Dictionary({}).get("a"), "expression-error", "Dictionary.get: Dictionary does not contain key: 'a'."),
    (lambda ee: ee.Projection("EPSG:99999"), "crs-unknown", "Projection: The CRS of a map projection could not be parsed."),
    (lambda ee: first(ee).reduceRegion(ee.Reducer.mean()).get("B4"), "value-unsupported", "Image.reduceRegion."),
    (lambda ee: scenes(ee).median().bandTypes(), "value-unsupported", "reduce.median."),
    (lambda ee: scenes(ee).reduce(ee.Reducer.median()).bandTypes(), "value-unsupported", "ImageCollection.reduce."),
    (lambda ee: first(ee).multiply(2).get("cloud"), "value-unsupported", "Image.multiply."),
    (lambda ee: ee.Geometry.Point([0, 0]).buffer(10).area(), "value-unsupported", "Geometry.area."),
    (lambda ee: scenes(ee).filter(ee.Filter.area(0, 1)).size(), "value-unsupported", "Filter.area."),
    (lambda ee: ee.Image(1).geometry(), "value-unsupported", "the geometry"),
    (
        lambda ee: ee.FeatureCollection([ee.Feature(None, {"at": ee.Geometry.Point([n, 0])}) for n in (1, 2)]).distinct("at").size(),
        "value-unsupported",
        "what is neither text nor a number",
    ),
    (lambda ee: ee.Number(1).divide(0), "value-unsupported", "Number.divide of 1 and 0."),
    (lambda ee: ee.Date("2020-01-01", "Nowhere/Atall").millis(), "value-unsupported", "the time zone 'Nowhere/Atall'."),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "rule", "words"), REFUSED)
def test_what_is_not_known_is_refused_by_name(ee: Any, expression: Expression, rule: str, words: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        value(expression(ee))
    assert refused.value.rule == rule
    assert words in refused.value.message


def test_a_value_of_another_type_is_refused_in_the_words_of_the_service() -> None:
    with pytest.raises(ExpressionError) as refused:
        value(body(call("String.cat", string1=constant("a"), string2=constant(1))))
    assert refused.value.message == (
        "String.cat, argument 'string2': Invalid type.\nExpected type: String.\nActual type: Integer.\nActual value: 1"
    )


def test_an_image_of_a_size_is_stretched_over_its_bounds(ee: Any) -> None:
    clipped = first(ee).clipToBoundsAndScale(ee.Geometry.Rectangle([116.2, 39.8, 116.3, 39.9]), 20, 10)
    degrees = clipped.setDefaultProjection("EPSG:4326", [1, 0, 0, 0, -1, 0])
    square = ee.Geometry.Rectangle([116, 39, 117, 40], None, False)
    band = value(degrees.clipToBoundsAndScale(square, 20, 10))["bands"][0]
    assert band["dimensions"] == [20, 10]
    assert band["crs_transform"] == pytest.approx([0.05, 0, 116, 0, -0.1, 40])
    assert "origin" not in band
    # Where the bounds are not known, no transform is guessed.
    nowhere = ee.Image(1).clipToBoundsAndScale(None, 20, 10)
    assert value(nowhere)["bands"][0].keys() == {"id", "data_type", "dimensions"}


def test_an_image_in_another_projection_ends_where_it_did(ee: Any) -> None:
    degrees = first(ee).reproject("EPSG:4326", None, 30).clipToBoundsAndScale(scale=1000)
    band = value(degrees)["bands"][0]
    # 700 x 710 pixels of 30 metres.
    assert (round(band["dimensions"][0] / 24, 1), round(band["dimensions"][1] / 21, 1)) == pytest.approx(
        (1, 1), abs=0.2
    )
    assert band["crs"] == "EPSG:4326"


@pytest.mark.parametrize("made", [lambda ee: first(ee), lambda ee: ee.Image(1), lambda ee: scenes(ee)])
def test_an_id_that_is_set_is_the_id(ee: Any, made: Expression) -> None:
    assert value(made(ee).set("system:id", "my/own"))["id"] == "my/own"
    assert value(made(ee).set({"system:id": "my/own", "a": 1}).get("system:id")) == "my/own"
