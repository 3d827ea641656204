"""An OpenAPI document of version 3.0 or 3.1: its vocabulary, and its reader, which writes a draft."""

from .document import read_document

__all__ = ["read_document"]
