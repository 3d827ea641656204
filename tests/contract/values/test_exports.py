"""Exports as official clients send them: what their expressions say of the place and the bands of an image."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from groundwire_contract.fixture import EarthEngineContract

from tests.contract.wire import EXPORT, PROJECT, ask, export

from .declared import ASSETS, SCENES, body, call, constant

LARGE = "Export too large: specified {} pixels (max: 1). Specify higher maxPixels value if you intend to export a large area."
UNPARSED = "Projection: The CRS of a map projection could not be parsed."
DEGREE = [[116, 39], [117, 39], [117, 40], [116, 40]]
LOADED = "LANDSAT/OTHER/LC08_1"
NO_CRS = {
    "EPSG:99999",
    "EPSG:0",
    "EPSG:",
    "EPSG:-4326",
    "FOO:4326",
    "ESRI:54009",
    "SR-ORG:7619",
    "+proj=aeqd",
    "",
    "4326",
}


def ended(contract: EarthEngineContract, image: Any, params: dict[str, Any], **more: object) -> str | None:
    """The message that an export ends with, None when it succeeds. The client's own code makes the expression."""
    exported, _ = image.prepare_for_export(dict(params))
    expression = json.loads(exported.serialize(for_cloud_api=True))
    return finished(contract, expression, **more)


def finished(contract: EarthEngineContract, expression: object, **more: object) -> str | None:
    started = ask(
        contract.endpoint, "POST", EXPORT, export(expression=expression, **{"maxPixels": 1, **more})
    )
    assert started.status == 200, started.message
    contract.advance(10)
    found = ask(contract.endpoint, "GET", f"/v1beta/{started.json['name']}").json
    return found.get("error", {}).get("message")


Image = Callable[[Any], Any]
OVER = [[179, 10], [-179, 10], [-179, 12], [179, 12]]
POLE = [[0, 85], [90, 85], [180, 85], [-90, 85]]


def boxed(*corners: float) -> Callable[[Any], Any]:
    """A rectangle whose edges are straight in degrees."""
    return lambda ee: ee.Geometry.Rectangle(list(corners), None, False)


