"""The outside vectors of proto3 JSON and of JSON itself, where they apply."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import groundwire_runtime.decode as read
import groundwire_runtime.encode as write
import pytest
from groundwire import Empty, decode
from groundwire_runtime.errors import DecodeError

from .vectors import cases, needed

Leaf = tuple[Callable[[Any, int], Any], Callable[[Any, int], str]]
LEAVES: dict[str, Leaf] = {
    "int32": (read.int32, write.int32),
    "sint32": (read.int32, write.int32),
    "sfixed32": (read.int32, write.int32),
    "uint32": (read.uint32, write.uint32),
    "fixed32": (read.uint32, write.uint32),
    "int64": (read.int64, write.int64),
    "sint64": (read.int64, write.int64),
    "sfixed64": (read.int64, write.int64),
    "uint64": (read.uint64, write.uint64),
    "fixed64": (read.uint64, write.uint64),
    "double": (read.double, write.double),
    "float": (read.float32, write.float32),
    "bool": (read.boolean, write.boolean),
    "string": (read.string, write.string),
    "bytes": (read.byte, write.byte),
    "google.protobuf.Timestamp": (read.timestamp, write.timestamp),
    "google.protobuf.Duration": (read.duration, write.duration),
    "google.protobuf.Struct": (read.struct, write.struct),
    "google.protobuf.Value": (read.any_value, write.any_value),
    "google.protobuf.BoolValue": (read.boolean, write.boolean),
    "google.protobuf.StringValue": (read.string, write.string),
    "google.protobuf.BytesValue": (read.byte, write.byte),
    "google.protobuf.Int32Value": (read.int32, write.int32),
    "google.protobuf.Int64Value": (read.int64, write.int64),
    "google.protobuf.UInt32Value": (read.uint32, write.uint32),
    "google.protobuf.UInt64Value": (read.uint64, write.uint64),
    "google.protobuf.FloatValue": (read.float32, write.float32),
    "google.protobuf.DoubleValue": (read.double, write.double),
}


def leaf(field: dict[str, Any]) -> Leaf | None:
    """How one field of a vector is read and written, when it is made of scalars."""
    if field["map"] or field["oneof"]:
        return None
    found = LEAVES.get(field["message"] or field["type"])
    if found is None or not field["repeated"]:
        return found
    return read.list_of(found[0]), write.list_of(found[1])


APPLY = [
    case
    for case in cases("proto3_json.json")
    if len(case["fields"]) == 1 and leaf(case["fields"][0]) and case["expect"] in ("accept", "reject")
]
PARSED = [case for case in APPLY if case["direction"] == "parse"]
PRINTED = [case for case in APPLY if case["direction"] == "serialize" and case["expect"] == "accept"]


def fields(case: dict[str, Any], document: Any) -> list[tuple[Any, Leaf]]:
    (field,) = case["fields"]
    found = leaf(field)
    assert found is not None
    names = [name for name in (field["json"], field["proto"]) if name in document]
    nullable = field["message"] == "google.protobuf.Value"
    return [(document[name], found) for name in names if nullable or document[name] is not None]


@needed
def test_the_vectors_are_there() -> None:
    assert len(PARSED) > 120
    assert len(PRINTED) > 50


@needed
@pytest.mark.parametrize("case", PARSED, ids=lambda case: str(case["id"]))
def test_proto3_json_is_read(case: dict[str, Any]) -> None:
    if case["expect"] == "reject":
        with pytest.raises(DecodeError):
            for value, (decoder, _) in fields(case, read.parse(case["input"].encode("utf-8"))):
                decoder(value, 0)
        return
    for value, (decoder, encoder) in fields(case, read.parse(case["input"].encode("utf-8"))):
        text = encoder(decoder(value, 0), 0)
        for expected, _ in fields(case, case["canonical"]):
            assert json.loads(text) == expected


@needed
@pytest.mark.parametrize("case", PRINTED, ids=lambda case: str(case["id"]))
def test_what_protobuf_prints_is_read_and_printed_alike(case: dict[str, Any]) -> None:
    for value, (decoder, encoder) in fields(case, case["canonical"]):
        assert json.loads(encoder(decoder(value, 0), 0)) == value


SYNTAX = [case for case in cases("json_syntax.json") if case["input_base64"] is not None]


@needed
@pytest.mark.parametrize("case", SYNTAX, ids=lambda case: str(case["name"]))
def test_json_syntax_is_strict(case: dict[str, Any]) -> None:
    body = base64.b64decode(case["input_base64"])
    if case["expect"] == "accept":
        assert read.parse(body) == json.loads(body)
    elif case["expect"] == "reject":
        with pytest.raises(DecodeError):
            read.parse(body)
    else:
        try:
            decode(Empty, body)
        except DecodeError as error:
            assert error.rule
