"""Names that `groundwire.lock` holds stay, however a document and its overlay grow around them."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import frozen
from groundwire_codegen.lower import Lowered
from groundwire_codegen.lower.naming import Naming
from groundwire_codegen.read.overlay import Overlay
from groundwire_codegen.reader import read_lowered
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.codegen.documents import bookshop, encoded

WIRES = [
    *(
        "fooBar",
        "foo_bar",
        "foo-bar",
        "FooBar",
        "foobar",
        "foo.bar",
        "foo_bar_",
        "foo_bar_2",
        "class",
        "class_",
    ),
    *(
        "n",
        "",
        "\u00e9",
        "data",
        "value",
        "value_",
        "self",
        "unknownFields",
        "unknown_fields",
        "@type",
        "type",
    ),
]
SCHEMAS = [
    *(
        "Foo",
        "foo",
        "FOO",
        "Foo_",
        "Foo2",
        "FooBar",
        "Foo_Bar",
        "fooBar",
        "FooFooBar",
        "FooKind",
        "Any",
        "Book_",
    ),
    *("None_", "Value", "ChoiceFooBar"),
]
MEMBERS = ["fooBar", "FooBar", "foo_bar", "value", "class", "none", "kind", "kind_", "rest", "text"]
RESOURCES = ["books", "Books", "foo", "fooBar", "foo_bar", "wait", "x", "X"]
METHODS = [wire for wire in WIRES if wire.isascii() and wire.isidentifier()] + ["x", "X", "wait", "close"]

wires = st.sampled_from(WIRES)
scalars = st.sampled_from(
    [
        {"type": "string"},
        {"type": "array", "items": {"type": "integer", "format": "int32"}},
        {"type": "string", "format": "google-datetime"},
    ]
)
enums = st.lists(wires, min_size=1, max_size=4, unique=True).map(
    lambda values: {"type": "string", "enum": values}
)
references = st.sampled_from(SCHEMAS).map(lambda name: {"$ref": name})


def inline(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


properties = st.recursive(
    scalars | enums | references,
    lambda inner: st.dictionaries(wires, inner, min_size=1, max_size=3).flatmap(
        lambda found: st.sampled_from(
            [
                inline(found),
                {"type": "array", "items": inline(found)},
                {"type": "object", "additionalProperties": inline(found)},
            ]
        )
    ),
    max_leaves=5,
)
fields = st.dictionaries(wires, properties, max_size=5)
parameters = st.dictionaries(
    wires,
    st.just({"type": "string", "location": "query"}) | enums.map(lambda enum: {**enum, "location": "query"}),
)
places = st.tuples(st.lists(st.sampled_from(RESOURCES), max_size=3).map(tuple), st.sampled_from(METHODS))
choices = st.fixed_dictionaries(
    {
        name: st.dictionaries(st.sampled_from(MEMBERS), scalars | references, max_size=4)
        for name in ("Choice", "ChoiceFoo")
    }
)


@frozen
class Part:
    """What joins an API at once."""

    schemas: dict[str, dict[str, Any]]
    choices: dict[str, dict[str, Any]]
    """Members that join the union `kind` of a message."""
    methods: dict[tuple[tuple[str, ...], str], dict[str, Any]]


parts = st.builds(
    Part,
    st.dictionaries(st.sampled_from(SCHEMAS), fields, max_size=5),
    choices,
    st.dictionaries(places, parameters, max_size=4),
)


def grown(old: Any, new: Any) -> Any:
    """A schema that has grown: members and enum values join; what was there stays what it was."""
    if isinstance(old, dict) and isinstance(new, dict):
        if "properties" not in old and old.get("type") != new.get("type"):
            return old
        joined = {key: grown(old[key], new[key]) if key in old else new[key] for key in new}
        return {**old, **{key: value for key, value in joined.items() if key in old or key not in CLOSED}}
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *(value for value in new if value not in old)]
    return old


CLOSED = {"enum", "format", "items", "additionalProperties", "properties", "$ref", "type"}
"""What makes another type of a schema when it joins."""


def api(described: list[Part]) -> tuple[bytes, bytes]:
    """The document and the overlay after some parts have joined the bookshop."""
    document = bookshop()
    schemas, book = document["schemas"], document["schemas"]["Book"]["properties"]
    members: dict[str, list[str]] = {"Choice": [], "ChoiceFoo": []}
    for name in (*SCHEMAS, *members):
        schemas[name] = {"id": name, **inline({})}
        book[f"a{name}"] = {"$ref": name}
    for part in described:
        for name, found in (*part.schemas.items(), *part.choices.items()):
            mine = schemas[name]["properties"]
            for wire, schema in found.items():
                mine[wire] = grown(mine[wire], schema) if wire in mine else copy.deepcopy(schema)
        for name, found in part.choices.items():
            members[name] += [wire for wire in found if wire not in members[name]]
        for (resource, name), given_ in part.methods.items():
            place = document
            for step in resource:
                place = place.setdefault("resources", {}).setdefault(step, {})
            fresh = {
                "id": ".".join(("bookshop", *resource, name)),
                "httpMethod": "POST",
                "path": "v1/x",
                "request": {"$ref": "Book"},
                "parameters": {},
            }
            method = place.setdefault("methods", {}).setdefault(name, fresh)
            for wire, schema in given_.items():
                method["parameters"].setdefault(wire, schema)
    overlay = "".join(
        f"[messages.{name}.unions.kind]\nmembers = {json.dumps(wires_)}\n"
        for name, wires_ in members.items()
        if wires_
    )
    return encoded(document), overlay.encode()


def scopes(lowered: Lowered) -> Iterator[list[str]]:
    """The names that must differ from one another, scope by scope."""
    found = lowered.api
    yield [name.replace("_", "").lower() for name in (*found.messages, *found.enums)]
    for message in found.messages.values():
        nested = [
            variant.class_name for group in message.groups for variant in group.variants if variant.class_name
        ]
        yield nested if message.family else [*nested, *found.messages, *found.enums]
        yield [member.name for member in message.members if member.name]
    for enum in found.enums.values():
        yield [value.name for value in enum.values]
    for method in found.methods.values():
        yield [parameter.name for parameter in method.parameters]
    for path in {(), *(resource.path for resource in found.resources)}:
        yield [
            *(method.name for method in found.methods.values() if method.resource == path),
            *(resource.name for resource in found.resources if resource.path[:-1] == path),
        ]
    yield [
        *(resource.class_name for resource in found.resources),
        *(method.constant for method in found.methods.values()),
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(parts, min_size=2, max_size=4))
def test_published_names_do_not_move(described: list[Part]) -> None:
    before: dict[str, str] = {}
    for count in range(1, len(described) + 1):
        document, overlay = api(described[:count])
        found = read_lowered(document, overlay, published=before)
        after = dict(found.published)
        assert before.items() <= after.items()
        assert read_lowered(document, overlay, published=after).published == after
        for names in scopes(found):
            assert len(set(names)) == len(names)
        before = after


@settings(max_examples=10, deadline=None)
@given(parts)
def test_names_that_stay_in_a_smaller_document_do_not_move(part: Part) -> None:
    large = read_lowered(*api([part])).published
    small = read_lowered(*api([]), published=large).published
    assert small.items() <= large.items()


def named(what: str, wire: str) -> Part:
    """One thing of a kind, called `wire`."""
    text = {"type": "string"}
    query = {wire: {"type": "string", "location": "query"}}
    return {
        "field": Part({"Foo": {wire: text}}, {}, {}),
        "value": Part({"Foo": {"kind": {"type": "string", "enum": [wire]}}}, {}, {}),
        "message": Part({"Foo": {wire: inline({"a": text})}}, {}, {}),
        "enum": Part({"Foo": {wire: {"type": "string", "enum": ["A"]}}}, {}, {}),
        "variant": Part({}, {"Choice": {wire: text}, "ChoiceFoo": {}}, {}),
        "parameter": Part({}, {}, {(("books",), "find"): query}),
        "method": Part({}, {}, {(("books",), wire): {}}),
        "constant": Part({}, {}, {(("books",), wire): {}}),
        "resource": Part({}, {}, {((wire,), "find"): {}}),
        "class": Part({}, {}, {((wire,), "find"): {}}),
    }[what]


KINDS = [
    "field",
    "value",
    "message",
    "enum",
    "variant",
    "parameter",
    "method",
    "constant",
    "resource",
    "class",
]


@pytest.mark.parametrize("what", KINDS)
def test_a_newcomer_that_comes_first_by_itself_comes_second_beside_a_lock(what: str) -> None:
    """Of two wire names that want one name, the lock decides, and nothing but the lock."""

    def names(described: list[Part], before: dict[str, str] | None = None) -> dict[str, str]:
        found = read_lowered(*api(described), published=before).published
        return {key: name for key, name in found.items() if key.startswith(f"{what}:")}

    either = [named(what, wire) for wire in ("fooBar", "FooBar")]
    alone = [names([part]) for part in either]
    fresh = names(either)
    moved = [before for before in alone if not before.items() <= fresh.items()]
    assert moved, "one of the two gives way when there is no lock"
    for before in alone:
        assert (
            before.items()
            <= names(either, read_lowered(*api([either[alone.index(before)]])).published).items()
        )


def test_the_time_of_naming_grows_with_the_number_of_names() -> None:
    """Each message, enum and method is a scope; the names that are published already must not slow the next ones."""

    def seconds(scopes: int) -> float:
        def once() -> float:
            naming = Naming({}, {}, Overlay(), [])
            started = time.process_time()
            for number in range(scopes):
                names = {f"field:M{number}.{wire}": wire for wire in ("name", "kind", "class")}
                naming.allocate(names, reserved=frozenset({"kind"}))
            naming.allocate({f"value:E.{number}": "SAME" for number in range(scopes)}, reserved=frozenset())
            return time.process_time() - started

        return min(once() for _ in range(3))

    # A quadratic growth takes 64 times as long.
    assert seconds(8_000) < 24 * max(seconds(1_000), 0.001)
