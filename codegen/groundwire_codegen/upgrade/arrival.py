"""The candidate of an upgrade: the document that may replace the current one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from ..fetch.address import described, host_of
from ..fetch.normal import has_prose, normal
from ..fetch.sidecar import Sidecar, known, sidecar
from ..fetch.source import brought
from ..lock import with_lf
from ..problem import Problem, SpecError
from ..read.source import read_json


@frozen
class Arrival:
    """A document in the form of the one that it follows, and what to keep beside it to ask for the next."""

    data: bytes
    sidecar: Sidecar | None = None


def arrival(
    path: Path, here: bytes, *, new: str | None, installed: bool, allow_hosts: tuple[str, ...]
) -> Arrival:
    """The newest document: from the file or the URL `new`, else from where the one here came from, else by its name.

    One that is unchanged is the one that is here, byte for byte; one of another API is refused. Raises SpecError and OSError.
    """
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
    return Arrival(data, sidecar(found.url, found.etag, data, prose=prose) if found.url else None)


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
