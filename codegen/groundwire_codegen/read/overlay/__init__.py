"""The overlay: facts that a document cannot state."""

from .reader import MAX_BYTES, read_overlay
from .rules import (
    NO_FIELD,
    NO_MESSAGE,
    NO_METHOD,
    NO_PARAMETER,
    EnumRule,
    Extension,
    FieldRule,
    MessageRule,
    MethodRule,
    Overlay,
    ScopeRule,
)

__all__ = [
    "MAX_BYTES",
    "NO_FIELD",
    "NO_MESSAGE",
    "NO_METHOD",
    "NO_PARAMETER",
    "EnumRule",
    "Extension",
    "FieldRule",
    "MessageRule",
    "MethodRule",
    "Overlay",
    "ScopeRule",
    "read_overlay",
]
