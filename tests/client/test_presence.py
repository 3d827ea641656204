"""What is left out of a message, what is sent empty, and what is sent as null."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from groundwire import (
    ArrayValue,
    CloudStorageDestination,
    DictionaryValue,
    ExportImageRequest,
    Expression,
    ImageAssetExportOptions,
    ListOperationsResponse,
    Operation,
    PixelGrid,
    ValueNode,
    decode,
    encode,
)
from groundwire_runtime.errors import ArgumentError, EncodeError
from groundwire_runtime.messages import ABSENT, EMPTY

COPIES: list[Callable[[Any], Any]] = [
    evolve,
    copy.copy,
    copy.deepcopy,
    lambda value: pickle.loads(pickle.dumps(value, 0)),  # noqa: S301 - our own bytes
    lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301 - our own bytes
]


def sent(message: object) -> Any:
    return json.loads(encode(message))


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize(
    ("message", "body"),
    [
        (ArrayValue(), {}),
        (ArrayValue(values=[]), {"values": []}),
        (ArrayValue(values=()), {"values": []}),
        (ArrayValue(values=ABSENT), {}),
        (DictionaryValue(), {}),
        (DictionaryValue(values={}), {"values": {}}),
        (DictionaryValue(values=EMPTY), {}),
        (CloudStorageDestination(bucket="b", bucket_cors_uris=[]), {"bucket": "b", "bucketCorsUris": []}),
        (ValueNode.ArrayValue(ArrayValue(values=[])), {"arrayValue": {"values": []}}),
        (ImageAssetExportOptions(pyramiding_policy_overrides={}), {"pyramidingPolicyOverrides": {}}),
    ],
)
def test_a_given_empty_container_is_sent_and_one_that_was_not_given_is_not(
    message: Any, body: object, copied: Callable[[Any], Any]
) -> None:
    assert sent(message) == sent(copied(message)) == body
    assert copied(message) == message
    assert hash(copied(message)) == hash(message)


@pytest.mark.parametrize(
    ("cls", "body"),
    [
        (Expression, {"values": {}, "result": "0"}),
        (ListOperationsResponse, {"operations": [], "unreachable": []}),
        (ExportImageRequest, {"description": None, "maxPixels": None, "expression": {"values": {"0": {}}}}),
        (PixelGrid, {"crsCode": None, "crsWkt": "W", "dimensions": None}),
        (PixelGrid, {"crsCode": None, "crsWkt": None}),
        (ValueNode, {"arrayValue": None}),
        (ValueNode, {"arrayValue": None, "constantValue": None}),
        (ValueNode, {"valueReference": "1", "argumentReference": None}),
        (ArrayValue, {"values": [{"integerValue": None}, *({"constantValue": n} for n in range(9))]}),
        (Operation, {"metadata": None, "response": None, "newer": None}),
    ],
)
def test_what_came_empty_or_null_is_sent_again_as_it_came(cls: type, body: dict[str, Any]) -> None:
    message: Any = decode(cls, json.dumps(body).encode())
    for copied in COPIES:
        assert sent(copied(message)) == body
        assert copied(message) == message
        assert repr(copied(message)) == repr(message)


def test_null_is_noted_under_the_name_of_the_attribute() -> None:
    request = decode(ExportImageRequest, b'{"maxPixels":null,"work_load":1,"request_id":null,"grid":{}}')
    assert request.null_fields == {"max_pixels", "request_id"}
    assert sent(request) == {"grid": {}, "work_load": 1, "maxPixels": None, "requestId": None}
    assert decode(PixelGrid, b'{"crs_code":null}').null_fields == {"crsCode"}


@pytest.mark.parametrize(
    "body", [b'{"maxPixels":null,"max_pixels":"5"}', b'{"max_pixels":5,"maxPixels":null}']
)
def test_null_under_one_name_gives_way_to_a_value_under_the_other(body: bytes) -> None:
    request = decode(ExportImageRequest, body)
    assert (request.max_pixels, request.null_fields) == (5, frozenset())
    assert sent(request) == {"maxPixels": "5"}


def test_null_is_sent_on_purpose() -> None:
    request = ExportImageRequest(description="a", null_fields={"grid"})
    assert sent(request) == {"description": "a", "grid": None}
    assert sent(PixelGrid(null_fields=["crsWkt", "dimensions"])) == {"crsWkt": None, "dimensions": None}
    assert sent(ArrayValue(null_fields={"values"})) == {"values": None}
    assert sent(evolve(request, grid=PixelGrid(), null_fields=())) == {"description": "a", "grid": {}}
    assert request != ExportImageRequest(description="a")


def test_what_is_null_and_empty_is_printed() -> None:
    assert repr(ArrayValue(values=[])) == "ArrayValue(values=())"
    assert repr(ArrayValue()) == "ArrayValue()"
    message = PixelGrid(null_fields={"dimensions", "crsCode"})
    assert repr(message) == "PixelGrid(null_fields={'crsCode', 'dimensions'})"
    assert eval(repr(message)) == message  # noqa: S307 - our own text


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (ExportImageRequest(description="", null_fields={"description"}), "/description"),
        (ArrayValue(values=[], null_fields={"values"}), "/values"),
        (PixelGrid(crs=PixelGrid.CrsCode("C"), null_fields={"crsCode"}), "/crsCode"),
        (ValueNode.ValueReference("1", null_fields={"valueReference"}), "/valueReference"),
    ],
)
def test_a_field_is_null_or_has_a_value(message: object, path: str) -> None:
    with pytest.raises(EncodeError, match="cannot be null and have a value") as caught:
        encode(message)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("maxPixels", "max_pixels"),
        ("grids", "grid"),
        ("export_options", "fileExportOptions"),
        ("unknown_fields", ""),
    ],
)
def test_a_name_that_is_no_field_is_refused(name: str, near: str) -> None:
    with pytest.raises(
        ArgumentError, match=f"ExportImageRequest.null_fields: '{name}' is no field"
    ) as caught:
        encode(ExportImageRequest(null_fields={name}))
    assert near in str(caught.value)


@pytest.mark.parametrize("names", ["grid", 5, None, [[]]])
def test_names_are_a_set(names: Any) -> None:
    with pytest.raises(ArgumentError, match="null_fields: expected a set of names"):
        ExportImageRequest(null_fields=names)
