"""Members of a union are told apart by the surest way that there is."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_codegen.ir import (
    ByDiscriminator,
    ByJsonType,
    ByKeys,
    ByLiteral,
    Const,
    Discrimination,
    EnumRef,
    FirstThatFits,
    Kind,
    ListOf,
    MessageRef,
    Nullable,
    Scalar,
    TypeRef,
    UnionOf,
)

from tests.codegen.openapi.shop import document, read, type_of, warnings

STRING, INTEGER = Scalar(Kind.STRING), Scalar(Kind.INTEGER)


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(required: str = "", **properties: Any) -> dict[str, Any]:
    """Return an object; `required` names its required properties, with spaces between."""
    return {"type": "object", "properties": properties, "required": required.split()}


TEXT = {"type": "string"}


def union(
    *members: Any, keyword: str = "oneOf", schemas: dict[str, Any] | None = None, **more: Any
) -> UnionOf:
    found = type_of({keyword: [*members], **more}, **(schemas or {}))
    assert isinstance(found, UnionOf)
    return found


def told(*members: dict[str, Any], **more: Any) -> Discrimination:
    """Return how two or three components are told apart."""
    schemas = dict(zip("ABC", members, strict=False))
    found = union(*map(ref, schemas), schemas=schemas, **more)
    assert found.members == tuple(map(MessageRef, schemas))
    return found.discrimination


@pytest.mark.parametrize(
    ("mapping", "values"),
    [
        ({}, (("A", 0), ("B", 1))),
        ({"a": "#/components/schemas/A", "b": "B"}, (("a", 0), ("b", 1))),
        ({"a": "A", "also": "A"}, (("B", 1), ("a", 0), ("also", 0))),
        ({"a": "schemas/A.yaml", "b": "./B.json"}, (("a", 0), ("b", 1))),
        ({"a": "A", "c": "C"}, (("B", 1), ("a", 0))),
    ],
)
def test_a_discriminator(mapping: dict[str, str], values: Any) -> None:
    stated = {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}
    members = [thing("kind", kind=TEXT, x=TEXT), thing("kind", kind=TEXT, x=TEXT)]
    assert told(*members, discriminator=stated) == ByDiscriminator("kind", values)


def test_a_discriminator_with_constants_in_inline_members() -> None:
    members = [thing("kind", kind={"const": "a"}), thing("kind", kind={"enum": ["b", "c"]})]
    found = union(*members, discriminator={"propertyName": "kind"}).discrimination
    assert found == ByDiscriminator("kind", (("a", 0), ("b", 1), ("c", 1)))


@pytest.mark.parametrize(
    ("first", "second", "values"),
    [
        (["a", "b", "c"], ["a", "b", "c"], (("a", 0), ("b", 1))),
        (["A", "B"], ["A", "B"], (("A", 0), ("B", 1))),
        (["a"], ["a", "b"], (("a", 0), ("b", 1))),
        (["a", "b"], ["a"], (("a", 1), ("b", 0))),
        (["a", "x"], ["x", "b"], (("a", 0), ("b", 1), ("x", 0))),
    ],
)
def test_constants_that_several_members_have_tell_little(first: Any, second: Any, values: Any) -> None:
    members = [thing("kind", kind={"enum": each}, x=TEXT) for each in (first, second)]
    assert told(*members, discriminator={"propertyName": "kind"}) == ByDiscriminator("kind", values)


def test_a_discriminator_whose_constants_name_no_member_tells_nothing() -> None:
    members = [thing(f"kind {key}", kind={"enum": ["x", "y"]}, **{key: TEXT}) for key in ("one", "two")]
    found = told(*members, discriminator={"propertyName": "kind"})
    assert found == ByKeys((frozenset({"kind", "one"}), frozenset({"kind", "two"})), exact=True)


def test_the_enum_of_a_base_is_told_by_the_names_of_what_extends_it() -> None:
    base = {
        "type": "object",
        "required": ["type"],
        "discriminator": {"propertyName": "type"},
        "properties": {"type": {"type": "string", "enum": ["fixed", "percent", "none"]}},
    }
    extended = [{"$ref": "#/components/schemas/Discount"}, thing(x=TEXT)]
    schemas = {"Discount": base, "Fixed": {"allOf": extended}, "Percent": {"allOf": extended}}
    assert read(document(schemas)).api.aliases["Discount"].type == UnionOf(
        (MessageRef("Fixed"), MessageRef("Percent")),
        ByDiscriminator("type", (("fixed", 0), ("percent", 1))),
    )


def test_a_discriminator_that_is_a_number_is_a_literal_property() -> None:
    members = [thing("v", v={"const": 1}), thing("v", v={"type": "integer", "enum": [2, 3]})]
    found = union(*members, discriminator={"propertyName": "v"}).discrimination
    assert found == ByLiteral("v", ((1, 0), (2, 1), (3, 1)))


@pytest.mark.parametrize(
    ("one", "other", "values"),
    [
        ({"const": "a"}, {"const": "b"}, (("a", 0), ("b", 1))),
        ({"enum": ["a"]}, {"enum": ["b", "c"]}, (("a", 0), ("b", 1), ("c", 1))),
        ({"const": 1}, {"const": 2}, ((1, 0), (2, 1))),
        ({"const": True}, {"const": False}, ((True, 0), (False, 1))),
        ({"const": True}, {"const": 1}, ((True, 0), (1, 1))),
        ({"allOf": [{"enum": ["a", "b"]}, {"const": "a"}]}, {"const": "b"}, (("a", 0), ("b", 1))),
        ({"oneOf": [{"const": "a"}, {"const": "c"}]}, {"const": "b"}, (("a", 0), ("c", 0), ("b", 1))),
    ],
)
@pytest.mark.parametrize("required", ["", "kind"])
def test_a_literal_property(one: Any, other: Any, values: Any, required: str) -> None:
    found = told(thing(required, kind=one, x=TEXT), thing(required, kind=other, x=TEXT))
    assert found == ByLiteral("kind", values, () if required else (0, 1))
    assert isinstance(found, ByLiteral)
    assert [type(value) for value, _ in found.values] == [type(value) for value, _ in values]


def test_a_required_literal_comes_before_another() -> None:
    members = [thing("z", a={"const": name}, z={"const": name}) for name in "xy"]
    assert told(*members) == ByLiteral("z", (("x", 0), ("y", 1)))


def test_true_and_1_tell_members_apart() -> None:
    found = union(thing("k", k={"enum": [1, True]}), thing("k", k={"enum": [2]})).discrimination
    assert isinstance(found, ByLiteral)
    assert [(repr(value), index) for value, index in found.values] == [("1", 0), ("True", 0), ("2", 1)]


def test_literals_that_are_shared_tell_nothing() -> None:
    found = told(
        thing("kind p", kind={"enum": ["a", "b"]}, p=TEXT), thing("kind q", kind={"enum": ["b", "c"]}, q=TEXT)
    )
    assert found == ByKeys((frozenset({"kind", "p"}), frozenset({"kind", "q"})), exact=True)


@pytest.mark.parametrize(
    ("members", "types", "discrimination"),
    [
        ([TEXT, {"type": "integer"}], (STRING, INTEGER), ByJsonType()),
        ([TEXT, {"type": "array", "items": TEXT}], (STRING, ListOf(STRING)), ByJsonType()),
        ([{"type": "integer"}, {"type": "number"}], (Scalar(Kind.NUMBER),), None),
        ([{"type": "integer", "format": "int64"}, {"type": "integer", "format": "int32"}], (INTEGER,), None),
        ([TEXT, {"type": "string", "format": "uuid"}], (STRING,), None),
        ([TEXT, {"const": "auto"}], (STRING,), None),
        ([False, TEXT], (STRING,), None),
        (
            [{"type": "number"}, {"type": "integer"}, {"enum": ["NaN"]}],
            (Scalar(Kind.DOUBLE),),
            None,
        ),
        (
            [{"type": "integer", "format": "int64"}, {"type": "string", "format": "int64"}],
            (Scalar(Kind.LONG), STRING),
            ByJsonType(),
        ),
        (
            [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}],
            (Scalar(Kind.TIMESTAMP), Scalar(Kind.DAY)),
            FirstThatFits(),
        ),
        (
            [{"type": "array", "items": TEXT}, {"type": "array", "items": {"type": "integer"}}],
            (ListOf(STRING), ListOf(INTEGER)),
            FirstThatFits(),
        ),
    ],
)
def test_values_that_are_no_objects(
    members: list[Any], types: tuple[TypeRef, ...], discrimination: Discrimination | None
) -> None:
    found = type_of({"anyOf": members})
    assert found == (types[0] if discrimination is None else UnionOf(types, discrimination))


def test_a_list_of_types() -> None:
    found = type_of({"type": ["string", "array", "null"], "items": {"type": "integer"}, "maxLength": 3})
    assert found == Nullable(UnionOf((STRING, ListOf(INTEGER)), ByJsonType()))


def test_true_and_1_are_two_constants_of_one_union() -> None:
    found = type_of({"anyOf": [{"enum": ["a", 1]}, {"const": True}]})
    assert isinstance(found, Const)
    assert [*map(repr, found.values)] == ["'a'", "1", "True"]


@pytest.mark.parametrize(
    "members",
    [
        [TEXT, {}],
        [{"const": 1}, {"enum": ["a", None]}],
        [{"enum": ["a", None]}, TEXT],
        [{"enum": ["a", "b", None]}, {"enum": ["c"]}],
        [{"enum": ["a", "b"]}, {"type": ["string", "null"]}],
    ],
)
def test_null_is_a_value_of_a_union_where_it_is_one_of_a_member(members: list[Any]) -> None:
    assert isinstance(type_of({"anyOf": members}), Nullable)


def test_a_text_of_digits_beside_a_number_stays_a_text() -> None:
    found = type_of({"type": ["integer", "string"], "format": "int64"})
    assert found == UnionOf((Scalar(Kind.LONG), STRING), ByJsonType())


def test_an_open_enum_beside_any_text_is_the_enum() -> None:
    size = {"enum": ["s", "m"]}
    assert isinstance(type_of({"anyOf": [size, TEXT]}), EnumRef)
    assert type_of({"anyOf": [ref("Size"), TEXT]}, Size=size) == MessageRef("Size")


def test_objects_beside_others() -> None:
    found = union(ref("A"), ref("B"), TEXT, schemas={"A": thing("a", a=TEXT), "B": thing("b", b=TEXT)})
    assert found.members == (MessageRef("A"), MessageRef("B"), STRING)
    assert found.discrimination == ByKeys((frozenset("a"), frozenset("b"), frozenset()), exact=True)


def test_required_keys() -> None:
    assert told(thing("a", a=TEXT, x=TEXT), thing("b", b=TEXT, x=TEXT)) == ByKeys(
        (frozenset("a"), frozenset("b")), exact=True
    )


@pytest.mark.parametrize(
    ("one", "other", "keys"),
    [
        (thing("a", a=TEXT), thing("a b", a=TEXT, b=TEXT), ({"a"}, {"a", "b"})),
        (thing("", a=TEXT), thing("", b=TEXT), ({"a"}, {"b"})),
        (thing("a", a=TEXT), {"type": "object", "properties": {"b": TEXT}}, ({"a"}, {"b"})),
    ],
)
def test_the_best_fit_of_keys(one: Any, other: Any, keys: Any) -> None:
    assert told(one, other) == ByKeys(tuple(map(frozenset, keys)), exact=False)


def test_an_object_of_any_keys_fits_least() -> None:
    found = union({"type": "object"}, ref("A"), schemas={"A": thing("a", a=TEXT)})
    assert found.discrimination == ByKeys((frozenset(), frozenset("a")), exact=False)


def test_nothing_tells_is_a_warning() -> None:
    box = {"properties": {"x": {"oneOf": [ref("A"), ref("B")]}}}
    draft = read(document({"A": thing("", a=TEXT), "B": thing("", a={"type": "integer"}), "Box": box}))
    found = draft.api.messages["Box"].fields[0].type
    assert found == UnionOf((MessageRef("A"), MessageRef("B")), FirstThatFits())
    assert warnings(draft) == ["nothing tells the members of this union apart: the first that fits is taken"]
    assert draft.warnings[0].pointer == "/components/schemas/Box/properties/x"


def test_unions_inside_unions_are_looked_into() -> None:
    kinds = {name: thing("kind", kind={"const": name.lower()}) for name in ("A", "B", "C")}
    schemas = {**kinds, "Ab": {"oneOf": [ref("A"), ref("B")]}}
    found = union(ref("Ab"), ref("C"), schemas=schemas)
    assert found == UnionOf(
        (MessageRef("Ab"), MessageRef("C")), ByLiteral("kind", (("a", 0), ("b", 0), ("c", 1)))
    )


def test_inline_members_are_named_for_what_tells_them() -> None:
    members = [{**thing("a", a=TEXT), "title": "With A"}, thing("b", b=TEXT)]
    api = read(document({"Box": {"properties": {"x": {"oneOf": members}}}})).api
    assert {each.place for each in api.messages.values()} == {"Box", "Box.x.With A", "Box.x.Option2"}


def test_beside_properties_each_member_has_them() -> None:
    schema = {**thing("z", z=TEXT), "anyOf": [thing("a", a=TEXT), thing("b", b=TEXT)]}
    api = read(document({"Box": schema})).api
    found = api.aliases["Box"].type
    assert isinstance(found, UnionOf)
    assert [[each.wire for each in message.fields] for message in api.messages.values()] == [
        ["a", "z"],
        ["b", "z"],
    ]
    assert all(field.required for message in api.messages.values() for field in message.fields)


def test_two_unions_that_hold_together() -> None:
    schema = {
        "allOf": [
            {"oneOf": [thing("a", a=TEXT), thing("b", b=TEXT)]},
            {"oneOf": [thing("p", p=TEXT), thing("q", q=TEXT)]},
        ]
    }
    api = read(document({"Box": schema})).api
    found = sorted([each.wire for each in message.fields] for message in api.messages.values())
    assert found == [["a", "p"], ["a", "q"], ["b", "p"], ["b", "q"]]


def test_a_member_that_no_value_fits_is_left_out() -> None:
    draft = read(
        document({"Box": {"properties": {"x": {"type": "string", "oneOf": [TEXT, {"type": "array"}]}}}})
    )
    assert draft.api.messages["Box"].fields[0].type == STRING
    assert warnings(draft) == ["this member of the union is left out; contradiction: array and string"]


def test_null_inside_a_member_is_said_once() -> None:
    schemas = {
        "A": {"type": ["object", "null"], "properties": {"a": TEXT}, "required": ["a"]},
        "B": thing("b", b=TEXT),
    }
    found = type_of({"oneOf": [ref("A"), ref("B")]}, **schemas)
    assert isinstance(found, Nullable)
    assert isinstance(found.type, UnionOf)
    assert found.type.members == (MessageRef("A"), MessageRef("B"))


def test_a_schema_that_adds_nothing_to_its_base_is_a_message_of_its_own() -> None:
    base = {
        "type": "object",
        "required": ["type"],
        "discriminator": {"propertyName": "type"},
        "properties": {"type": {"type": "string"}},
    }
    schemas = {"Base": base, "Foo": {"allOf": [{"type": "object"}, {"$ref": "#/components/schemas/Base"}]}}
    api = read(document(schemas)).api
    assert [each.wire for each in api.messages["Foo"].fields] == ["type"]
    # Another value of `type` than Foo is no Foo.
    assert api.aliases["Base"].type == UnionOf(
        (MessageRef("Foo"), MessageRef("Base#own")), ByDiscriminator("type", (("Base", 1), ("Foo", 0)))
    )
    assert api.messages["Base#own"].place == "Base.Base"
