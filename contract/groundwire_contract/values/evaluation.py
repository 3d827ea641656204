"""The evaluation of an expression: a machine with a stack of its own, so no expression exhausts Python's.

Each node and each function that calls another is a generator: it yields the work whose value it needs. Only a value that is
needed is computed, and a node that is used twice once.
"""

# Nodes are JSON, and values are of any type.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping
from types import GeneratorType
from typing import Any, Final, TypeAlias

from attrs import define, field, frozen

from ..exchange import JsonObject
from .coercion import coerced, frozen_json
from .elements import Image, Unknown, Value
from .limits import DEEPEST, Budget
from .problem import UNSUPPORTED, ExpressionError, too_large
from .projection import Projection
from .signature import Function
from .sources import Sources

Work: TypeAlias = Generator[Any, Any, Value]
"""Work in progress: it yields other work, is sent its value, and returns a value."""
_RUNNING: Final = object()
_INT64: Final = re.compile(r"[+-]?\d{1,19}")
_NO_IMAGES: Final = frozenset(
    {
        "Image.hersDescriptor", "Image.parseExpression", "Image.reduceRegion", "Image.reduceRegions", "Image.reduceToVectors",
        "Image.reduceToVectorsStreaming", "Image.sample", "Image.sampleRegions", "Image.sampleRectangle",
        "Image.stratifiedSample", "ImageCollection.load", "ImageCollection.loadZarrV2Array", "ImageCollection.cast",
        "ImageCollection.combine", "ImageCollection.fromImages", "ImageCollection.getRegion", "ImageCollection.merge",
    }
)  # fmt: skip
"""Functions of images and their collections that do not return an image."""
_FIRST_IMAGE: Final = ("input", "image", "image1", "value", "dstImg")


@frozen(eq=False)
class Closure:
    """A function of an expression, with the arguments that are in scope."""

    names: tuple[str, ...]
    body: str
    scope: Scope
    machine: Machine = field(repr=False)

    def __call__(self, *values: Value) -> Work:
        """Return the work of a call. Raises ExpressionError for too few arguments."""
        if len(values) < len(self.names):
            raise ExpressionError("A function of the expression has more arguments than values.")
        arguments = {**self.scope.arguments, **dict(zip(self.names, values, strict=False))}
        return self.machine.body(self.body, Scope(arguments))


@define(eq=False)
class Scope:
    """Arguments that are in scope, and the values of nodes within it."""

    arguments: Mapping[str, Value] = field(factory=dict[str, Value])
    known: dict[str, Value] = field(factory=dict[str, Value])


