"""The exports of a file or folder, by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from groundwire import ExportImageRequest

from . import requests, tiles
from .problem import InputError
from .requests import read_request
from .scripts import read_script
from .tiles import read_tiles

_KINDS = "a request (.json, .yaml), a folder of them, a script (.py), or tiles (.geojson, .csv)"


def read_exports(
    path: Path, *, template: str | None = None, key_field: str | None = None
) -> list[tuple[str, ExportImageRequest]]:
    """Return all exports of a file or folder, with their keys, after all were read and checked.

    The key of a request file is its name without suffix. Raises InputError.
    """
    return _unique(path, _read(path, template, key_field))


def _read(
    path: Path, template: str | None, key_field: str | None
) -> Iterable[tuple[str, ExportImageRequest]]:
    if path.suffix in tiles.SUFFIXES:
        return read_tiles(path, template, key_field)
    if template is not None:
        raise InputError(path, "", "only tiles (.geojson, .csv) take a --template")
    if path.is_dir():
        return _folder(path)
    if path.suffix == ".py":
        return read_script(path)
    if path.suffix in requests.SUFFIXES:
        return [(path.stem, read_request(path))]
    raise InputError(path, "", f"expected {_KINDS}")


def _folder(path: Path) -> Iterator[tuple[str, ExportImageRequest]]:
    files = sorted(each for each in path.iterdir() if each.suffix in requests.SUFFIXES)
    if not files:
        raise InputError(path, "", "it has no request files (.json, .yaml)")
    for file in files:
        yield file.stem, read_request(file)


def _unique(
    path: Path, pairs: Iterable[tuple[str, ExportImageRequest]]
) -> list[tuple[str, ExportImageRequest]]:
    exports: dict[str, ExportImageRequest] = {}
    for number, (key, request) in enumerate(pairs, 1):
        if key in exports:
            raise InputError(
                path, f"export {number}", f"the key {key!r} is used twice", hint="Give each its own."
            )
        exports[key] = request
    # A script may find that there is nothing to do; a file was meant to have something.
    if not exports and path.suffix != ".py":
        raise InputError(path, "", "it has no exports", hint="Add a feature or a row, or pass another file.")
    return list(exports.items())
