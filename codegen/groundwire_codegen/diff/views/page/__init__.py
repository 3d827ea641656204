"""A diff as one HTML page that stands alone: a tree coloured by verdict, to fold and to search."""

from .document import page

__all__ = ["page"]
