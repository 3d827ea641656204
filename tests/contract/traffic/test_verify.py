"""`groundwire-contract verify`, run as users run it."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from groundwire_contract.cli import main
from groundwire_contract.traffic.file import read_traffic
from groundwire_contract.traffic.recording import UnreadableError, read_jsonl
from groundwire_contract.traffic.verify import Verifier
from hypothesis import given
from hypothesis import strategies as st

from ..test_recordings import LAX
from ..vectors import FOLDER, needed, rows
from ..wire import export
from .records import CONTRACT, jsonl, row
from .test_har import entry, har

REUSED = {"start-twice-same-task", "low-level-exportImage-fixed-requestId"}


def verify(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["verify", str(path), *options])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "traffic"


@needed
def test_the_recordings_of_the_official_clients_have_the_violations_they_deserve() -> None:
    recorded = rows("wire/ee_python_client.jsonl")
    done = verify(Path(str(FOLDER)) / "wire/ee_python_client.jsonl", "--format", "json")
    found = json.loads(done.stdout)
    by_case = Counter((recorded[one["record"] - 1]["case"], one["rule"]) for one in found["violations"])
    assert by_case == {**dict.fromkeys(LAX.items(), 1), **dict.fromkeys(((case, "request-id-reused") for case in REUSED), 1)}  # fmt: skip
    assert (done.exit_code, found["records"], found["unreadable"]) == (1, len(recorded), None)
    assert verify(Path(str(FOLDER)) / "wire/ee_js_client.jsonl").exit_code == 0


def test_a_sound_file_ends_with_0(file: Path) -> None:
    file.write_bytes(jsonl(row(), row()) + b"\n")
    done = verify(file)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "2 records, 0 violations\n", "")


def test_a_violation_is_said_to_people(file: Path) -> None:
    file.write_bytes(b"\n" + jsonl(row(), row(export(typo=1))))
    done = verify(file)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "record 2 (line 3) earthengine.projects.image.export",
        "  unknown-field [V] at request /typo",
        '    Invalid JSON payload received. Unknown name "typo": Cannot find field.',
        "2 records, 1 violation",
    ]
    assert verify(file, "--relax", "unknown-field", "--relax", "bounds").exit_code == 0


def test_a_violation_is_said_to_programs(file: Path) -> None:
    file.write_bytes(jsonl(row(export(typo=1)), row(path="/x")))
    done = verify(file, "--format", "json")
    assert done.exit_code == 1
    said = json.loads(done.stdout)
    assert said["violations"] == [
        {
            "record": 1,
            "line": 1,
            "method": "earthengine.projects.image.export",
            "place": "request",
            "pointer": "/typo",
            "rule": "unknown-field",
            "evidence": "V",
            "message": 'Invalid JSON payload received. Unknown name "typo": Cannot find field.',
        },
        {
            "record": 2,
            "line": 2,
            "method": None,
            "place": "path",
            "pointer": "",
            "rule": "unknown-path",
            "evidence": "V*",
            "message": "The requested URL /x was not found on this server.",
        },
    ]
    assert {**said, "violations": []} == {
        "violations": [],
        "records": 2,
        "passed_over": 0,
        "unreadable": None,
    }


def test_a_har_file_is_known_by_its_content(file: Path) -> None:
    file.write_bytes(har(entry(), entry("https://example.com/")))
    done = verify(file)
    assert (done.exit_code, done.stdout) == (0, "1 record, 1 passed over, 0 violations\n")


PREFLIGHT = {"method": "OPTIONS", "headers": [["Access-Control-Request-Method", "POST"]], "body": None}


@pytest.mark.parametrize(
    ("data", "counted"),
    [
        (b"", "0 records, 0 violations: nothing was verified"),
        (b"\n\n", "0 records, 0 violations: nothing was verified"),
        (har(), "0 records, 0 violations: nothing was verified"),
        (har(entry("https://example.com/")), "0 records, 1 passed over, 0 violations: nothing was verified"),
        (jsonl(row(**PREFLIGHT)), "0 records, 1 passed over, 0 violations: nothing was verified"),
    ],
)
def test_a_recording_without_a_call_fails(file: Path, data: bytes, counted: str) -> None:
    file.write_bytes(data)
    done = verify(file)
    assert (done.exit_code, done.stdout) == (1, f"{counted}\n")
    assert json.loads(verify(file, "--format", "json").stdout)["records"] == 0


def test_preflights_are_passed_over(file: Path) -> None:
    bare = row(method="OPTIONS", headers=[], body=None)
    file.write_bytes(jsonl(row(**PREFLIGHT), row(), bare))
    assert verify(file).stdout == "1 record, 2 passed over, 0 violations\n"
    file.write_bytes(jsonl(row(method="OPTIONS", headers=[["accept", "*/*"]], body=None)))
    assert "unknown-path" in verify(file).stdout


def test_a_request_for_a_token_is_none_of_the_api(file: Path) -> None:
    file.write_bytes(jsonl(row(path="/token", response=None)))
    assert verify(file).exit_code == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (jsonl(row()) + b"{", "line 2: No JSON: Expecting property name"),
        (jsonl(row()) + b"[]", "line 2: A record is a JSON object."),
        (jsonl(row()) + b"\xff", "line 2: No JSON: not UTF-8 at byte 0."),
        (b'{"a":NaN}', "line 1: No JSON: NaN is no JSON number."),
        (b"[" * 100_000, "line 1: No JSON that can be read: too deep."),
        (b"1" * 5000, "line 1: No JSON that can be read: a number is too long."),
        (jsonl({**row(), "method": 1}), "line 1: `method` must be a string."),
        (jsonl({**row(), "query": {}}), "line 1: `query` must be a list of pairs"),
        (jsonl({**row(), "headers": [["a"]]}), "line 1: `headers` must be a list of pairs"),
        (jsonl({**row(), "response": 1}), "line 1: `response` must be an object."),
        (jsonl({**row(), "response": {}}), "line 1: `status` of `response`"),
        (jsonl({**row(), "raw_body": 1}), "line 1: `raw_body` must be a string."),
        (jsonl({**row(), "path": "http://[::1"}), "line 1: The address of a request cannot be read."),
        (har(1), "entry 1: An object is missing."),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(file: Path, data: bytes, said: str) -> None:
    file.write_bytes(data)
    for form in ("text", "json"):
        done = verify(file, "--format", form)
        assert done.exit_code == 2
        assert f"{file}: {said}" in done.stderr
    assert json.loads(done.stdout)["unreadable"]["message"] in done.stderr


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    for path in (file, file.parent):
        done = verify(path)
        assert (done.exit_code, done.stdout) == (2, "")
        assert str(path) in done.stderr


@pytest.mark.parametrize("options", [["--relax", "no-such-rule"], ["--overlay", "x"], ["--spec", __file__]])
def test_options_that_make_no_sense_exit_with_2(file: Path, options: list[str]) -> None:
    file.write_bytes(jsonl(row()))
    assert verify(file, *options).exit_code == 2


def test_credentials_are_never_printed(file: Path) -> None:
    secret = row(
        export(typo=1),
        query=[["access_token", "canary-query"], ["key", "canary-key"], ["Key", "canary"], ["x", "canary"]],
        headers=[
            ["authorization", "Bearer canary"],
            ["x-goog-api-key", "canary"],
            ["content-type", "text/plain"],
        ],
    )
    broken = jsonl(secret)[:-20]
    file.write_bytes(jsonl(secret, {**secret, "path": "/no?key=canary"}) + broken)
    for form in ("text", "json"):
        done = verify(file, "--format", form)
        assert done.exit_code == 2
        assert "canary" not in done.output


def test_what_a_file_says_cannot_steer_a_terminal(file: Path) -> None:
    file.write_bytes(jsonl(row({"\x1b[31m\x00\ud800": 1}), row(path="/\x1b]0;x\x07")))
    done = verify(file)
    assert done.exit_code == 1
    assert "\x1b" not in done.stdout
    assert "\\x1b[31m" in done.stdout


def test_a_record_is_bounded() -> None:
    read = read_jsonl(io.BytesIO(b"{}" + b" " * 100), limit=50)
    with pytest.raises(UnreadableError, match="line 1: The record has more than 50 bytes"):
        next(read)


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = ["method", "path", "query", "headers", "body", "raw_body", "body_bytes", "response", "caller"]
ROWS = st.builds(
    lambda more, gone: {name: value for name, value in {**row(), **more}.items() if name not in gone},
    st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=3),
    st.sets(st.sampled_from(MEMBERS), max_size=2),
)
BODIES = st.dictionaries(
    st.sampled_from([*export(), "requestId", "priority", "maxPixels", "grid"]), JSON, max_size=4
)


@given(
    st.binary(max_size=200)
    | st.lists(ROWS, max_size=3).map(lambda found: jsonl(*found))
    | st.lists(BODIES.map(row), max_size=3).map(lambda found: jsonl(*found))
    | JSON.map(lambda found: har(found, entry()))
    | st.dictionaries(st.sampled_from(["method", "url", "headers", "postData", "bodySize"]), JSON).map(
        lambda found: har(entry(request=found))
    )
)
def test_whatever_a_file_holds_is_read_or_refused(data: bytes) -> None:
    verifier = Verifier(CONTRACT)
    try:
        for record in read_traffic(io.BufferedReader(io.BytesIO(data)), "earthengine.googleapis.com"):  # type: ignore[arg-type] # a stand-in for a file
            if record is not None:
                for found in verifier.violations(record):
                    assert found.text.isprintable() or "\n" in found.text
                    json.dumps(found.json)
    except UnreadableError as error:
        assert str(error)
