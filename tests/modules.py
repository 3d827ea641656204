"""Packages that a test imports from where it wrote them."""

from __future__ import annotations

import sys
from collections.abc import Collection


def forget(packages: Collection[str]) -> None:
    """Take packages and all their modules out of `sys.modules`: another test may write one of this name."""
    for module in [each for each in sys.modules if each.partition(".")[0] in packages]:
        del sys.modules[module]
