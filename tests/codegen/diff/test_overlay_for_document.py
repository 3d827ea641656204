"""An overlay that fits one of two documents only: every reference may lose its target, or not have it yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from groundwire_codegen.diff import Given, Sides, compare, read_sides
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_api

from tests.codegen.diff.shop import OVERLAY, shop
from tests.codegen.documents import encoded
from tests.codegen.packages import ROOT

Document = dict[str, Any]
TYPES: tuple[Document, ...] = (
    {"type": "string"},
    {"type": "string", "enum": ["SMALL", "HUGE"]},
    {"type": "any"},
    {"type": "array", "items": {"type": "string"}},
    {"$ref": "Receipt"},
)
RULED = {
    "Card": ("number",),
    "Operation": ("response",),
    "Order": ("book", "card", "copies", "filter", "kind", "lines", "requestId", "size", "tile"),
    "Receipt": ("alias", "kind", "kinds", "total"),
    "Term": ("constant",),
}
"""Fields that a rule of the overlay fits by their type."""
MORE = """\
[scopes]
extra = [{ scope = "https://www.googleapis.com/auth/extra", field = "Order.cash" }]

[enums.Size]
doc = "A size."
values = { SMALL = "The least.", LARGE = "The most." }

[methods."shop.orders.move".parameters.count]
minimum = 1

[messages.Order]
order = ["book", "serial", "gift", "copies"]

[messages.Order.fields.kind]
enum = "Size"

[messages.Receipt.fields.kind]
enum = "Size"
values = { SMALL = { doc = "The least." } }

[messages.Receipt.fields.kinds]
enum = "Size"

[messages.Receipt.fields.alias]
min_length = 1

[messages.Order.fields.filter]
members = ["constant"]

[messages.Order.fields.book]
pattern = "^[a-z]+$"
min_length = 1

[messages.Order.fields.lines]
max_items = 3

[messages.Order.extensions.gift]
after = "note"
evidence = "A test sends it."
schema = { "$ref" = "Size" }
multiple_of = "tile"

[messages.Order.extensions.wrap]
after = "gift"
evidence = "A test sends it."
schema = { type = "array", items = { "$ref" = "Tag" } }

[messages.Order.extensions.other]
after = "card"
evidence = "A test sends it."
schema = { "$ref" = "Term" }
members = ["variable"]

[messages.Operation.packed.response]
"type.googleapis.com/shop.Coupon" = "Coupon"
"type.googleapis.com/shop.Size" = "Size"

[messages.Family]
family = true

