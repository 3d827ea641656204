"""`fit` gives the graphs that earthengine-api sends. The installed release is the reference; this was written with 1.7.50."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import groundwire as gw
import pytest
from attrs import frozen
from groundwire_contract.fixture import EarthEngineContract
from groundwire_exports import expression, fit, grid
from groundwire_runtime.errors import ArgumentError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .official import graph, official_client, sent

BOX = (13.0, 52.3, 13.6, 52.7)
RING = [[13.0, 52.3], [13.6, 52.3], [13.6, 52.7], [13.0, 52.3]]
HOLE = [[13.2, 52.4], [13.3, 52.4], [13.3, 52.5], [13.2, 52.4]]
POLYGON = {"type": "Polygon", "coordinates": [RING, HOLE]}
TRANSFORM = [30, 0, 399960, 0, -30, 5900040]
ONE = '{"result": "0", "values": {"0": {"constantValue": 1}}}'


@pytest.fixture(scope="module")
def official() -> Iterator[tuple[Any, EarthEngineContract]]:
    with official_client() as both:
        yield both


def image(ee: Any) -> Any:
    """An image whose graph has named values besides the result."""
    shared = ee.Image("USGS/SRTMGL1_003").add(ee.Image(2))
    return shared.subtract(shared.multiply(shared)).rename("height")


def exported(official: tuple[Any, EarthEngineContract], **arguments: Any) -> Any:
    """The expression that the official client sends, as a tree."""
    ee, contract = official
    task = ee.batch.Export.image.toCloudStorage(image(ee), description="d", bucket="b", **arguments)
    return graph(sent(contract, task)["expression"])


def regions(ee: Any) -> dict[str, tuple[Any, Any]]:
    """Regions for the official client, each with the one for `fit`."""
    geometry = ee.Geometry
    geo: dict[str, dict[str, Any]] = {
        "polygon": POLYGON,
        "multipolygon": {"type": "MultiPolygon", "coordinates": [[RING], [HOLE]]},
        "empty": {"type": "MultiPolygon", "coordinates": []},
        "line": {"type": "LineString", "coordinates": RING},
        "lines": {"type": "MultiLineString", "coordinates": [RING, HOLE]},
        "point": {"type": "Point", "coordinates": [13, 52]},
        "points": {"type": "MultiPoint", "coordinates": [[13, 52], [14.5, 53]]},
        "linear ring": {"type": "LinearRing", "coordinates": RING},
        "geodesic": POLYGON | {"geodesic": True, "evenOdd": False},
        "projected": POLYGON | {"crs": {"type": "name", "properties": {"name": "EPSG:32633"}}},
    }
    geo["collection"] = {"type": "GeometryCollection", "geometries": [geo["point"], geo["polygon"]]}
    boxed = geometry.Rectangle(list(BOX))
    return {name: (geometry(each), each) for name, each in geo.items()} | {
        "bounds": (boxed, BOX),
        "bounds in a list": (boxed, list(BOX)),
        "bounds as text": (boxed, json.dumps(BOX)),
        "GeoJSON as text": (geometry(POLYGON), json.dumps(POLYGON)),
        "feature": (geometry(POLYGON), {"type": "Feature", "properties": {}, "geometry": POLYGON}),
        "collection of one": (
            geometry(POLYGON),
            {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": POLYGON}]},
        ),
        "GeoJSON of the official client": (boxed, boxed.toGeoJSON()),
        "rings": ([RING, HOLE], [RING, HOLE]),
        "rings as text": (json.dumps([RING]), json.dumps([RING])),
        "rings in tuples": (geometry.Polygon([RING]), (tuple(tuple(point) for point in RING),)),
        "computed": (geometry(POLYGON).buffer(100), geometry(POLYGON).buffer(100)),
        "expression": (image(ee).geometry(), expression(image(ee).geometry())),
        "mapping": (image(ee).geometry(), json.loads(image(ee).geometry().serialize())),
    }


def test_every_form_of_region(official: tuple[Any, EarthEngineContract]) -> None:
    ee, _ = official
    for name, (theirs, ours) in regions(ee).items():
        wanted = exported(official, region=theirs, scale=30)
        assert graph(fit(image(ee), region=ours, scale=30)) == wanted, name


class Shape:
    """An object such as a shapely geometry."""

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return {"type": "Polygon", "coordinates": ((*map(tuple, RING),),)}


def test_an_object_with_a_geo_interface_is_a_region() -> None:
    polygon = {"type": "Polygon", "coordinates": [RING]}
    assert fit(ONE, region=Shape()) == fit(ONE, region=polygon)


@frozen
class Geometry:
    """A class of GeoJSON, as a generated client of a STAC API has."""

    type: str
    coordinates: Any


@frozen
class Item:
    geometry: Any
    type: str = "Feature"


def test_messages_of_other_clients_are_regions() -> None:
    area = Geometry("Polygon", ((*map(tuple, RING),),))
    wanted = fit(ONE, region={"type": "Polygon", "coordinates": [RING]})
    assert fit(ONE, region=area) == fit(ONE, region=Item(area)) == wanted
    with pytest.raises(ArgumentError, match="/geometry: expected a GeoJSON geometry, got None"):
        fit(ONE, region=Item(None))


def test_parts_of_a_grid_are_arguments() -> None:
    pixels = grid((0, 0, 40, 20), crs="EPSG:32633", scale=10)
    assert fit(
        ONE, crs=pixels.crs, crs_transform=pixels.affine_transform, dimensions=pixels.dimensions
    ) == fit(ONE, crs="EPSG:32633", crs_transform=[10.0, 0.0, 0.0, 0.0, -10.0, 20.0], dimensions=(4, 2))


def test_computed_projections_and_scales(official: tuple[Any, EarthEngineContract]) -> None:
    ee, _ = official
    projection = image(ee).projection()
    for crs in (
        projection,
        projection.crs(),
        projection.atScale(30),
        projection.scale(2, 2),
        projection.translate(1, 1),
        ee.Geometry.Point([1, 2]).projection(),
        ee.Projection("EPSG:4326", [2, 0, 0, 0, 3, 0]),
        ee.String("EPSG:4326"),
        image(ee).get("crs"),
    ):
        wanted = exported(official, crs=crs, scale=projection.nominalScale())
        assert graph(fit(image(ee), crs=crs, scale=projection.nominalScale())) == wanted, crs
    listed = ee.List([30, 0, 0, 0, -30, 0])
    wanted = exported(official, crs="EPSG:4326", crsTransform=listed, dimensions="512x256")
    assert graph(fit(image(ee), crs="EPSG:4326", crs_transform=listed, dimensions="512x256")) == wanted


@st.composite
def arguments(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments that ee.batch.Export accepts, and the same for `fit`; regions are names of `regions`."""
    theirs: dict[str, Any] = {}
    if draw(st.booleans()):
        theirs["region"] = draw(st.sampled_from(REGIONS))
    if draw(st.booleans()):
        theirs["scale"] = draw(st.one_of(st.integers(1, 2**63 - 1), st.floats(1e-9, 1e9)))
    if draw(st.booleans()):
        theirs["crs"] = draw(st.sampled_from(["EPSG:4326", "EPSG:32633", "SR-ORG:6974", 'PROJCS["ours"]']))
    if "crs" in theirs and draw(st.booleans()):
        numbers = draw(
            st.lists(st.one_of(st.floats(-1e9, 1e9), st.integers(-(2**60), 2**60)), min_size=6, max_size=6)
        )
        form = draw(st.sampled_from([list, tuple, lambda six: ",".join(map(repr, six)), str]))
        theirs["crsTransform"] = form(numbers)
    if draw(st.booleans()):
        sides = draw(st.lists(st.integers(1, 2**31 - 1), min_size=1, max_size=2))
        form = draw(st.sampled_from([list, tuple, lambda all_: "x".join(map(str, all_))]))
        theirs["dimensions"] = draw(st.sampled_from([form(sides), sides[0]]))
    ours = {"crs_transform" if name == "crsTransform" else name: value for name, value in theirs.items()}
    return theirs, ours


