"""msgspec: one struct per message; unknown fields are lost."""

from __future__ import annotations

from typing import Any

import msgspec


class FunctionInvocation(msgspec.Struct, rename="camel"):
    function_name: str | None = None
    function_reference: str | None = None
    arguments: dict[str, ValueNode] = {}


class ArrayValue(msgspec.Struct, rename="camel"):
    values: list[ValueNode] = []


class ValueNode(msgspec.Struct, rename="camel"):
    constant_value: Any = None
    integer_value: str | None = None
    value_reference: str | None = None
    argument_reference: str | None = None
    array_value: ArrayValue | None = None
    function_invocation_value: FunctionInvocation | None = None


class Expression(msgspec.Struct):
    values: dict[str, ValueNode] = {}
    result: str | None = None


_decoder = msgspec.json.Decoder(Expression)


def read(text: bytes) -> Expression:
    return _decoder.decode(text)
