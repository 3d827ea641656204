"""pydantic: one model per message; unknown fields are kept."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Open(BaseModel):
    model_config = ConfigDict(extra="allow", populate_by_name=True)


class FunctionInvocation(Open):
    function_name: str | None = Field(None, alias="functionName")
    function_reference: str | None = Field(None, alias="functionReference")
    arguments: dict[str, ValueNode] = Field(default_factory=dict)


class ArrayValue(Open):
    values: list[ValueNode] = Field(default_factory=list)


class ValueNode(Open):
    constant_value: Any = Field(None, alias="constantValue")
    integer_value: int | None = Field(None, alias="integerValue")
    value_reference: str | None = Field(None, alias="valueReference")
    argument_reference: str | None = Field(None, alias="argumentReference")
    array_value: ArrayValue | None = Field(None, alias="arrayValue")
    function_invocation_value: FunctionInvocation | None = Field(None, alias="functionInvocationValue")


class Expression(Open):
    values: dict[str, ValueNode] = Field(default_factory=dict)
    result: str | None = None


def read(text: bytes) -> Expression:
    return Expression.model_validate_json(text)
