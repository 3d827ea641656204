"""What Earth Engine exports need on top of the generated client: expressions and pixel grids."""

from __future__ import annotations

from .expression import expression
from .grid import grid

__all__ = ["expression", "grid"]
