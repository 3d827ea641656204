"""The OpenAPI document that the generator writes of a Discovery document is read as the same API."""

from __future__ import annotations

import json
from functools import cache

from groundwire_codegen.ir import Api, Message
from groundwire_codegen.read.draft import Draft
from groundwire_codegen.read.openapi import read_document
from groundwire_codegen.reader import read_api
from groundwire_codegen.schema import document

from tests.codegen.test_openapi import OVERLAY, SPEC


@cache
def api() -> Api:
    return read_api(SPEC.read_bytes(), OVERLAY.read_bytes())


@cache
def draft() -> Draft:
    return read_document(json.dumps(document(api())).encode())


def wires(message: Message) -> dict[str, tuple[str, ...]]:
    """Return the wire names of each field, or of the members of each group."""
    groups = {
        min(wires): tuple(sorted(wires))
        for wires in ({each.field.wire for each in group.variants} for group in message.groups)
    }
    return {**groups, **{each.wire: (each.wire,) for each in message.fields}}


def test_nothing_is_wrong_with_it() -> None:
    """Only what `@type` decides and the members that a place allows are not read; the overlay says them."""
    assert (draft().problems, draft().faults) == ((), {})
    unread = {f"{keyword!r} is not read: the type is wider" for keyword in ("if", "propertyNames")}
    assert {each.message for each in draft().warnings} == unread


def test_every_method_is_there() -> None:
    assert set(draft().api.methods) == set(api().methods)
    for id_, method in api().methods.items():
        found = draft().api.methods[id_]
        assert (found.verb, found.body is None) == (method.verb, method.body is None)


def test_every_message_has_its_fields_and_groups() -> None:
    found = draft().api.messages
    for name, message in api().messages.items():
        if message.fields or message.groups:
            assert wires(found[name]) == wires(message)


def test_every_enum_has_its_values() -> None:
    found = draft().api.enums
    for name, enum in api().enums.items():
        assert [each.wire for each in found[name].values] == [each.wire for each in enum.values]
