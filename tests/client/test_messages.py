"""Messages as values: equal, hashed and printed by what they hold."""

from __future__ import annotations

import copy
import math
import pickle
from array import array
from collections import UserDict, UserList, deque
from types import MappingProxyType
from typing import Any

import groundwire
import pytest
from groundwire import (
    CODECS,
    ArrayValue,
    DictionaryValue,
    ExportImageRequest,
    Expression,
    Operation,
    Unlisted,
    ValueNode,
    decode,
)
from groundwire_runtime.errors import DecodeError, EncodeError, NestingError
from groundwire_runtime.messages import EMPTY

ONE, TWO = ValueNode.ConstantValue(1), ValueNode.ConstantValue(2)
DIFFERENT: list[Any] = [
    ONE,
    TWO,
    ValueNode.ConstantValue((1,)),
    ValueNode.ConstantValue((1, 1)),
    ValueNode.ConstantValue("1"),
    ValueNode.ConstantValue({"a": 1}),
    ValueNode.ConstantValue({"a": 2}),
    ValueNode.ConstantValue({"b": 1}),
    ValueNode.ConstantValue({"a": 1, "b": 1}),
    ValueNode.ConstantValue(1, unknown_fields={"a": 1}),
    ValueNode.ValueReference("1"),
    ValueNode.ArrayValue(ArrayValue(values=())),
    ValueNode.ArrayValue(ArrayValue(values=(ONE,))),
    ValueNode.ArrayValue(ArrayValue(values=(TWO,))),
    ValueNode.ArrayValue(ArrayValue(values=(ONE, TWO))),
    ValueNode.DictionaryValue(DictionaryValue(values={"a": ONE})),
    ValueNode.DictionaryValue(DictionaryValue(values={"a": TWO})),
    ValueNode.DictionaryValue(DictionaryValue(values={"b": ONE})),
    Operation(name=""),
    Operation(name="a"),
    Operation(name="a", done=False),
    Operation(),
]


def test_messages_are_equal_when_all_that_they_hold_is() -> None:
    for number, one in enumerate(DIFFERENT):
        again = eval(repr(one), vars(groundwire))  # noqa: S307 - what a message prints is what makes it
        assert one == again
        assert not one != again  # noqa: SIM202 - `!=` itself is tested
        for other in DIFFERENT[number + 1 :]:
            assert one != other
            assert not one == other  # noqa: SIM201 - `==` itself is tested


def test_hashes_tell_messages_apart() -> None:
    assert len({hash(each) for each in DIFFERENT}) == len(DIFFERENT) > 20
    assert hash(ValueNode.ConstantValue((1, (2,)))) == hash(ValueNode.ConstantValue((1, (2,))))


