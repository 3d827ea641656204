"""A diff as one HTML page that stands alone: a tree coloured by verdict, to fold, search and filter."""

from .page import render
from .view import Branch, Change, Comparison, Verdict

__all__ = ["Branch", "Change", "Comparison", "Verdict", "render"]
