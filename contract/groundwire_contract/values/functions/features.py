"""Features whose geometry a function changes: their properties stay, and the geometry is not computed."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from ..elements import Element, Unknown, Value
from ..signature import Library

LIBRARY: Final = Library()
_END: Final = "maxError?: Any, proj?: Any"


def _reshaped(name: str, arguments: str, first: str = "feature") -> None:
    full = f"Feature.{name}"

    def compute(element: Element, *_: Value) -> Element:
        return evolve(element, geometry=Unknown(full))

    LIBRARY.add(f"{full}({first}: Element, {arguments})")(compute)


for _name in ("bounds", "centroid", "convexHull"):
    _reshaped(_name, _END)
_reshaped("buffer", f"distance: Float, {_END}")
_reshaped("simplify", "maxError: Any, proj?: Any")
_reshaped("transform", "proj?: Projection, maxError?: Any, geodesic?: Boolean")
for _name in ("intersection", "difference", "union", "symmetricDifference"):
    _reshaped(_name, f"right: Element, {_END}", "left")
