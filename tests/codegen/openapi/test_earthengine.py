"""The method `image:export` comes out of both inputs alike: as OpenAPI it gives the client that Discovery gives."""

from __future__ import annotations

import ast
import json
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_api
from groundwire_codegen.schema import document, json_text

from tests.client.vectors import exports, lines, needed
from tests.codegen.conftest import Load
from tests.codegen.packages import ROOT

HERE = Path(__file__).with_name("earthengine")
DISCOVERY = (ROOT / "spec/earthengine.v1beta.json").read_bytes()
OVERLAY = (ROOT / "spec/earthengine.v1beta.overlay.toml").read_bytes()
RULES = (HERE / "rules.toml").read_bytes()
"""What OpenAPI cannot state of Earth Engine."""
INPUTS = {
    "written from the Discovery document": lambda: json_text(document(read_api(DISCOVERY, OVERLAY))).encode(),
    "written by hand": lambda: (HERE / "document.yaml").read_bytes(),
}
OURS = lines(ROOT / "tests/client/recordings.jsonl")
each_input = pytest.mark.parametrize("source", INPUTS.values(), ids=INPUTS)


def of(source: bytes, overlay: bytes = OVERLAY + RULES) -> dict[str, str]:
    inputs = Inputs(name="document", document=source, overlay=overlay, package="groundwire")
    return dict(generate(inputs).files)


def statements(text: str) -> str:
    """A module without its docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef):
            node.body = [
                each
                for each in node.body
                if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
            ] or [ast.Pass()]
    return ast.unparse(tree)


@each_input
def test_openapi_gives_the_client_that_discovery_gives(source: Any) -> None:
    wanted, found = of(DISCOVERY, OVERLAY), of(source())
    for path in ("__init__.py", "client.py", "codecs.py"):
        assert found[path].partition("\n")[2] == wanted[path].partition("\n")[2]
    # A description of a value of an enum has no place in OpenAPI.
    assert statements(found["messages.py"]) == statements(wanted["messages.py"])


def test_the_rules_say_what_openapi_cannot() -> None:
    rules = tomllib.loads(RULES.decode())["openapi"]
    assert rules.keys() == {"service", "paths", "patterns"}
    assert {path.count("{+") for path in rules["paths"].values()} == {1}
    assert {key.rpartition(":")[0] for key in rules["patterns"]} == rules["paths"].keys()


@pytest.fixture
def package(load: Load) -> ModuleType:
    return load(of(INPUTS["written by hand"]()))


def sends_the_same(package: ModuleType, row: dict[str, Any]) -> bool:
    """True if both clients read the recorded body as equal, and send it as the same bytes."""
    import groundwire
    from groundwire_runtime.errors import DecodeError, EncodeError

    body = json.dumps(row["body"]).encode()
    results: list[object] = []
    for client in (groundwire, package):
        try:
            results.append(client.encode(client.decode(client.ExportImageRequest, body)))
        except (DecodeError, EncodeError) as error:
            results.append(str(error))
    return results[0] == results[1]


def test_a_recording_is_sent_as_the_same_bytes(package: ModuleType) -> None:
    assert [row["case"] for row in OURS if not sends_the_same(package, row)] == []


@needed
def test_every_recorded_export_is_sent_as_the_same_bytes(package: ModuleType) -> None:
    rows = [
        row
        for name in ("ee_python_client.jsonl", "ee_js_client.jsonl")
        for row in exports(name)
        if row["body"]
    ]
    assert len(rows) > 60
    assert [row["case"] for row in rows if not sends_the_same(package, row)] == []


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (b'[openapi]\nservice = "amazon"', "/openapi/service: 'amazon' is no kind of service"),
        (b'[openapi]\nservice = "google"\n[openapi.paths]\nnope = "v1/{+name}"', "no method 'nope'"),
        (b'[openapi]\nservice = "google"\n[openapi.paths]\n"a.b" = "v1/{name"', "template syntax"),
        (b'[openapi]\nservice = "google"\n[openapi.patterns]\n"a:b" = "^x$"', "no variable 'a:b' in `paths`"),
        (b'[openapi]\nservise = "google"', "/openapi/servise"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused(rules: bytes, said: str) -> None:
    with pytest.raises(SpecError, match=said.replace("(", "\\(").replace("`", ".")):
        of(INPUTS["written by hand"](), b'document = "earthengine:v1beta"\n' + rules)


def test_a_discovery_document_needs_no_such_rules() -> None:
    with pytest.raises(SpecError, match="the document is a Discovery document"):
        of(DISCOVERY)


def test_credentials_go_to_hosts_of_google_alone() -> None:
    source = INPUTS["written by hand"]().replace(b"earthengine.googleapis.com", b"earthengine.example.com")
    with pytest.raises(SpecError, match=r"host 'earthengine.example.com' is not one of"):
        of(source)
