"""All rules by id, each with its evidence.

A refusal names its rule, and a test may relax any rule by its id. All bounds of the overlay have the id
`bounds`; their own evidence stays in the overlay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from ..suggestion import suggestion
from .answers import ANSWERS
from .assets import ASSET_RULES, UNSIMULATED
from .circumstances import CIRCUMSTANCES
from .evidence import Rule
from .expressions import EXPRESSIONS, UNCOMPUTED
from .openapi import OPENAPI_ANSWERS, OPENAPI_REQUESTS
from .requests import REQUESTS

RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            *REQUESTS,
            *CIRCUMSTANCES,
            *ANSWERS,
            *ASSET_RULES,
            *UNSIMULATED,
            *EXPRESSIONS,
            *UNCOMPUTED,
            *OPENAPI_REQUESTS,
            *OPENAPI_ANSWERS,
        )
    }
)
BLAMED: Final = frozenset(rule.id for rule in (*REQUESTS, *UNSIMULATED, *UNCOMPUTED, *OPENAPI_REQUESTS))
"""Rules about the content of a request, not about server state, and about what is not simulated."""
OPENAPI: Final = frozenset(rule.id for rule in (*OPENAPI_REQUESTS, *OPENAPI_ANSWERS))
"""Ids of the rules of OpenAPI documents; the others are those of Google's APIs."""
OFF: Final = frozenset(rule.id for rule in RULES.values() if not rule.enforced)
"""Ids of rules that are off by default."""


def checked_ids(ids: Iterable[str]) -> frozenset[str]:
    """Return the ids. Raises LookupError for unknown ones."""
    checked = frozenset(ids)
    if unknown := sorted(checked - RULES.keys()):
        close = suggestion(unknown[0], RULES) if len(unknown) == 1 else ""
        raise LookupError(f"no such rule: {', '.join(unknown)}{close}")
    return checked
