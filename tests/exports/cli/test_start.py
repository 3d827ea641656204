"""`groundwire exports start`: files of every kind, exactly once, and the exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import groundwire as gw
import pytest
from groundwire_cli.inputs.requests import read_request
from groundwire_contract.fixture import EarthEngineContract
from groundwire_runtime.events import Event

from ..official import official_client
from .conftest import BODY, Run, rows

REQUEST = f"""import json
import groundwire as gw

def request(name):
    body = {BODY!r}
    body["description"] = name
    body["fileExportOptions"]["cloudStorageDestination"]["filenamePrefix"] = name
    return gw.decode(gw.ExportImageRequest, json.dumps(body).encode())
"""


def exports_of(contract: EarthEngineContract) -> int:
    return sum(1 for each in contract.requests if (each.method or "").endswith("image.export"))


def test_a_request_is_started_and_printed(run: Run, body: Path, client: gw.Client) -> None:
    result = run("exports", "start", body)
    assert result.exit_code == 0
    [row] = rows(result)
    assert (row["label"], row["state"]) == ("dem", "PENDING")
    assert [each.name for each in client.projects.operations.list()] == [row["name"]]
    names = run("exports", "start", body, "--format", "names")
    assert names.stdout.startswith("projects/contract-project/operations/")


def test_waiting_has_the_code_of_the_end(
    run: Run, body: Path, earthengine_contract: EarthEngineContract
) -> None:
    done = run("exports", "start", body, "--wait")
    assert (done.exit_code, [row["state"] for row in rows(done)]) == (0, ["SUCCEEDED"])
    earthengine_contract.life = "out-of-memory"
    failed = run("exports", "start", body, "--wait")
    assert failed.exit_code == 1
    assert rows(failed)[0]["error"] == "User memory limit exceeded."
    assert "dem: failed: User memory limit exceeded." in failed.stderr
    earthengine_contract.life = "stall"
    late = run("exports", "start", body, "--wait", "--timeout", 600)
    assert (late.exit_code, [row["state"] for row in rows(late)]) == (3, ["RUNNING"])


def test_the_same_request_id_starts_nothing_twice(
    run: Run, body: Path, client: gw.Client, earthengine_contract: EarthEngineContract
) -> None:
    first, again = (run("exports", "start", body, "--request-id", "dem-1") for _ in range(2))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert rows(first)[0]["name"] == rows(again)[0]["name"]
    assert len(list(client.projects.operations.list())) == 1
    assert earthengine_contract.operations


def test_a_lost_start_is_4_and_says_how_to_go_on(
    run: Run, body: Path, client: gw.Client, earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.script(["reset before"] * 200, method="image.export")
    lost = run("exports", "start", body, "--request-id", "dem-1")
    assert lost.exit_code == 4
    assert "again with: --request-id dem-1" in lost.stderr
    earthengine_contract.reset()
    fresh = earthengine_contract.client()
    settled = run("exports", "start", body, "--request-id", "dem-1", make=lambda **_: fresh)
    assert settled.exit_code == 0
    assert client is not fresh


def test_a_full_queue_is_told_or_waited_for(
    run: Run, body: Path, earthengine_contract: EarthEngineContract
) -> None:
    earthengine_contract.queue_limit = 1
    assert run("exports", "start", body).exit_code == 0
    full = run("exports", "start", body)
    assert full.exit_code == 1
    assert "too many tasks" in full.stderr.lower()
    waited = run("exports", "start", body, "--on-full", "wait", "--timeout", 3600)
    assert waited.exit_code == 0, waited.stderr


def test_refusals_are_told_by_key_and_the_others_started(
    run: Run, tmp_path: Path, earthengine_contract: EarthEngineContract
) -> None:
    for name in "abc":
        (tmp_path / f"{name}.json").write_text(json.dumps(BODY), encoding="utf-8")
    earthengine_contract.script(["ok", "expression-error", "ok"], method="image.export")
    result = run("exports", "start", tmp_path)
    assert (result.exit_code, len(rows(result))) == (1, 2)
    assert "error: b: " in result.stderr
    earthengine_contract.script(["ok", 403], method="image.export")
    stopped = run("exports", "start", tmp_path)
    assert (stopped.exit_code, len(rows(stopped))) == (5, 1), (
        "the account is at fault: c would be refused too"
    )


def test_an_interrupt_prints_what_was_started(
    run: Run, tmp_path: Path, earthengine_contract: EarthEngineContract
) -> None:
    for name in "abc":
        (tmp_path / f"{name}.json").write_text(json.dumps(BODY), encoding="utf-8")

    def interrupted(event: Event) -> None:
        if event.kind == "request" and exports_of(earthengine_contract) == 2:
            raise KeyboardInterrupt

    watched = earthengine_contract.client(on_event=interrupted)
    result = run("exports", "start", tmp_path, make=lambda **_: watched)
    assert (result.exit_code, len(rows(result))) == (130, 2)
    assert "interrupted" in result.stderr


def test_yaml_is_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "dem.yaml"
    file.write_text(
        "description: dem\n"
        "expression: {result: '0', values: {'0': {constantValue: 1}}}\n"
        "fileExportOptions:\n"
        "  fileFormat: GEO_TIFF\n"
        "  cloudStorageDestination: {bucket: b, filenamePrefix: dem}\n",
        encoding="utf-8",
    )
    assert rows(run("exports", "start", file))[0]["label"] == "dem"


def test_a_script_yields_keys_and_requests(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "nightly_exports.py"
    script.write_text(
        REQUEST + "\ndef exports():\n    for name in ('a', 'b'):\n        yield name, request(name)\n",
        "utf-8",
    )
    result = run("exports", "start", script)
    assert (result.exit_code, [row["label"] for row in rows(result)]) == (0, ["a", "b"])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_script_may_yield_tasks_of_the_official_client(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "ee_exports.py"
    script.write_text(
        "import ee\n"
        "def exports():\n"
        "    box = ee.Geometry.Rectangle([13, 52, 13.1, 52.1], 'EPSG:4326', False)\n"
        "    for name in ('a', 'b'):\n"
        "        yield name, ee.batch.Export.image.toDrive(ee.Image(1), name, region=box, scale=30)\n"
        "def tables():\n"
        "    yield 'c', ee.batch.Export.table.toDrive(ee.FeatureCollection([]), 'c')\n",
        encoding="utf-8",
    )
    with official_client():
        result = run("exports", "start", script)
        assert (result.exit_code, [row["label"] for row in rows(result)]) == (0, ["a", "b"]), result.stderr
        text = (
            script.read_text("utf-8")
            .replace("def exports", "def images")
            .replace("def tables", "def exports")
        )
        script.write_text(text, encoding="utf-8")
        table = run("exports", "start", script)
    assert (table.exit_code, table.stdout) == (2, "")
    assert "ee_exports.py, export 1 (c): " in table.stderr


TEMPLATE = REQUEST + "\ndef make(tile):\n    return request('dem-' + str(tile.get('id')))\n"


def test_tiles_are_one_export_each(run: Run, tmp_path: Path) -> None:
    (tmp_path / "req_tiles.py").write_text(TEMPLATE, encoding="utf-8")
    features = [{"type": "Feature", "id": name, "properties": None, "geometry": None} for name in ("a", "b")]
    tiles = tmp_path / "tiles.geojson"
    tiles.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    table = tmp_path / "tiles.csv"
    table.write_text("id,west\nc,13\nd,14\n", encoding="utf-8")
    for file, labels in ((tiles, ["dem-a", "dem-b"]), (table, ["dem-c", "dem-d"])):
        result = run("exports", "start", file, "--template", f"{tmp_path / 'req_tiles.py'}:make")
        assert (result.exit_code, [row["label"] for row in rows(result)]) == (0, labels), result.stderr


BOMB = "a0: &a0 [0]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
BAD = {
    "aa.json": (
        '{"description": "x", "description": "y"}',
        "aa.json: not JSON: the member 'description' is there twice",
    ),
    "ab.yaml": (BOMB, "ab.yaml: larger than 67,108,864 bytes with its aliases written out"),
    "ac.csv": ("key,west,west\na,1,2\n", "ac.csv, line 1: the name of a column is there twice"),
    "a.json": ('{"description": \n "x",, }', "a.json, line 2 column 6: not JSON"),
    "b.json": ("[]", "b.json: expected an object"),
    "c.json": ('{"maxPixels": {}}', "c.json, /maxPixels: "),
    "d.json": ('{"descripton": "x"}', "d.json, /descripton: no such field"),
    "e.json": ('{"grid": {"dimensions": {"with": 5}}}', "e.json, /grid/dimensions/with: no such field"),
    "f.json": (b"\xff\xfe", "f.json, byte 0: not UTF-8"),
    "g.yaml": ("a: [1\nb: 2", "g.yaml, line "),
    "h.yaml": ("description: !!binary aGk=", "h.yaml: a value that JSON has not"),
    "i.txt": ("", "i.txt: expected a request (.json, .yaml)"),
    "j.py": ("def exports(:\n", "j.py, line 1: SyntaxError"),
    "k.py": ("x = 1\n", "k.py: it has no function exports()"),
    "l.py": ("def exports():\n    yield 'a', 1 / 0\n", "l.py, after export 0, line 2: ZeroDivisionError"),
    "m.py": ("def exports():\n    yield 5\n", "m.py, export 1: expected (key, request), got 5"),
    "n.py": ("def exports():\n    yield 'a', 5\n", "n.py, export 1 (a): expected an ExportImageRequest"),
    "o.py": (
        "import groundwire as gw\ndef exports():\n    return [('a', gw.ExportImageRequest())] * 2\n",
        "o.py, export 2: the key 'a' is used twice",
    ),
    "p.geojson": ("{}", "p.geojson, /features: expected a FeatureCollection"),
    "q.geojson": (
        '{"features": [{"type": "Feature"}, 5]}',
        "q.geojson, /features/0: no key in key or id or name",
    ),
    "r.csv": ("id,west\na\n", "r.csv, line 2: expected 2 values"),
    "s.csv": ("west\n5\n", "s.csv, line 2: no key"),
    "u.csv": ("", "u.csv: it has no exports"),
    "v.csv": ("id,west\n", "v.csv: it has no exports"),
    "w.geojson": ('{"type": "FeatureCollection", "features": []}', "w.geojson: it has no exports"),
    "x.yaml": ("priority: .nan", "x.yaml: a value that JSON has not: .nan"),
    "y.yaml": ("priority: !!bool maybe", "y.yaml: a value that JSON has not"),
    "z.yaml": ("priority: 12:30", "z.yaml, /priority: "),
    "t.py": ("raise RuntimeError('no')\n", "t.py, line 1: RuntimeError: no"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_says_where_and_starts_nothing(
    run: Run, tmp_path: Path, name: str, earthengine_contract: EarthEngineContract
) -> None:
    content, words = BAD[name]
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "req_bad.py").write_text(TEMPLATE, encoding="utf-8")
    tiles = ["--template", f"{tmp_path / 'req_bad.py'}:make"] if name.endswith(("json", "csv")) else []
    if name.endswith(".json"):
        tiles = []
    result = run("exports", "start", file, *tiles)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert words in result.stderr
    assert "; nothing was started" in result.stderr
    assert exports_of(earthengine_contract) == 0


def test_a_template_that_fails_names_the_tile_and_its_own_line(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "tiles.csv"
    table.write_text("id\na\n", encoding="utf-8")
    script = tmp_path / "req_fails.py"
    script.write_text("def make(tile):\n    return tile['west']\n", encoding="utf-8")
    result = run("exports", "start", table, "--template", f"{script}:make")
    assert result.exit_code == 2
    assert f"{script}, for {table}, line 2, line 2: KeyError" in result.stderr
    for template in ("req_fails.py", "make", f"{tmp_path / 'none.py'}:make", f"{script}:other"):
        assert run("exports", "start", table, "--template", template).exit_code == 2
    assert run("exports", "start", table).exit_code == 2


def test_a_request_id_is_for_one_export(run: Run, body: Path) -> None:
    (body.parent / "b.json").write_text(json.dumps(BODY), encoding="utf-8")
    result = run("exports", "start", body.parent, "--request-id", "x")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is for one export" in result.stderr


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("description: a\ndescription: b\n", "line 2 column 1"),
        ("fileExportOptions:\n  driveDestination:\n    folder: a\n    folder: b\n", "line 4 column 5"),
        ("fileExportOptions: {driveDestination: {folder: a, folder: b}}\n", "line 1 column 51"),
        (
            'expression: {result: "0", values: {0: {constantValue: 1}, "0": {constantValue: 2}}}\n',
            "line 1 column 59",
        ),
    ],
)
def test_a_key_that_yaml_has_twice_is_refused(run: Run, tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "twice.yaml"
    file.write_text(text, encoding="utf-8")
    result = run("exports", "start", file)
    assert result.exit_code == 2
    assert place in result.stderr and "is there twice" in result.stderr


def test_aliases_are_no_repeated_keys(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "alias.yaml"
    file.write_text(
        'expression: {result: "0", values: {"0": {constantValue: 1}}}\ndescription: &a abc\nworkloadTag: *a\n',
        encoding="utf-8",
    )
    assert run("exports", "start", file).exit_code == 0


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nsys.exit(0)\n",
        "def exports():\n    exit(0)\n    yield 1\n",
        "def exports():\n    exit(0)\n",
    ],
)
def test_a_script_that_exits_is_no_success(run: Run, tmp_path: Path, text: str) -> None:
    file = tmp_path / "leaves.py"
    file.write_text(text, encoding="utf-8")
    result = run("exports", "start", file)
    assert result.exit_code == 2
    assert "SystemExit" in result.stderr and "nothing was started" in result.stderr


def test_what_is_no_file_is_not_read(run: Run, tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes with names")
    os.mkfifo(tmp_path / "pipe.json")
    result = run("exports", "start", tmp_path / "pipe.json")
    assert result.exit_code == 2
    assert "no file" in result.stderr


def test_yaml_has_the_scalars_of_its_core_schema(tmp_path: Path) -> None:
    file = tmp_path / "dem.yaml"
    words = {"12:30": "12:30", "yes": "yes", "2026-01-01": "2026-01-01", "1_000": "1_000", "0b1": "0b1"}
    for text, meant in words.items():
        file.write_text(f"description: {text}", encoding="utf-8")
        assert read_request(file).description == meant
    for text, number in {"010": 10, "0o17": 15, "0x1F": 31, "+7": 7}.items():
        file.write_text(f"priority: {text}", encoding="utf-8")
        assert read_request(file).priority == number
