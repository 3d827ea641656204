"""value:compute: the value of an expression over the assets that exist."""

from __future__ import annotations

from ..rules.error_bodies import Refusal, invalid_argument
from ..values.expression import compute as compute_value
from ..values.problem import ExpressionError
from .call import Answer, Call, Context


def compute(call: Call, context: Context) -> Answer:
    """Return the value. What is not computed is refused, never guessed."""
    expression = call.body.get("expression")
    try:
        return {"result": compute_value(expression if isinstance(expression, dict) else {}, context.catalog)}
    except ExpressionError as error:
        return _refusal(error)


def _refusal(error: ExpressionError) -> Refusal:
    return invalid_argument(error.rule, error.message)