DEGREE_BOX = boxed(116, 39, 117, 40)
COUNTED: dict[str, tuple[Image, dict[str, Any], int]] = {
    # One degree of latitude is 111319.49 m in EPSG:4326, whatever the latitude: 112 pixels of 1000 m touch it.
    "constant": (lambda ee: ee.Image(1), {"region": DEGREE, "scale": 1000}, 112 * 112),
    "not declared": (lambda ee: ee.Image(LOADED), {"region": DEGREE, "scale": 1000}, 112 * 112),
    "composite": (lambda ee: ee.ImageCollection(SCENES).median(), {"region": DEGREE, "scale": 1000}, 112 * 112),
    "size": (lambda ee: ee.Image(LOADED), {"region": DEGREE, "dimensions": "300x200"}, 300 * 200),
    "longer side": (lambda ee: ee.Image(1), {"region": [116, 39, 118, 40], "dimensions": 300}, 300 * 150),
    "transform": (lambda ee: ee.Image(LOADED), {"region": DEGREE, "crs": "EPSG:4326", "crsTransform": [0.01, 0, 116, 0, -0.01, 40]}, 100 * 100),
    "transform as text": (lambda ee: ee.Image(LOADED), {"region": DEGREE, "crs": "EPSG:4326", "crsTransform": "[0.01,0,116,0,-0.01,40]"}, 100 * 100),
    "exact": (lambda ee: ee.Image(LOADED), {"dimensions": [16, 17], "crs": "EPSG:32650", "crsTransform": [30, 0, 1, 0, -30, 2]}, 16 * 17),
    "metres": (lambda ee: ee.Image(LOADED), {"region": lambda ee: ee.Geometry.Rectangle([400000, 4400000, 403000, 4401500], "EPSG:32650", False), "crs": "EPSG:32650", "scale": 30}, 101 * 51),
    "web mercator": (lambda ee: ee.Image(LOADED), {"region": [0, 0, 1, 0.001], "crs": "EPSG:3857", "scale": 1113.1949079327358}, 100),
    # These have been counted by PROJ: `nox -s pixels` counts more.
    "Lambert's azimuthal": (lambda ee: ee.Image(LOADED), {"region": boxed(5, 45, 10, 50), "crs": "EPSG:3035", "scale": 1000}, 395 * 568),
    "Albers": (lambda ee: ee.Image(LOADED), {"region": boxed(-110, 35, -100, 45), "crs": "EPSG:5070", "scale": 1000}, 949 * 1193),
    "Arctic": (lambda ee: ee.Image(LOADED), {"region": boxed(-60, 70, -30, 80), "crs": "EPSG:3413", "scale": 1000}, 1134 * 1140),
    "Antarctic": (lambda ee: ee.Image(LOADED), {"region": boxed(-60, -80, -30, -70), "crs": "EPSG:3031", "scale": 1000}, 1357 * 1357),
    "around a pole": (lambda ee: ee.Image(LOADED), {"region": lambda ee: ee.Geometry.Polygon(POLE), "crs": "EPSG:3413", "scale": 1000}, 768 * 768),
    "Lambert's conic": (lambda ee: ee.Image(LOADED), {"region": boxed(0, 45, 5, 48), "crs": "EPSG:2154", "scale": 1000}, 395 * 338),
    "equal area": (lambda ee: ee.Image(LOADED), {"region": DEGREE_BOX, "crs": "EPSG:6933", "scale": 1000}, 97 * 100),
    "sinusoidal": (lambda ee: ee.Image(LOADED), {"region": DEGREE_BOX, "crs": "SR-ORG:6974", "scale": 1000}, 231 * 112),
    "straight": (lambda ee: ee.Image(LOADED), {"region": boxed(0, 50, 60, 60), "crs": "EPSG:4326", "scale": 10000}, 668 * 112),
    "shortest": (lambda ee: ee.Image(LOADED), {"region": lambda ee: ee.Geometry.Rectangle(0, 50, 60, 60), "crs": "EPSG:4326", "scale": 10000}, 668 * 151),
    "antimeridian within a zone": (lambda ee: ee.Image(LOADED), {"region": lambda ee: ee.Geometry.Polygon(OVER), "crs": "EPSG:32660", "scale": 1000}, 222 * 224),
    "beyond 180 within a zone": (lambda ee: ee.Image(LOADED), {"region": boxed(179, 10, 181, 12), "crs": "EPSG:32660", "scale": 1000}, 222 * 224),
    "points": (lambda ee: ee.Image(LOADED), {"region": lambda ee: ee.Geometry.MultiPoint([[0, 50], [60, 50]]), "crs": "EPSG:3035", "scale": 1000}, 3981 * 1140),
    "native": (lambda ee: ee.Image(f"{SCENES}/S_20140511").select("B4"), {}, 700 * 710),
    "native, coarser": (lambda ee: ee.Image(f"{SCENES}/S_20140511").select("B4"), {"scale": 300}, 70 * 71),
    "clipped": (lambda ee: ee.Image(f"{SCENES}/S_20140511").select("B4"), {"region": lambda ee: ee.Geometry.Rectangle([403000, 4400000, 500000, 4497000], "EPSG:32650", False)}, 600 * 610),
    "computed": (lambda ee: ee.Image(f"{SCENES}/S_20140511").multiply(2).sqrt(), {"scale": 300}, 70 * 71),
}  # fmt: skip


@pytest.mark.parametrize(("image", "params", "pixels"), COUNTED.values(), ids=COUNTED)
def test_the_pixels_of_an_export_are_counted(
    ee: Any, earthengine_contract: EarthEngineContract, image: Image, params: dict[str, Any], pixels: int
) -> None:
    earthengine_contract.declare(*ASSETS)
    region = params.get("region")
    given = {**params, "region": region(ee)} if callable(region) else params
    assert ended(earthengine_contract, image(ee), given) == LARGE.format(pixels)
    assert ended(earthengine_contract, image(ee), given, maxPixels=pixels) is None


def test_a_degree_in_metres_is_as_wide_as_it_is_there(
    ee: Any, earthengine_contract: EarthEngineContract
) -> None:
    message = ended(
        earthengine_contract, ee.Image(LOADED), {"region": DEGREE, "crs": "EPSG:32650", "scale": 30}
    )
    # 86.5 km at 39 degrees north by 111 km, turned by less than a degree in its zone.
    assert message is not None
    assert 2880 * 3700 < int(message.split()[4]) < 2900 * 3750


