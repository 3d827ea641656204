"""Earth Engine exports on top of the generated client: exactly-once start, waiting, expressions, pixel grids."""

from __future__ import annotations

from .arguments import expression, grid
from .export import Export, Stall
from .protocol import unmarked
from .refusals import QueueFull
from .start import start_export

__all__ = ["Export", "QueueFull", "Stall", "expression", "grid", "start_export", "unmarked"]
