"""What a test is told of requests that break the contract."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from groundwire_contract.api_fixture import ApiContract, serving
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.given import Answer
from groundwire_contract.reasons import EXCERPT, MOST

from .rest.huts import DOCUMENT, TOKEN
from .wire import EXPORT, OPERATIONS, ask, export

pytest_plugins = ["pytester"]


def told(contract: ApiContract) -> list[str]:
    with pytest.raises(AssertionError) as caught:
        contract.assert_valid()
    return str(caught.value).splitlines()


def test_a_misspelt_field_is_told_with_its_place_and_what_may_be_meant(
    earthengine_contract: EarthEngineContract,
) -> None:
    grid = {"dimensions": {"width": 2, "heigth": 2}}
    answer = ask(earthengine_contract.endpoint, "POST", EXPORT, export(maxPixel={"value": "10"}, grid=grid))
    assert "did you mean" not in answer.message, "the service does not say so"
    assert told(earthengine_contract) == [
        "1 request breaks the contract:",
        f'POST {EXPORT}: 400 unknown-field: Invalid JSON payload received. Unknown name "maxPixel": Cannot find field: did you mean maxPixels?',
        '    at /maxPixel in the body: "maxPixel": {"value": "10"}',
        "    and: Invalid JSON payload received. Unknown name \"heigth\" at 'grid.dimensions': Cannot find field: did you mean height?",
        '    at /grid/dimensions/heigth in the body: "heigth": 2',
        "    request 1 of 1, earthengine.projects.image.export",
    ]


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"maxPixels": "many"}, 'at /maxPixels in the body: "maxPixels": "many"'),
        ({"priority": 10000}, 'at /priority in the body: "priority": 10000'),
        ({"description": "a b"}, 'at /description in the body: "description": "a b"'),
        ({"grid": {"affineTransform": [1]}}, 'at /grid/affineTransform in the body: "affineTransform": [1]'),
        ({"a/b~c": 1}, 'at /a~1b~0c in the body: "a/b~c": 1'),
        ({"x": "y" * 999}, f'at /x in the body: "x": "{"y" * (EXCERPT - 1)}\u2026'),
    ],
)
def test_an_excerpt_shows_what_was_sent(
    earthengine_contract: EarthEngineContract, body: dict[str, Any], at: str
) -> None:
    ask(earthengine_contract.endpoint, "POST", EXPORT, export(**body))
    assert f"    {at}" in told(earthengine_contract)


def test_a_parameter_is_told_by_its_name(earthengine_contract: EarthEngineContract) -> None:
    ask(earthengine_contract.endpoint, "GET", f"{OPERATIONS}?pageSize=x")
    assert "    at pageSize in the query" in told(earthengine_contract)


def test_many_faults_are_told_up_to_a_number(earthengine_contract: EarthEngineContract) -> None:
    ask(earthengine_contract.endpoint, "POST", EXPORT, {f"f{number}": 1 for number in range(99)})
    (request,) = earthengine_contract.requests
    assert len(request.reasons) == MOST
    assert sum(" and: " in line for line in told(earthengine_contract)) == MOST - 1


@pytest.fixture
def huts(tmp_path: Path) -> Iterator[ApiContract]:
    file = tmp_path / "huts.yaml"
    file.write_bytes(DOCUMENT)
    with serving(file) as contract:
        yield contract


def test_an_openapi_document_gives_pointers_too(huts: ApiContract) -> None:
    root = huts.endpoint
    ask(root, "POST", "/v1/huts", {"id": "one"}, TOKEN)
    ask(root, "GET", "/v1/huts?limit=1000")
    lines = told(huts)
    assert '    at /id in the body: "id": "one"' in lines
    assert "    at limit in the query" in lines
    assert lines[-1] == "    request 2 of 2, listHuts"


def test_a_request_says_where_its_answer_is_from(earthengine_contract: EarthEngineContract) -> None:
    endpoint = earthengine_contract.endpoint
    method = "earthengine.projects.operations.get"
    ask(endpoint, "GET", OPERATIONS)
    earthengine_contract.answers(method, Answer(value={"name": "x"}))
    ask(endpoint, "GET", f"{OPERATIONS}/A")
    ask(endpoint, "GET", "/nowhere")
    assert [each.source for each in earthengine_contract.requests] == ["behaviour", "answer", ""]
    listed = ask(endpoint, "GET", "/$contract/requests").json["requests"]
    assert [each["source"] for each in listed] == ["behaviour", "answer", ""]
    assert listed[2]["reasons"][0]["place"] == "path"


def test_pytest_shows_no_frame_of_ours(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import urllib.error, urllib.request

        def test_it(earthengine_contract):
            try:
                urllib.request.urlopen(earthengine_contract.endpoint + "/nowhere")
            except urllib.error.HTTPError:
                pass
            earthengine_contract.assert_valid()
        """
    )
    run = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    run.assert_outcomes(failed=1)
    run.stdout.no_fnmatch_line("*api_fixture*")
    run.stdout.fnmatch_lines(["*GET /nowhere: 404 unknown-path*", "*request 1 of 1*"])


def test_unittest_shows_no_frame_of_ours() -> None:
    code = """
import unittest, urllib.error, urllib.request
from groundwire_contract import running

class Exports(unittest.TestCase):
    def test_it(self):
        contract = self.enterContext(running())
        with self.assertRaises(urllib.error.HTTPError):
            urllib.request.urlopen(contract.endpoint + "/nowhere")
        contract.assert_valid()

unittest.main()
"""
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert "GET /nowhere: 404 unknown-path" in done.stderr
    assert "api_fixture" not in done.stderr


def test_reasons_survive_in_a_state_file(tmp_path: Path) -> None:
    from groundwire_contract.state.rows import recorded_from, recorded_text

    with serving(_document(tmp_path)) as contract:
        ask(contract.endpoint, "GET", "/v1/huts?limit=1000")
        (recorded,) = contract.requests
    text = recorded_text(recorded)
    assert recorded_from(text) == recorded
    values = json.loads(text)
    del values["reasons"], values["source"]
    assert recorded_from(json.dumps(values)).reasons == (), "a file of an earlier version is read"
    values["reasons"] = [{"message": 7}]
    with pytest.raises(TypeError):
        recorded_from(json.dumps(values))


def _document(folder: Path) -> Path:
    file = folder / "huts.yaml"
    file.write_bytes(DOCUMENT)
    return file
