"""Bounds on the size of a client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ..ir import Enum, Message, Method

MAX_MESSAGES: Final = 20_000
"""Messages and enums of a client; Google's largest has 3,000."""
MAX_FIELDS: Final = 40_000
"""Fields of a client's messages, each of which takes up to 25 KB of memory; Google's largest has 7,647."""
MAX_NAMES: Final = 50_000
"""Parameters of a client's methods, and names of its enums; Google's largest has 14,880."""


def broken_limit(
    messages: Mapping[str, Message], enums: Mapping[str, Enum], methods: Sequence[Method]
) -> str:
    """Return the limit that a client would break, in words; empty when it keeps them all."""
    parameters = sum(len(method.parameters) for method in methods)
    counts = (
        (len(messages) + len(enums), MAX_MESSAGES, "messages and enums"),
        (sum(len(message.wire_fields) for message in messages.values()), MAX_FIELDS, "fields"),
        (
            parameters + sum(len(enum.values) for enum in enums.values()),
            MAX_NAMES,
            "parameters and names of enums",
        ),
    )
    return next((f"{most} {what}" for count, most, what in counts if count > most), "")
