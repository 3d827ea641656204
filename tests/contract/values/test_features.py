"""table:computeFeatures over the wire."""

from __future__ import annotations

import json
from typing import Any

from groundwire_contract.fixture import EarthEngineContract

from tests.contract.wire import PROJECT, Answer, ask

from .declared import ASSETS, SCENES, TABLE


def computed(contract: EarthEngineContract, expression: Any, **more: object) -> Answer:
    contract.declare(*ASSETS)
    body = {"expression": json.loads(expression.serialize(for_cloud_api=True)), **more}
    return ask(contract.endpoint, "POST", f"/v1/{PROJECT}/table:computeFeatures", body)


def test_features_are_computed_in_pages(ee: Any, earthengine_contract: EarthEngineContract) -> None:
    huts = ee.FeatureCollection(TABLE).map(
        lambda hut: hut.set("double", ee.Number(hut.get("beds")).multiply(2))
    )
    page = computed(earthengine_contract, huts, pageSize=1).json
    assert page["type"] == "FeatureCollection"
    assert page["features"] == [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [10, 47]},
            "properties": {"name": "Anna", "beds": 10, "double": 20},
        }
    ]
    last = computed(earthengine_contract, huts, pageSize=1, pageToken=page["nextPageToken"]).json
    assert [each["properties"]["name"] for each in last["features"]] == ["Berta"]
    assert "nextPageToken" not in last
    earthengine_contract.assert_valid()


def test_what_are_no_features_is_refused_by_name(ee: Any, earthengine_contract: EarthEngineContract) -> None:
    images = computed(earthengine_contract, ee.ImageCollection(SCENES))
    assert (images.status, images.rule) == (400, "value-unsupported")
    assert images.message.endswith("Give earthengine.projects.table.computeFeatures an answer.")
    buffered = computed(earthengine_contract, ee.FeatureCollection(TABLE).map(lambda hut: hut.buffer(10)))
    assert "Feature.buffer" in buffered.message
    projected = ee.FeatureCollection([ee.Feature(ee.Geometry.Point([1, 2], "EPSG:3857"))])
    assert "longitude and latitude" in computed(earthengine_contract, projected).message


def test_the_public_catalog_is_not_said_to_lack_an_asset(
    ee: Any, earthengine_contract: EarthEngineContract
) -> None:
    words = "does not have access). Of the public catalog, declare what is used."
    assert computed(earthengine_contract, ee.FeatureCollection("FAO/GAUL/2015/level0")).message.endswith(
        f"not found (does not exist or caller {words}"
    )
    own = computed(earthengine_contract, ee.FeatureCollection(f"{PROJECT}/assets/none")).message
    assert own.endswith("(does not exist or caller does not have access).")
