"""Tasks of earthengine-api as requests, and the page on migration, row by row against what the installed release sends."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import groundwire as gw
import pytest
from groundwire_contract.fixture import EarthEngineContract
from groundwire_exports import Export, fit, request_of, start_export
from groundwire_runtime.errors import ArgumentError, DecodeError

from .official import graph, official_client, received, sent

PAGE = Path(__file__).parents[2] / "docs" / "migration.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = [
    [cell.strip().strip("`") for cell in re.split(r" \| ", line.strip("| "))]
    for line in TEXT.splitlines()
    if line.startswith("| ")
]
FITTED = [row for row in ROWS if row[-1].startswith("fit(")]
OPTIONS = [row for row in ROWS if row[0].startswith("to")]
BOX = [13.0, 52.3, 13.6, 52.7]
DESTINATIONS = ("toDrive", "toCloudStorage", "toAsset")


@pytest.fixture(scope="module")
def official() -> Iterator[tuple[Any, EarthEngineContract]]:
    with official_client() as both:
        yield both


def picture(ee: Any) -> Any:
    return ee.Image("NASA/NASADEM_HGT/001").select("elevation")


def test_each_row_on_pixels_is_what_the_official_client_sends(
    official: tuple[Any, EarthEngineContract],
) -> None:
    ee, contract = official
    names = {"ee": ee, "image": picture(ee), "fit": fit, "dict": dict}
    assert len(FITTED) == 14
    for theirs, ours in FITTED:
        arguments = eval(f"dict({theirs})", names) if "=" in theirs else {}  # noqa: S307 - our own page
        body = sent(contract, ee.batch.Export.image.toDrive(picture(ee), **arguments))
        assert graph(eval(ours, names)) == graph(body["expression"]), theirs  # noqa: S307


def test_each_row_on_options_is_what_the_official_client_sends(
    official: tuple[Any, EarthEngineContract],
) -> None:
    ee, contract = official
    assert len(OPTIONS) == 30
    for call, path, value in OPTIONS:
        image = picture(ee)
        names = {each: getattr(ee.batch.Export.image, each) for each in DESTINATIONS} | {"image": image}
        task = eval(call, names)  # noqa: S307 - our own page
        request = received(sent(contract, task))
        assert attrgetter(path)(request) == eval(value, {"gw": gw}), call  # noqa: S307


def test_the_page_has_every_argument_of_the_official_client(
    official: tuple[Any, EarthEngineContract],
) -> None:
    for name in DESTINATIONS:
        signature = inspect.signature(getattr(official[0].batch.Export.image, name))
        for parameter in signature.parameters:
            assert parameter in ("kwargs", "image") or f"{parameter}=" in TEXT, f"{name}({parameter}=)"


def test_the_two_forms_of_region_that_differ(official: tuple[Any, EarthEngineContract]) -> None:
    ee, contract = official
    for region in ([13, 52, 14, 53], [[13, 52], [14, 52], [14, 53]]):
        body = sent(contract, ee.batch.Export.image.toDrive(ee.Image(1), region=region))
        assert "GeometryConstructors.LineString" in json.dumps(body["expression"])
    with pytest.raises(ArgumentError, match="an outline or a line"):
        fit(ee.Image(1), region=[[13, 52], [14, 52], [14, 53]])


def test_each_row_on_operations_makes_the_same_calls(official: tuple[Any, EarthEngineContract]) -> None:
    """The left side makes the calls of the right one; a wait makes as many of them as it needs."""
    ee, contract = official
    contract.reset()
    client = contract.client()

    def calls(run: Any) -> set[str]:
        before = len(contract.requests)
        run()
        return {str(made.method).rpartition(".")[2] for made in contract.requests[before:]}

    start = TEXT.index("## Tasks and operations")
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", TEXT[start:], re.MULTILINE)[1:]
    theirs, ours = tasks(ee)["drive"], tasks(ee)["storage"]
    export = start_export(client, request_of(ours))
    each = {
        "`task.start()`": (theirs.start, lambda: start_export(client, request_of(tasks(ee)["asset"]))),
        "`task.status()`, `task.active()`": (theirs.active, export.refresh),
        "a loop around `task.status()`": (theirs.status, export.wait),
        "`task.cancel()`": (theirs.cancel, start_export(client, request_of(ours)).cancel),
        "`ee.batch.Task.list()`": (ee.batch.Task.list, lambda: list(client.projects.operations.list())),
    }
    for name, (official_call, our_call) in each.items():
        assert calls(official_call) <= calls(our_call), name
    assert [row[0] for row in rows[:-1]] == list(each)
    states = {
        name.strip("`"): state.strip("`")
        for name, state in zip(*(row.split(", ") for row in rows[-1]), strict=True)
    }
    assert {name: ee._cloud_api_utils.convert_to_operation_state(name) for name in states} == states
    contract.close_clients()


def test_the_snippets_of_the_page_run(official: tuple[Any, EarthEngineContract]) -> None:
    ee, contract = official
    contract.reset()
    names: dict[str, Any] = {"client": contract.client(), "text": picture(ee).serialize()}
    snippets = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    for snippet in snippets:
        exec(compile(snippet, PAGE.name, "exec"), names)  # noqa: S102 - our own page
    assert len(snippets) == 2
    assert isinstance(names["export"], Export)
    assert names["task"].name is None
    assert names["export"].wait().done
    contract.assert_valid()
    contract.close_clients()


def tasks(ee: Any) -> dict[str, Any]:
    """Tasks to each destination, with all options and with none."""
    image, box = picture(ee), ee.Geometry.Rectangle(BOX)
    pixels = {"region": box, "scale": 30, "crs": "EPSG:32633", "maxPixels": 10**10, "priority": 9999}
    tiff = {"cloudOptimized": True, "noData": -9999.5, "metadataKeys": ["a", "b"]}
    record = {
        "patchDimensions": [256, 128],
        "kernelSize": [8, 8],
        "compressed": True,
        "maxFileSize": 10**8,
        "defaultValue": float("nan"),
        "tensorDepths": {"elevation": 2},
        "sequenceData": True,
        "collapseBands": True,
        "maskedThreshold": 0.25,
    }
    policy = {".default": "mean", "elevation": "sample"}
    export = ee.batch.Export.image
    return {
        "drive": export.toDrive(image),
        "drive, all": export.toDrive(
            image, "d", "folder", "p", skipEmptyTiles=True, fileDimensions=[512, 256], shardSize=256, **pixels
        ),
        "storage": export.toCloudStorage(image, bucket="b"),
        "storage, all": export.toCloudStorage(image, "d", "b", "p/q", formatOptions=tiff, **pixels),
        "records": export.toCloudStorage(image, "d", "b", "p", fileFormat="TFRecord", formatOptions=record),
        "asset": export.toAsset(image, assetId="users/me/x"),
        "asset, all": export.toAsset(
            image, "d", "projects/p/assets/x", policy, overwrite=True, shardSize=512, maxWorkers=5, **pixels
        ),
        "the class as a function": export(image, "d", {"outputBucket": "b", "scale": 30, "region": box}),
        "prefixed": export.toDrive(image, "d", tiffNoData=0.5, tiffCloudOptimized=True),
        "NaN": export.toDrive(image, "d", formatOptions={"noData": float("nan")}),
        "infinite": export.toDrive(image, "d", formatOptions={"noData": float("-inf")}),
        "no such description": export.toDrive(image, "\u00e9"),
    }


def test_any_image_task_becomes_the_request_that_it_would_send(
    official: tuple[Any, EarthEngineContract],
) -> None:
    ee, contract = official
    for name, task in tasks(ee).items():
        request = request_of(task)
        # NaN is not equal to itself, so the texts are compared.
        assert repr(request) == repr(received(sent(contract, tasks(ee)[name]))), name
        assert not request.unknown_fields, name
        assert task.id is None, "the task stays unstarted"


def test_a_workload_tag_goes_with_the_request(official: tuple[Any, EarthEngineContract]) -> None:
    ee, contract = official
    with ee.data.workloadTagContext("nightly"):
        made, same = (ee.batch.Export.image.toDrive(ee.Image(1)) for _ in range(2))
    assert request_of(made).workload_tag == sent(contract, same)["workloadTag"] == "nightly"
    assert request_of(ee.batch.Export.image.toDrive(ee.Image(1))).workload_tag is None


def test_the_id_of_a_task_is_kept(official: tuple[Any, EarthEngineContract]) -> None:
    ee, _ = official
    task = ee.batch.Export.image.toDrive(ee.Image(1))
    own = ee.batch.Task("job-1", task.task_type, task.state, task.config)
    assert request_of(own).request_id == "job-1"


def test_a_request_of_a_task_is_started_once(official: tuple[Any, EarthEngineContract]) -> None:
    ee, contract = official
    contract.reset()
    contract.script(["reset after"])
    client = contract.client()
    assert start_export(client, request_of(tasks(ee)["storage, all"])).wait().done
    assert len(contract.operations) == 1
    contract.close_clients()


def test_other_tasks_are_refused_by_name(official: tuple[Any, EarthEngineContract]) -> None:
    ee, contract = official
    export, image = ee.batch.Export, ee.Image(1)
    points = ee.FeatureCollection([ee.Feature(ee.Geometry.Point([1, 2]))])
    others = {
        "a table": export.table.toDrive(points),
        "a video": export.video.toDrive(ee.ImageCollection([image]), dimensions=64, framesPerSecond=1),
        "a map of tiles": export.map.toCloudStorage(
            image, bucket="b", region=ee.Geometry.Rectangle(BOX), scale=30
        ),
        "a classifier": export.classifier.toAsset(ee.Classifier.smileCart(), assetId="users/me/c"),
    }
    for name, task in others.items():
        with pytest.raises(ArgumentError, match=f"exports {name} "):
            request_of(task)
    contract.reset()
    task = export.image.toDrive(image)
    task.start()
    with pytest.raises(ArgumentError, match=f"was started already, as '{task.name}'"):
        request_of(task)
    [listed] = ee.batch.Task.list()
    with pytest.raises(ArgumentError, match="was started already"):
        request_of(listed)


def test_a_task_whose_start_was_tried_is_refused(official: tuple[Any, EarthEngineContract]) -> None:
    ee, contract = official
    contract.reset()
    contract.refuse("expression-error")
    task = ee.batch.Export.image.toDrive(ee.Image(1))
    with pytest.raises(ee.EEException):
        task.start()
    with pytest.raises(ArgumentError, match="its start was tried"):
        request_of(task)


def test_a_constant_that_json_has_not_is_refused(official: tuple[Any, EarthEngineContract]) -> None:
    ee, _ = official
    with pytest.raises(DecodeError):
        request_of(ee.batch.Export.image.toDrive(ee.Image(float("nan"))))


@pytest.mark.parametrize(
    "task",
    [
        None,
        "task",
        {"expression": {}},
        SimpleNamespace(task_type="EXPORT_PDF"),
        SimpleNamespace(task_type="EXPORT_IMAGE", id=None, name=None, config=None),
        SimpleNamespace(task_type="EXPORT_IMAGE", id=None, name=None, config={"description": "d"}),
    ],
)
def test_anything_else_is_no_task(task: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^task: "):
        request_of(task)


def test_the_package_is_not_imported() -> None:
    code = (
        "import sys, groundwire_exports\n"
        "assert not any(name.startswith('groundwire_exports.m') for name in sys.modules)\n"
        "from groundwire_exports import fit, outputs, request_of, split_in_four, tiles\n"
        "assert 'ee' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)  # noqa: S603 - our own code
