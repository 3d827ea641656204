"""Bodies of a PATCH: a merge patch of a message, a JSON Patch that the document types, and one that it does not."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate
from groundwire_runtime.errors import ArgumentError, EncodeError

from tests.codegen.conftest import Load
from tests.runtime.doubles import Script, Time, answer

from .shop import document

HUT = {"properties": {"name": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}}}
REMOVE = {
    "type": "object",
    "required": ["op", "path"],
    "properties": {"op": {"const": "remove"}, "path": {"type": "string"}},
}
REF = {"$ref": "#/components/schemas/Hut"}
JSON_PATCH = "application/json-patch+json"


def client(load: Load, stated: Any, *others: str) -> tuple[Any, Any, Script]:
    """Return a package, a client and its transport; `stated` is the schema of a JSON Patch."""
    content = {
        JSON_PATCH: {} if stated is None else {"schema": stated},
        **{each: {"schema": REF} for each in others},
    }
    operation = {
        "operationId": "change",
        "requestBody": {"required": True, "content": content},
        "responses": {"204": {"description": ""}},
    }
    made = document({"Hut": HUT, "Loose": {"type": "object"}}, {"/hut": {"patch": operation}})
    package = load(
        generate(Inputs(name="huts.json", document=json.dumps(made).encode(), package="huts")).files
    )
    script = Script(forever=answer(b"", 204))
    return (
        package,
        package.Client(transport=script, clock=Time().clock(), endpoint="https://huts.example"),
        script,
    )


@pytest.mark.parametrize(
    "stated",
    [
        None,
        {},
        {"type": "object"},
        {"$ref": "#/components/schemas/Loose"},
        {"type": "array"},
        {"type": "array", "items": {}},
        {"type": "array", "items": {"type": "object"}},
    ],
)
def test_a_patch_without_types_takes_the_operations_of_the_package(load: Load, stated: Any) -> None:
    package, huts, script = client(load, stated, "application/merge-patch+json")
    patch = package.json_patch
    huts.change((patch.Add("/tags/-", "alpine"), patch.Remove(("name",))))
    huts.change(package.Hut(name="a"), clear=("tags",))
    assert [each.headers["content-type"] for each in script.requests] == [
        JSON_PATCH,
        "application/merge-patch+json",
    ]
    assert [json.loads(each.body) for each in script.requests if isinstance(each.body, bytes)] == [
        [{"op": "add", "path": "/tags/-", "value": "alpine"}, {"op": "remove", "path": "/name"}],
        {"name": "a", "tags": None},
    ]
    annotation = inspect.signature(package.client.Client.change).parameters["request"].annotation
    assert annotation == "Sequence[PatchOperation] | messages.Hut | WithMediaType"
    with pytest.raises(ArgumentError, match="clear: expected a message as the body of change"):
        huts.change((patch.Remove("/name"),), clear=("name",))
    with pytest.raises(EncodeError):
        huts.change(({"op": "remove", "path": "/name"},))


def test_operations_that_the_document_types_are_messages(load: Load) -> None:
    package, huts, script = client(load, {"type": "array", "items": REMOVE}, "application/json")
    assert not hasattr(package, "json_patch")
    huts.change((package.ChangeRequestItem(path="/name"),))
    assert script.requests[0].body == b'[{"op":"remove","path":"/name"}]'
    assert script.requests[0].headers["content-type"] == JSON_PATCH


def test_a_client_without_patches_has_no_clear(load: Load) -> None:
    package, _, _ = client(load, None)
    assert "clear" not in inspect.signature(package.client.Client.change).parameters
