"""A coordinate system that does not say whether it is a code or WKT."""

from __future__ import annotations

from groundwire import PixelGrid

grid = PixelGrid(crs="EPSG:4326")  # error
