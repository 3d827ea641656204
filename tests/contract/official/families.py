"""The programs of each family of clients, found in their source without importing a client."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

from attrs import frozen

FOLDER: Final = Path(__file__).parent
_SCRIPT: Final = re.compile(r"^exports\.(\w+) = ", re.MULTILINE)


@frozen
class Program:
    """One program, and whether continuous integration runs it."""

    client: str
    """The Python module, or the package of node, that it imports."""
    module: str
    """Path without suffix below this folder."""
    name: str
    chosen: bool
    language: str = "python"

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


_MODULES: Final = {
    "ee": (
        "earthengine_api/exports",
        "earthengine_api/tasks",
        "earthengine_api/assets",
        "earthengine_api/values",
        "command_programs",
    ),
    "geemap": ("geemap_programs",),
    "geedim": ("geedim_programs",),
    "geetools": ("geetools_programs",),
    "xee": ("xee_programs",),
    "eeclient": ("eeclient_programs",),
}
_SCRIPTS: Final = ("javascript/exports", "javascript/assets")
_CHOSEN_SCRIPTS: Final = ("imageToDrive", "eachOfACollection", "skipWhatExists")


def programs() -> list[Program]:
    """Return all programs of all families."""
    functions = [
        each
        for client, modules in _MODULES.items()
        for module in modules
        for each in _functions(client, module)
    ]
    return functions + [each for module in _SCRIPTS for each in _scripts(module)]


def program(text: str) -> Program:
    """Return the program `module:name`. Raises StopIteration if there is none."""
    return next(each for each in programs() if str(each) == text)


def _functions(client: str, module: str) -> list[Program]:
    """Return the public functions of a module; its `CI` names those that continuous integration runs."""
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    chosen: tuple[str, ...] = ()
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "CI"
        ):
            chosen = ast.literal_eval(node.value)
    names = [each.name for each in tree.body if isinstance(each, ast.FunctionDef) and each.name[0] != "_"]
    assert set(chosen) <= set(names), f"{module}: {chosen}"
    return [Program(client, module, name, name in chosen) for name in names]


def _scripts(module: str) -> list[Program]:
    """Return the exported functions of a JavaScript module."""
    names = _SCRIPT.findall((FOLDER / f"{module}.js").read_text(encoding="utf-8"))
    return [Program("node", module, name, name in _CHOSEN_SCRIPTS, "javascript") for name in names]
