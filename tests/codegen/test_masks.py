"""Update masks, beside those that google.api_core makes of the same protobuf messages."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from attrs import evolve
from groundwire_runtime.errors import ArgumentError, DecodeError, EncodeError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.codegen.documents import bookshop
from tests.codegen.packages import files
from tests.modules import forget

DISTRIBUTION: dict[str, Any] = {
    "count": {"type": "string", "format": "int64"},
    "mean": {"type": "number", "format": "double"},
    "sumOfSquaredDeviation": {"type": "number", "format": "double"},
    "range": {"$ref": "Range"},
    "bucketOptions": {"$ref": "BucketOptions"},
    "bucketCounts": {"type": "array", "items": {"type": "string", "format": "int64"}},
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Distribution": DISTRIBUTION,
    "Range": {name: {"type": "number", "format": "double"} for name in ("min", "max")},
    "BucketOptions": {"linearBuckets": {"$ref": "Linear"}, "explicitBuckets": {"$ref": "Explicit"}},
    "Linear": {
        "numFiniteBuckets": {"type": "integer", "format": "int32"},
        "width": {"type": "number", "format": "double"},
    },
    "Explicit": {"bounds": {"type": "array", "items": {"type": "number", "format": "double"}}},
    "Stamp": {"labels": {"type": "object", "additionalProperties": {"type": "string"}}},
    "Label": {
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "etag": {"type": "string"},
        "display_name": {"type": "string"},
        "free": {"type": "object", "additionalProperties": {"type": "any"}},
        "detail": {
            "type": "object",
            "additionalProperties": {"type": "any", "description": "Contains field @type with type URL."},
        },
        "range": {"$ref": "Range"},
        "self": {"$ref": "Label"},
        "mask": {"type": "string", "format": "google-fieldmask"},
    },
}
"""google.api.Distribution, as a Discovery document has it, and what it has no field of."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """A client of these messages."""
    document = bookshop()
    document["schemas"] |= {
        name: {"id": name, "type": "object", "properties": properties} for name, properties in SCHEMAS.items()
    }
    for name in ("Distribution", "Label", "Stamp"):
        document["resources"]["books"]["methods"][f"change{name}"] = {
            "id": f"bookshop.books.change{name}",
            "httpMethod": "POST" if name == "Stamp" else "PATCH",
            "path": "v1/x",
            "parameters": {
                "updateMask": {"type": "string", "format": "google-fieldmask", "location": "query"}
            },
            "request": {"$ref": name},
        }
    folder = tmp_path_factory.mktemp("masks")
    (folder / "mask_shop").mkdir()
    for path, text in files(document).items():
        (folder / "mask_shop" / path).write_text(text, "utf-8")
    before = list(sys.path)
    sys.path.insert(0, str(folder))
    yield importlib.import_module("mask_shop")
    sys.path[:] = before
    forget(["mask_shop"])


def filled(value: Any) -> Any:
    """Return a value without empty messages: to the helper they are absent."""
    if not isinstance(value, dict):
        return value
    members = {key: filled(each) for key, each in value.items()}
    return {key: each for key, each in members.items() if each != {}}


def optional(**members: Any) -> Any:
    return st.fixed_dictionaries({}, optional=members)


NUMBERS = st.integers(1, 9).map(float)
"""A number that is not proto3's default, which sets nothing there."""
VALUES = optional(
    count=st.integers(1, 9).map(str),
    mean=NUMBERS,
    sumOfSquaredDeviation=NUMBERS,
    range=optional(min=NUMBERS, max=NUMBERS),
    bucketOptions=st.one_of(
        optional(linearBuckets=optional(numFiniteBuckets=st.integers(1, 9), width=NUMBERS)),
        optional(explicitBuckets=optional(bounds=st.lists(NUMBERS, min_size=1, max_size=2))),
    ),
    bucketCounts=st.lists(st.integers(0, 9).map(str), min_size=1, max_size=2),
).map(filled)


@given(VALUES, VALUES)
@settings(max_examples=300, deadline=None)
def test_a_mask_is_that_of_the_official_helper(shop: ModuleType, before: Any, after: Any) -> None:
    helpers = pytest.importorskip("google.api_core.protobuf_helpers")
    theirs = pytest.importorskip("google.api.distribution_pb2").Distribution
    parse = pytest.importorskip("google.protobuf.json_format").ParseDict

    def official(first: Any, second: Any) -> set[str]:
        parsed = (None if each is None else parse(each, theirs()) for each in (first, second))
        text = helpers.field_mask(*parsed).ToJsonString()
        return set(filter(None, text.split(",")))

    one, two = (shop.decode(shop.Distribution, json.dumps(each).encode()) for each in (before, after))
    assert {*filter(None, shop.mask_of(two).split(","))} == official(None, after)
    assert {*filter(None, shop.mask_of(two, since=one).split(","))} == official(before, after)


def applied(mask: str, source: Any, target: Any) -> Any:
    """Return what a service makes of an object by a mask: the fields that it names, as the source has them."""
    target = json.loads(json.dumps(target))
    for path in filter(None, mask.split(",")):
        *way, last = path.split(".")
        value, place = source, target
        for step in way:
            value, place = value.get(step, {}), place.setdefault(step, {})
        place.pop(last, None)
        if last in value:
            place[last] = value[last]
    return target


