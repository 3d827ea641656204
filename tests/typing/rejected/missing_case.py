"""A match that forgets one variant."""

from __future__ import annotations

from typing import assert_never

from groundwire import PixelGrid


def text(crs: PixelGrid.CrsCode | PixelGrid.CrsWkt | None) -> str:
    match crs:
        case PixelGrid.CrsCode(code):
            return code
        case None:
            return ""
        case _:
            assert_never(crs)  # error
