"""The rules by which the contract refuses a request or fails an operation, each with its evidence.

`RULES` maps a rule's id to the rule. A refusal names its rule; a test may relax any rule by its id. Bounds that
the overlay states have the one id `bounds`, and the mark that the overlay gives them stays there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from .circumstances import CIRCUMSTANCES
from .evidence import Rule
from .requests import REQUESTS

RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.id: rule for rule in (*REQUESTS, *CIRCUMSTANCES)})
BLAMED: Final = frozenset(rule.id for rule in REQUESTS)
"""The rules that blame what a request says, and not what was before it."""
OFF: Final = frozenset(rule.id for rule in RULES.values() if not rule.enforced)
"""Ids of the rules that are enforced only when a test or the command line says so."""


def known(ids: Iterable[str]) -> frozenset[str]:
    """The ids, when each is one of a rule. Raises LookupError otherwise."""
    found = frozenset(ids)
    if unknown := sorted(found - RULES.keys()):
        raise LookupError(f"no such rule: {', '.join(unknown)}")
    return found
