"""Read a description from the network, a file, or an installed google-api-python-client."""

from __future__ import annotations

from pathlib import Path

from ..inputs import DOCUMENT_BYTES, read_input
from ..problem import Problem, SpecError
from .address import addresses_of
from .https import Brought, bring
from .installed import installed as shipped


def brought(
    source: str,
    version: str | None,
    known: tuple[str, str],
    allow_hosts: tuple[str, ...],
    *,
    installed: bool,
    id_: str = "",
) -> Brought:
    """The description of a name and a version, or the one at a URL or in a file; `url` is empty where none was asked.

    `known` pairs the address and the ETag of what is here; `id_` is the API that Google is asked for. Raises SpecError and OSError.
    """
    if installed:
        if version is None:
            raise SpecError([Problem("options", "", "--installed needs NAME and VERSION, or NAME:VERSION")])
        return Brought("", shipped(source, version))
    if version is None and "://" not in source:
        return Brought("", read_input(Path(source), DOCUMENT_BYTES))
    urls = (source,) if version is None else addresses_of(source, version)
    return bring(urls, known=known, allow_hosts=allow_hosts, id_=id_)
