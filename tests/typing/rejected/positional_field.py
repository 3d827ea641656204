"""Fields by position."""

from __future__ import annotations

from groundwire import GridDimensions

size = GridDimensions(256, 256)  # error