REGIONS = (
    "polygon",
    "multipolygon",
    "line",
    "projected",
    "collection",
    "bounds",
    "rings",
    "computed",
    "expression",
)


@settings(
    database=None,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(arguments())
def test_any_combination_of_arguments_gives_the_official_graph(
    official: tuple[Any, EarthEngineContract], both: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    theirs, ours = both
    if "region" in theirs:
        pair = regions(official[0])[theirs["region"]]
        theirs, ours = theirs | {"region": pair[0]}, ours | {"region": pair[1]}
    assert graph(fit(image(official[0]), **ours)) == exported(official, **theirs)


def test_a_small_graph_is_equal_name_by_name(official: tuple[Any, EarthEngineContract]) -> None:
    ee, contract = official
    task = ee.batch.Export.image.toDrive(ee.Image(1), region=ee.Geometry.Rectangle(list(BOX)), scale=30)
    body = sent(contract, task)
    assert json.loads(gw.encode(fit(ee.Image(1), region=BOX, scale=30))) == body["expression"]


def test_nothing_given_changes_nothing() -> None:
    assert fit(ONE) == expression(ONE)
    assert fit(fit(ONE, region=BOX)) == fit(ONE, region=BOX)


def test_names_of_both_graphs_may_be_the_same() -> None:
    """Both graphs define a function and call it by reference; both name their values alike."""
    values: dict[str, Any] = {
        "0": {
            "functionInvocationValue": {
                "functionReference": "1",
                "arguments": {"a": {"arrayValue": {"values": [{"valueReference": "3"}]}}},
            }
        },
        "1": {"functionDefinitionValue": {"argumentNames": ["a"], "body": "2"}},
        "2": {"dictionaryValue": {"values": {"b": {"argumentReference": "a"}, "c": {"valueReference": "3"}}}},
        "3": {"constantValue": [1]},
    }
    picture = {"result": "0", "values": values}
    place = json.loads(json.dumps(picture).replace("[1]", "[2]"))
    fitted = graph(fit(picture, region=place))
    [(_, (name, inputs))] = fitted.items()
    assert (name, inputs) == ("Image.clip", {"input": graph(picture), "geometry": graph(place)})


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ({"crs_transform": TRANSFORM}, "`crs_transform` needs `crs`", "projection"),
        ({"crs": ""}, "`crs` must be a code or WKT", "EPSG:4326"),
        ({"crs": 4326}, "`crs` must be a code or WKT", "EPSG:4326"),
        ({"crs": "EPSG:4326", "crs_transform": [1, 0, 0]}, "six finite numbers", "x scale"),
        ({"crs": "EPSG:4326", "crs_transform": "1,2"}, "six finite numbers", "x scale"),
        ({"crs": "EPSG:4326", "crs_transform": "a,b,c,d,e,f"}, "six finite numbers", "x scale"),
        ({"crs": "EPSG:4326", "crs_transform": [1, 0, 0, 0, 1, float("nan")]}, "six finite numbers", ""),
        ({"scale": 0}, "`scale` must be metres above 0", ""),
        ({"scale": -1}, "`scale` must be metres above 0", ""),
        ({"scale": 10**400}, "`scale` must be metres above 0", ""),
        ({"region": (0, 0, 10**400, 1)}, "/2: expected a finite number", ""),
        ({"scale": float("inf")}, "`scale` must be metres above 0", ""),
        ({"scale": True}, "`scale` must be metres above 0", ""),
        ({"scale": "30"}, "`scale` must be metres above 0", ""),
        ({"dimensions": 0}, "`dimensions` must be one or two whole numbers", "1024x512"),
        ({"dimensions": 1.5}, "`dimensions` must be one or two whole numbers", "1024x512"),
        ({"dimensions": (1, 2, 3)}, "`dimensions` must be one or two whole numbers", ""),
        ({"dimensions": ()}, "`dimensions` must be one or two whole numbers", ""),
        ({"dimensions": "10X20"}, "`dimensions` must be one or two whole numbers", ""),
        ({"dimensions": "x"}, "`dimensions` must be one or two whole numbers", ""),
        ({"dimensions": "9" * 5000}, "`dimensions` must be one or two whole numbers", "1024x512"),
        ({"dimensions": "8x" + "9" * 5000}, "`dimensions` must be one or two whole numbers", ""),
        ({"dimensions": 10**5000}, "`dimensions` must be one or two whole numbers", ""),
        ({"dimensions": 2**31}, "`dimensions` must be one or two whole numbers", ""),
        ({"region": (13, 52, 14)}, "bounds must be four numbers, got 3", "west, south"),
        ({"region": (14, 52, 13, 53)}, "are empty", "antimeridian"),
        ({"region": (13, 53, 14, 52)}, "are empty", "west, south, east, north"),
        ({"region": (399960, 5890200, 409960, 5900040)}, "latitudes of 5890200", "grid(bounds"),
        (
            {"region": {"type": "Point", "coordinates": [0, 90.5]}},
            "/coordinates/1: a latitude of 90.5",
            "crs",
        ),
        ({"region": [[[0, 0], [1, -91], [1, 0]]]}, "/0/1/1: a latitude of -91", "grid(bounds"),
        (
            {
                "region": {
                    "type": "GeometryCollection",
                    "geometries": [POLYGON, {"type": "MultiPoint", "coordinates": [[1, 2], [5e5, 5.8e6]]}],
                }
            },
            "/geometries/1/coordinates/1/1: a latitude of 5800000.0",
            "degrees",
        ),
        ({"region": (13, 52, 14, float("nan"))}, "/3: expected a finite number", ""),
        ({"region": (13, 52, 14, None)}, "/3: expected a finite number", ""),
        ({"region": RING}, "may be an outline or a line", "LineString"),
        ({"region": [[[RING]]]}, "/0/0/0: expected coordinates", ""),
        ({"region": [[RING]]}, "expected a list of rings", ""),
        ({"region": []}, "cannot make one of []", "GeoJSON"),
        ({"region": 7}, "cannot make one of 7", "GeoJSON"),
        ({"region": "berlin"}, "the text is no JSON", "GeoJSON"),
        ({"region": {}}, "/type: None is no GeoJSON geometry", ""),
        ({"region": {"type": "Polygon"}}, "/coordinates: expected coordinates, got None", ""),
        ({"region": {"type": "Polygon", "coordinates": RING}}, "numbers in 3 lists for a Polygon, got 2", ""),
        ({"region": {"type": "Polygon", "coordinates": [RING, RING[0]]}}, "nested differently", ""),
        ({"region": {"type": "Point", "coordinates": [1, 2, 3]}}, "two numbers, got 3", "altitude"),
        ({"region": {"type": "Feature", "geometry": None}}, "/geometry: expected a GeoJSON geometry", ""),
        (
            {"region": {"type": "FeatureCollection", "features": []}},
            "0 features are not one region",
            "dissolve",
        ),
        (
            {"region": {"type": "GeometryCollection", "geometries": [POLYGON, {"type": "Circle"}]}},
            "/geometries/1/type: 'Circle' is no GeoJSON geometry",
            "",
        ),
        ({"region": POLYGON | {"crs": "EPSG:4326"}}, "/crs: expected a named CRS", "EPSG:32633"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        fit(ONE, **arguments)
    assert message in str(caught.value)
    assert hint in caught.value.hint


def test_geojson_that_names_its_projection_has_no_latitudes() -> None:
    point = {"type": "Point", "coordinates": [399960, 5900040]}
    crs = {"type": "name", "properties": {"name": "EPSG:32633"}}
    fit(ONE, region={**point, "crs": crs})
    fit(ONE, region={"type": "GeometryCollection", "geometries": [point], "crs": crs})
    fit(ONE, region={"type": "LineString", "coordinates": [[0, -90], [0, 90]]})


@pytest.mark.parametrize("crs", ["32633", " 4326 "])
def test_a_number_alone_is_no_projection(crs: str) -> None:
    with pytest.raises(ArgumentError, match="`crs` must be a code or WKT") as caught:
        fit('{"result": "0", "values": {"0": {"constantValue": 1}}}', crs=crs)
    assert f"EPSG:{crs.strip()}" in caught.value.hint


def test_a_scale_that_is_text_is_refused_with_a_hint() -> None:
    with pytest.raises(ArgumentError, match="`scale` must be metres above 0, got '30'") as caught:
        fit('{"result": "0", "values": {"0": {"constantValue": 1}}}', scale="30")
    assert caught.value.hint == "Pass a number, such as 30."
