"""The operations of a JSON Patch, beside RFC 6902."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import frozen
from groundwire_runtime import json_patch
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestContent
from groundwire_runtime.errors import ArgumentError, EncodeError
from groundwire_runtime.json_patch import Add, Copy, Move, Remove, Replace, pointer
from groundwire_runtime.messages import Message, keep_containers
from groundwire_runtime.schema import STRING, Field


@frozen(kw_only=True, eq=False, repr=False, field_transformer=keep_containers)
class Hut(Message):
    hut_name: str | None = None


CODECS = Codecs(SimpleNamespace(Hut=Hut), {"Hut": lambda: (Field("hut_name", STRING),)})
PATCH = RestContent(media_type="application/json-patch+json", encoding="patch")


def sent(value: Any) -> Any:
    data, media_type = PATCH.sent(value, CODECS, lambda: "id")
    assert media_type == "application/json-patch+json"
    assert isinstance(data, bytes)
    return json.loads(data)


@pytest.mark.parametrize(
    ("operation", "written"),
    [
        (json_patch.Test("/a/b/c", "foo"), {"op": "test", "path": "/a/b/c", "value": "foo"}),
        (Remove("/a/b/c"), {"op": "remove", "path": "/a/b/c"}),
        (Add("/a/b/c", ["foo", "bar"]), {"op": "add", "path": "/a/b/c", "value": ["foo", "bar"]}),
        (Replace("/a/b/c", 42), {"op": "replace", "path": "/a/b/c", "value": 42}),
        (Move("/a/b/d", "/a/b/c"), {"op": "move", "from": "/a/b/c", "path": "/a/b/d"}),
        (Copy("/a/b/e", origin="/a/b/d"), {"op": "copy", "from": "/a/b/d", "path": "/a/b/e"}),
        (Add("", None), {"op": "add", "path": "", "value": None}),
        (
            Add("/biscuits/-", {"name": "\u00fc"}),
            {"op": "add", "path": "/biscuits/-", "value": {"name": "\u00fc"}},
        ),
        (
            Replace(("labels", "a/b~c", 0), True),
            {"op": "replace", "path": "/labels/a~1b~0c/0", "value": True},
        ),
        (Add("/hut", Hut(hut_name="a")), {"op": "add", "path": "/hut", "value": {"hutName": "a"}}),
        (Add("/huts", [Hut(hut_name="a")]), {"op": "add", "path": "/huts", "value": [{"hutName": "a"}]}),
    ],
)
def test_an_operation_is_as_the_rfc_writes_it(operation: Any, written: Any) -> None:
    assert sent((operation, Remove("/z"))) == [written, {"op": "remove", "path": "/z"}]
    assert sent(operation) == [written]


def test_an_empty_patch_is_a_list() -> None:
    assert sent(()) == []


@pytest.mark.parametrize("path", ["a", "a/b", "/a~", "/a~2b", "#/a"])
def test_what_is_no_pointer_is_refused(path: str) -> None:
    with pytest.raises(ArgumentError, match="expected a JSON Pointer"):
        Remove(path)
    with pytest.raises(ArgumentError, match="expected a JSON Pointer"):
        Move("/a", path)


@pytest.mark.parametrize(
    ("keys", "path"), [((), ""), (("",), "/"), (["a", "b"], "/a/b"), (("m~n", "a/b"), "/m~0n/a~1b")]
)
def test_keys_make_a_pointer(keys: Any, path: str) -> None:
    assert pointer(keys) == path


@pytest.mark.parametrize("value", [{"op": "remove"}, "remove", 3, ({"op": "remove"},), [Remove("/a"), None]])
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(EncodeError, match="expected an operation of a JSON Patch"):
        sent(value)


@pytest.mark.parametrize("value", [float("nan"), object(), "\ud800", {1: 2}])
def test_a_value_that_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(EncodeError):
        sent(Add("/a", value))
