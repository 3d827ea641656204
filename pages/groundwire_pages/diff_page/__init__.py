"""The diff page: a tree coloured by verdict, to fold, search and filter, in one self-contained file."""

from .page import render
from .view import Branch, Change, Comparison, Verdict

__all__ = ["Branch", "Change", "Comparison", "Verdict", "render"]
