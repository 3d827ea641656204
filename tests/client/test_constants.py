"""Many constants in a list are written at once, and what is wrong with one of them is found all the same."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from attrs import evolve
from groundwire import ArrayValue, DictionaryValue, FunctionInvocation, ValueNode, decode, encode
from groundwire_runtime.errors import EncodeError
from hypothesis import given
from hypothesis import strategies as st

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)


def array(held: list[Any]) -> ArrayValue:
    return ArrayValue(values=[ValueNode.ConstantValue(value) for value in held])


@given(st.lists(values, min_size=6, max_size=12))
def test_many_constants_are_written_as_each_of_them_is(held: list[Any]) -> None:
    alone = [json.loads(encode(ValueNode.ConstantValue(value))) for value in held]
    assert json.loads(encode(array(held))) == {"values": alone}
    assert decode(ArrayValue, encode(array(held))) == array(held)


@pytest.mark.parametrize("count", [8, 300, 1_000])
@pytest.mark.parametrize(
    ("value", "path", "rule"),
    [
        (math.nan, "/constantValue", "NaN and infinities"),
        ([1, math.inf], "/constantValue/1", "NaN and infinities"),
        ({1: 2}, "/constantValue", "a string as key"),
        ({"a": object()}, "/constantValue/a", "a JSON value"),
        ("\ud800", "/constantValue", "lone surrogate"),
    ],
)
def test_the_one_that_is_wrong_is_named(count: int, value: Any, path: str, rule: str) -> None:
    held: list[Any] = [[0.5, index] for index in range(count)]
    held[count - 2] = value
    with pytest.raises(EncodeError) as caught:
        encode(array(held))
    assert (caught.value.path, rule in caught.value.rule) == (f"/values/{count - 2}{path}", True)


def test_levels_are_counted_in_each_of_them() -> None:
    def deep(levels: int) -> list[Any]:
        found: list[Any] = [1]
        for _ in range(levels - 1):
            found = [found]
        return found

    assert json.loads(encode(array([deep(512)] * 8)))["values"][7]["constantValue"] == deep(512)
    with pytest.raises(EncodeError, match="nested deeper than 512 JSON levels") as caught:
        encode(array([*[[1]] * 7, deep(513)]))
    assert caught.value.path == "/values/7/constantValue"
    pairs: Any = ()
    for _ in range(600):
        pairs = (pairs,)
    with pytest.raises(EncodeError, match="nested deeper than 512 JSON levels"):
        encode(ValueNode.ConstantValue(pairs))


def test_what_is_newer_than_the_client_is_kept_among_many() -> None:
    nodes = [ValueNode.ConstantValue(index) for index in range(20)]
    nodes[3] = evolve(nodes[3], unknown_fields={"newer": 1})
    nodes[4] = ValueNode(unknown_fields={"newerValue": 2})
    written = json.loads(encode(ArrayValue(values=nodes)))["values"]
    assert written[3:6] == [{"constantValue": 3, "newer": 1}, {"newerValue": 2}, {"constantValue": 5}]


def test_short_names_that_are_read_often_are_one_object() -> None:
    def name(text: str) -> Any:
        return decode(FunctionInvocation, json.dumps({"functionName": text}).encode()).function

    assert name("Image.load") is name("Image.load")
    assert name("x" * 65) is not name("x" * 65)
    assert name("x" * 65) == name("x" * 65)


@given(st.dictionaries(st.text(max_size=70), st.integers(), max_size=5))
def test_keys_are_written_alike_the_first_time_and_again(held: dict[str, int]) -> None:
    message = DictionaryValue(values={key: ValueNode.ConstantValue(value) for key, value in held.items()})
    once, again = encode(message), encode(message)
    assert once == again
    values = {key: {"constantValue": value} for key, value in held.items()}
    assert json.loads(once) == {"values": values}
