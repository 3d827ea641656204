"""Files that exports write: their names, and what is there of them."""

from __future__ import annotations

from .names import shard_name
from .outputs import OutputFile, Outputs, outputs

__all__ = ["OutputFile", "Outputs", "outputs", "shard_name"]
