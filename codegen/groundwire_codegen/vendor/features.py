"""Find the runtime modules that a vendored copy needs.

Modules that generated code and the exports import are copied, with all that these import. The runtime imports its optional
features by name, at run time: `FEATURES` says when those are copied.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

RUNTIME: Final = "groundwire_runtime"


@frozen(kw_only=True)
class Feature:
    """An optional part of the runtime, copied when it is requested, with the module `beside`, or when the client asks for `scope`."""

    name: str
    modules: tuple[str, ...]
    scope: str = ""
    beside: str = ""
    entry: tuple[tuple[str, str], ...] = ()
    """Lines of the generated `__init__.py` that need the feature, each with its replacement in a copy without it."""


FEATURES: Final = (
    Feature(
        name="converter",
        modules=("converter",),
        entry=(
            ("    from cattrs import Converter\n", ""),
            ("\n    converter: Converter\n", ""),
            ('    "converter",\n', ""),
            (
                '        if name == "converter":\n            found = CODECS.converter()\n        elif ',
                "        if ",
            ),
        ),
    ),
    Feature(name="downloads", modules=("downloads", "open_body"), beside="rest_client"),
    Feature(name="oauth2", modules=("oauth2",)),
    Feature(
        name="earthengine",
        modules=("earthengine",),
        scope="https://www.googleapis.com/auth/earthengine",
    ),
)


def selected(extras: Sequence[str], client: Mapping[str, str]) -> tuple[Feature, ...]:
    """Return the features that are requested, or whose scope is a constant of the client."""
    stubs = [text for path, text in client.items() if path == "client.py" or path.startswith("client/")]
    constants = {
        node.value
        for text in stubs
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return tuple(each for each in FEATURES if each.name in extras or each.scope in constants - {""})


def without(text: str, features: Sequence[Feature]) -> str:
    """Return a generated `__init__.py` without the names of the features that are not selected."""
    for feature in FEATURES:
        for line, replacement in feature.entry if feature not in features else ():
            text = text.replace(line, replacement, 1)
    return text


def needed_modules(
    runtime: Mapping[str, str], sources: Mapping[str, str], features: Sequence[Feature]
) -> dict[str, str]:
    """Return the runtime files that the sources and the features import, directly or through others, by path."""
    modules = (text for path, text in sources.items() if path.endswith(".py"))
    waiting = {name for text in modules for name in _imports(text, ())}
    waiting |= {f"{RUNTIME}.{module}" for feature in features for module in feature.modules}
    beside = {f"{RUNTIME}.{each.beside}": each.modules for each in FEATURES if each.beside}
    needed = {"__init__.py"} & runtime.keys()
    while waiting:
        name = waiting.pop()
        waiting |= {f"{RUNTIME}.{module}" for module in beside.get(name, ())}
        for path in {*_paths(name)} & runtime.keys() - needed:
            needed.add(path)
            waiting |= {*_imports(runtime[path], (RUNTIME, *path.split("/")[:-1]))}
    return {path: text for path, text in runtime.items() if path in needed}


def imported_packages(files: Mapping[str, str]) -> set[str]:
    """Return the top-level packages that modules import when they run; imports for type checkers do not count."""
    return {
        name.partition(".")[0]
        for path, text in files.items()
        if path.endswith(".py")
        for name in _absolute(_run_time_nodes(ast.parse(text)))
    }


def _paths(name: str) -> Iterator[str]:
    """Yield the paths that a dotted name of the runtime may have, with those of the packages around it."""
    parts = name.split(".")[1:]
    for count in range(1, len(parts) + 1):
        yield "/".join(parts[:count]) + ".py"
        yield "/".join((*parts[:count], "__init__.py"))


def _imports(text: str, package: tuple[str, ...]) -> Iterator[str]:
    """Yield the dotted names below the runtime that a module imports; `package` is the module's own."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == RUNTIME)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *((node.module,) if node.module else ())))
            if module.partition(".")[0] == RUNTIME:
                yield from (f"{module}.{alias.name}" for alias in node.names)


def _run_time_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and those below it, without the bodies of `if TYPE_CHECKING`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        ):
            for other in child.orelse:
                yield from _run_time_nodes(other)
        else:
            yield from _run_time_nodes(child)


def _absolute(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module
