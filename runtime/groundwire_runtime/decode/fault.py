"""What is wrong with a value that was read."""

from __future__ import annotations

from ..errors import DecodeError
from ..messages import MAX_DEPTH


def expected(value: object, what: str) -> DecodeError:
    """The error for a value of the wrong JSON type."""
    return DecodeError("", value, f"expected {what}")


def too_deep(value: object) -> DecodeError:
    """The error for one message too many inside the others."""
    return DecodeError("", value, f"more than {MAX_DEPTH} nested messages")


def conflict(value: object, union: str, first: str, second: str) -> DecodeError:
    """The error for two members of one union."""
    return DecodeError("", value, f"union field {union} has two members set: {first} and {second}")
