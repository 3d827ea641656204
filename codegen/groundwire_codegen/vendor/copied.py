"""Copying: the text of a client, the runtime and the hand-written parts, their imports made to fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ..lock import FILE, Lock, digest, generator_digest, read_lock
from ..problem import Problem, SpecError
from .description import FILE as DESCRIPTION
from .order import Order

RUNTIME: Final = "groundwire_runtime"
EXPORTS: Final = "groundwire_exports"
EXPORTED: Final = "message:ExportImageRequest"
_IMPORT: Final = re.compile(rf"^(\s*from )({RUNTIME}|{EXPORTS})(?=[. ])", re.MULTILINE)
_TITLE: Final = re.compile(r'^"""[\w.]+(?=: a client of )', re.MULTILINE)
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
    copy |= {"LICENSE": _license(), "NOTICE": NOTICE.format(shared=shared, manifest=FILE)}
    if described:
        copy[DESCRIPTION] = described
    manifest = Lock(
        inputs={**lock.inputs, "vendored_by": generator_digest()},
        files={path: digest(text) for path, text in copy.items()},
        names=lock.names,
        revision=lock.revision,
        reviewed=lock.reviewed if order.document else {},
        vendored=order.manifest(),
    )
    return {**copy, FILE: manifest.text()}


def installed(client: str) -> dict[str, str]:
    """The files of an importable generated client. Raises SpecError when it is none."""
    files = _package(client)
    if FILE not in files:
        raise SpecError([Problem("options", "/client", f"{client!r} has no {FILE}: it was not generated")])
    return files


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
