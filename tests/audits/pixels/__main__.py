"""Compare the pixels of exports at random with those that PROJ and GEOS count: `nox -s pixels`.

The service counts the box around a region in pixels. It bounds a curved edge within an error that is not public, and rounds at the
edges of the box. So a side may differ by one pixel and by a five-thousandth.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from typing import Any

import ee
from ee import apitestcase, deprecation
from groundwire_contract.assets.catalog import DeclaredAssets
from groundwire_contract.values.elements import Image
from groundwire_contract.values.expression import facts
from groundwire_contract.values.pixels import Pixels, pixels

from .cases import Case, case
from .peer import size

EMPTY = DeclaredAssets(())
SHARE = 1 / 5000


class Nothing:
    """A catalog without assets."""

    def get(self, name: str) -> None:
        return None

    def children(self, name: str) -> tuple[Any, ...]:
        return ()


def connect() -> None:
    """Set up the client with the functions that it carries for its own tests."""
    ee.data._install_cloud_api_resource = lambda: None
    ee.data.getAlgorithms = apitestcase.GetAlgorithms
    deprecation._FetchDataCatalogStac = dict
    ee.Initialize(None, "", project="my-project")


def counted(expression: dict[str, Any]) -> Pixels | None:
    """Return the pixels that the server counts."""
    value = facts(expression, Nothing())
    return pixels(value) if isinstance(value, Image) else None


def verdict(one: Case) -> str:
    """Return `agrees`, `uncounted by both`, or what differs."""
    found = counted(one.expression)
    wanted = one.exact if one.region is None or one.grid is None else size(one.region, one.grid)
    if wanted is None and one.known:
        return "uncounted by both" if found is None else f"invented: {found}, {one.region}, {one.grid}"
    width, height = wanted or (sys.maxsize, 1)
    if not one.known:
        return (
            "not beyond doubt"
            if found is None or found.least <= width * height
            else f"too certain: {found} of {wanted}"
        )
    if found is None:
        return f"uncounted: {wanted}, {one.region}, {one.grid}"
    slack = 0 if one.exact else 1
    low, high = ((max(1, width - sign - sign * width * SHARE)) * max(1, height - sign - sign * height * SHARE) for sign in (slack, -slack))  # fmt: skip
    agrees = low <= found.count <= high and found.least == found.count
    return "agrees" if agrees else f"differs: {found.count} of {wanted}, {one.region}, {one.grid}"


def main() -> int:
    """Print how many exports agree; fail if one does not."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    connect()
    draw = random.Random(options.seed)  # noqa: S311 - a run that can be repeated
    found = [verdict(case(draw, ee)) for _ in range(options.count)]
    for text in found:
        if ": " in text:
            print(text)
    print(dict(Counter(text.partition(":")[0] for text in found)))
    return int(any(": " in text for text in found))


if __name__ == "__main__":
    sys.exit(main())
