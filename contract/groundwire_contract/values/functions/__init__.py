"""The functions that are computed, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..signature import Function, merged
from . import (
    aggregation,
    arithmetic,
    bands,
    columns,
    conditions,
    dates,
    dictionaries,
    elements,
    filters,
    geometries,
    images,
    lists,
    pixelwise,
    series,
    texts,
)

FUNCTIONS: Final[Mapping[str, Function]] = merged(
    arithmetic.LIBRARY,
    texts.LIBRARY,
    lists.LIBRARY,
    dictionaries.LIBRARY,
    dates.LIBRARY,
    conditions.LIBRARY,
    elements.LIBRARY,
    images.LIBRARY,
    bands.LIBRARY,
    geometries.LIBRARY,
    series.LIBRARY,
    aggregation.LIBRARY,
    filters.LIBRARY,
    pixelwise.LIBRARY,
    columns.LIBRARY,
)
