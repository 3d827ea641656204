"""A Google Discovery document: its vocabulary, and its reader, which writes a draft."""

from .document import read_document
from .schemas import Schemas

__all__ = ["Schemas", "read_document"]
