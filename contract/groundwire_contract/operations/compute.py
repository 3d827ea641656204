"""value:compute and table:computeFeatures: the value of an expression over the assets that exist."""

from __future__ import annotations

from ..exchange import JsonObject
from ..rules.error_bodies import Refusal, invalid_argument
from ..values.expression import compute as compute_value
from ..values.expression import features
from ..values.problem import ExpressionError
from .assets import page
from .call import Answer, Call, Context


def compute(call: Call, context: Context) -> Answer:
    """Return the value. What is not computed is refused, never guessed."""
    try:
        return {"result": compute_value(_expression(call), context.catalog)}
    except ExpressionError as error:
        return _refusal(error, call)


def compute_features(call: Call, context: Context) -> Answer:
    """Return a page of the features of a computed collection."""
    try:
        found = features(_expression(call), context.catalog)
    except ExpressionError as error:
        return _refusal(error, call)
    answer = page(call.body, context, found, "features", lambda feature: feature)
    return answer if isinstance(answer, Refusal) else {"type": "FeatureCollection", **answer}


def _expression(call: Call) -> JsonObject:
    expression = call.body.get("expression")
    return expression if isinstance(expression, dict) else {}


def _refusal(error: ExpressionError, call: Call) -> Refusal:
    advice = f" Give {call.method.id} an answer." if error.answerable else ""
    return invalid_argument(error.rule, f"{error.message}{advice}")
