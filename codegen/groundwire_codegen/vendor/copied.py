"""Copying: the text of a client, the runtime and the hand-written parts, their imports made to fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ..folder import GIT_ATTRIBUTES, GIT_ATTRIBUTES_TEXT, has_our_first_line
from ..lock import FILE, MAX_BYTES, Lock, file_digest, generator_digest, read_lock
from ..problem import Problem, SpecError
from ..regular import read_bounded
from .description import FILE as DESCRIPTION
from .order import Order

RUNTIME: Final = "groundwire_runtime"
EXPORTS: Final = "groundwire_exports"
EXPORTED: Final = "message:ExportImageRequest"
_IMPORT: Final = re.compile(rf"^(\s*from )({RUNTIME}|{EXPORTS})(?=[. ])", re.MULTILINE)
_TITLE: Final = re.compile(r'^"""[\w.]+(?=: a client of )', re.MULTILINE)
FIRST_LINE: Final = "# Copied by groundwire-codegen. Do not edit."
NOTICE: Final = """\
Groundwire
Put here by `groundwire-codegen vendor`: a generated client, and what it needs of Groundwire.

Licensed under the Apache License, Version 2.0; its text is in LICENSE.
Changed in this copy: imports of Groundwire's own packages lead into this folder{shared}.
{manifest} holds a hash of every file; `groundwire-codegen vendor --check` names those that were edited.
"""


def vendored(client: str, *, with_exports: bool = False) -> dict[str, str]:
    """The files of a vendored copy of an importable client, by path. Raises SpecError when it is none."""
    return copied(installed(client), Order(client=client, extras="exports" if with_exports else ""))


def copied(client: Mapping[str, str], order: Order, described: str = "") -> dict[str, str]:
    """The client as a copy with `_runtime/`, `_exports/` when asked for, and its description when that is known, by path.

    Imports of the runtime become relative, so the copy runs under any name. `groundwire.lock` is its manifest: the
    order, and hashes of the document, the overlay, the generator and every file.
    """
    files = dict(client)
    lock = read_lock(files.pop(FILE))
    copy = {path: _led(text, order, ".") for path, text in files.items()}
    if order.package:
        copy["__init__.py"] = _TITLE.sub(f'"""{order.package}', copy["__init__.py"], count=1)
    if not order.runtime:
        copy |= {f"_runtime/{path}": text for path, text in _package(RUNTIME).items()}
    if "exports" in order.extras.split():
        if EXPORTED not in lock.names:
            problem = "exports need Earth Engine's image:export, which this client has not"
            raise SpecError([Problem("options", "/with", problem)])
        copy |= {f"_exports/{path}": _led(text, order, "..") for path, text in _package(EXPORTS).items()}
    shared = f", or to {order.runtime}" if order.runtime else ""
    copy = {path: _marked(path, text) for path, text in copy.items()}
    notice = NOTICE.format(shared=shared, manifest=FILE)
    copy |= {"LICENSE": _license(), "NOTICE": notice, GIT_ATTRIBUTES: GIT_ATTRIBUTES_TEXT}
    if described:
        copy[DESCRIPTION] = described
    manifest = Lock(
        inputs={**lock.inputs, "vendored_by": generator_digest()},
        files={path: file_digest(text) for path, text in copy.items()},
        names=lock.names,
        decisions=lock.decisions,
        revision=lock.revision,
        reviewed=lock.reviewed if order.document else {},
        vendored=order.manifest(),
    )
    return {**copy, FILE: manifest.text()}


def installed(client: str) -> dict[str, str]:
    """The files of an importable generated client. Raises SpecError when it is none."""
    root = _place(client)
    if root is not None and not (root / FILE).is_file():
        raise SpecError([Problem("options", "/client", f"{client!r} has no {FILE}: it was not generated")])
    return _package(client)


def _package(name: str) -> dict[str, str]:
    """The text files of an installed package. Neither it nor a package around it is imported: a manifest may name any."""
    root = _place(name)
    if root is None:
        raise SpecError([Problem("options", "/client", f"no package {name!r} is installed")])
    paths = [
        path
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and (path.suffix == ".py" or path.name in ("py.typed", FILE))
    ]
    try:
        return {
            path.relative_to(root).as_posix(): read_bounded(path, MAX_BYTES).decode("utf-8") for path in paths
        }
    except UnicodeDecodeError:
        raise SpecError([Problem("options", "/client", f"a file of {name!r} is not UTF-8")]) from None


def _place(name: str) -> Path | None:
    """The folder of an importable package, looked for along the path as an import does; None when there is none."""
    first, *inner = name.split(".")
    try:
        spec = find_spec(first) if first else None
        for part in inner:
            if spec is None or spec.submodule_search_locations is None:
                return None
            spec = PathFinder.find_spec(part, [*spec.submodule_search_locations])
    except (ImportError, ValueError):
        return None
    folders = None if spec is None else spec.submodule_search_locations
    return Path(next(iter(folders))) if folders else None


def _marked(path: str, text: str) -> str:
    """A hand-written module with a first line by which the next copy knows it; generated ones have theirs."""
    is_marked = not path.endswith(".py") or has_our_first_line(text.encode())
    return text if is_marked else f"{FIRST_LINE}\n{text}"


def _license() -> str:
    """The licence that Groundwire was installed with."""
    try:
        text = distribution("groundwire").read_text("licenses/LICENSE")
    except PackageNotFoundError:
        text = None
    if text is None:
        raise SpecError([Problem("groundwire", "/LICENSE", "not installed with it", "install it again")])
    return text


def _led(text: str, order: Order, dots: str) -> str:
    """The same module with its imports of the runtime, and of the client, leading to where they are in the copy."""
    shared = f"{dots[1:]}{order.runtime}" if order.runtime.startswith(".") else order.runtime
    folders = {RUNTIME: shared or f"{dots}_runtime", EXPORTS: f"{dots}_exports"}
    text = _IMPORT.sub(lambda found: found[1] + folders[found[2]], text)
    own = re.compile(rf"^(\s*from ){re.escape(order.client)}(?:\.| (?=import))", re.MULTILINE)
    return own.sub(lambda found: f"{found[1]}{dots}{'' if found[0].endswith('.') else ' '}", text)