UNCOUNTED: dict[str, tuple[Image, dict[str, Any]]] = {
    "over the antimeridian": (lambda ee: ee.Image(LOADED), {"region": lambda ee: ee.Geometry.Polygon(OVER), "crs": "EPSG:4326", "scale": 1}),
    "over the edge of web mercator": (lambda ee: ee.Image(LOADED), {"region": boxed(179, 10, 181, 12), "crs": "EPSG:3857", "scale": 1}),
    "over the edge of a cone": (lambda ee: ee.Image(LOADED), {"region": boxed(80, 30, 90, 40), "crs": "EPSG:5070", "scale": 1}),
    "around a pole in degrees": (lambda ee: ee.Image(LOADED), {"region": lambda ee: ee.Geometry.Polygon(POLE), "crs": "EPSG:4326", "scale": 1}),
    "far from a zone": (lambda ee: ee.Image(LOADED), {"region": boxed(0, 10, 1, 12), "crs": "EPSG:32650", "scale": 1}),
    "the other pole": (lambda ee: ee.Image(LOADED), {"region": boxed(0, -90, 1, -80), "crs": "EPSG:3413", "scale": 1}),
    "the other side of the Earth": (lambda ee: ee.Image(LOADED), {"region": boxed(-175, -55, -165, -50), "crs": "EPSG:3035", "scale": 1}),
    "no scale": (lambda ee: ee.Image(LOADED), {"region": DEGREE}),
    "no region": (lambda ee: ee.Image(LOADED), {"scale": 30}),
    "CRS alone": (lambda ee: ee.Image(LOADED), {"region": DEGREE, "crs": "EPSG:32650"}),
    "computed region": (lambda ee: ee.Image(LOADED), {"region": lambda ee: ee.Geometry.Point([1, 2]).buffer(1e6), "scale": 1}),
}  # fmt: skip


@pytest.mark.parametrize(("image", "params"), UNCOUNTED.values(), ids=UNCOUNTED)
def test_what_cannot_be_counted_is_no_failure(
    ee: Any, earthengine_contract: EarthEngineContract, image: Image, params: dict[str, Any]
) -> None:
    region = params.get("region")
    given = {**params, "region": region(ee)} if callable(region) else params
    assert ended(earthengine_contract, image(ee), given) is None


def test_an_unknown_projection_fails_only_beyond_doubt(
    ee: Any, earthengine_contract: EarthEngineContract
) -> None:
    given = {"region": DEGREE, "scale": 1000}
    # 12544 in EPSG:4326, at least 8500 wherever a square kilometre has its true size.
    for more in ({}, {"crs": "EPSG:27700"}):
        image, known = ee.Image(LOADED), {**given, **more}
        assert ended(earthengine_contract, image, known, maxPixels=12_000) is None
        assert ended(earthengine_contract, image, known, maxPixels=8_000) is not None
    exact = {**given, "crs": "EPSG:4326"}
    assert ended(earthengine_contract, ee.Image(LOADED), exact, maxPixels=12_000) is not None


def test_a_line_in_an_unknown_projection_has_no_certain_size(
    ee: Any, earthengine_contract: EarthEngineContract
) -> None:
    given = {"region": ee.Geometry.LineString([[0, 0], [50, 50]]), "scale": 1}
    assert ended(earthengine_contract, ee.Image(LOADED), given) is None


@pytest.mark.parametrize(("width", "fails"), [(10_000, False), (10_001, True)])
def test_the_default_is_a_hundred_million_pixels(
    ee: Any, earthengine_contract: EarthEngineContract, width: int, fails: bool
) -> None:
    region = ee.Geometry.Rectangle([400_000, 4_400_000, 400_000 + width, 4_410_000], "EPSG:32650", False)
    given = {"region": region, "crs": "EPSG:32650", "crsTransform": [1, 0, 0, 0, -1, 0]}
    message = ended(earthengine_contract, ee.Image(LOADED), given, maxPixels=None)
    wanted = LARGE.replace("max: 1)", "max: 100000000)").format(width * 10_000)
    assert message == (wanted if fails else None)


