"""Large and deep values are taken up to the limits and refused beyond them, never by Python's own stack."""

from __future__ import annotations

import copy
import json
import pickle
import sys
from collections.abc import Callable, Mapping
from typing import Any

import groundwire as gw
import pytest
from groundwire import ArrayValue, DictionaryValue, Expression, FunctionInvocation, ValueNode, decode, encode
from groundwire_runtime.errors import DecodeError, EncodeError, GroundwireError, NestingError
from groundwire_runtime.messages import Message

INNERMOST = ValueNode.ConstantValue(1)


def lists(node: ValueNode) -> ArrayValue:
    return ArrayValue(values=[node])


def maps(node: ValueNode) -> DictionaryValue:
    return DictionaryValue(values={"a": node})


def calls(node: ValueNode) -> FunctionInvocation:
    return FunctionInvocation(function=FunctionInvocation.FunctionName("f"), arguments={"a": node})


WRAP: Mapping[Callable[[ValueNode], Message], Callable[[Any], ValueNode]] = {
    lists: ValueNode.ArrayValue,
    maps: ValueNode.DictionaryValue,
    calls: ValueNode.FunctionInvocationValue,
}
SHAPES = pytest.mark.parametrize("shape", WRAP, ids=lambda shape: shape.__name__)


def nested(shape: Callable[[ValueNode], Message], messages: int) -> Message:
    """So many messages, one inside the other."""
    node: ValueNode = INNERMOST
    for _ in range((messages - 1) // 2):
        node = WRAP[shape](shape(node))
    return node if messages % 2 else shape(node)


def copied(message: Message) -> Message:
    return pickle.loads(pickle.dumps(message))  # type: ignore[no-any-return]  # noqa: S301 - our own bytes


@SHAPES
def test_a_hundred_nested_messages_are_taken_everywhere(shape: Callable[[ValueNode], Message]) -> None:
    message, twin = nested(shape, 100), nested(shape, 100)
    assert decode(type(message), encode(message)) == message
    large = encode(message)[:-1] + b',"pad":"%s"}' % (b"x" * 70_000)
    assert decode(type(message), large).unknown_fields == {"pad": "x" * 70_000}
    assert message == twin
    assert copied(message) == message
    assert copy.deepcopy(message) == message
    assert copy.copy(message) == message
    assert repr(message).count("(") >= 100


@SHAPES
def test_one_more_is_refused_everywhere(shape: Callable[[ValueNode], Message]) -> None:
    message, twin = nested(shape, 101), nested(shape, 101)
    with pytest.raises(EncodeError, match="more than 100 nested messages"):
        encode(message)
    refused: list[Callable[[], object]] = [
        lambda: message == twin,
        lambda: repr(message),
        lambda: copied(message),
        lambda: copy.deepcopy(message),
    ]
    for call in refused:
        with pytest.raises(NestingError, match="more than 100 nested messages"):
            call()


@SHAPES
def test_one_more_is_refused_when_read(shape: Callable[[ValueNode], Message]) -> None:
    body = encode(nested(shape, 99))
    key = '"arrayValue":{"values":[' if shape is lists else ""
    key = key or (
        '"dictionaryValue":{"values":{"a":'
        if shape is maps
        else '"functionInvocationValue":{"arguments":{"a":'
    )
    end = "]}}" if shape is lists else "}}}"
    deeper = f"{{{key}{body.decode()}{end}".encode()
    with pytest.raises(DecodeError, match="more than 100 nested messages"):
        decode(ValueNode, deeper)
    inside = f'{{"values":{{"0":{body.decode()}}},"result":"0"}}'.encode()
    assert encode(decode(Expression, inside)) == inside


def test_the_hash_keeps_the_limit_too() -> None:
    assert hash(nested(lists, 100)) == hash(nested(lists, 100))
    with pytest.raises(NestingError, match="more than 100 nested messages"):
        hash(nested(lists, 101))


def test_a_cycle_is_refused() -> None:
    def made() -> DictionaryValue:
        holder = DictionaryValue(values={"a": INNERMOST})
        values: Any = holder.values
        values["a"] = ValueNode.DictionaryValue(holder)
        return holder

    cyclic, twin = made(), made()
    expression = Expression(values={"0": ValueNode.DictionaryValue(cyclic)}, result="0")
    with pytest.raises(EncodeError, match="more than 100 nested messages") as caught:
        encode(gw.ExportImageRequest(expression=expression))
    assert caught.value.path.startswith("/expression/values/0/dictionaryValue/values/a/dictionaryValue")
    refused: list[Callable[[], object]] = [
        lambda: cyclic == twin,
        lambda: repr(cyclic),
        lambda: copied(cyclic),
        lambda: copy.deepcopy(cyclic),
    ]
    for call in refused:
        with pytest.raises(NestingError):
            call()


def levels(count: int, kind: type) -> Any:
    """A free-form value of so many JSON levels."""
    value: Any = 1
    for _ in range(count):
        value = {"a": value} if kind is dict else [value]
    return value


@pytest.mark.parametrize("kind", [dict, list])
def test_five_hundred_and_twelve_json_levels_are_taken_everywhere(kind: type) -> None:
    node = ValueNode.ConstantValue(levels(512, kind))
    again = decode(ValueNode, encode(node))
    assert again == node
    assert copied(node) == node
    assert copy.deepcopy(node) == node
    assert len(repr(node)) > 1024
    answer = gw.Operation(result=gw.Operation.Response({"a": levels(511, kind)}))
    assert copied(decode(gw.Operation, encode(answer))) == answer


@pytest.mark.parametrize("kind", [dict, list])
@pytest.mark.parametrize("count", [513, 900, 5_000, 100_000])
def test_deeper_json_is_refused_and_never_breaks_the_stack(kind: type, count: int) -> None:
    node, twin = ValueNode.ConstantValue(levels(count, kind)), ValueNode.ConstantValue(levels(count, kind))
    with pytest.raises(EncodeError, match="nested deeper than 512 JSON levels") as caught:
        encode(node)
    assert caught.value.path == "/constantValue"
    opening, closing = ('{"a":', "}") if kind is dict else ("[", "]")
    body = f'{{"constantValue":{opening * count}1{closing * count}}}'.encode()
    with pytest.raises(DecodeError, match="nested deeper than 512 JSON levels"):
        decode(ValueNode, body)
    others: list[Callable[[], object]] = [
        lambda: node == twin,
        lambda: repr(node),
        lambda: copied(node),
        lambda: copy.deepcopy(node),
        lambda: gw.converter.structure(node.value, gw.Empty),
    ]
    for call in others:
        try:
            call()
        except GroundwireError as error:
            assert "nested" in str(error) or "expected" in str(error)


def test_a_cycle_in_free_form_json_is_refused() -> None:
    cyclic: dict[str, Any] = {}
    cyclic["a"] = [cyclic]
    node = ValueNode.ConstantValue(cyclic)
    with pytest.raises(EncodeError, match="nested deeper than 512 JSON levels"):
        encode(node)
    with pytest.raises(EncodeError):
        encode(gw.Empty(unknown_fields=cyclic))
    with pytest.raises(NestingError):
        copied(node)
    assert "..." in repr(node)


def test_a_hundred_thousand_nodes() -> None:
    values: dict[str, ValueNode] = {
        str(index): ValueNode.FunctionInvocationValue(
            FunctionInvocation(
                function=FunctionInvocation.FunctionName("Image.add"),
                arguments={"image1": ValueNode.ValueReference(str(index - 1)), "image2": INNERMOST},
            )
        )
        for index in range(33_333)
    }
    expression = Expression(values=values, result="33332")
    again = decode(Expression, encode(expression))
    assert again == expression
    assert copied(again) == expression


def test_ten_megabytes_of_text_and_a_megabyte_of_unknown_fields() -> None:
    text = "é" * 10_000_000
    assert decode(gw.DriveDestination, encode(gw.DriveDestination(folder=text))).folder == text
    unknown = {f"newer{index}": ["x" * 80, index, None] for index in range(10_000)}
    body = json.dumps(unknown).encode()
    assert len(body) > 1_000_000
    assert json.loads(encode(decode(gw.Operation, body))) == unknown
    assert copied(decode(gw.Operation, body)) == decode(gw.Operation, body)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'[{"":' * 50_000,
        b'{"constantValue":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"constantValue":' + b"1" * 5_000 + b"}",
        b'{"integerValue":"' + b"1" * 5_000 + b'"}',
        b'{"integerValue":' + b"9" * 5_000 + b"}",
        b'{"integerValue":1e400}',
        b'{"bytesValue":1e400}',
        b'{"valueReference":1e400}',
    ],
    ids=lambda body: f"{body[:20]!r}-{len(body)}",
)
def test_a_hostile_body_is_a_decode_error(body: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(ValueNode, body)
    assert len(str(caught.value)) < 1_000


def test_numbers_too_large_for_json_are_refused_when_written() -> None:
    for value in (10**5000, [10**5000], {"a": -(10**5000)}):
        with pytest.raises(EncodeError):
            encode(ValueNode.ConstantValue(value))
    with pytest.raises(EncodeError, match="not JSON values") as caught:
        encode(ValueNode.ConstantValue([float("inf")]))
    assert caught.value.path == "/constantValue/0"


def test_numbers_too_large_for_a_float_are_refused_when_read() -> None:
    for value in ("1e400", "[1e400]", '{"a":[1,{"b":-1e400}]}'):
        with pytest.raises(DecodeError, match="/constantValue: out of the range of a double"):
            decode(ValueNode, f'{{"constantValue":{value}}}'.encode())


def test_the_limits_hold_deep_in_a_callers_own_stack() -> None:
    """A caller half-way down Python's stack gets an answer or an error of ours."""

    def below(frames: int) -> object:
        if frames:
            return below(frames - 1)
        message = nested(calls, 100)
        return decode(type(message), encode(message)) == message

    assert below(sys.getrecursionlimit() // 4) is True
