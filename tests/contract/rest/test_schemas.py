"""Verdicts on random values, valid and broken ones, beside those of jsonschema."""

from __future__ import annotations

import json
from typing import Any

import pytest
from groundwire_codegen.read.cursor import Cursor
from groundwire_codegen.read.openapi.references import Documents
from groundwire_contract.rest.schemas import flaws

from tests import outside
from tests.audits.openapi import documents

from .judge import Judge, without_flags
from .samples import ANYTHING, Samples

SMALL = (
    "museum.yaml",
    "openeo.yaml",
    "stac-fastapi.json",
    "titiler.json",
    "ex-polymorphism.json",
    "box.json",
)
"""Documents of both versions whose schemas are judged in a few seconds."""
VALUES = 3
"""Values of each schema, each with a broken one."""
OLD: dict[str, Any] = {
    "Bounds": {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "maximum": 9, "multipleOf": 2},
    "Nullable": {
        "type": "object",
        "nullable": True,
        "properties": {"a": {"type": "string", "nullable": True}},
    },
    "Beside": {"$ref": "#/components/schemas/Bounds", "minimum": 7},
    "Number": {"type": "number", "maximum": 3, "exclusiveMaximum": False},
}
NEW: dict[str, Any] = {
    "Types": {"type": ["string", "null", "integer"]},
    "Const": {"const": [1, {"a": None}]},
    "Enum": {"enum": [1, "a", None, True, [1.0]]},
    "Beside": {"$ref": "#/components/schemas/Types", "minimum": 7, "minLength": 2},
    "Bounds": {"exclusiveMinimum": 1, "exclusiveMaximum": 9, "multipleOf": 0.5},
    "Text": {"minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"},
    "Array": {"type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": True, "items": {"type": "integer"}},
    "Tuple": {"prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False},
    "Contains": {"contains": {"type": "integer"}, "minContains": 1, "maxContains": 2},
    "Object": {
        "type": "object",
        "required": ["a"],
        "minProperties": 1,
        "maxProperties": 3,
        "properties": {"a": {"type": "integer"}},
        "patternProperties": {"^x-": {"type": "string"}},
        "additionalProperties": {"type": "boolean"},
        "propertyNames": {"maxLength": 4},
    },
    "Dependent": {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"b": {"required": ["c"]}}},
    "One": {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
    "Any": {"anyOf": [{"type": "integer"}, {"required": ["a"], "type": "object"}, {"type": "array"}]},
    "All": {"allOf": [{"type": "object"}, {"required": ["a"]}, {"$ref": "#/components/schemas/Object"}]},
    "Not": {"not": {"anyOf": [{"type": "string"}, {"const": 1}]}},
    "If": {"if": {"type": "integer"}, "then": {"minimum": 1}, "else": {"type": ["string", "object"]}},
    "Unevaluated": {
        "allOf": [{"properties": {"a": True}}, {"if": {"required": ["b"]}, "then": {"properties": {"b": True}}}],
        "anyOf": [{"properties": {"c": {"type": "integer"}}}, True],
        "unevaluatedProperties": False,
    },
    "Items": {"prefixItems": [True], "anyOf": [{"prefixItems": [True, {"type": "string"}]}, True], "unevaluatedItems": {"type": "integer"}},
    "Tree": {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}, "additionalProperties": False},
    "True": True,
    "False": False,
}  # fmt: skip
OWN = {
    version: {"openapi": version, "components": {"schemas": schemas}}
    for version, schemas in (("3.0.3", OLD), ("3.1.0", NEW))
}
PARTS: list[Any] = [
    *ANYTHING,
    *(
        2,
        4,
        9,
        10,
        1.0,
        "aa",
        "abcde",
        "AB",
        [1, "a", 2],
        [1, 1],
        [1, 1.0],
        ["a"],
        [1, {"a": None}],
        [1.0],
        [[]],
    ),
    *(
        {"a": 1, "b": 2},
        {"a": "1"},
        {"a": 1, "x-y": "z"},
        {"x-y": 1, "a": 1},
        {"a": 1, "c": True},
        {"c": "d"},
    ),
    *(
        {"a": 1, "b": 2, "c": 3},
        {"a": 1, "b": True, "c": True, "d": True},
        {"a": 1, "names": True},
        {"a": None},
    ),
    *({"kids": [{"kids": []}]}, {"kids": [{"kid": 1}]}, {"kids": [1]}, [None, "a", 1], [None, 1], [1, 2, 3]),
]


