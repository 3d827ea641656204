"""Errors of an expression."""

from __future__ import annotations

from typing import Final

WRONG: Final = "expression-error"
UNSUPPORTED: Final = "value-unsupported"
TOO_LARGE: Final = "value-too-large"
NOT_FOUND: Final = "asset-not-loaded"
CRS_UNKNOWN: Final = "crs-unknown"


class ExpressionError(Exception):
    """An expression that has no value here: the message of the refusal, and the id of its rule."""

    def __init__(self, message: str, rule: str = WRONG, *, answerable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.rule = rule
        self.answerable = answerable
        """True if only an answer of the test can help."""


def too_large(subject: str) -> ExpressionError:
    """Return the error for an expression beyond a limit."""
    return ExpressionError(f"The contract server does not compute {subject}.", TOO_LARGE)


def unsupported(subject: str) -> ExpressionError:
    """Return the error for what this server does not compute. `subject` is a noun, such as the name of a function."""
    return ExpressionError(f"The contract server does not compute {subject}.", UNSUPPORTED, answerable=True)


def undeclared(subject: str, asset: str) -> ExpressionError:
    """Return the error for a fact about an asset that its declaration lacks."""
    return ExpressionError(
        f"The contract server does not know {subject} of '{asset}'. Declare it with the asset.", UNSUPPORTED
    )
