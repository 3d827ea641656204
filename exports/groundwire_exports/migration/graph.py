"""Expression graphs, built from nodes and from other graphs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import define, evolve, field
from groundwire import (
    ArrayValue,
    Expression,
    FunctionDefinition,
    FunctionInvocation,
    ValueNode,
)
from groundwire_runtime.errors import ArgumentError

_EXACT: Final = 2**53
"""The largest whole number below which a double holds each."""


def call(function: str, **arguments: ValueNode | None) -> ValueNode:
    """Return a call of a function of the service. An argument that is None is left out."""
    nodes = {name: node for name, node in arguments.items() if node is not None}
    name = FunctionInvocation.FunctionName(function)
    return ValueNode.FunctionInvocationValue(FunctionInvocation(function=name, arguments=nodes))


def literal(value: object) -> ValueNode:
    """Return a constant: None, a bool, a text, a finite number, or a sequence of these.

    A whole number that a double would round becomes `integerValue`, as in the official client.
    """
    if isinstance(value, (list, tuple)):
        nodes = [literal(each) for each in value]
        constants = [node.value for node in nodes if isinstance(node, ValueNode.ConstantValue)]
        if len(constants) == len(nodes):
            return ValueNode.ConstantValue(constants)
        return ValueNode.ArrayValue(ArrayValue(values=nodes))
    if isinstance(value, int) and abs(value) > _EXACT and int(float(value)) != value:
        return ValueNode.IntegerValue(value)
    if value is None or isinstance(value, (bool, int, str)):
        return ValueNode.ConstantValue(value)
    if isinstance(value, float) and math.isfinite(value):
        return ValueNode.ConstantValue(value)
    raise ArgumentError(f"an expression cannot hold the constant {value!r}")


@define
class Graph:
    """The named nodes of an expression that is being built."""

    _values: dict[str, ValueNode] = field(factory=dict)

    def take(self, expression: Expression) -> ValueNode:
        """Add the nodes of another graph under free names, and return its result."""
        free = self._free()
        names = {name: next(free) if self._values else name for name in expression.values}
        for name, node in expression.values.items():
            self._values[names[name]] = _renamed(node, names)
        # Nothing refers to a result but the graph's owner, so the node itself takes its place.
        return self._values.pop(names[str(expression.result)])

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