UNKNOWN = {"a": [1, {"b": [None, "c", 2.5, {}]}], "d": {"e": True}}
EQUAL: list[tuple[Any, Any]] = [
    (Operation(unknown_fields=UNKNOWN), Operation(unknown_fields=copy.deepcopy(UNKNOWN))),
    (Operation(unknown_fields={"a": 1, "b": 2}), Operation(unknown_fields={"b": 2, "a": 1})),
    (Operation(unknown_fields={}), Operation()),
    (ValueNode.ConstantValue({}), ValueNode.ConstantValue(EMPTY)),
    (ValueNode.ConstantValue({"a": [1]}), ValueNode.ConstantValue(MappingProxyType({"a": [1]}))),
    (ValueNode.ConstantValue([1, [2]]), ValueNode.ConstantValue([1.0, [2]])),
    *(
        (Operation(unknown_fields={"a": one}), Operation(unknown_fields={"a": other}))
        for one, other in (
            (UserList([1, {"b": []}]), [1, {"b": []}]),
            (UserDict({"b": [1]}), {"b": [1]}),
            (deque([1, [2]]), deque([1.0, [2]])),
            (bytearray(b"a"), b"a"),
            ({1, "b"}, frozenset({"b", 1})),
            ({"b"}, {"b": 1}.keys()),
            (array("i", [1, 2]), array("l", [1, 2])),
        )
    ),
    (ValueNode.ConstantValue(0.0), ValueNode.ConstantValue(-0.0)),
    (
        ExportImageRequest(expression=Expression(result="0", values={"0": ONE, "1": TWO})),
        ExportImageRequest(expression=Expression(result="0", values={"1": TWO, "0": ONE})),
    ),
    (
        Operation(metadata={"@type": "of/Tomorrow", "n": [1]}),
        Operation(metadata={"n": [1], "@type": "of/Tomorrow"}),
    ),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_all_messages_hash_and_equal_ones_alike(one: Any, other: Any) -> None:
    assert one == other
    assert hash(one) == hash(other)
    assert {other: "x"}[pickle.loads(pickle.dumps(one))] == "x"  # noqa: S301 - our own bytes


def test_a_view_of_bytes_hashes_like_them() -> None:
    view = Operation(unknown_fields={"a": memoryview(bytearray(b"a"))})
    assert view == Operation(unknown_fields={"a": b"a"})
    assert hash(view) == hash(Operation(unknown_fields={"a": b"a"}))


def test_what_the_service_adds_leaves_an_answer_hashable() -> None:
    before, after = (
        decode(Operation, b'{"name":"a"}'),
        decode(Operation, b'{"name":"a","x":{"y":[1,{"z":[]}]}}'),
    )
    assert len({before, after, decode(Operation, b'{"x":{"y":[1,{"z":[]}]},"name":"a"}')}) == 2
    assert decode(type(after), CODECS.encode(after)) in {after}


def test_nan_is_equal_to_nothing_and_hashes_all_the_same() -> None:
    node = ValueNode.ConstantValue({"a": [math.nan]})
    assert hash(node) == hash(node)


def test_a_value_as_deep_as_any_that_is_read_has_a_hash() -> None:
    deep = decode(Operation, b'{"x":' + b"[" * 500 + b"]" * 500 + b"}")
    assert hash(deep) == hash(decode(Operation, CODECS.encode(deep)))


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (Operation(), "Operation()"),
        (Operation(name="", done=False), "Operation(name='', done=False)"),
        (ValueNode.ConstantValue((1, "a")), "ValueNode.ConstantValue((1, 'a'))"),
        (ValueNode.ConstantValue((1,)), "ValueNode.ConstantValue((1,))"),
        (
            ValueNode.ConstantValue(1, unknown_fields={"a": 1}),
            "ValueNode.ConstantValue(1, unknown_fields={'a': 1})",
        ),
        (ArrayValue(values=(ONE,)), "ArrayValue(values=(ValueNode.ConstantValue(1),))"),
        (
            DictionaryValue(values={"a": ONE, "b": TWO}),
            "DictionaryValue(values={'a': ValueNode.ConstantValue(1), 'b': ValueNode.ConstantValue(2)})",
        ),
        (
            Expression(result="0", values={"0": ONE}),
            "Expression(values={'0': ValueNode.ConstantValue(1)}, result='0')",
        ),
        (Unlisted("A"), "Unlisted('A')"),
        (Unlisted(5), "Unlisted(5)"),
        (EMPTY, "{}"),
    ],
)
def test_a_message_prints_as_what_makes_it(message: object, text: str) -> None:
    assert repr(message) == text


def test_values_nested_too_deeply_have_no_hash() -> None:
    deep: Any = ()
    for _ in range(100_000):
        deep = (deep,)
    with pytest.raises(NestingError, match="nested too deeply to hash"):
        hash(ValueNode.ConstantValue(deep))


def test_the_empty_map_has_no_key() -> None:
    with pytest.raises(KeyError, match="name"):
        EMPTY["name"]
    assert (len(EMPTY), list(EMPTY)) == (0, [])


@pytest.mark.parametrize("value", [5, "text", None, {"name": "a"}])
def test_what_is_no_message_of_the_client_is_not_written(value: object) -> None:
    with pytest.raises(EncodeError) as caught:
        CODECS.encode(value)
    found = (caught.value.path, caught.value.value, caught.value.rule)
    assert found == ("", value, "expected a message of this client")


def test_what_is_no_type_of_the_client_is_not_read() -> None:
    with pytest.raises(DecodeError) as caught:
        CODECS.decode(int, b"5")
    found = (caught.value.path, caught.value.value, caught.value.rule)
    assert found == ("", int, "expected a message type of this client")


def test_what_is_no_json_is_not_structured() -> None:
    for data in ({"name": {1, 2}}, {"name": math.inf}):
        with pytest.raises(DecodeError, match="expected JSON values: ") as caught:
            CODECS.structure(data, Operation)
        assert (caught.value.path, caught.value.value) == ("", data)


@pytest.mark.parametrize(
    ("message", "path", "text"),
    [
        (Operation(name="a\ud800"), "/name", "a\ud800"),
        (
            ArrayValue(values=(ONE, ValueNode.ConstantValue(["", "\udfff"]))),
            "/values/1/constantValue/1",
            "\udfff",
        ),
        (DictionaryValue(values={"a": ONE, "\ud800/": TWO}), "/values", "\ud800/"),
        (
            DictionaryValue(values={"a": ValueNode.ConstantValue({"b": "\ud800"}), "c": TWO}),
            "/values/a/constantValue/b",
            "\ud800",
        ),
    ],
)
def test_a_lone_surrogate_is_told_with_its_place(message: object, path: str, text: str) -> None:
    with pytest.raises(EncodeError) as caught:
        CODECS.encode(message)
    found = (caught.value.path, caught.value.value, caught.value.rule)
    assert found == (path, text, "a lone surrogate is not text")
