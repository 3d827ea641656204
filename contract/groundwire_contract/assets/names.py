"""Names of assets: `projects/{project}/assets/{path}`, and the ids that people write for them."""

from __future__ import annotations

import re
from typing import Final

LEGACY: Final = "projects/earthengine-legacy/assets/"
"""The prefix of assets below `users/` and of projects that are no Cloud projects."""
PUBLIC: Final = "projects/earthengine-public/assets/"
"""The prefix of the public catalog."""
MAX_LEVELS: Final = 100
"""Folders above an asset that exist because it does."""
_NAME: Final = re.compile(r"projects/[^/]+/assets(?:/.*)?", re.DOTALL)
_UNFIT: Final = re.compile(r"[\s\x00-\x1f\x7f]")
_HOMES: Final = frozenset({"users", "projects"})


def asset_name(id_: str) -> str:
    """Return the full name for a name or an id, without slashes at its end.

    `users/me/x` is a legacy id, `LANDSAT/LC09` one of the public catalog; the official clients convert them so.
    """
    text = id_.rstrip("/")
    if _NAME.fullmatch(text):
        return text
    return (LEGACY if text.partition("/")[0] in _HOMES else PUBLIC) + text


def check_declared(id_: str) -> None:
    """Raise ValueError for what is no name and no id of an asset, such as the address of a file in a bucket."""
    if "://" in id_ or _UNFIT.search(id_) or not all(id_.rstrip("/").split("/")):
        raise ValueError(f"asset {id_!r}: expected a name, such as projects/my-project/assets/x")


def asset_id(name: str) -> str:
    """Return the id of a name: what the service shows as `id` and takes in expressions."""
    return name.removeprefix(LEGACY).removeprefix(PUBLIC)


def is_root(name: str) -> bool:
    """Return True for the folder of a project, or the home folder of a legacy user or project."""
    parts = name.split("/")
    legacy = name.startswith(LEGACY) and parts[3] in _HOMES
    return len(parts) <= 3 or (legacy and len(parts) <= 5)


def parent_of(name: str) -> str:
    """Return the name of the folder or collection that holds an asset; a home is held by its project."""
    if name.startswith(LEGACY) and is_root(name):
        return LEGACY.rstrip("/")
    return name.rpartition("/")[0]


def ancestors(name: str) -> tuple[str, ...]:
    """Return the names of the folders above an asset, nearest first, without roots; at most `MAX_LEVELS`."""
    above: list[str] = []
    while len(above) < MAX_LEVELS and not is_root(name := parent_of(name)):
        above.append(name)
    return tuple(above)


def project_of(name: str) -> str:
    """Return the project of an asset, as `projects/{project}`."""
    return "/".join(name.split("/")[:2])
