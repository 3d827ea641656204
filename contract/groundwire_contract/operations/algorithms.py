"""The list of functions for expressions, which the official clients request first."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ..exchange import JsonObject
from ..rules.error_bodies import invalid_argument
from .call import Answer, Call, Context

MISSING = (
    "groundwire-contract has no list of Earth Engine's functions: it takes that of earthengine-api, which is not "
    "installed beside it. Install it: pip install earthengine-api"
)


def list_(call: Call, context: Context) -> Answer:
    """Return the list that an installed earthengine-api contains for its own tests; refuse without one."""
    del call
    functions = carried()
    if functions is None and "algorithms-missing" not in context.relaxed:
        return invalid_argument("algorithms-missing", MISSING)
    return functions or {}


@cache
def carried() -> JsonObject | None:
    """Return the list of an installed earthengine-api; None without one."""
    package = find_spec("ee")
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / "tests" / "algorithms.json"
    return json.loads(path.read_bytes()) if path.is_file() else None
