"""`allOf` is flattened: overlaps are merged, and of two schemas that no value fits the nearer holds."""

from __future__ import annotations

from typing import Any

import pytest
from groundwire_codegen.ir import (
    ByDiscriminator,
    Const,
    EnumRef,
    Kind,
    ListOf,
    MessageRef,
    Nullable,
    Rules,
    Scalar,
    UnionOf,
)

from tests.codegen.openapi.shop import document, field, read, referred, refusals, type_of, warnings

STRING = Scalar(Kind.STRING)


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


BASE = {
    "type": "object",
    "required": ["a"],
    "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
}


def test_properties_and_required_names_of_all_members() -> None:
    child = {"allOf": [ref("Base"), {"properties": {"c": {"type": "boolean"}}, "required": ["c", "b"]}]}
    message = read(document({"Base": BASE, "Child": child})).api.messages["Child"]
    assert [(each.wire, each.required) for each in message.fields] == [("a", True), ("b", True), ("c", True)]


def test_members_far_below_and_beside() -> None:
    schemas = {
        "Base": BASE,
        "Middle": {"allOf": [ref("Base"), {"allOf": [{"properties": {"d": {"type": "string"}}}]}]},
        "Child": {
            "allOf": [ref("Middle")],
            "properties": {"e": {"type": "string"}},
            "description": "A child.",
        },
    }
    message = read(document(schemas)).api.messages["Child"]
    assert [each.wire for each in message.fields] == ["a", "b", "d", "e"]
    assert message.doc == "A child."


@pytest.mark.parametrize(
    "stated",
    [
        {"allOf": [ref("Base")]},
        {"allOf": [ref("Base")], "description": "Its base."},
        {"allOf": [ref("Base"), {"description": "Its base."}]},
        {"allOf": [ref("Base")], "type": "object"},
        {"oneOf": [ref("Base")]},
        {"anyOf": [{"allOf": [ref("Base")]}]},
        {"allOf": [ref("Base"), ref("Base")]},
        {"allOf": [ref("Base"), ref("Child")], "type": "object"},
    ],
)
def test_a_single_reference_with_words_beside_it_is_the_reference(stated: dict[str, Any]) -> None:
    child = {"allOf": [ref("Base"), {"properties": {"c": {}}}]}
    expected = MessageRef("Child" if "Child" in str(stated) else "Base")
    assert type_of(stated, Base=BASE, Child=child) == expected


def test_an_overlap_that_agrees_is_one_property() -> None:
    child = {"allOf": [ref("Base"), {"properties": {"a": {"type": "string"}}}]}
    assert read(document({"Base": BASE, "Child": child})).api.messages["Child"].fields[0].type == STRING


def test_an_overlap_that_narrows() -> None:
    base = {
        "properties": {
            "kind": {"type": "string"},
            "size": {"type": "number", "minimum": 1, "maximum": 9},
            "base": ref("Base"),
            "free": {"type": "object"},
            "list": {"type": "array", "items": {"type": "object"}},
            "enum": {"enum": ["a", "b", "c"]},
        }
    }
    child = {
        "properties": {
            "kind": {"const": "child"},
            "size": {"type": "integer", "minimum": 2, "maximum": 10},
            "base": ref("Larger"),
            "free": ref("Base"),
            "list": {"items": ref("Base")},
            "enum": {"enum": ["b", "c", "d"]},
        }
    }
    schemas = {
        "Base": BASE,
        "Larger": {"allOf": [ref("Base"), {"properties": {"z": {}}}]},
        "Wide": base,
        "Narrow": {"allOf": [ref("Wide"), child]},
    }
    api = read(document(schemas)).api
    types = {each.wire: each.type for each in api.messages["Narrow"].fields}
    assert types["kind"] == Const(("child",))
    assert types["size"] == Scalar(Kind.INTEGER)
    assert types["base"] == MessageRef("Larger")
    enum = types["enum"]
    assert isinstance(enum, EnumRef)
    assert [value.wire for value in api.enums[enum.name].values] == ["b", "c"]
    assert api.messages["Narrow"].holder("size")[1].rules == Rules(minimum=2, maximum=9)
    free = types["free"]
    assert isinstance(free, MessageRef)
    assert [each.wire for each in api.messages[free.name].fields] == ["a", "b"]
    listed = types["list"]
    assert isinstance(listed, ListOf)
    assert isinstance(listed.item, MessageRef)
    assert [each.wire for each in api.messages[listed.item.name].fields] == ["a", "b"]


