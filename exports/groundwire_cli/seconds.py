"""Seconds as an option has them."""

from __future__ import annotations

import math
from typing import Any, Final

import click

_MOST: Final = 1e9
"""Some thirty years; the system's clocks cannot wait for much more."""


class Seconds(click.FloatRange):
    """A finite number of seconds. click's own range accepts NaN."""

    name = "seconds"

    def __init__(self, least: float = 0, *, above: bool = False) -> None:
        super().__init__(min=least, max=_MOST, min_open=above)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number. Fails as click's own types do."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return number
