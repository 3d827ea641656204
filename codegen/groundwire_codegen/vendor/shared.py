"""Check the runtime that a copy shares: its manifest names it, and a pull request may change a manifest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..folder import content, contents_of, lock_of
from ..importable import unlisted
from ..lock import file_digest, with_lf
from .copy import installed_runtime, place_of
from .features import RUNTIME
from .manifest import Finding
from .request import Order, repository_of


def runtime_findings(folder: Path, order: Order) -> Iterator[Finding]:
    """Yield what is wrong with the shared runtime of a copy; nothing for its own, or the installed Groundwire's.

    In the repository, it must be the `_runtime` of another copy, with the files that the installed Groundwire copies. Of an
    installed package, a note says that it is not checked.
    """
    if order.runtime in ("", RUNTIME):
        # The installed Groundwire is trusted.
        return
    place, is_inside = _find(folder, order.runtime)
    name = f"runtime {order.runtime}"
    if place is None:
        yield Finding(f"unverified: {name} is neither beside the copy nor installed")
    elif not is_inside:
        yield Finding(f"not checked: {name} is an installed package", is_note=True)
    else:
        yield from _held_to_copy(place, name)


def _held_to_copy(place: Path, name: str) -> Iterator[Finding]:
    """Compare a runtime in the repository with the installed one, file by file."""
    manifest = None if place.is_symlink() else lock_of(place.parent)
    prefix = f"{place.name}/"
    if manifest is None or f"{prefix}__init__.py" not in manifest.files:
        yield Finding(f"unverified: {name} is not in a vendored copy with a manifest")
        return
    want = installed_runtime()
    for path, data in sorted(contents_of(place.parent, manifest).items()):
        inner = path.removeprefix(prefix)
        if inner == path or data is None or with_lf(data) == want.get(inner, "").encode():
            # What is gone cannot be imported.
            continue
        is_edit = file_digest(data) != manifest.files[path]
        yield Finding(f"{'edited' if is_edit else 'stale'}: {name}, {inner}", is_edit=is_edit)
    listed = [path.removeprefix(prefix) for path in manifest.files if path.startswith(prefix)]
    for path in unlisted(place, listed):
        yield Finding(f"edited: {name}, {path}: exists and was not generated", is_edit=True)


def _find(folder: Path, runtime: str) -> tuple[Path | None, bool]:
    """Return the folder of a runtime, and whether it is in the repository of the copy."""
    names = runtime.lstrip(".")
    inner = names.replace(".", "/")
    dots = len(runtime) - len(names)
    above = [folder, *folder.parents]
    root = repository_of(folder)
    if dots:
        place = above[min(dots, len(above)) - 1] / inner
        return (place, True) if _is_package(place) else (None, False)
    near = above[1:] if root is None else [each for each in above[1:] if each.is_relative_to(root)]
    found = next((each / inner for each in near if _is_package(each / inner)), None) or place_of(names)
    inside = found is not None and (
        found in [each / inner for each in near]
        or (root is not None and found.resolve().is_relative_to(root))
    )
    return found, inside


def _is_package(place: Path) -> bool:
    return content(place / "__init__.py") is not None
