"""Names that `groundwire.lock` holds stay, whatever joins the document around them."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from groundwire_codegen.lower import Lowered
from groundwire_codegen.reader import read_lowered
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, encoded, with_property
from tests.codegen.packages import output

WIRES = [
    "fooBar",
    "foo_bar",
    "foo-bar",
    "FooBar",
    "foobar",
    "foo.bar",
    "class",
    "class_",
    "n",
    "",
    "é",
    "data",
]
WIRES += [
    "value",
    "value_",
    "self",
    "unknownFields",
    "unknown_fields",
    "@type",
    "type",
    "foo_bar_",
    "foo_bar_2",
]
SCHEMAS = [
    "Foo",
    "foo",
    "FOO",
    "Foo_",
    "Foo2",
    "FooBar",
    "Foo_Bar",
    "fooBar",
    "FooKind",
    "Any",
    "Book_",
    "None_",
]
RESOURCES = ["books", "Books", "foo", "fooBar", "foo_bar", "wait"]

wires = st.sampled_from(WIRES)
leaves = st.sampled_from(
    [
        {"type": "string"},
        {"type": "array", "items": {"type": "integer", "format": "int32"}},
        {"type": "object", "properties": {"a": {"type": "string"}}},
    ]
)
enums = st.lists(wires, min_size=1, max_size=4).map(lambda values: {"type": "string", "enum": values})
references = st.sampled_from(SCHEMAS).map(lambda name: {"$ref": name})
fields = st.dictionaries(wires, leaves | enums | references, max_size=6)
schemas = st.fixed_dictionaries(dict.fromkeys(SCHEMAS, fields))
methods = st.dictionaries(
    st.tuples(st.sampled_from(RESOURCES), wires.filter(lambda name: name.isascii() and name.isidentifier())),
    fields,
    max_size=4,
)


def joined(parts: list[tuple[dict[str, Any], dict[Any, Any]]]) -> bytes:
    """The bookshop with the schemas and methods of every part; what came first wins."""
    document = bookshop()
    for described, called in parts:
        for name, properties in described.items():
            schema = document["schemas"].setdefault(name, {"id": name, "type": "object", "properties": {}})
            schema["properties"] = {**properties, **schema["properties"]}
        for (resource, name), parameters in called.items():
            method = {
                "id": f"bookshop.{resource}.{name}",
                "httpMethod": "POST",
                "path": "v1/x",
                "request": {"$ref": SCHEMAS[len(name) % len(SCHEMAS)]},
                "parameters": {wire: {"type": "string", "location": "query"} for wire in parameters},
            }
            document["resources"].setdefault(resource, {"methods": {}})["methods"].setdefault(name, method)
    return encoded(document)


def scopes(lowered: Lowered) -> list[list[str]]:
    """The names that must differ from one another, scope by scope."""
    api = lowered.api
    return [
        [name.replace("_", "").lower() for name in (*api.messages, *api.enums)],
        *([member.name for member in message.members] for message in api.messages.values()),
        *([value.name for value in enum.values] for enum in api.enums.values()),
        *([parameter.name for parameter in method.parameters] for method in api.methods.values()),
        *(
            [each.name for each in api.methods.values() if each.resource == method.resource]
            for method in api.methods.values()
        ),
    ]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(schemas, methods), min_size=2, max_size=3))
def test_published_names_do_not_move(parts: list[tuple[dict[str, Any], dict[Any, Any]]]) -> None:
    before: dict[str, str] = {}
    for count in range(1, len(parts) + 1):
        document = joined(parts[:count])
        found = read_lowered(document, published=before)
        after = dict(found.published)
        assert before.items() <= after.items()
        assert read_lowered(document, published=after).published == after
        for names in scopes(found):
            assert len(set(names)) == len(names)
        before = after


@settings(max_examples=10, deadline=None)
@given(schemas, methods)
def test_names_that_stay_in_a_smaller_document_do_not_move(
    described: dict[str, Any], called: dict[Any, Any]
) -> None:
    large = read_lowered(joined([(described, called)])).published
    small = read_lowered(joined([]), published=large).published
    assert small.items() <= large.items()


def test_a_name_is_kept_that_a_newcomer_fits_better() -> None:
    first = output(with_property("fooBar", {"type": "string"}))
    assert first.lock.names["field:Book.fooBar"] == "foo_bar"
    document = with_property("fooBar", {"type": "string"})
    document["schemas"]["Book"]["properties"]["foo_bar"] = {"type": "string"}
    fresh, kept = output(document).lock.names, output(document, before=first.lock).lock.names
    assert (fresh["field:Book.foo_bar"], fresh["field:Book.fooBar"]) == ("foo_bar", "foo_bar_")
    assert (kept["field:Book.foo_bar"], kept["field:Book.fooBar"]) == ("foo_bar_", "foo_bar")


def test_a_family_stays_one_when_a_plain_field_joins(load: Load) -> None:
    overlay = '[messages.Author.unions.kind]\nmembers = ["name", "id"]\n'
    document = bookshop()
    properties = document["schemas"]["Author"]["properties"]
    properties["id"] = {"type": "string"}
    first = output(document, overlay)
    grown = copy.deepcopy(document)
    grown["schemas"]["Author"]["properties"]["born"] = {"type": "string"}
    second = output(grown, overlay, before=first.lock)
    assert second.lock.names["family:Author"] == "yes"
    package = load(second.files)
    author = package.Author.Name("Sappho", born="-630")
    assert package.encode(author) in (b'{"name":"Sappho","born":"-630"}', '{"name":"Sappho","born":"-630"}')
    assert output(grown, overlay).lock.names["family:Author"] == "no"


@pytest.mark.parametrize("wire", ["fooBar", "foo_bar"])
def test_two_names_of_a_lock_that_collide_are_told_apart(wire: str) -> None:
    document = with_property("fooBar", {"type": "string"})
    document["schemas"]["Book"]["properties"]["foo_bar"] = {"type": "string"}
    merged = {"field:Book.fooBar": "foo_bar", "field:Book.foo_bar": "foo_bar"}
    names = read_lowered(encoded(document), published=merged).published
    assert {names["field:Book.fooBar"], names["field:Book.foo_bar"]} == {"foo_bar", "foo_bar_"}