def verdicts(document: Any, name: str, values: list[Any]) -> list[str]:
    """Return where our verdict is not that of the judge."""
    judge = Judge(document)
    pointer = f"/components/schemas{documents.escaped(name)}"
    node = Cursor(document["components"]["schemas"][name], "document", pointer, [], empty_is_absent=True)
    known = Documents(Cursor(document, "document", "", [], empty_is_absent=True), {})
    found = []
    for value in values:
        theirs = judge.refuses(pointer, value)
        ours = flaws(known, node, value, sent=True)
        # `nullable` beside a reference, or without a type, means null to those who write it, and to the generator.
        if bool(theirs) != bool(ours) and "None for not nullable" not in str(theirs):
            found.append(f"{name}: {json.dumps(value)[:300]}\n  jsonschema: {theirs}\n  ours: {ours}")
    return found


@pytest.mark.parametrize(
    ("version", "name"), [(version, name) for version, document in OWN.items() for name in document["components"]["schemas"]]  # type: ignore[index]
)  # fmt: skip
def test_each_keyword_says_what_jsonschema_says(version: str, name: str) -> None:
    document: Any = OWN[version]
    samples = Samples(document, name)
    schema = document["components"]["schemas"][name]
    values = [*PARTS, *(samples.broken(each) for each in PARTS * 3)]
    values += [samples.value(schema) for _ in range(30)]
    assert not verdicts(document, name, values)


@outside.needed
@pytest.mark.parametrize("name", SMALL)
def test_schemas_of_published_documents_say_what_jsonschema_says(name: str) -> None:
    document = without_flags(documents.parsed(documents.read(name)))
    samples = Samples(document, name)
    found: list[str] = []
    for schema in document["components"]["schemas"]:
        values = [samples.value(document["components"]["schemas"][schema]) for _ in range(VALUES)]
        found += verdicts(document, schema, [*values, *map(samples.broken, values)])
    assert not found, "\n".join(found)


def judged(schema: Any, value: Any, *, sent: bool = True, version: str = "3.1.0") -> list[tuple[str, str]]:
    document: Any = {"openapi": version, "components": {"schemas": {"S": schema}}}
    root = Cursor(document, "document", "", [], empty_is_absent=True)
    node = Cursor(schema, "document", "/components/schemas/S", [], empty_is_absent=True)
    return [(each.pointer, each.keyword) for each in flaws(Documents(root, {}), node, value, sent=sent)]


def test_what_is_read_only_is_left_out_of_a_request_and_what_is_write_only_of_an_answer() -> None:
    schema = {
        "required": ["id", "secret", "name"],
        "allOf": [{"properties": {"id": {"readOnly": True}}}],
        "properties": {"secret": {"allOf": [{"writeOnly": True}]}},
    }
    assert judged(schema, {"secret": 1, "name": 1}) == []
    assert judged(schema, {"name": 1}) == [("/secret", "required")]
    assert judged(schema, {"id": 1, "name": 1}, sent=False) == []
    assert judged(schema, {}, sent=False) == [("/id", "required"), ("/name", "required")]
    apart = {"allOf": [{"properties": {"id": {"readOnly": True}}}, {"required": ["id", "name"]}]}
    assert judged(apart, {}) == [("/name", "required")]


def test_nullable_lets_null_through_wherever_a_document_writes_it() -> None:
    for schema in ({"nullable": True, "enum": ["a"]}, {"nullable": True, "allOf": [{"type": "string"}]}):
        assert judged(schema, None, version="3.0.3") == []
    assert judged({"type": "string"}, None, version="3.0.3") == [("", "type")]


def test_a_flaw_has_a_pointer_that_is_escaped() -> None:
    schema = {"properties": {"a/b": {"items": {"type": "integer"}}}}
    assert judged(schema, {"a/b": [1, "x"]}) == [("/a~1b/1", "type")]


def test_a_union_names_the_branch_that_is_meant() -> None:
    schema = {
        "oneOf": [
            {"required": ["kind"], "properties": {"kind": {"const": "a"}, "size": {"type": "integer"}}},
            {"required": ["kind"], "properties": {"kind": {"const": "b"}, "size": {"type": "string"}}},
        ]
    }
    assert judged(schema, {"kind": "a", "size": {"x": 1}}) == [("/size", "type")]
    assert judged({"oneOf": [{}, {"type": "integer"}]}, 1) == [("", "oneOf")]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/components/schemas/S"},
        {"anyOf": [{"$ref": "#/components/schemas/S"}, {"$ref": "#/components/schemas/S"}]},
        {"allOf": [{"oneOf": [{"$ref": "#/components/schemas/S"}] * 5}] * 5},
    ],
)
def test_a_schema_that_leads_to_itself_ends(schema: Any) -> None:
    assert judged(schema, {"a": 1})


def test_nested_values_and_unions_take_time_that_grows_with_the_value_alone() -> None:
    ref = {"$ref": "#/components/schemas/S"}
    schema = {"anyOf": [{"properties": {"a": ref}, "required": ["b"]}, {"properties": {"a": ref}}]}
    value: Any = {}
    for _ in range(40):
        value = {"a": value}
    assert judged(schema, value) == []
    for _ in range(10_000):
        value = [value]
    assert judged({"items": ref}, value)
