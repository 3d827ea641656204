"""What is wrong with a value that is to be written."""

from __future__ import annotations

from ..errors import EncodeError
from ..messages import MAX_DEPTH


def expected(value: object, what: str) -> EncodeError:
    """The error for a value of the wrong type."""
    return EncodeError("", value, f"expected {what}")


def too_deep(value: object) -> EncodeError:
    """The error for one message too many inside the others."""
    return EncodeError("", value.__class__.__qualname__, f"more than {MAX_DEPTH} nested messages")
