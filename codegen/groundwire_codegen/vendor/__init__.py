"""Vendoring: a generated client, its runtime and its hand-written parts as one folder that stands alone."""

from .copied import vendored
from .description import FILE as DESCRIPTION
from .description import between
from .findings import findings
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
    "vendored",
]
