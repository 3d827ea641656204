"""An expression as a request has it: its value over assets, and the JSON of that value."""

from __future__ import annotations

from typing import Final

from ..assets.catalog import Assets
from ..exchange import JsonObject, JsonValue
from .elements import Collection, Feature, Value
from .evaluation import Machine, Scope
from .functions import FUNCTIONS
from .limits import Budget, too_large
from .problem import ExpressionError, unsupported
from .results import Writer
from .sources import Sources

FACTS: Final = 300_000
"""Steps of an evaluation that only looks for facts."""


def compute(expression: JsonObject, assets: Assets) -> JsonValue:
    """Return the JSON of an expression's value. Raises ExpressionError."""
    value = _value(expression, Machine(_nodes(expression), FUNCTIONS, Sources(assets)))
    try:
        return Writer().write(value)
    except RecursionError as error:
        raise too_large("a result so deep") from error


def features(expression: JsonObject, assets: Assets, budget: Budget | None = None) -> tuple[JsonObject, ...]:
    """Return the GeoJSON features of a collection, in longitude and latitude. Raises ExpressionError."""
    machine = Machine(_nodes(expression), FUNCTIONS, Sources(assets), budget or Budget())
    value = _value(expression, machine)
    if not isinstance(value, Collection) or not all(isinstance(item, Feature) for item in value.elements):
        raise unsupported("features of what is no collection of features")
    writer = Writer()
    try:
        return tuple(writer.geojson(item) for item in value.elements if isinstance(item, Feature))
    except RecursionError as error:
        raise too_large("a result so deep") from error


def facts(expression: JsonObject, assets: Assets) -> Value:
    """Return the value of an expression in which assets may be missing and functions unknown.

    What is not computed is unknown. Raises ExpressionError for what the service would refuse.
    """
    sources = Sources(assets, lenient=True)
    return _value(expression, Machine(_nodes(expression), FUNCTIONS, sources, Budget(FACTS), lenient=True))


def _nodes(expression: JsonObject) -> JsonObject:
    nodes = expression.get("values")
    return nodes if isinstance(nodes, dict) else {}


def _value(expression: JsonObject, machine: Machine) -> Value:
    result = expression.get("result")
    if not isinstance(result, str):
        raise ExpressionError("The expression has no result.")
    try:
        return machine.run(machine.reference(result, Scope()))
    except RecursionError as error:
        raise too_large("values so deep within each other") from error
    except ArithmeticError as error:
        raise unsupported("numbers so large") from error