@frozen(eq=False)
class Machine:
    """The nodes of one expression with the functions and assets that they may use."""

    nodes: JsonObject
    functions: Mapping[str, Function]
    sources: Sources
    budget: Budget = field(factory=Budget)
    lenient: bool = False
    """True if what is not computed gives an unknown value in place of an error."""
    running: set[str] = field(init=False, factory=set[str])
    """The bodies of functions that are evaluated now."""

    def run(self, work: Work) -> Value:
        """Return the value of work. Raises ExpressionError."""
        stack, value = [work], None
        while stack:
            self.budget.spend()
            try:
                needed = stack[-1].send(value)
            except StopIteration as end:
                stack.pop()
                value = end.value
                continue
            if len(stack) >= DEEPEST:
                raise too_large("an expression so deep")
            stack.append(needed)
            value = None
        return value

    def body(self, name: str, scope: Scope) -> Work:
        """Evaluate the body of a function. Raises ExpressionError within the same body: no client sends recursion."""
        if name in self.running:
            raise ExpressionError(f"The function '{name[:100]}' of the expression calls itself.")
        self.running.add(name)
        value = yield self.reference(name, scope)
        self.running.discard(name)
        return value

    def reference(self, name: Any, scope: Scope) -> Work:
        """Evaluate the node of a name, once in each scope."""
        if not isinstance(name, str) or name not in self.nodes:
            raise ExpressionError(f"The expression has no value '{str(name)[:100]}'.")
        value = scope.known.get(name, scope)
        if value is _RUNNING:
            raise ExpressionError(f"The value '{name[:100]}' of the expression refers to itself.")
        if value is scope:
            scope.known[name] = _RUNNING
            node = self.nodes[name]
            value = self._leaf(node, scope)
            if value is _RUNNING:
                value = yield self._work(node, scope)
            scope.known[name] = value
        return value

    def _leaf(self, node: Any, scope: Scope) -> Value:
        """Return the value of a node that needs no work; else `_RUNNING`."""
        if not isinstance(node, dict):
            raise ExpressionError("The expression has a value without a kind.")
        if "constantValue" in node:
            return self.budget.weigh(frozen_json(node["constantValue"]))
        if "functionInvocationValue" in node or "arrayValue" in node or "dictionaryValue" in node:
            return _RUNNING
        if "valueReference" in node:
            name = node["valueReference"]
            return scope.known.get(name, _RUNNING) if isinstance(name, str) else _RUNNING
        match node:
            case {"argumentReference": str(name)} if name in scope.arguments:
                return scope.arguments[name]
            case {"argumentReference": name}:
                raise ExpressionError(f"The expression has no argument '{str(name)[:100]}'.")
            case {"functionDefinitionValue": dict(definition)}:
                names = tuple(map(str, definition.get("argumentNames", ())))
                return Closure(names, str(definition.get("body")), scope, self)
            case {"integerValue": text} if _INT64.fullmatch(str(text)):
                return int(str(text))
            case {"bytesValue": str(text)}:
                return self.budget.weigh(text)
            case _:
                raise ExpressionError("The expression has a value of an unknown kind.")

    def _work(self, node: Any, scope: Scope) -> Work:
        """Return the work of a node that is no leaf."""
        match node:
            case {"functionInvocationValue": dict(call)}:
                return self._call(call, scope)
            case {"valueReference": name}:
                return self.reference(name, scope)
            case {"arrayValue": dict(array)}:
                return self._array(array.get("values", ()), scope)
            case {"dictionaryValue": dict(mapping)}:
                return self._dictionary(mapping.get("values", {}), scope)
            case _:
                raise ExpressionError("The expression has a value of an unknown kind.")

    def _array(self, nodes: Iterable[Any], scope: Scope) -> Work:
        items: list[Value] = []
        for node in nodes:
            value = self._leaf(node, scope)
            items.append((yield self._work(node, scope)) if value is _RUNNING else value)
        return self.budget.weigh(tuple(items))

    def _dictionary(self, nodes: Mapping[str, Any], scope: Scope) -> Work:
        values = yield self._array(nodes.values(), scope)
        return dict(zip(nodes, values, strict=True))

    def _call(self, call: JsonObject, scope: Scope) -> Work:
        given = call.get("arguments")
        nodes: JsonObject = given if isinstance(given, dict) else {}
        name = call.get("functionName")
        if not isinstance(name, str):
            return (yield self._called(call, nodes, scope))
        function = self.functions.get(name)
        if function is None:
            return (yield self._unknown(name, nodes, scope))
        if not nodes.keys() <= function.names:
            extra = next(key for key in nodes if key not in function.names)
            raise ExpressionError(f"{name}: Unrecognized argument '{extra[:100]}'.")
        values: list[Value] = []
        for argument in function.arguments:
            node, value = nodes.get(argument.name), None
            if function.lazy:
                value = None if node is None else self._array((node,), scope)
            elif node is not None:
                value = self._leaf(node, scope)
                if value is _RUNNING:
                    value = yield self._work(node, scope)
            values.append(argument.default if value is None else value)
        try:
            value = self._applied(function, values)
        except ExpressionError as error:
            if not self.lenient or error.rule != UNSUPPORTED:
                raise
            return _unseen(name, next((item for item in values if isinstance(item, Image)), None))
        if isinstance(value, GeneratorType):
            value = yield value
        return self.budget.weigh(value)

    def _called(self, call: JsonObject, nodes: JsonObject, scope: Scope) -> Work:
        """Call a function of the expression."""
        called = yield self.reference(call.get("functionReference"), scope)
        if isinstance(called, Unknown):
            # Only the text of an expression makes a function that is not computed, and its result is an image.
            values = yield self._array(nodes.values(), scope)
            image = next((value for value in values if isinstance(value, Image)), Image())
            return image.computed(called.name)
        if not isinstance(called, Closure):
            raise ExpressionError("The expression calls a value that is no function.")
        values = yield self._array([nodes.get(argument) for argument in called.names], scope)
        return (yield called(*values))

    def _applied(self, function: Function, values: list[Value]) -> Value:
        if function.lazy:
            return function.compute(*values)
        pairs = zip(values, function.arguments, strict=True)
        self.budget.charge(values)
        arguments = [coerced(value, argument, function.name) for value, argument in pairs]
        return function.compute(self.sources, *arguments) if function.loads else function.compute(*arguments)

    def _unknown(self, name: str, nodes: JsonObject, scope: Scope) -> Work:
        """Return the result of a function that is not computed."""
        image: Value = None
        if name.startswith("Image."):
            key = next((key for key in _FIRST_IMAGE if key in nodes), None)
            if key is not None:
                (image,) = yield self._array((nodes[key],), scope)
        return _unseen(name, image)


def _unseen(name: str, image: Value) -> Value:
    """Return a value that nobody may look at. What becomes of an image keeps the place of its first image."""
    if name in _NO_IMAGES:
        return Unknown(name)
    if name.startswith("Image."):
        return image.computed(name) if isinstance(image, Image) else Image().computed(name)
    if name.startswith(("ImageCollection.", "reduce.")):
        # What becomes of a collection has the projection WGS 84, with pixels of one degree.
        return Image(projection=Projection()).computed(name)
    return Unknown(name)
