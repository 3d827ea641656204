"""Refuse package names that would hide a module of Python or of a dependency."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from .problem import Problem, SpecError

_PARTS: Final = frozenset(
    {
        *("attr", "attrs", "cattr", "cattrs", "urllib3", "google", "requests"),
        *("certifi", "charset_normalizer", "cryptography", "exceptiongroup", "idna", "typing_extensions"),
        *("cachetools", "pyasn1", "pyasn1_modules", "rsa"),
        *(
            "groundwire_codegen",
            "groundwire_contract",
            "groundwire_exports",
            "groundwire_pages",
            "groundwire_runtime",
        ),
    }
)
"""Modules of the distributions that a client installs, by what is imported."""
_AT_START: Final = frozenset({"sitecustomize", "usercustomize"})
"""Modules that Python imports at its start, whoever wrote them."""


def check_package(folder: Path, package: str) -> None:
    """Raise SpecError if a package in this folder hides a module for all code that finds its parent on the path.

    A folder inside a package, one with `__init__.py`, hides nothing, and neither does the last part of a dotted name whose
    other parts are the folders above.
    """
    place = folder.resolve()
    inside = (place.parent / "__init__.py").exists()
    parts = package.split(".")
    if inside or (len(parts) > 1 and place.parts[-len(parts) :] == tuple(parts)):
        return
    names = {parts[0]: "/package", place.name: "/out"}
    problems = [
        Problem("options", option, f"{name!r} would hide {hidden}", f"use {name.strip('_')}_client")
        for name, option in names.items()
        if (hidden := _hidden(name))
    ]
    if problems:
        raise SpecError(problems)


def _hidden(name: str) -> str:
    if name in sys.stdlib_module_names:
        return f"the module {name} of the standard library"
    if name in _AT_START:
        return f"{name}, which Python imports at its start"
    return f"the package {name}, which clients need" if name in _PARTS else ""
