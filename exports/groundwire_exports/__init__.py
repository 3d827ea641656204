"""Earth Engine exports on top of the generated client: exactly-once start, waiting, expressions, pixel grids."""

from __future__ import annotations

from .arguments import expression, grid
from .export import Export, Stall
from .protocol import unmarked
from .refusals import QueueFull
from .start import start_export

__all__ = ["Export", "QueueFull", "Stall", "expression", "grid", "start_export", "unmarked"]

# Below: copied with the option `batch` only.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .batch import Batch, retry_failed
    from .files import outputs
    from .migration import fit, request_of
    from .tiling import split_in_four, tiles
    from .watch import look, progress, wait_all

__all__ += [
    "Batch",
    "fit",
    "look",
    "outputs",
    "progress",
    "request_of",
    "retry_failed",
    "split_in_four",
    "tiles",
]
__all__ += ["wait_all"]

_ROOMS = {
    "Batch": "batch",
    "fit": "migration",
    "look": "watch",
    "outputs": "files",
    "progress": "watch",
    "request_of": "migration",
    "retry_failed": "batch",
    "split_in_four": "tiling",
    "tiles": "tiling",
    "wait_all": "watch",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a name when it is first used (PEP 562): who starts one export needs none of these."""
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f".{_ROOMS[name]}", __name__), name)
