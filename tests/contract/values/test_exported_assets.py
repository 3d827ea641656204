"""Facts of an asset that an export has made: its bands, properties, times and features, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from groundwire_contract.fixture import EarthEngineContract

from tests.contract.wire import PROJECT, ask, export

from .declared import ASSETS, SCENES, TABLE

MADE = f"{PROJECT}/assets/made"
Expression = Callable[[Any], Any]


def encoded(expression: Any) -> Any:
    return json.loads(expression.serialize(for_cloud_api=True))


def exported(contract: EarthEngineContract, kind: str, expression: Any) -> None:
    """Declare assets, and export one to an asset."""
    contract.declare(*ASSETS)
    destination = {"earthEngineDestination": {"name": MADE}}
    body = export(
        expression=encoded(expression),
        maxPixels=None,
        fileExportOptions=None,
        assetExportOptions=destination,
    )
    started = ask(contract.endpoint, "POST", f"/v1/{PROJECT}/{kind}:export", body)
    assert started.status == 200, started.message
    contract.finish(contract.operations[0])


def asked(contract: EarthEngineContract, expression: Any) -> Any:
    answer = ask(
        contract.endpoint, "POST", f"/v1/{PROJECT}/value:compute", {"expression": encoded(expression)}
    )
    return answer.json["result"] if answer.status == 200 else answer.message


def scene(ee: Any) -> Any:
    return ee.Image(ee.ImageCollection(SCENES).first())


KNOWN: list[tuple[Expression, Expression, object]] = [
    (lambda ee: ee.Image(1).set("k", 3), lambda image: image.get("k"), 3),
    (lambda ee: ee.Image(1), lambda image: image.get("k"), None),
    (lambda ee: scene(ee).select("B3"), lambda image: image.bandNames(), ["B3"]),
    (lambda ee: scene(ee), lambda image: image.get("cloud"), 11),
    (lambda ee: scene(ee), lambda image: image.get("system:time_start"), 1399776780500),
    (lambda ee: scene(ee), lambda image: image.get("system:index"), "made"),
    (lambda ee: scene(ee), lambda image: image.get("system:id"), MADE),
    (lambda ee: scene(ee).multiply(2).set("k", [1, 2]), lambda image: image.get("k"), [1, 2]),
    (lambda ee: scene(ee).multiply(2), lambda image: image.get("cloud"), "The contract server does not compute the properties of the result of Image.multiply. Give earthengine.projects.value.compute an answer."),
    (lambda ee: ee.Terrain.fillMinima(scene(ee)), lambda image: image.get("k"), "The contract server does not compute the properties of the result of Terrain.fillMinima. Give earthengine.projects.value.compute an answer."),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "question", "wanted"), KNOWN)
def test_an_exported_image_has_what_its_expression_says(
    ee: Any,
    earthengine_contract: EarthEngineContract,
    expression: Expression,
    question: Expression,
    wanted: object,
) -> None:
    exported(earthengine_contract, "image", expression(ee))
    assert asked(earthengine_contract, question(ee.Image(MADE))) == wanted


def test_an_exported_image_is_read_as_an_asset(ee: Any, earthengine_contract: EarthEngineContract) -> None:
    exported(earthengine_contract, "image", scene(ee).select("B3").set("k", 3))
    asset = ask(earthengine_contract.endpoint, "GET", f"/v1/{MADE}").json
    assert asset["properties"] == {"cloud": 11, "path": 123, "title": "scene 11", "k": 3}
    assert asset["startTime"] == "2014-05-11T02:53:00.500000Z"
    grid = {
        "crsCode": "EPSG:32650",
        "dimensions": {"width": 700, "height": 710},
        "affineTransform": {
            "scaleX": 30,
            "translateX": 400_000,
            "scaleY": -30,
            "translateY": 4_500_000,
        },
    }
    assert asset["bands"] == [
        {"id": "B3", "dataType": {"precision": "INT", "range": {"min": 0, "max": 65535}}, "grid": grid}
    ]
    earthengine_contract.assert_valid()


def test_an_exported_table_has_the_features_of_its_expression(
    ee: Any, earthengine_contract: EarthEngineContract
) -> None:
    exported(earthengine_contract, "table", ee.FeatureCollection(TABLE).filter(ee.Filter.gt("beds", 10)))
    made = ee.FeatureCollection(MADE)
    assert asked(earthengine_contract, made.aggregate_array("name")) == ["Berta"]
    assert asked(earthengine_contract, made.geometry()) == {"type": "Point", "coordinates": [11, 47]}


def test_features_that_need_pixels_are_not_known(ee: Any, earthengine_contract: EarthEngineContract) -> None:
    sampled = scene(ee).sampleRegions(ee.FeatureCollection(TABLE), ["name"], 30)
    exported(earthengine_contract, "table", sampled)
    size = asked(earthengine_contract, ee.FeatureCollection(MADE).size())
    assert size == f"The contract server does not know the features of '{MADE}'. Declare it with the asset."


def test_what_is_not_known_outlives_a_copy(ee: Any, earthengine_contract: EarthEngineContract) -> None:
    exported(earthengine_contract, "image", scene(ee).multiply(2))
    copy = {"destinationName": f"{PROJECT}/assets/copy"}
    assert ask(earthengine_contract.endpoint, "POST", f"/v1/{MADE}:copy", copy).status == 200
    question = ee.Image(f"{PROJECT}/assets/copy").get("cloud")
    assert "Image.multiply" in str(asked(earthengine_contract, question))
