"""Names of a document that the client, its messages or its modules have themselves."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.lower.reserved import CLIENT_NAMES, REST_CLASS_NAMES
from groundwire_codegen.pipeline import generate
from groundwire_runtime.errors import ArgumentError
from groundwire_runtime.google_client import GoogleClient
from groundwire_runtime.rest_client import RestClient

from tests.codegen.conftest import Load
from tests.codegen.packages import CASES

DAY = {"type": "string", "format": "date"}


def files(
    properties: dict[str, Any], tag: str = "things", schema: str = "W", **scheme: Any
) -> dict[str, str]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    answer = {"description": "", "content": content}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Names", "version": "1"},
        "servers": [{"url": "https://names.example"}],
        "paths": {"/w": {"get": {"operationId": "getW", "tags": [tag], "responses": {"200": answer}}}},
        "components": {
            "schemas": {schema: {"type": "object", "required": [*properties], "properties": properties}},
            "securitySchemes": {"key": {"type": "apiKey", **scheme}} if scheme else {},
        },
    }
    data = json.dumps(document).encode()
    return dict(generate(Inputs(name="names.json", document=data, package="names")).files)


def test_every_public_name_of_a_client_is_reserved() -> None:
    public = {name for cls in (GoogleClient, RestClient) for name in dir(cls) if not name.startswith("_")}
    assert public <= CLIENT_NAMES


@pytest.mark.parametrize("modules", ["__init__.py", "messages.py", "messages/*.py"])
def test_every_class_that_a_module_imports_is_reserved(modules: str) -> None:
    found: set[str] = set()
    for module in [path for case in CASES for path in (case / "want").glob(modules)]:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level:
                found |= {each.asname or each.name for each in node.names}
    assert {name for name in found if name[0].isupper() and "_" not in name} <= REST_CLASS_NAMES


@pytest.mark.parametrize("name", ["ABSENT", "IntEnum", "Literal", "Unrecognized"])
def test_a_schema_called_as_a_class_that_is_imported_gives_way(load: Load, name: str) -> None:
    union = {"oneOf": [DAY, {"type": "integer"}]}
    package = load(files({"a": {"enum": [1, 2]}, "b": {"const": "x"}, "c": union}, schema=name))
    body = b'{"a":1,"b":"x","c":3}'
    decoded = package.decode(getattr(package, f"{name}2"), body)
    assert json.loads(package.encode(decoded)) == json.loads(body)


@pytest.mark.parametrize("tag", ["started", "timeout", "redacted", "save"])
def test_a_tag_that_is_a_name_of_the_client_gives_way(load: Load, tag: str) -> None:
    client = load(files({"v": {"type": "string"}}, tag)).Client()
    assert hasattr(client, f"{tag}_")


@pytest.mark.parametrize("name", ["null_fields", "nullFields", "unknown_fields", "value", "self"])
def test_a_property_that_is_a_name_of_messages_gives_way(load: Load, name: str) -> None:
    package = load(files({name: {"type": "string"}, "v": {"type": "string"}}))
    body = json.dumps({name: "x", "v": "y"}).encode()
    assert json.loads(package.encode(package.decode(package.W, body))) == json.loads(body)


def test_a_property_called_date_hides_no_type(tmp_path: Path) -> None:
    package = tmp_path / "names"
    package.mkdir()
    types = {"type": "array", "prefixItems": [DAY, {"type": "integer"}]}
    for path, text in files({"date": DAY, "day": DAY, "dt": DAY, "tuple": types, "later": types}).items():
        (package / path).write_text(text, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "names"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our own tool
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("header", ["Host", "Content-Length", "Transfer-Encoding", "a b", "X\r\nEvil"])
def test_a_key_travels_in_no_header_of_the_transport(load: Load, header: str) -> None:
    package = load(files({"v": {"type": "string"}}, name=header, **{"in": "header"}))
    with pytest.raises(ArgumentError, match="is no header that a caller may set"):
        package.Client(auth={"key": "secret-of-eight"})
    with pytest.raises(ArgumentError, match="is no header that a caller may set"):
        package.auth.ApiKey("secret-of-eight", header=header)
