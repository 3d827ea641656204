"""An expression as a request has it: its value over assets, and the JSON of that value."""

from __future__ import annotations

from typing import Final

from ..assets.catalog import Assets
from ..exchange import JsonObject, JsonValue
from .elements import Collection, Feature, Value
from .evaluation import Machine, Scope
from .functions import FUNCTIONS
from .limits import Budget
from .problem import ExpressionError, too_large, unsupported
from .results import Writer
from .sources import Sources
from .steps import limited

FACTS: Final = 300_000
"""Steps of an evaluation that only looks for facts."""
_WRITTEN: Final = 400_000
"""Parts of a result that is written."""


def compute(expression: JsonObject, assets: Assets) -> JsonValue:
    """Return the JSON of an expression's value. Raises ExpressionError."""
    budget = Budget()
    with limited(budget):
        value = _value(expression, Machine(_nodes(expression), FUNCTIONS, Sources(assets), budget))
    try:
        return Writer(Budget(_WRITTEN)).write(value)
    except RecursionError as error:
        raise too_large("a result so deep") from error


def features(expression: JsonObject, assets: Assets, budget: Budget | None = None) -> tuple[JsonObject, ...]:
    """Return the GeoJSON features of a collection, in longitude and latitude. Raises ExpressionError."""
    budget = budget or Budget()
    with limited(budget):
        value = _value(expression, Machine(_nodes(expression), FUNCTIONS, Sources(assets), budget))
    if not isinstance(value, Collection) or not all(isinstance(item, Feature) for item in value.elements):
        raise unsupported("features of what is no collection of features")
    writer = Writer(Budget(_WRITTEN))
    try:
        return tuple(writer.geojson(item) for item in value.elements if isinstance(item, Feature))
    except RecursionError as error:
        raise too_large("a result so deep") from error


def facts(expression: JsonObject, assets: Assets) -> Value:
    """Return the value of an expression in which assets may be missing and functions unknown.

    What is not computed is unknown. Raises ExpressionError for what the service would refuse.
    """
    sources, budget = Sources(assets, lenient=True), Budget(FACTS)
    with limited(budget):
        return _value(expression, Machine(_nodes(expression), FUNCTIONS, sources, budget, lenient=True))


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
