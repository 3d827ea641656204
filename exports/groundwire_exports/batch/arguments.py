"""Checks of a batch's arguments."""

from __future__ import annotations

from groundwire_runtime.errors import ArgumentError, shortened


def checked_count(value: object, name: str, most: int) -> int:
    """Return an int from 1 to `most`. Raises ArgumentError."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
        return value
    raise ArgumentError(f"{name}: expected 1 to {most:,}, got {shortened(value)}")


def checked_name(value: object, name: str, most: int) -> str:
    """Return a str of 1 to `most` printable characters. Raises ArgumentError."""
    if isinstance(value, str) and 0 < len(value) <= most and value.isprintable():
        return value
    raise ArgumentError(f"{name}: expected 1 to {most} printable characters, got {shortened(value)}")
