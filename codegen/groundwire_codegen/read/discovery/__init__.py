"""The reader of Google Discovery documents. It writes a draft."""

from .document import read_document
from .schemas import Schemas

__all__ = ["Schemas", "read_document"]