LABELS: Any = st.deferred(
    lambda: optional(
        labels=st.dictionaries(st.text(max_size=2), st.none() | st.text(max_size=2), max_size=2),
        free=st.dictionaries(st.text(max_size=2), st.integers() | st.lists(st.none()), max_size=2),
        detail=st.just({"@type": "x.example/T", "a": 1}),
        range=st.none() | optional(min=st.just(0.0), max=NUMBERS),
        self=st.none() | LABELS,
        later=st.integers(0, 2),
    )
)


def held(label: Any) -> Any:
    """Return a label as a service holds it: what is null is not there."""
    there = {key: each for key, each in label.items() if each is not None}
    return {key: held(each) if key == "self" else each for key, each in there.items()}


@given(LABELS.map(held), LABELS)
@settings(max_examples=300, deadline=None)
def test_a_service_makes_the_message_of_its_mask(shop: ModuleType, before: Any, after: Any) -> None:
    one, two = (shop.decode(shop.Label, json.dumps(each).encode()) for each in (before, after))
    first, second = (json.loads(shop.encode(each)) for each in (one, two))
    assert applied(shop.mask_of(two), second, {}) == second
    assert applied(shop.mask_of(two, since=one), second, first) == second


def test_what_a_message_sets(shop: ModuleType) -> None:
    label = shop.Label(
        labels={"k": "v"},
        etag="e",
        display_name="n",
        free={"a": 1},
        detail={"@type": "x.example/T", "a": 1},
        range=shop.Range(min=0.0),
        self_=shop.Label(etag="e", null_fields={"display_name"}),
    )
    assert sorted(shop.mask_of(label).split(",")) == [
        *("detail", "displayName", "free", "labels", "range.min", "self.displayName", "self.etag"),
    ]
    assert shop.mask_of(shop.Label(labels={}, range=shop.Range())) == "labels,range"
    assert shop.mask_of(shop.Label()) == ""


def test_what_a_message_changes(shop: ModuleType) -> None:
    read = shop.Label(labels={"a": "b"}, etag="1", display_name="n", range=shop.Range(min=1.0, max=2.0))
    changed = evolve(read, labels={}, etag="2", range=shop.Range(max=3.0))
    assert shop.mask_of(changed, since=read) == "labels,range.max,range.min"
    assert shop.mask_of(evolve(read, display_name=None, range=None), since=read) == "displayName,range"
    assert shop.mask_of(evolve(read, range=shop.Range()), since=read) == "range"
    assert shop.mask_of(evolve(shop.Label(), labels={}), since=shop.Label()) == "labels"
    assert shop.mask_of(read, since=read) == ""


def test_a_mask_goes_with_the_call(shop: ModuleType) -> None:
    from groundwire_runtime.http import FunctionTransport, Request, Response

    sent: list[Request] = []

    def send(request: Request) -> Response:
        sent.append(request)
        return Response(status=200)

    client = shop.Client(transport=FunctionTransport(send), credentials=shop.credentials.anonymous())
    label = shop.Label(labels={}, range=shop.Range(min=1.0))
    client.books.change_label(label, update_mask=shop.mask_of(label))
    assert sent[0].url.endswith("?updateMask=labels%2Crange.min")
    assert sent[0].body == b'{"labels":{},"range":{"min":1.0}}'


@pytest.mark.parametrize("name", ["a,b", "a.b", "*", "A", "a b", "1"])
def test_a_name_that_a_mask_cannot_have(shop: ModuleType, name: str) -> None:
    with pytest.raises(ArgumentError, match="a mask cannot name"):
        shop.mask_of(shop.Label(unknown_fields={name: 1}))


def test_what_has_no_mask(shop: ModuleType) -> None:
    with pytest.raises(ArgumentError, match="expected a message, got dict"):
        shop.mask_of({})
    with pytest.raises(ArgumentError, match="expected Label as `since`, got Range"):
        shop.mask_of(shop.Label(), since=shop.Range())


def test_a_client_without_update_masks_makes_none() -> None:
    assert "mask_of" not in files(bookshop())["__init__.py"]


def test_null_removes_a_key_of_a_map_in_a_patch(shop: ModuleType) -> None:
    text = b'{"labels":{"a":"b","c":null}}'
    label = shop.decode(shop.Label, text)
    assert label.labels == {"a": "b", "c": None}
    assert shop.encode(label) == shop.encode(shop.Label(labels={"a": "b", "c": None})) == text
    assert shop.mask_of(label) == "labels"
    with pytest.raises(EncodeError, match="/labels/c: expected a str"):
        shop.encode(shop.Label(labels={"c": 5}))


def test_null_in_a_map_that_no_patch_sends_is_refused(shop: ModuleType) -> None:
    assert shop.encode(shop.Stamp(labels={"a": "b"})) == b'{"labels":{"a":"b"}}'
    with pytest.raises(EncodeError, match="/labels/c: expected a str, got None"):
        shop.encode(shop.Stamp(labels={"c": None}))
    with pytest.raises(DecodeError, match="/labels/c: expected a string, got None"):
        shop.decode(shop.Stamp, b'{"labels":{"c":null}}')