def test_a_relaxed_rule_counts_nothing(ee: Any, earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.relax("too-many-pixels")
    assert ended(earthengine_contract, ee.Image(1), {"region": DEGREE, "scale": 1000}) is None


@pytest.mark.parametrize("crs", sorted(NO_CRS))
@pytest.mark.parametrize("how", ["scale", "transform"])
def test_an_unknown_crs_fails_inside(
    ee: Any, earthengine_contract: EarthEngineContract, crs: str, how: str
) -> None:
    more = {"scale": 30} if how == "scale" else {"crsTransform": [1, 0, 0, 0, -1, 0]}
    given = {"region": DEGREE, "crs": crs, **more}
    assert ended(earthengine_contract, ee.Image(LOADED).multiply(2), given) == UNPARSED


@pytest.mark.parametrize("crs", ["EPSG:4326", "epsg:32633", "EPSG:3035", "SR-ORG:6974", 'PROJCS["x"]'])
def test_a_known_crs_does_not_fail(ee: Any, earthengine_contract: EarthEngineContract, crs: str) -> None:
    given = {"region": DEGREE, "crs": crs, "scale": 30}
    assert ended(earthengine_contract, ee.Image(LOADED), given, maxPixels=10**12) is None


def test_bands_of_declared_images_are_unlike(ee: Any, earthengine_contract: EarthEngineContract) -> None:
    earthengine_contract.declare(*ASSETS)
    scene = ee.Image(f"{SCENES}/S_20140511")
    words = "Exported bands must have compatible data types; found inconsistent types: Float32 and UInt16."
    tiff = {"fileExportOptions": {"cloudStorageDestination": {"bucket": "b"}}, "maxPixels": 10**9}
    assert ended(earthengine_contract, scene, {}, **tiff) == words
    assert ended(earthengine_contract, scene.select("B3"), {}, **tiff) is None
    assert ended(earthengine_contract, scene.toFloat(), {}, **tiff) is None
    assert ended(earthengine_contract, scene.sqrt(), {}, **tiff) is None
    whole = scene.select("B3").toInt64()
    assert ended(earthengine_contract, whole, {}, **tiff) is None
    earthengine_contract.enforce("band-type-unsupported")
    assert "Int64" in str(ended(earthengine_contract, whole, {}, **tiff))


MISSING: dict[str, tuple[dict[str, Any], str | None]] = {
    "in the caller's project": (call("Image.load", id=constant(f"{PROJECT}/assets/nope")), f"Image.load: Image asset '{PROJECT}/assets/nope' not found"),
    "in a declared collection": (call("Image.load", id=constant(f"{SCENES}/nope")), f"Image.load: Image asset '{SCENES}/nope' not found"),
    "a table": (call("Image.clip", input=constant(1), geometry=call("Collection.loadTable", tableId=constant(f"{PROJECT}/assets/nope"))), f"Collection.loadTable: Collection asset '{PROJECT}/assets/nope' not found"),
    "by reference": (call("ImageCollection.load", id={"valueReference": "id"}), f"ImageCollection.load: ImageCollection asset '{PROJECT}/assets/by/reference' not found"),
    "declared": (call("Image.load", id=constant(f"{SCENES}/S_20140511")), None),
    "in the public catalog": (call("Image.load", id=constant("USGS/SRTMGL1_003")), None),
    "in a folder that is only implied": (call("ImageCollection.load", id=constant("LANDSAT/OTHER")), None),
    "in another project": (call("Image.load", id=constant("projects/others/assets/x")), None),
    "an id that is computed": (call("Image.load", id=call("String.cat", string1=constant("a"), string2=constant("b"))), None),
}  # fmt: skip


@pytest.mark.parametrize(("node", "words"), MISSING.values(), ids=MISSING)
def test_an_asset_that_is_not_there_is_refused_at_the_start(
    earthengine_contract: EarthEngineContract, node: dict[str, Any], words: str | None
) -> None:
    earthengine_contract.declare(*ASSETS)
    sent = export(expression=body(node, id=constant(f"{PROJECT}/assets/by/reference")), requestId="once")
    answer = ask(earthengine_contract.endpoint, "POST", EXPORT, sent)
    if words is None:
        assert answer.status == 200
        return
    assert (answer.status, answer.rule) == (400, "asset-not-loaded")
    assert answer.message == f"{words} (does not exist or caller does not have access)."
    # The id of the request is still free.
    earthengine_contract.relax("asset-not-loaded")
    assert ask(earthengine_contract.endpoint, "POST", EXPORT, sent).status == 200


def test_a_finished_export_can_be_loaded(earthengine_contract: EarthEngineContract) -> None:
    name = f"{PROJECT}/assets/made"
    made = export(
        expression=body(call("Image.constant", value=constant(1))),
        assetExportOptions={"earthEngineDestination": {"name": name}},
    )
    made.pop("fileExportOptions", None)
    load = export(expression=body(call("Image.load", id=constant(name))))
    assert ask(earthengine_contract.endpoint, "POST", EXPORT, load).status == 400
    assert ask(earthengine_contract.endpoint, "POST", EXPORT, made).status == 200
    earthengine_contract.advance(10)
    assert ask(earthengine_contract.endpoint, "POST", EXPORT, load).status == 200