[messages.Family.unions.one]
members = ["left", "right"]
"""
RICH = (
    OVERLAY.removesuffix("[names]\n")
    + MORE
    + '[names]\n"field:Order.note" = "remark"\n"message:Coupon" = "Voucher"\n'
)


def rich() -> Document:
    """The shop, with a target for every kind of reference that an overlay can make."""
    document = shop()
    schemas, kind = document["schemas"], {"type": "string", "enum": ["SMALL", "LARGE"]}
    schemas["Order"]["properties"]["lines"] = {"type": "array", "items": {"type": "string"}}
    schemas["Receipt"]["properties"] |= {
        "kind": kind,
        "kinds": {"type": "array", "items": kind},
        "alias": {"$ref": "Text"},
        "family": {"$ref": "Family"},
        "coupon": {"$ref": "Coupon"},
    }
    schemas["Text"] = {"id": "Text", "type": "string"}
    sides = {"left": {"type": "string"}, "right": {"type": "string"}}
    schemas["Family"] = {"id": "Family", "type": "object", "properties": sides}
    return dict(json.loads(json.dumps(document)))


def without_schema(name: str) -> Document:
    """The document without a schema, and without what refers to it."""
    document = rich()
    del document["schemas"][name]
    for schema in document["schemas"].values():
        properties = schema.get("properties", {})
        for wire in [wire for wire, each in properties.items() if f'"$ref": "{name}"' in json.dumps(each)]:
            del properties[wire]
    for resource in document["resources"].values():
        for method in resource["methods"].values():
            for role in ("request", "response"):
                if method.get(role) == {"$ref": name}:
                    del method[role]
    return document


def with_field(message: str, wire: str, schema: Document | None) -> Document:
    document = rich()
    properties = document["schemas"][message]["properties"]
    del properties[wire]
    if schema is not None:
        properties[wire] = schema
    return document


def removals() -> Iterator[tuple[str, Document]]:
    for message, schema in rich()["schemas"].items():
        yield message, without_schema(message)
        for wire in schema.get("properties", {}):
            yield f"{message}.{wire}", with_field(message, wire, None)
    for name, resource in rich()["resources"].items():
        for method, described in resource["methods"].items():
            document = rich()
            del document["resources"][name]["methods"][method]
            yield described["id"], document
            for parameter, said in described.get("parameters", {}).items():
                if said["location"] == "query":
                    document = rich()
                    del document["resources"][name]["methods"][method]["parameters"][parameter]
                    yield f"{described['id']}:{parameter}", document


def retypings() -> Iterator[tuple[str, Document]]:
    for message, wires in RULED.items():
        for wire in wires:
            for number, type_ in enumerate(TYPES):
                yield f"{message}.{wire} {number}", with_field(message, wire, dict(type_))
    for number, type_ in enumerate(TYPES):
        document = rich()
        document["schemas"]["Text"] = {"id": "Text", **type_}
        if "$ref" not in type_:
            yield f"Text {number}", document


def other_values() -> Iterator[tuple[str, Document]]:
    for wires in (("kind",), ("kinds",), ("kind", "kinds")):
        document = rich()
        properties = document["schemas"]["Receipt"]["properties"]
        for wire in wires:
            properties[wire] = json.loads(json.dumps(properties[wire]).replace('"LARGE"', '"HUGE"'))
        yield f"values of {wires}", document


def compared(old: Document, new: Document, overlay: str = RICH) -> Sides:
    return read_sides(
        *(
            Given(name=name, document=encoded(document), overlay=overlay.encode())
            for name, document in (("old", old), ("new", new))
        )
    )


def refusals(document: Document, overlay: str = RICH) -> list[str]:
    """Places of the overlay that generating from the document would refuse."""
    try:
        read_api(encoded(document), overlay=overlay.encode())
    except SpecError as error:
        return [problem.pointer for problem in error.problems]
    return []


def test_the_rich_overlay_fits_the_rich_document() -> None:
    assert refusals(rich()) == []
    assert compared(rich(), rich()).notes == ()


@pytest.mark.parametrize("edits", [removals, retypings, other_values])
def test_a_target_that_one_document_lacks_stops_no_diff(
    edits: Callable[[], Iterator[tuple[str, Document]]],
) -> None:
    noted = 0
    for what, document in edits():
        gone, come = compared(rich(), document), compared(document, rich())
        assert [note.pointer for note in gone.notes] == refusals(document), what
        assert come.notes == (), what
        changes = (compare(gone.old, gone.new).changes, compare(come.old, come.new).changes)
        assert all(changes) or not gone.notes, what
        noted += bool(gone.notes)
    assert noted


def test_the_note_names_the_rule_and_the_diff_is_whole() -> None:
    sides = compared(rich(), with_field("Order", "note", None))
    assert {note.pointer: note.message for note in sides.notes} == {
        "/messages/Order/extensions/gift/after": "the rule matches nothing: no field 'note'",
        "/names/field:Order.note": "the rule matches nothing: nothing is published as 'field:Order.note'",
    }
    changes = compare(sides.old, sides.new).changes
    assert [(change.rule.id, change.place.path) for change in changes] == [("field.removed", "Order.note")]


def test_every_after_of_the_shipped_overlay_may_go() -> None:
    spec = ROOT / "spec" / "earthengine.v1beta.json"
    overlay = spec.with_suffix(".overlay.toml").read_text("utf-8")
    document = json.loads(spec.read_bytes())
    for message, wire, extension in (
        ("EarthEngineDestination", "name", "overwrite"),
        ("ExportImageRequest", "priority", "maxWorkers"),
        ("GeoTiffImageExportOptions", "noData", "metadataKeys"),
        ("ImageAssetExportOptions", "pyramidingPolicyOverrides", "tileSize"),
    ):
        new = json.loads(spec.read_bytes())
        del new["schemas"][message]["properties"][wire]
        sides = compared(document, new, overlay)
        assert f"/messages/{message}/extensions/{extension}/after" in {note.pointer for note in sides.notes}
        assert "field.removed" in {change.rule.id for change in compare(sides.old, sides.new).changes}


def test_a_family_without_members_is_a_plain_message() -> None:
    document = rich()
    document["schemas"]["Family"]["properties"] = {"middle": {"type": "string"}}
    sides = compared(rich(), document)
    assert "/messages/Family/family" not in {note.pointer for note in sides.notes}
    assert "message.family" in {change.rule.id for change in compare(sides.old, sides.new).changes}


def test_methods_that_only_the_other_document_has_are_not_all_methods() -> None:
    overlay = f'generate = ["shop.orders.ping"]\n{OVERLAY}'
    document = shop()
    del document["resources"]["orders"]["methods"]["ping"]
    sides = compared(shop(), document, overlay)
    assert [
        change.rule.id for change in compare(sides.old, sides.new).changes if change.place.subject == "method"
    ] == ["method.removed"]
    assert not sides.new.methods
    assert "/generate" in {note.pointer for note in sides.notes}


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ('generate = ["shop.orders.ping", "shop.orders.nope"]', "/generate"),
        ('[messages.Nope]\ndoc = "Nothing."', "/messages/Nope"),
        ('[messages.Tag]\norder = ["nope"]', "/messages/Tag/order"),
        ('[messages.Tag.extensions.nope]\nafter = "nope"', "/messages/Tag/extensions/nope"),
        (
            '[messages.Tag.extensions.x]\nafter = "nope"\nevidence = "e"\nschema = { type = "string" }',
            "/messages/Tag/extensions/x/after",
        ),
        ('[client.nope]\nfills = ["shop.orders.get:nope"]', "/client/nope/fills"),
        ('[names]\n"message:Nope" = "Nope"', "/names/message:Nope"),
    ],
)
def test_what_neither_document_has_is_refused(line: str, pointer: str) -> None:
    with pytest.raises(SpecError) as caught:
        compared(shop(), shop(), f"{line}\n{OVERLAY.removesuffix('[names]' + chr(10))}")
    assert pointer in {problem.pointer for problem in caught.value.problems}
