"""Bounds of a value, and of what it holds: of the items of a list, and of the values of a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import evolve

from ...ir import NO_RULES, Rules
from .scalars import read_rules
from .shape import Shape, Site
from .type_reader import TypeReader

LEVELS: Final = 8
"""Lists inside lists whose bounds are read; an alias may hold itself."""


def rules_of(schemas: TypeReader, shape: Shape, levels: int = LEVELS) -> Rules:
    """Return the bounds of a value, and of what it holds where it is a list or a map."""
    own = read_rules(shape, schemas.documents)
    held = [] if shape.prefix or shape.properties else shape.items or shape.additional
    inner = rules_held(schemas, held, levels)
    return evolve(own, items=inner) if inner.present else own


def rules_held(schemas: TypeReader, sites: Sequence[Site], levels: int = LEVELS) -> Rules:
    """Return the bounds of a value that some schemas hold for together."""
    if not sites or not levels:
        return NO_RULES
    problems = schemas.documents.root.problems
    start = len(problems)
    rules = rules_of(schemas, schemas.flattener.flat(schemas.together(sites, "")), levels - 1)
    del problems[start:]  # the type of the value has them already
    return rules
