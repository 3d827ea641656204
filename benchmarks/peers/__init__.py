"""The same expression graph read by other libraries, each used as its documentation recommends."""

from __future__ import annotations

import importlib
from collections.abc import Callable

MODULES = {
    "pydantic v2": "pydantic_models",
    "msgspec": "msgspec_models",
    "cattrs' own hooks": "cattrs_models",
    "openapi-python-client": "openapi_models",
}


def peers(text: bytes) -> dict[str, Callable[[], object]]:
    """Return a decoder of `text` for each installed library."""
    found: dict[str, Callable[[], object]] = {}
    for name, module in MODULES.items():
        try:
            read = importlib.import_module(f".{module}", __package__).read
        except ImportError as error:
            print(f"not measured: {name} ({error})")
            continue
        found[name] = lambda read=read: read(text)
    return found
