"""Write an Api as an OpenAPI 3.1 document, for other tools."""

from .openapi import components, document, json_text
from .options import Enums, JsonObject, JsonValue, Options
from .paths import AmbiguousPathError

__all__ = [
    "AmbiguousPathError",
    "Enums",
    "JsonObject",
    "JsonValue",
    "Options",
    "components",
    "document",
    "json_text",
]
