"""Earth Engine exports on top of the generated client: exactly-once start, waiting, expressions, pixel grids."""

from __future__ import annotations

from .export import Export
from .expression import expression
from .grid import grid
from .refusals import QueueFull
from .request_tag import unmarked
from .stall import Stall
from .start import start_export

__all__ = ["Export", "QueueFull", "Stall", "expression", "grid", "start_export", "unmarked"]
