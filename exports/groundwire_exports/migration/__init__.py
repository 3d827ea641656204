"""Migration from the official client: its tasks as requests, and its `region`, `scale`, `crs` without it."""

from __future__ import annotations

from .fit import fit
from .task import request_of

__all__ = ["fit", "request_of"]
