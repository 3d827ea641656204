"""A map projection with its affine transform."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

from attrs import frozen

from .crs import WGS84, model, normalized

Transform: TypeAlias = "tuple[float, float, float, float, float, float]"
"""x scale, x shear, x translation, y shear, y scale, y translation: from pixels to the CRS."""
IDENTITY: Final[Transform] = (1, 0, 0, 0, 1, 0)


@frozen
class Projection:
    """A CRS by its code or WKT, and the transform from pixels to its coordinates."""

    crs: str = WGS84
    transform: Transform = IDENTITY

    @property
    def nominal_scale(self) -> float | None:
        """Metres of one pixel; None if the unit of the CRS is not known."""
        known = model(self.crs)
        if known is None:
            return None
        a, b, _, d, e, _ = self.transform
        return math.sqrt(abs(a * e - b * d)) * known.metres

    @property
    def is_sheared(self) -> bool:
        """True if rows of pixels are not along an axis of the CRS."""
        return bool(self.transform[1] or self.transform[3])

    def at_scale(self, metres: float) -> Projection | None:
        """Return the projection with pixels of so many metres; None if the unit of the CRS is not known."""
        nominal = self.nominal_scale
        if not nominal:
            return None
        factor = metres / nominal
        a, b, c, d, e, f = self.transform
        return Projection(self.crs, (a * factor, b * factor, c, d * factor, e * factor, f))

    def to_crs(self, x: float, y: float) -> tuple[float, float]:
        """Return the coordinates of a pixel."""
        a, b, c, d, e, f = self.transform
        return a * x + b * y + c, d * x + e * y + f

    def to_pixel(self, x: float, y: float) -> tuple[float, float] | None:
        """Return the pixel of coordinates; None if the transform cannot be inverted."""
        a, b, c, d, e, f = self.transform
        area = a * e - b * d
        if not area or not math.isfinite(area):
            return None
        return (e * (x - c) - b * (y - f)) / area, (a * (y - f) - d * (x - c)) / area


def projection_of(crs: str, transform: Transform | None = None) -> Projection:
    """Return a projection of a code or WKT. Raises ExpressionError for a CRS that cannot be read."""
    return Projection(normalized(crs), IDENTITY if transform is None else transform)
