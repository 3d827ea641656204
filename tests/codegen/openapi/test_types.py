"""What the schemas of OpenAPI 3.0 and 3.1 are as types."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_codegen.ir import (
    Alias,
    Const,
    EnumRef,
    FirstThatFits,
    Kind,
    ListOf,
    MapOf,
    MessageRef,
    Nullable,
    Rules,
    Scalar,
    TupleOf,
    TypeRef,
    UnionOf,
)

from tests.codegen.openapi.shop import document, field, read, type_of, warnings

X = "/components/schemas/Box/properties/x"
ANY, STRING, STRUCT = Scalar(Kind.ANY), Scalar(Kind.STRING), Scalar(Kind.STRUCT)


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, Kind.STRING),
        ({"type": "string", "format": "byte"}, Kind.BYTES),
        ({"type": "string", "contentEncoding": "base64"}, Kind.BYTES),
        ({"type": "string", "contentEncoding": "base64url"}, Kind.STRING),
        ({"type": "string", "format": "base64url"}, Kind.STRING),
        ({"type": "string", "format": "binary"}, Kind.STRING),
        ({"type": "string", "contentMediaType": "image/png"}, Kind.STRING),
        ({"type": "string", "contentMediaType": "application/json"}, Kind.STRING),
        ({"type": "string", "format": "date-time"}, Kind.TIMESTAMP),
        ({"type": "string", "format": "date"}, Kind.DAY),
        ({"type": "string", "format": "uuid"}, Kind.STRING),
        ({"type": "string", "format": "int64"}, Kind.INT64),
        ({"type": "string", "format": "a format of one's own"}, Kind.STRING),
        ({"type": "integer"}, Kind.INTEGER),
        ({"type": "integer", "format": "int16"}, Kind.INT32),
        ({"type": "integer", "format": "int32"}, Kind.INT32),
        ({"type": "integer", "format": "int64"}, Kind.LONG),
        ({"type": "integer", "format": "uint32"}, Kind.UINT32),
        ({"type": "integer", "format": "u-int64"}, Kind.ULONG),
        ({"type": "integer", "format": "uint64"}, Kind.ULONG),
        ({"type": "integer", "format": "unixtime"}, Kind.INTEGER),
        ({"type": "number"}, Kind.NUMBER),
        ({"type": "number", "format": "float"}, Kind.NUMBER),
        ({"type": "number", "format": "double"}, Kind.NUMBER),
        ({"type": ["integer", "number"]}, Kind.NUMBER),
        ({"type": "boolean"}, Kind.BOOLEAN),
        ({"type": "boolean", "enum": [True, False]}, Kind.BOOLEAN),
        ({}, Kind.ANY),
        (True, Kind.ANY),
        ({"description": "anything"}, Kind.ANY),
        ({"nullable": True}, Kind.ANY),
        ({"not": {"type": "string"}}, Kind.ANY),
        ({"type": "object"}, Kind.STRUCT),
        ({"type": "object", "additionalProperties": True}, Kind.STRUCT),
        ({"type": "object", "additionalProperties": False, "properties": {}}, Kind.STRUCT),
        ({"maxLength": 3}, Kind.STRING),
    ],
)
def test_scalars(schema: Any, kind: Kind) -> None:
    assert type_of(schema) == Scalar(kind)


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"type": "array", "items": {"type": "string"}}, ListOf(STRING)),
        ({"items": {"type": "string"}}, ListOf(STRING)),
        ({"type": "array"}, ListOf(ANY)),
        ({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}, ListOf(ListOf(STRING))),
        ({"type": "object", "additionalProperties": {"type": "string"}}, MapOf(STRING)),
        ({"additionalProperties": {"type": "string"}}, MapOf(STRING)),
        ({"type": "object", "patternProperties": {"^.+$": {"type": "string"}}}, MapOf(STRING)),
        (
            {
                "type": "object",
                "patternProperties": {"^x": {"type": "string"}},
                "additionalProperties": False,
            },
            MapOf(STRING),
        ),
        (
            {"type": "object", "patternProperties": {"^x": {"type": "string"}}},
            MapOf(UnionOf((STRING, ANY), FirstThatFits())),
        ),
        ({"prefixItems": [{"type": "string"}, True], "items": False}, TupleOf((STRING, ANY), None)),
        ({"prefixItems": [{"type": "string"}], "maxItems": 1}, TupleOf((STRING,), None)),
        (
            {"prefixItems": [{"type": "string"}, {"type": "boolean"}], "items": False, "minItems": 1},
            ListOf(UnionOf((STRING, Scalar(Kind.BOOLEAN)), FirstThatFits())),
        ),
        (
            {"prefixItems": [{"type": "string"}, {"type": "string"}], "items": False, "minItems": 0},
            ListOf(STRING),
        ),
        ({"prefixItems": [{"type": "string"}, {"type": "boolean"}], "minItems": 1}, ListOf(ANY)),
        (
            {"prefixItems": [{"type": "string"}], "items": {"type": "boolean"}},
            TupleOf((STRING,), Scalar(Kind.BOOLEAN)),
        ),
        (
            {"type": "array", "items": [{"type": "string"}], "additionalItems": False},
            TupleOf((STRING,), None),
        ),
        ({"const": "a"}, Const(("a",))),
        ({"const": 1}, Const((1,))),
        ({"const": None}, Const((None,))),
        ({"type": "null"}, Const((None,))),
        ({"type": "string", "enum": ["a"]}, Const(("a",))),
        ({"enum": [1, "a", True]}, Const((1, "a", True))),
        ({"enum": [1.5, 2.5]}, Const((1.5, 2.5))),
        ({"type": "string", "enum": ["a", "b"]}, EnumRef(X)),
        ({"enum": ["a", "b"]}, EnumRef(X)),
        ({"type": "integer", "enum": [1, 2]}, EnumRef(X)),
        ({"type": "object", "properties": {"a": {}}}, MessageRef(X)),
        ({"properties": {"a": {}}}, MessageRef(X)),
    ],
)
def test_structures(schema: Any, type_: TypeRef) -> None:
    assert type_of(schema) == type_


@pytest.mark.parametrize(
    ("version", "schema", "type_"),
    [
        ("3.0.3", {"type": "string", "nullable": True}, Nullable(STRING)),
        ("3.0.3", {"type": "string", "nullable": False}, STRING),
        ("3.0.3", {"type": "string", "enum": ["a", "b", None], "nullable": True}, Nullable(EnumRef(X))),
        (
            "3.0.3",
            {"allOf": [{"$ref": "#/components/schemas/Other"}], "nullable": True},
            Nullable(MessageRef("Other")),
        ),
        (
            "3.0.3",
            {"oneOf": [{"$ref": "#/components/schemas/Other"}, {"nullable": True}]},
            Nullable(MessageRef("Other")),
        ),
        ("3.1.0", {"type": ["string", "null"]}, Nullable(STRING)),
        ("3.1.0", {"type": ["array", "null"], "items": {"type": "string"}}, Nullable(ListOf(STRING))),
        ("3.1.0", {"anyOf": [{"type": "string"}, {"type": "null"}]}, Nullable(STRING)),
        (
            "3.1.0",
            {"oneOf": [{"$ref": "#/components/schemas/Other"}, {"const": None}]},
            Nullable(MessageRef("Other")),
        ),
        ("3.1.0", {"enum": ["a", "b", None]}, Nullable(EnumRef(X))),
        ("3.1.0", {"const": "a", "type": ["string", "null"]}, Nullable(Const(("a",)))),
        ("3.1.0", {"$ref": "#/components/schemas/Maybe"}, Nullable(MessageRef("Maybe"))),
        (
            "3.1.0",
            {"type": "array", "items": {"$ref": "#/components/schemas/Maybe"}},
            ListOf(Nullable(MessageRef("Maybe"))),
        ),
        ("3.1.0", {"anyOf": [{}, {"type": "null"}]}, ANY),
    ],
)
def test_null(version: str, schema: Any, type_: TypeRef) -> None:
    other = {"type": "object", "properties": {"a": {"type": "string"}}}
    maybe = {"type": ["object", "null"], "properties": {"a": {"type": "string"}}}
    assert type_of(schema, version, Other=other, Maybe=maybe) == type_


def test_a_property_of_no_value_is_no_field() -> None:
    box = {"type": "object", "properties": {"x": False, "y": True}}
    assert [each.wire for each in read(document({"Box": box})).api.messages["Box"].fields] == ["y"]


def test_an_inline_type_is_named_for_its_place() -> None:
    inner = {"type": "object", "properties": {"a": {"enum": ["p", "q"]}}}
    box = {"properties": {"x": {"type": "array", "items": inner}, "m": {"additionalProperties": inner}}}
    api = read(document({"Box": box})).api
    assert {key: each.place for key, each in api.messages.items()} == {
        "Box": "Box",
        f"{X}/items": "Box.x[]",
        "/components/schemas/Box/properties/m/additionalProperties": "Box.m{}",
    }
    assert {each.place for each in api.enums.values()} == {"Box.x[].a", "Box.m{}.a"}


def test_components_that_are_no_objects_are_aliases() -> None:
    api = read(
        document(
            {
                "Id": {"type": "string", "maxLength": 8, "description": "An id.", "deprecated": True},
                "Ids": {"type": "array", "items": {"$ref": "#/components/schemas/Id"}},
                "Same": {"$ref": "#/components/schemas/Ids"},
                "Size": {"type": "string", "enum": ["s", "m"]},
            }
        )
    ).api
    assert api.messages == {}
    assert api.aliases["Id"] == Alias(
        place="Id",
        type=STRING,
        rules=Rules(max_length=8),
        doc="An id.",
        deprecated=True,
        pointer="/components/schemas/Id",
    )
    assert api.aliases["Ids"].type == ListOf(MessageRef("Id"))
    assert api.aliases["Same"].type == MessageRef("Ids")
    assert [value.wire for value in api.enums["Size"].values] == ["s", "m"]


def test_enums_of_whole_numbers_and_of_constants_with_titles() -> None:
    titled = {
        "type": "integer",
        "oneOf": [{"const": 1, "title": "ONE", "description": "First."}, {"const": 2}],
    }
    api = read(document({"Plain": {"type": "integer", "enum": [3, 4]}, "Titled": titled})).api
    assert (api.enums["Plain"].whole, [each.wire for each in api.enums["Plain"].values]) == (True, ["3", "4"])
    assert api.enums["Titled"].whole
    assert [(each.wire, each.doc) for each in api.enums["Titled"].values] == [("1", "ONE: First."), ("2", "")]


def test_what_a_property_says_beside_its_type() -> None:
    found = field(
        {
            "type": "string",
            "description": "A word.",
            "default": "a",
            "readOnly": True,
            "writeOnly": True,
            "deprecated": True,
            "pattern": "^[a-z]+$",
            "minLength": 1,
            "maxLength": 5,
        }
    )
    assert (found.doc, found.default) == ("A word.", "a")
    assert found.read_only and found.write_only and found.deprecated and not found.required
    assert found.rules == Rules(pattern="^[a-z]+$", min_length=1, max_length=5)


def test_what_stands_beside_a_reference_holds_in_both_versions() -> None:
    stated = {"$ref": "#/components/schemas/Id", "description": "Its id.", "default": "a", "readOnly": True}
    for version in ("3.0.3", "3.1.0"):
        found = field(stated, version, Id={"type": "string", "description": "Any id."})
        assert (found.type, found.doc, found.default, found.read_only) == (
            MessageRef("Id"),
            "Its id.",
            "a",
            True,
        )


@pytest.mark.parametrize(
    ("version", "schema", "rules"),
    [
        ("3.0.3", {"type": "number", "minimum": 1, "exclusiveMinimum": True}, Rules(exclusive_minimum=1)),
        ("3.0.3", {"type": "number", "maximum": 1, "exclusiveMaximum": False}, Rules(maximum=1)),
        (
            "3.1.0",
            {"type": "number", "exclusiveMaximum": 2.5, "multipleOf": 0.5},
            Rules(exclusive_maximum=2.5, multiple_of=0.5),
        ),
        ("3.1.0", {"type": "array", "minItems": 1, "maxItems": 2.0}, Rules(min_items=1, max_items=2)),
        ("3.1.0", {"type": "string", "pattern": "(a+)+$"}, Rules(pattern="(a+)+$", pattern_is_linear=False)),
    ],
)
def test_bounds(version: str, schema: Any, rules: Rules) -> None:
    assert field(schema, version).rules == rules


def test_additional_properties_beside_properties() -> None:
    box = {"properties": {"x": {"type": "string"}}, "additionalProperties": {"type": "integer"}}
    pattern = {"properties": {"x": {}}, "patternProperties": {"^y": {"type": "boolean"}}}
    closed = {"properties": {"x": {}}, "additionalProperties": False}
    messages = read(document({"Box": box, "Closed": closed, "Pattern": pattern})).api.messages
    assert messages["Box"].extra == Scalar(Kind.INTEGER)
    assert messages["Pattern"].extra == UnionOf((Scalar(Kind.BOOLEAN), ANY), FirstThatFits())
    assert messages["Closed"].extra is None


def test_a_choice_of_required_properties_is_a_group() -> None:
    properties = {wire: {"type": "string"} for wire in ("a", "b", "c", "z")}
    either: list[Any] = [
        {"required": ["c"]},
        {"required": ["a"], "properties": {"a": {"not": {"type": "null"}}}},
    ]
    exactly = {"type": "object", "properties": properties, "oneOf": either}
    at_most = {
        "type": "object",
        "properties": properties,
        "allOf": [{"oneOf": [*either, {"not": {"anyOf": either}}]}],
    }
    messages = read(document({"AtMost": at_most, "Exactly": exactly})).api.messages
    for name, required in (("AtMost", False), ("Exactly", True)):
        group = messages[name].groups[0]
        assert (group.wire, group.required) == ("oneOf", required)
        assert [variant.field.wire for variant in group.variants] == ["c", "a"]
        assert [each.wire for each in messages[name].members] == ["oneOf", "b", "z"]


def test_any_of_required_properties_is_a_constraint() -> None:
    box = {
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    }
    message = read(document({"Box": box})).api.messages["Box"]
    assert [each.wire for each in message.fields] == ["a", "b"]
    assert message.groups == ()


def test_types_may_hold_themselves() -> None:
    tree = {"properties": {"kids": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}}
    value = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/components/schemas/Value"}}]
    }
    api = read(document({"Tree": tree, "Value": value})).api
    assert api.messages["Tree"].fields[0].type == ListOf(MessageRef("Tree"))
    alias = api.aliases["Value"].type
    assert isinstance(alias, UnionOf)
    assert alias.members == (STRING, ListOf(MessageRef("Value")))


def test_an_inline_type_that_holds_itself_by_a_pointer() -> None:
    inner = {"properties": {"next": {"$ref": f"#{X}"}}}
    api = read(document({"Box": {"properties": {"x": inner}}})).api
    assert api.messages[X].fields[0].type == MessageRef(X)


def test_definitions_inside_a_schema() -> None:
    box = {
        "properties": {"x": {"$ref": "#/components/schemas/Box/$defs/a~1b"}},
        "$defs": {"a/b": {"properties": {"y": {"type": "string"}}}},
    }
    draft = read(document({"Box": box}))
    key = "/components/schemas/Box/$defs/a~1b"
    assert draft.api.messages["Box"].fields[0].type == MessageRef(key)
    assert draft.api.messages[key].place == "Box.a/b"
    assert warnings(draft) == []


@pytest.mark.parametrize(
    "keyword", ["not", "if", "dependentSchemas", "dependentRequired", "dependencies", "propertyNames"]
)
def test_a_keyword_that_narrows_a_type_and_is_not_read_is_a_warning(keyword: str) -> None:
    for schema in ({"type": "string", keyword: {}}, {"allOf": [{"type": "string"}, {keyword: {}}]}):
        draft = read(document({"Box": {"type": "object", "properties": {"x": schema}}}))
        [warning] = draft.warnings
        assert warning.message == f"{keyword!r} is not read: the type is wider"
        assert warning.pointer == f"{X}{'/allOf/1' if 'allOf' in schema else ''}/{keyword}"


def test_not_that_makes_a_group_is_read() -> None:
    members = [{"required": ["a"]}, {"required": ["b"]}]
    box = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    nothing = {"not": {"anyOf": members}}
    draft = read(document({"Box": {**box, "oneOf": [*members, nothing]}}))
    assert draft.warnings == ()
    assert len(draft.api.messages["Box"].groups) == 1
