"""`groundwire-codegen openapi`: valid for a validator of others, closed in its keywords, the same each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from groundwire_codegen.ir import ErrorShape
from groundwire_codegen.reader import read_api
from groundwire_codegen.schema import Options, components, document
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.codegen.documents import bookshop, encoded
from tests.codegen.packages import CASES, ROOT, case_inputs
from tests.codegen.test_cli import run as cli

KEYWORDS = {
    "openapi", "info", "title", "version", "description", "servers", "url", "paths", "components", "schemas",
    "parameters", "securitySchemes", "operationId", "tags", "requestBody", "responses", "content", "schema", "security",
    "deprecated", "name", "in", "required", "type", "flows", "authorizationCode", "authorizationUrl", "tokenUrl", "scopes",
    "$ref", "format", "pattern", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength",
    "maxItems", "items", "properties", "additionalProperties", "propertyNames", "allOf", "anyOf", "oneOf", "not", "if",
    "then", "default", "readOnly", "contentEncoding", "prefixItems", "exclusiveMaximum", "multipleOf", "minItems",
}  # fmt: skip
VERBS = {"get", "put", "post", "delete", "patch", "head", "options"}
MAPS = {"properties", "schemas", "parameters", "paths", "responses", "content", "securitySchemes", "scopes"}
"""Keywords whose members are names; `parameters` may be a list too."""
SPEC = ROOT / "spec/earthengine.v1beta.json"
OVERLAY = ROOT / "spec/earthengine.v1beta.overlay.toml"


def sources() -> Iterator[tuple[str, bytes, bytes | None]]:
    yield "earthengine", SPEC.read_bytes(), OVERLAY.read_bytes()
    for folder in CASES:
        case = case_inputs(folder)
        yield folder.name, case.document, case.overlay


SOURCES = [*sources()]


def keywords(value: Any, *, names: bool = False) -> Iterator[tuple[str, Any]]:
    """Every keyword with its value; the members of a map of names are not keywords, nor are values of data."""
    if isinstance(value, list):
        for item in value:
            yield from keywords(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not names:
                yield key, item
            if names or key not in ("default", "enum", "const", "security", "required"):
                yield from keywords(item, names=not names and key in MAPS and isinstance(item, dict))


def run(*arguments: str) -> Result:
    return cli("openapi", *arguments)


@pytest.mark.parametrize(("name", "spec", "overlay"), SOURCES, ids=[row[0] for row in SOURCES])
def test_it_is_valid_and_of_a_closed_list_of_keywords(name: str, spec: bytes, overlay: bytes | None) -> None:
    api = read_api(spec, overlay)
    types: Any = components(api, Options(types_only=True))
    whole: Any = document(api) if api.errors is ErrorShape.GOOGLE else types
    validate(whole)
    for found in (whole, types):
        for key, value in keywords(found):
            assert key in KEYWORDS or key in VERBS, key
            if key == "$ref":
                _, kind, owner, target = value.split("/")
                assert value.startswith("#/components/")
                assert kind == "components"
                assert target in found["components"][owner]


def test_enums_are_open() -> None:
    found: Any = document(read_api(SPEC.read_bytes(), OVERLAY.read_bytes()))["components"]
    request = {"$ref": "#/components/schemas/ImageFileExportOptions", "components": found}
    validator = Draft202012Validator(request)
    body = {"fileFormat": "NEWER_THAN_THIS", "driveDestination": {}}
    assert validator.is_valid(body)
    assert not validator.is_valid({**body, "fileFormat": 7})
    assert not validator.is_valid({**body, "cloudStorageDestination": {}})


def test_it_is_the_same_each_time_and_printed_without_a_file(tmp_path: Path) -> None:
    spec = tmp_path / "shop.json"
    spec.write_bytes(encoded(bookshop()))
    texts = set[bytes]()
    for seed in ("0", "7"):
        out = tmp_path / f"{seed}.json"
        command = [sys.executable, "-m", "groundwire_codegen", "openapi", str(spec), "--out", str(out)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)  # noqa: S603 - our own command
        texts.add(out.read_bytes())
    assert texts == {run(str(spec)).stdout_bytes}


def test_methods_and_overlay_decide_what_is_in_it() -> None:
    method = "earthengine.projects.image.export"
    done = run(str(SPEC), "--overlay", str(OVERLAY), "--methods", method)
    found = json.loads(done.stdout)
    assert [each["operationId"] for verbs in found["paths"].values() for each in verbs.values()] == [method]
    request = found["components"]["schemas"]["ExportImageRequest"]["properties"]
    assert request["requestId"]["maxLength"] == 60


def test_a_file_of_others_stays(tmp_path: Path) -> None:
    spec, out = tmp_path / "shop.json", tmp_path / "out.json"
    spec.write_bytes(encoded(bookshop()))
    out.write_text('{"mine": 1}', "utf-8")
    done = run(str(spec), "--out", str(out))
    assert done.exit_code == 2
    assert "exists and was not written by this command" in done.stderr
    assert out.read_text("utf-8") == '{"mine": 1}'
    out.unlink()
    assert [run(str(spec), "--out", str(out)).exit_code for _ in range(2)] == [0, 0]


def test_methods_of_one_path_are_a_problem(tmp_path: Path) -> None:
    shop = bookshop()
    methods = next(iter(shop["resources"].values()))["methods"]
    name, method = next(iter(methods.items()))
    methods["twin"] = {**method, "id": f"{method['id']}.twin"}
    spec = tmp_path / "shop.json"
    spec.write_bytes(encoded(shop))
    done = run(str(spec))
    assert (done.exit_code, done.stdout) == (2, ""), name
    assert "--methods" in done.stderr


def test_a_document_that_is_openapi_already_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huts.json"
    huts = {"openapi": "3.1.0", "info": {"title": "Huts", "version": "1"}, "paths": {}}
    path.write_text(json.dumps(huts), "utf-8")
    refused = run(str(path))
    assert (refused.exit_code, "it is OpenAPI already" in refused.output) == (2, True), refused.output
