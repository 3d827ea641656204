"""Expression graphs, built from nodes and from other graphs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final, cast

from attrs import define, evolve, field
from groundwire import (
    ArrayValue,
    Expression,
    FunctionDefinition,
    FunctionInvocation,
    ValueNode,
)
from groundwire_runtime.errors import ArgumentError, shortened
from groundwire_runtime.messages import JsonValue

_EXACT: Final = 2**53
"""The largest whole number below which a double holds each."""


def call(function: str, **arguments: ValueNode | None) -> ValueNode:
    """Return a call of a function of the service. An argument that is None is left out."""
    nodes = {name: node for name, node in arguments.items() if node is not None}
    name = FunctionInvocation.FunctionName(function)
    return ValueNode.FunctionInvocationValue(FunctionInvocation(function=name, arguments=nodes))


def literal(value: object) -> ValueNode:
    """Return a constant: None, a bool, a text, a finite number, or a list of these.

    A whole number that a double would round becomes `integerValue`, as in the official client.
    """
    if _is_constant(value):
        return ValueNode.ConstantValue(cast("JsonValue", value))
    if isinstance(value, list):
        nodes = [literal(each) for each in cast("list[object]", value)]
        return ValueNode.ArrayValue(ArrayValue(values=nodes))
    if isinstance(value, int):
        return ValueNode.IntegerValue(value)
    raise ArgumentError(f"an expression cannot hold the constant {shortened(value)}")


def _is_constant(value: object) -> bool:
    """Return whether a value is exact in JSON that is read with doubles."""
    if isinstance(value, list):
        return all(map(_is_constant, cast("list[object]", value)))
    if isinstance(value, int):
        return abs(value) <= _EXACT or int(float(value)) == value
    return value is None or isinstance(value, str) or (isinstance(value, float) and math.isfinite(value))


@define
class Graph:
    """The named nodes of an expression that is being built."""

    _values: dict[str, ValueNode] = field(factory=dict[str, ValueNode])

    def take(self, expression: Expression) -> ValueNode:
        """Add the nodes of another graph under free names, and return its result."""
        names: dict[str, str] = {}
        if self._values:
            names = dict(zip(expression.values, self._free(), strict=False))
            self._values |= {names[name]: _renamed(node, names) for name, node in expression.values.items()}
        else:
            self._values |= expression.values
        result = str(expression.result)
        # Nothing refers to a result but the graph's owner, so the node itself takes its place.
        return self._values.pop(names.get(result, result))

    def share(self, node: ValueNode) -> ValueNode:
        """Return a reference to a node that is used more than once."""
        name = next(self._free())
        self._values[name] = node
        return ValueNode.ValueReference(name)

    def expression(self, result: ValueNode) -> Expression:
        """Return the finished expression."""
        name = next(self._free())
        return Expression(values={name: result, **self._values}, result=name)

    def _free(self) -> Iterator[str]:
        """Iterate over names that no node has."""
        number = 0
        while True:
            if str(number) not in self._values:
                yield str(number)
            number += 1


def _renamed(node: ValueNode, names: Mapping[str, str]) -> ValueNode:
    """Return a node whose references to other nodes have their new names. An unknown name is kept."""
    match node:
        case ValueNode.ValueReference(value=name):
            return evolve(node, value=names.get(name, name))
        case ValueNode.ArrayValue(value=array) if array.values:
            values = [_renamed(each, names) for each in array.values]
            return evolve(node, value=evolve(array, values=values))
        case ValueNode.DictionaryValue(value=dictionary):
            return evolve(node, value=evolve(dictionary, values=_each_renamed(dictionary.values, names)))
        case ValueNode.FunctionDefinitionValue(value=FunctionDefinition(body=str(body)) as definition):
            return evolve(node, value=evolve(definition, body=names.get(body, body)))
        case ValueNode.FunctionInvocationValue(value=invocation):
            return evolve(node, value=_call_renamed(invocation, names))
        case _:
            return node


def _each_renamed(nodes: Mapping[str, ValueNode], names: Mapping[str, str]) -> dict[str, ValueNode]:
    return {key: _renamed(node, names) for key, node in nodes.items()}


def _call_renamed(invocation: FunctionInvocation, names: Mapping[str, str]) -> FunctionInvocation:
    function = invocation.function
    if isinstance(function, FunctionInvocation.FunctionReference):
        function = evolve(function, value=names.get(function.value, function.value))
    return evolve(invocation, function=function, arguments=_each_renamed(invocation.arguments, names))
