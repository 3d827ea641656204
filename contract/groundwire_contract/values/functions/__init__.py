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
    derived,
    dictionaries,
    elements,
    features,
    filter_texts,
    filters,
    geometries,
    images,
    joins,
    lists,
    pixelwise,
    reducers,
    series,
    sublists,
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
    filter_texts.LIBRARY,
    pixelwise.LIBRARY,
    columns.LIBRARY,
    reducers.LIBRARY,
    derived.LIBRARY,
    features.LIBRARY,
    joins.LIBRARY,
    sublists.LIBRARY,
)