def test_an_object_that_has_all_of_another_stands_for_both() -> None:
    schemas = {
        "Item": {"type": "object", "properties": {"id": {"type": "string"}}},
        "Record": {"type": "object", "properties": {"id": {"type": "string"}, "time": {"type": "string"}}},
        "Items": {"properties": {"items": {"type": "array", "items": ref("Item")}}},
        "Records": {
            "allOf": [ref("Items"), {"properties": {"items": {"type": "array", "items": ref("Record")}}}]
        },
    }
    message = read(document(schemas)).api.messages["Records"]
    item = message.fields[0].type
    assert isinstance(item, ListOf)
    assert isinstance(item.item, MessageRef)
    assert item.item == MessageRef("Record")


TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
THING = {"type": "object", "properties": {"a": TEXT}}
LIST = {"type": "array", "items": WHOLE}


@pytest.mark.parametrize(
    ("base", "own", "expected"),
    [
        (TEXT, WHOLE, Scalar(Kind.INTEGER)),
        (THING, TEXT, STRING),
        (THING, LIST, ListOf(Scalar(Kind.INTEGER))),
        ({"anyOf": [THING, TEXT]}, LIST, ListOf(Scalar(Kind.INTEGER))),
        ({"enum": ["a", "b"]}, {"enum": ["c"]}, Const(("c",))),
        ({"const": 1}, {"const": True}, Const((True,))),
        ({"type": "array", "items": TEXT}, LIST, ListOf(Scalar(Kind.INTEGER))),
        ({**TEXT, "maxLength": 3}, {**WHOLE, "maximum": 9}, Scalar(Kind.INTEGER)),
    ],
)
def test_a_property_that_contradicts_that_of_a_base_holds(base: Any, own: Any, expected: Any) -> None:
    bad = {"allOf": [ref("Base"), {"properties": {"x": own}}]}
    draft = read(document({"Base": {"properties": {"x": base}}, "Bad": bad}))
    (found,) = draft.api.messages["Bad"].fields
    assert found.type == expected
    assert found.rules == (Rules(maximum=9) if "maximum" in own else Rules())
    place = "/components/schemas/Bad/allOf/1/properties/x"
    assert f"left out: no value fits this and {place}" in " ".join(warnings(draft))


def test_the_nearest_of_several_statements_holds() -> None:
    def stated(**schema: Any) -> dict[str, Any]:
        return {"properties": {"x": schema}}

    flag, number = {"type": "boolean"}, {"type": "number"}
    later = {"allOf": [stated(**TEXT), stated(**WHOLE), ref("Base")]}
    schemas = {
        "Base": stated(**flag),
        "Other": stated(**number),
        "Later": later,
        "Own": {**stated(**TEXT), "allOf": [stated(**WHOLE), ref("Base")]},
        "Referred": {"allOf": [ref("Base"), ref("Other")]},
        "Far": {"allOf": [ref("Later"), {"properties": {"y": TEXT}}]},
    }
    messages = read(document(schemas)).api.messages
    held = {name: messages[name].holder("x")[1].type for name in ("Later", "Own", "Referred", "Far")}
    assert held == {
        "Later": Scalar(Kind.INTEGER),
        "Own": STRING,
        "Referred": Scalar(Kind.BOOLEAN),
        "Far": Scalar(Kind.INTEGER),
    }


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({**TEXT, "allOf": [WHOLE]}, STRING),
        ({"allOf": [TEXT, WHOLE]}, Scalar(Kind.INTEGER)),
        ({"enum": ["a"], "allOf": [{"enum": ["b"]}]}, Const(("a",))),
    ],
)
def test_of_two_scalars_the_nearer_holds(schema: dict[str, Any], expected: Any) -> None:
    draft = read(document({"Box": {"properties": {"x": schema}}}))
    assert draft.api.messages["Box"].fields[0].type == expected
    assert any(each.endswith("; the nearer holds") for each in warnings(draft))


