"""Vendoring: a generated client, its runtime and its hand-written parts as one folder that stands alone."""

from .copied import vendored
from .description import FILE as DESCRIPTION
from .description import between
from .findings import findings, refuse_edits
from .order import Order, manifest_of, order_of
from .sources import ordered

__all__ = [
    "DESCRIPTION",
    "Order",
    "between",
    "findings",
    "manifest_of",
    "order_of",
    "ordered",
    "refuse_edits",
    "vendored",
]
