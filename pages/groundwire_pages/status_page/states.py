"""The states of operations as symbols."""

from __future__ import annotations

from typing import Final

SYMBOLS: Final = {
    "PENDING": "\u25cb",
    "RUNNING": "\u25d0",
    "CANCELLING": "\u2296",
    "SUCCEEDED": "\u2713",
    "CANCELLED": "\u2298",
    "FAILED": "\u2715",
}