def test_an_object_that_is_a_text_is_refused_for_those_who_need_it() -> None:
    schemas = {"Bad": {"allOf": [THING, TEXT]}, "Good": THING}
    message = "contradiction: string and object"
    assert refusals(referred(ref("Bad"), **schemas)) == [("/components/schemas/Bad", message)]
    assert refusals(referred(ref("Good"), **schemas)) == []
    assert message in warnings(referred(ref("Good"), **schemas))


def test_a_member_that_a_constant_rules_out_stays_out() -> None:
    schemas = {
        "Cat": {"properties": {"kind": {"const": "cat"}, "lives": WHOLE}},
        "Dog": {"properties": {"kind": {"const": "dog"}, "tail": TEXT}},
        "Pet": {"oneOf": [ref("Cat"), ref("Dog")]},
        "Base": {"properties": {"name": TEXT}},
        "Own": {
            "allOf": [ref("Pet"), ref("Base"), {"properties": {"kind": {"const": "cat"}, "name": WHOLE}}]
        },
    }
    assert "no member of the union fits" in refusals(referred(ref("Own"), **schemas))[0][1]
    schemas["Own"] = {"allOf": [ref("Pet"), {"properties": {"kind": {"const": "cat"}, "x": THING}}]}
    api = read(document(schemas)).api
    named = api.aliases["Own"].type
    assert isinstance(named, MessageRef)
    assert [each.wire for each in api.messages[named.name].fields] == ["kind", "lives", "x"]


def test_over_a_union_each_member_has_the_fields() -> None:
    schemas = {
        "Cat": {"type": "object", "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}}},
        "Dog": {"type": "object", "properties": {"kind": {"const": "dog"}, "tail": {"type": "string"}}},
        "Named": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
        "Pet": {"allOf": [ref("Named"), {"oneOf": [ref("Cat"), ref("Dog")]}]},
    }
    api = read(document(schemas)).api
    union = api.aliases["Pet"].type
    assert isinstance(union, UnionOf)
    fields = [
        [each.wire for each in api.messages[member.name].fields]
        for member in union.members
        if isinstance(member, MessageRef)
    ]
    assert fields == [["kind", "lives", "name"], ["kind", "name", "tail"]]
    assert [
        api.messages[member.name].place for member in union.members if isinstance(member, MessageRef)
    ] == ["Pet.Cat", "Pet.Dog"]
    assert [each.required for each in api.messages[union.members[0].name].fields if each.wire == "name"] == [
        True
    ]  # type: ignore[union-attr] # checked above


PETS: dict[str, Any] = {
    "Pet": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "name": {"type": "string"}},
        "discriminator": {"propertyName": "kind", "mapping": {"cat": ref("Cat")["$ref"], "hound": "Dog"}},
    },
    "Cat": {"allOf": [ref("Pet"), {"properties": {"lives": {"type": "integer"}}}]},
    "Dog": {"allOf": [ref("Pet"), {"properties": {"tail": {"type": "string"}}}]},
    "Bird": {"allOf": [ref("Pet"), {"properties": {"wings": {"type": "integer"}}}]},
    "Owner": {"properties": {"pet": ref("Pet"), "pets": {"type": "array", "items": ref("Pet")}}},
}


def test_a_base_with_a_discriminator_is_the_union_of_its_children() -> None:
    api = read(document(PETS)).api
    assert api.aliases["Pet"].type == UnionOf(
        (MessageRef("Cat"), MessageRef("Dog"), MessageRef("Bird")),
        ByDiscriminator("kind", (("Bird", 2), ("cat", 0), ("hound", 1))),
    )
    assert [each.wire for each in api.messages["Cat"].fields] == ["kind", "lives", "name"]
    assert api.messages["Owner"].fields[0].type == MessageRef("Pet")
    assert api.messages["Owner"].fields[1].type == ListOf(MessageRef("Pet"))


