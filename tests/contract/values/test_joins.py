"""Joins of two collections, as the guide to joins shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from groundwire_contract.values.problem import UNSUPPORTED, ExpressionError

from .declared import SCENES, TABLE, value

Expression = Callable[[Any], Any]


def scenes(ee: Any) -> Any:
    return ee.ImageCollection(SCENES)


def early(ee: Any) -> Any:
    return scenes(ee).filter(ee.Filter.lte("cloud", 12))


def same(ee: Any, name: str = "system:index") -> Any:
    return ee.Filter.equals(leftField=name, rightField=name)


def near(ee: Any, distance: float) -> Any:
    return ee.Filter.maxDifference(difference=distance, leftField="cloud", rightField="cloud")


def clouds(collection: Any) -> Any:
    return collection.aggregate_array("cloud")


def joined(ee: Any, join: Any, condition: Any) -> Any:
    return ee.ImageCollection(join.apply(scenes(ee), early(ee), condition))


JOINS: list[tuple[Expression, object]] = [
    (lambda ee: clouds(joined(ee, ee.Join.simple(), same(ee))), [11, 12]),
    (lambda ee: clouds(joined(ee, ee.Join.inverted(), same(ee))), [13, 14]),
    (lambda ee: clouds(joined(ee, ee.Join.simple(), ee.Filter.And(same(ee), ee.Filter.Not(same(ee))))), []),
    (lambda ee: clouds(joined(ee, ee.Join.simple(), ee.Filter.Or(same(ee), same(ee, "path")))), [11, 12, 13, 14]),
    (lambda ee: clouds(joined(ee, ee.Join.saveFirst("other"), same(ee))), [11, 12]),
    (lambda ee: joined(ee, ee.Join.saveFirst("other", outer=True), same(ee)).size(), 4),
    (
        lambda ee: joined(ee, ee.Join.saveFirst("other", "cloud", False), same(ee, "path")).map(
            lambda image: image.set("found", ee.Image(image.get("other")).get("cloud"))
        ).aggregate_array("found"),
        [12, 12, 12, 12],
    ),
    (
        lambda ee: joined(ee, ee.Join.saveAll("others", "cloud"), same(ee, "path")).map(
            lambda image: image.set("found", ee.List(image.get("others")).size())
        ).aggregate_array("found"),
        [2, 2, 2, 2],
    ),
    (
        lambda ee: joined(ee, ee.Join.saveBest("best", "far"), near(ee, 1)).map(
            lambda image: image.set("far", ee.Image(image.get("best")).get("far"))
        ).aggregate_array("far"),
        [0, 0, 1],
    ),
    (
        lambda ee: joined(ee, ee.Join.saveFirst("mask"), same(ee)).map(
            lambda image: image.addBands(ee.Image(image.get("mask")).select(["B4"], ["clouds"]))
        ).first().bandNames(),
        ["B4", "B3", "clouds"],
    ),
    (lambda ee: ee.Image(ee.Join.inner().apply(scenes(ee), early(ee), same(ee)).first().get("secondary")).get("cloud"), 11),
    (lambda ee: scenes(ee).linkCollection(early(ee).select(["B4"], ["linked"]), ["linked"]).limit(1).first().bandNames(), ["B4", "B3", "linked"]),
    (lambda ee: scenes(ee).linkCollection(early(ee).select(["B4"], ["linked"]), "linked", "cloud").map(lambda image: image.set("count", image.bandNames().size())).aggregate_array("count"), [3, 3, 3, 3]),
    (lambda ee: scenes(ee).linkCollection(early(ee), linkedProperties=["title"]).aggregate_array("title"), ["scene 11", "scene 12"]),
    (lambda ee: scenes(ee).combine(early(ee).select(["B4"], ["X"])).aggregate_array("cloud"), [11, 12]),
    (lambda ee: scenes(ee).combine(early(ee)).first().bandNames(), ["B4", "B3", "B4_1", "B3_1"]),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "wanted"), JOINS)
def test_a_join_is_computed(ee: Any, expression: Expression, wanted: object) -> None:
    assert value(expression(ee)) == wanted


REFUSED: list[tuple[Expression, str]] = [
    (lambda ee: joined(ee, ee.Join.simple(), ee.Filter.calendarRange(1, 2, "month")).size(), "a join by Filter.calendarRange"),
    (lambda ee: joined(ee, ee.Join.saveBest("best", "far"), same(ee)).size(), "Join.saveBest by a filter that does not measure"),
    (lambda ee: ee.Join.inner().apply(scenes(ee), early(ee), same(ee)).first().propertyNames(), "Join.inner"),
    (lambda ee: ee.FeatureCollection(TABLE).randomColumn().filter(ee.Filter.lt("random", 0.5)).size(), "Collection.randomColumn"),
    (lambda ee: ee.FeatureCollection(TABLE).randomColumn().aggregate_array("random"), "Collection.randomColumn"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "words"), REFUSED)
def test_what_is_not_known_of_a_join_is_refused_by_name(ee: Any, expression: Expression, words: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        value(expression(ee))
    assert refused.value.rule == UNSUPPORTED
    assert words in refused.value.message


FILTERS: list[tuple[str, list[int]]] = [
    ("cloud < 13", [11, 12]),
    ("cloud >= 12.5", [13, 14]),
    ("cloud != 12 and cloud <= 13", [11, 13]),
    ("title == 'scene 11' || cloud == 14", [11, 14]),
]


@pytest.mark.parametrize(("text", "wanted"), FILTERS)
def test_a_filter_may_be_a_text(ee: Any, text: str, wanted: list[int]) -> None:
    assert value(clouds(scenes(ee).filter(ee.Filter.expression(text)))) == wanted
    assert value(clouds(scenes(ee).filter(text))) == wanted


@pytest.mark.parametrize(
    "text", ["cloud", "cloud < 1 and path > 2 or path < 3", "not cloud < 1", "", "(cloud < 1)"]
)
def test_another_text_is_refused(ee: Any, text: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        value(scenes(ee).filter(ee.Filter.expression(text)).size())
    assert refused.value.rule == UNSUPPORTED
