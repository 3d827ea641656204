"""Tiling: a large grid as many exports, and an export that is too large as four."""

from __future__ import annotations

from .split import split_in_four
from .tiles import tiles

__all__ = ["split_in_four", "tiles"]
