"""Vendoring: copy a generated client, its runtime and the exports into one self-contained folder."""

from .copy import ordered, vendored
from .manifest import FILE as DESCRIPTION
from .manifest import between, findings
from .request import NONE, Order, manifest_of, order_of
from .shared import runtime_findings

__all__ = [
    "DESCRIPTION",
    "NONE",
    "Order",
    "between",
    "findings",
    "manifest_of",
    "order_of",
    "ordered",
    "runtime_findings",
    "vendored",
]
