"""Make the files of a vendored copy: client, runtime modules and exports, with rewritten imports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ..folder import GIT_ATTRIBUTES, GIT_ATTRIBUTES_TEXT, has_our_first_line
from ..inputs import DOCUMENT_BYTES, OVERLAY_BYTES, Inputs, package_name
from ..lock import FILE, MAX_BYTES, Lock, file_digest, generator_digest, read_lock
from ..pipeline import generate
from ..problem import Problem, SpecError
from ..references import read_references
from ..regular import read_bounded, read_regular
from .features import RUNTIME, needed_modules, selected, without
from .manifest import FILE as DESCRIPTION
from .manifest import description, shipped
from .notice import license_text, notice
from .request import Order, repository_of

EXPORTS: Final = "groundwire_exports"
SINGLE_EXPORTS: Final = ("__init__.py", "arguments.py", "export.py", "protocol.py", "refusals.py", "start.py")
"""The modules that start and watch one export; the others are copied with the option `batch`."""
BATCH_NAMES: Final = "\n# Below: copied with the option `batch` only.\n"
"""The line of `groundwire_exports/__init__.py` above the names of the other modules."""
EXPORTED: Final = "message:ExportImageRequest"
_IMPORT: Final = re.compile(rf"^(\s*from )({RUNTIME}|{EXPORTS})(?=[. ])", re.MULTILINE)
_TITLE: Final = re.compile(r'^"""[\w.]+(?=: a client of )', re.MULTILINE)
_HINT: Final = "keep the document and the overlay in the repository of the copy"
FIRST_LINE: Final = "# Copied by groundwire-codegen. Do not edit."


def vendored(client: str, *, with_exports: bool = False) -> dict[str, str]:
    """The files of a vendored copy of an importable client, by path. Raises SpecError when it is none."""
    return copied(installed(client), Order(client=client, extras="exports" if with_exports else ""))


def copied(client: Mapping[str, str], order: Order, described: str = "") -> dict[str, str]:
    """Return the files of a vendored copy by path: client, used modules in `_runtime/`, `_exports/`, description.

    Imports of the runtime become relative, so the copy runs under any name. `groundwire.lock` is its manifest: the
    order, and hashes of the document, the overlay, the generator and every file.
    """
    files = dict(client)
    lock = read_lock(files.pop(FILE))
    features = selected(order.extras.split(), files)
    files["__init__.py"] = without(files["__init__.py"], features)
    sources = dict(files)
    copy = {path: _led(text, order, "." * (1 + path.count("/"))) for path, text in files.items()}
    if order.package:
        copy["__init__.py"] = _TITLE.sub(f'"""{order.package}', copy["__init__.py"], count=1)
    if {"exports", "batch"} & set(order.extras.split()):
        if EXPORTED not in lock.names:
            problem = "exports need Earth Engine's image:export, which this client has not"
            raise SpecError([Problem("options", "/with", problem)])
        exports = _exports(order)
        sources |= {f"_exports/{path}": text for path, text in exports.items()}
        copy |= {
            f"_exports/{path}": _led(text, order, "." * (2 + path.count("/")))
            for path, text in exports.items()
        }
    if not order.runtime:
        copy |= {
            f"_runtime/{path}": text
            for path, text in needed_modules(_package(RUNTIME), sources, features).items()
        }
    copy = {path: _marked(path, text) for path, text in copy.items()}
    copy |= {
        "LICENSE": license_text(),
        "NOTICE": notice(copy, FILE, order.runtime),
        GIT_ATTRIBUTES: GIT_ATTRIBUTES_TEXT,
    }
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


def _exports(order: Order) -> dict[str, str]:
    """The modules for exports; without `py.typed`, since the copy's own holds for its subpackages (PEP 561)."""
    wants_all = "batch" in order.extras.split()
    exports = {
        path: text
        for path, text in _package(EXPORTS).items()
        if path in SINGLE_EXPORTS or (wants_all and path.endswith(".py"))
    }
    if not wants_all:
        exports["__init__.py"] = exports["__init__.py"].partition(BATCH_NAMES)[0]
    return exports


def installed(client: str) -> dict[str, str]:
    """Return the files of an importable generated client. Raises SpecError if it was not generated."""
    root = place_of(client)
    if root is not None and not (root / FILE).is_file():
        raise SpecError([Problem("options", "/client", f"{client!r} has no {FILE}: it was not generated")])
    return _package(client)


def installed_runtime() -> dict[str, str]:
    """Return the files that a copy of the installed runtime can have, by path."""
    return {path: _marked(path, text) for path, text in _package(RUNTIME).items()}


def _package(name: str) -> dict[str, str]:
    """The text files of an installed package. Neither it nor a package around it is imported: a manifest may name any."""
    root = place_of(name)
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


def place_of(name: str) -> Path | None:
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


def _led(text: str, order: Order, dots: str) -> str:
    """The same module with its imports of the runtime, and of the client, leading to where they are in the copy."""
    shared = f"{dots[1:]}{order.runtime}" if order.runtime.startswith(".") else order.runtime
    folders = {RUNTIME: shared or f"{dots}_runtime", EXPORTS: f"{dots}_exports"}
    text = _IMPORT.sub(lambda found: found[1] + folders[found[2]], text)
    own = re.compile(rf"^(\s*from ){re.escape(order.client)}(?:\.| (?=import))", re.MULTILINE)
    return own.sub(lambda found: f"{found[1]}{dots}{'' if found[0].endswith('.') else ' '}", text)


def ordered(order: Order, folder: Path, before: Lock | None) -> dict[str, str]:
    """The files of the copy that an order asks for, by path. Names that `before` published stay.

    Raises SpecError when a part is not there or cannot be generated, and OSError for a file that cannot be read.
    """
    order.check()
    if not order.document:
        client = installed(order.client)
        made_from = shipped(read_lock(client[FILE]), order.client)
    else:
        made_from = _inputs(order, folder)
        client = dict(generate(made_from, before).files)
    return copied(client, order, "" if made_from is None else description(made_from))


def _inputs(order: Order, folder: Path) -> Inputs:
    document = _inside(folder, order.document)
    overlay = read_regular(_inside(folder, order.overlay), OVERLAY_BYTES) if order.overlay else None
    data = read_regular(document, DOCUMENT_BYTES)
    references = read_references(document, data, _inside(folder, order.root) if order.root else None)
    return Inputs(
        name=document.name,
        document=data,
        overlay=overlay,
        package=package_name(order.package or None, overlay, folder.resolve().name),
        methods=tuple(order.methods.split()),
        messages=order.wanted,
        allow_constructs=tuple(order.constructs.split()),
        references=references.contents,
        base=references.base,
    )


def _inside(folder: Path, path: str) -> Path:
    """The file at a path from a copy. Raises SpecError for one outside of the copy's repository: a manifest names it."""
    place = (folder / path).resolve()
    root = repository_of(folder)
    if Path(path).is_absolute() or (root is not None and not place.is_relative_to(root)):
        raise SpecError([Problem("options", "/document", f"{path!r} is outside of the repository", _HINT)])
    return place
