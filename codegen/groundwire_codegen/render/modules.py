"""The modules of a large client: one for each schema of the document, and for what is inside it."""

from __future__ import annotations

import re
from typing import Final

from ..ir import Alias, Api, Enum, Message
from ..lock import digest
from ..lower.naming import snake

_BELOW: Final = re.compile(r"[.\[{]")
"""The character behind the place of a schema, in the places of the types inside it."""
_LONGEST: Final = 80
"""Characters of a module's name; file systems have limits."""


def module_name(cls: str) -> str:
    """Return the module of a class: `HTTPHealthCheck` -> `_http_health_check`.

    Class names differ in more than case and underscores (`lower.naming.fold`), so no two have the same module.
    """
    stem = snake(cls)
    return f"_{stem}" if len(stem) <= _LONGEST else f"_{stem[: _LONGEST - 17]}_{digest(cls)[:16]}"


def types_by_module(api: Api) -> dict[str, frozenset[str]]:
    """Return the types of each module by its name: a schema with its inline objects, enums and unions."""
    types: dict[str, Message | Enum | Alias] = {**api.messages, **api.enums, **api.aliases}
    names: dict[str, str] = {}
    for key, type_ in sorted(types.items()):
        names.setdefault(type_.place, key)
    found: dict[str, set[str]] = {}
    for key, type_ in types.items():
        owner = next((names[place] for place in _around(type_.place) if place in names), key)
        found.setdefault(module_name(owner), set()).add(key)
    return {module: frozenset(keys) for module, keys in sorted(found.items())}


def _around(place: str) -> list[str]:
    """Return the places around a place and the place itself, outermost first."""
    return [*(place[: found.start()] for found in _BELOW.finditer(place)), place]


def published_kinds(api: Api) -> dict[str, str]:
    """Return the kind of each name that `messages.py` publishes."""
    return {
        **dict.fromkeys(api.aliases, "alias"),
        **dict.fromkeys(api.enums, "enum"),
        **dict.fromkeys(api.messages, "message"),
    }
