"""The overlay: what a Discovery document cannot say."""

from .reader import MAX_BYTES, read_overlay
from .rules import (
    EnumRule,
    Extension,
    FieldRule,
    HeldRule,
    MessageRule,
    MethodRule,
    Overlay,
    ParameterRule,
    ScopeRule,
    UnionRule,
)

__all__ = [
    "MAX_BYTES",
    "EnumRule",
    "Extension",
    "FieldRule",
    "HeldRule",
    "MessageRule",
    "MethodRule",
    "Overlay",
    "ParameterRule",
    "ScopeRule",
    "UnionRule",
    "read_overlay",
]
