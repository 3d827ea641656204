"""cattrs: attrs classes with generated hooks; unknown fields are lost."""

from __future__ import annotations

import json
from typing import Any

import cattrs
from attrs import Factory, define, fields, resolve_types
from cattrs.gen import make_dict_structure_fn, override


@define
class FunctionInvocation:
    function_name: str | None = None
    function_reference: str | None = None
    arguments: dict[str, ValueNode] = Factory(dict)


@define
class ArrayValue:
    values: list[ValueNode] = Factory(list)


@define
class ValueNode:
    constant_value: Any = None
    integer_value: int | None = None
    value_reference: str | None = None
    argument_reference: str | None = None
    array_value: ArrayValue | None = None
    function_invocation_value: FunctionInvocation | None = None


@define
class Expression:
    values: dict[str, ValueNode] = Factory(dict)
    result: str | None = None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


_converter = cattrs.Converter()
for _cls in (FunctionInvocation, ArrayValue, ValueNode, Expression):
    resolve_types(_cls)
    _names = {field.name: override(rename=_camel(field.name)) for field in fields(_cls)}
    _converter.register_structure_hook(_cls, make_dict_structure_fn(_cls, _converter, **_names))


def read(text: bytes) -> Expression:
    return _converter.structure(json.loads(text), Expression)
