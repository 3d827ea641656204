"""Inputs that cannot be used: where, why, and what to do."""

from __future__ import annotations

from pathlib import Path

from groundwire_runtime.errors import ArgumentError


class InputError(ArgumentError):
    """A file that cannot be used. Nothing was started."""

    def __init__(self, path: Path | str, place: str, message: str, *, hint: str = "") -> None:
        where = f"{path}, {place}" if place else str(path)
        super().__init__(f"{where}: {message}; nothing was started", hint=hint)
