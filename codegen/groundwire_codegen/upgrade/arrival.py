"""The candidate of an upgrade: the document that may replace the current one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from ..fetch.address import described, host_of
from ..fetch.https import Brought
from ..fetch.normal import has_prose, normal
from ..fetch.openapi import PROSE, Kit, kit
from ..fetch.sidecar import address, known, path_of, sidecar
from ..fetch.source import brought
from ..lock import with_lf
from ..problem import Problem, SpecError
from ..read.source import read_json
from ..reader import is_openapi
from ..references import References


@frozen
class Arrival:
    """A document in the form of the one that it follows, and what to keep beside it: what it refers to, and its sidecar."""

    data: bytes
    beside: Mapping[Path, bytes] = field(factory=dict[Path, bytes])
    references: References | None = None
    """What an OpenAPI document refers to; None for a Discovery document."""
    stale: tuple[Path, ...] = ()
    """Files beside the document that nothing refers to any more."""


def arrival(
    path: Path,
    here: bytes,
    *,
    new: str | None,
    installed: bool,
    allow_hosts: tuple[str, ...],
    root: Path | None = None,
) -> Arrival:
    """The newest document: from the file or the URL `new`, else from where the one here came from, else by its name.

    One that is unchanged is the one that is here, byte for byte; one of another API is refused. Raises SpecError and OSError.
    """
    if is_openapi(here, path.name):
        if installed:
            words = "no OpenAPI document is installed"
            raise SpecError([Problem("options", "/installed", words, "say from where: --new")])
        return _openapi(path, new, allow_hosts, root)
    document = read_json(here, path.name)
    prose = has_prose(document)
    wanted = _id(document)
    url, etag = known(path, prose=prose)
    if new is not None:
        source, version = new, None
    elif url and not installed:
        source, version = _own(url, wanted, allow_hosts), None
    else:
        source, version = _names(document, path.name)
    found = brought(
        source, version, (url, etag), allow_hosts, installed=installed and new is None, id_=wanted
    )
    if found.body is None:
        return Arrival(here)
    data = normal(found.body, found.url or source, prose=prose, id_=wanted)
    data = here if data == with_lf(here) else data
    beside = sidecar(found.url, found.etag, data, prose=prose) if found.url else None
    return Arrival(data, {} if beside is None else {path_of(path): beside.text()})


def _openapi(path: Path, new: str | None, allow_hosts: tuple[str, ...], root: Path | None) -> Arrival:
    """The newest OpenAPI document with what it refers to: from `new`, else from where the one here was fetched."""
    url = address(path)
    if new is None and not url:
        words = "no sidecar says where it came from"
        raise SpecError([Problem(path.name, "", words, "say from where: --new")])
    source = new if new is not None else url
    if new is None and host_of(url) not in allow_hosts:
        hint = f"if that is right, say so: --allow-host {host_of(url)}; else --new, or remove the sidecar"
        raise SpecError([Problem(url, "", "an address that only the sidecar names", hint)])
    found = brought(source, None, known(path, prose=PROSE), allow_hosts, installed=False)
    bounds = root if root is not None and Path(source).absolute().is_relative_to(root.absolute()) else None
    return _arrived(
        kit(_openapi_alone(found, source), source, path, allow_hosts=allow_hosts, root=bounds), path
    )


def _openapi_alone(found: Brought, source: str) -> Brought:
    """Return what was brought. Raises SpecError when it is no OpenAPI document."""
    if found.body is not None and not is_openapi(found.body, found.url or source):
        hint = "an OpenAPI document is replaced by another one alone"
        raise SpecError([Problem(found.url or source, "", "not an OpenAPI document", hint)])
    return found


def _arrived(gathered: Kit, path: Path) -> Arrival:
    """Return a document that is the one here, byte for byte, where only line ends differ."""
    changed = gathered.changed
    data = gathered.body if path in changed else path.read_bytes()
    beside = {place: each for place, each in changed.items() if place != path}
    return Arrival(data, beside, gathered.references, gathered.stale)


def _id(document: Mapping[str, Any]) -> str:
    """The id that what arrives must have too."""
    id_ = document.get("id")
    return id_ if isinstance(id_, str) else f"{document.get('name')}:{document.get('version')}"


def _own(url: str, id_: str, allow_hosts: tuple[str, ...]) -> str:
    """The address of a sidecar, which may come with a pull request: this API's own, or on a host that the caller named."""
    if described(url) == id_ or host_of(url) in allow_hosts:
        return url
    hint = f"if that is right, say so: --allow-host {host_of(url)}; else --new, or remove the sidecar"
    raise SpecError([Problem(url, "", f"an address that only the sidecar names, not that of {id_}", hint)])


def _names(document: Mapping[str, Any], source: str) -> tuple[str, str]:
    """The name and the version that a document gives its API."""
    name, version = document.get("name"), document.get("version")
    if not isinstance(name, str) or not isinstance(version, str):
        raise SpecError([Problem(source, "/name", "no name and version to ask for", "say from where: --new")])
    return name, version
