"""Descriptions that an installed google-api-python-client ships."""

from __future__ import annotations

from importlib import util
from pathlib import Path

from ..inputs import DOCUMENT_BYTES, read_input
from ..problem import Problem, SpecError
from .address import check_names


def installed(name: str, version: str) -> bytes:
    """The description that is installed here. Raises SpecError when there is none."""
    check_names(name, version)
    found = util.find_spec("googleapiclient")
    if found is None or not found.submodule_search_locations:
        raise SpecError(
            [
                Problem(
                    "options",
                    "",
                    "google-api-python-client is not installed",
                    "install it, or leave --installed out",
                )
            ]
        )
    folder = Path(next(iter(found.submodule_search_locations))) / "discovery_cache" / "documents"
    path = folder / f"{name}.{version}.json"
    if not path.is_file():
        raise SpecError([Problem("options", "", f"google-api-python-client has no {name} {version}")])
    return read_input(path, DOCUMENT_BYTES)