def test_a_base_that_its_own_mapping_names_is_one_of_its_members() -> None:
    mapping = {"pet": "Pet", "cat": "Cat", "dog": "Dog"}
    pet = {**PETS["Pet"], "discriminator": {"propertyName": "kind", "mapping": mapping}}
    api = read(document({"Pet": pet, "Cat": PETS["Cat"], "Dog": PETS["Dog"]})).api
    assert api.aliases["Pet"].type == UnionOf(
        (MessageRef("Cat"), MessageRef("Dog"), MessageRef("Pet#own")),
        ByDiscriminator("kind", (("cat", 0), ("dog", 1), ("pet", 2))),
    )
    assert [each.wire for each in api.messages["Pet#own"].fields] == ["kind", "name"]


def test_a_base_that_extends_another_is_one_of_its_own_members() -> None:
    dog = {"allOf": [ref("Pet")], "discriminator": {"propertyName": "kind"}}
    puppies = {
        name: {"allOf": [ref("Dog"), {"properties": {"age": {"type": "integer"}}}]}
        for name in ("Pup", "Whelp")
    }
    api = read(document({**PETS, "Dog": dog, **puppies})).api
    found = api.aliases["Dog"].type
    assert isinstance(found, UnionOf)
    assert found.members == (MessageRef("Pup"), MessageRef("Whelp"), MessageRef("Dog#own"))
    assert [each.wire for each in api.messages["Dog#own"].fields] == ["kind", "name"]
    assert [each.wire for each in api.messages["Pup"].fields] == ["age", "kind", "name"]


def test_a_base_without_children_is_a_message() -> None:
    api = read(document({"Pet": {**PETS["Pet"], "discriminator": {"propertyName": "kind"}}})).api
    assert [each.wire for each in api.messages["Pet"].fields] == ["kind", "name"]


def test_a_base_whose_union_holds_its_own_children() -> None:
    schemas = {
        "Pet": {
            "type": "object",
            "properties": {"kind": {"type": "string"}},
            "oneOf": [ref("Cat"), ref("Dog")],
            "discriminator": {"propertyName": "kind"},
        },
        "Cat": {"allOf": [ref("Pet"), {"properties": {"lives": {"type": "integer"}}}]},
        "Dog": {"allOf": [ref("Pet"), {"properties": {"tail": {"type": "string"}}}]},
    }
    api = read(document(schemas)).api
    assert [each.wire for each in api.messages["Cat"].fields] == ["kind", "lives"]
    assert isinstance(api.aliases["Pet"].type, UnionOf)


def test_null_of_an_inherited_property_is_kept() -> None:
    base = {"properties": {"x": {"type": ["string", "null"]}}}
    child = {"allOf": [ref("Base"), {"properties": {"y": {}}}]}
    assert read(document({"Base": base, "Child": child})).api.messages["Child"].fields[0].type == Nullable(
        STRING
    )


def test_an_inline_type_of_a_base_is_one_type_for_all_children() -> None:
    schemas = {
        "Base": {"properties": {"size": {"enum": ["s", "m"]}}},
        "One": {"allOf": [ref("Base"), {"properties": {"a": {}}}]},
        "Two": {"allOf": [ref("Base"), {"properties": {"b": {}}}]},
    }
    api = read(document(schemas)).api
    assert [each.place for each in api.enums.values()] == ["Base.size"]


def test_overlaps_that_hold_themselves_end() -> None:
    schemas = {
        "One": {"properties": {"x": {"properties": {"x": ref("One"), "a": {}}}}},
        "Two": {"properties": {"x": {"properties": {"x": ref("Two"), "b": {}}}}},
        "Both": {"allOf": [ref("One"), ref("Two")]},
    }
    api = read(document(schemas)).api
    inner = api.messages["Both"].fields[0].type
    assert isinstance(inner, MessageRef)
    assert [each.wire for each in api.messages[inner.name].fields] == ["a", "b", "x"]


def test_the_fields_of_a_property_keep_the_words_nearest_to_it() -> None:
    found = field(
        {"allOf": [ref("Id")], "description": "Outer."},
        Id={"type": "string", "description": "Inner.", "maxLength": 3},
    )
    assert (found.doc, found.type) == ("Outer.", MessageRef("Id"))
