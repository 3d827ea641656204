"""A Google Discovery document: its vocabulary, its values, and the reader of both."""

from .document import Document, Method, Schema
from .reader import read_document
from .schemas import read_schema
from .vocabulary import SAFE_ID, SCHEMA

__all__ = ["SAFE_ID", "SCHEMA", "Document", "Method", "Schema", "read_document", "read_schema"]
