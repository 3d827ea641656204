"""Vendoring: a generated client, its runtime and its hand-written parts as one folder that stands alone."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from .lock import FILE, Lock, digest, generator_digest, read_lock
from .problem import Problem, SpecError

_IMPORT: Final = re.compile(r"^(\s*from )(groundwire_runtime|groundwire_exports)(?=[. ])", re.MULTILINE)
RUNTIME: Final = "groundwire_runtime"
EXPORTS: Final = "groundwire_exports"


def vendored(client: str, *, with_exports: bool = False) -> dict[str, str]:
    """The files of a vendored copy, by path: the client, `_runtime/`, and `_exports/` when asked for.

    `client` is an importable generated package. Imports of the runtime become relative, so the copy runs under
    any name. `groundwire.lock` is its manifest: hashes of the document, the overlay, the generator and every
    file. Raises SpecError when a package is not there or was not generated.
    """
    files = _package(client)
    if FILE not in files:
        raise SpecError([Problem("options", "/client", f"{client!r} has no {FILE}: it was not generated")])
    lock = read_lock(files.pop(FILE))
    copied = {path: _relative(text, client, ".") for path, text in files.items()}
    copied |= {f"_runtime/{path}": text for path, text in _package(RUNTIME).items()}
    if with_exports:
        copied |= {
            f"_exports/{path}": _relative(text, client, "..") for path, text in _package(EXPORTS).items()
        }
    inputs = {**lock.inputs, "vendored_by": generator_digest()}
    manifest = Lock(
        inputs=inputs,
        files={path: digest(text) for path, text in copied.items()},
        names=lock.names,
        revision=lock.revision,
    )
    return {**copied, FILE: manifest.text()}


def _package(name: str) -> dict[str, str]:
    """The text files of an installed package, found without importing it."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise SpecError([Problem("options", "/client", f"no package {name!r} is installed")])
    root = Path(next(iter(spec.submodule_search_locations)))
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and (path.suffix == ".py" or path.name in ("py.typed", FILE))
    }


def _relative(text: str, client: str, dots: str) -> str:
    """The same module with its imports of the runtime, and of the client, made relative."""
    folders = {RUNTIME: f"{dots}_runtime", EXPORTS: f"{dots}_exports"}
    text = _IMPORT.sub(lambda found: found[1] + folders[found[2]], text)
    own = re.compile(rf"^(\s*from ){re.escape(client)}(?:\.| (?=import))", re.MULTILINE)
    return own.sub(lambda found: f"{found[1]}{dots}{'' if found[0].endswith('.') else ' '}", text)
