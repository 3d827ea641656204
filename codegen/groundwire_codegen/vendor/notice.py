"""The licence and the notice of a vendored copy, with the distributions that its modules import."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

from ..problem import Problem, SpecError
from .features import imported_packages

DISTRIBUTIONS: Final[Mapping[str, str]] = {
    "attrs": "attrs",
    "cattrs": "cattrs",
    "google": "google-auth",
    "urllib3": "urllib3",
}
"""The distribution of each third-party package that a client, the runtime or the exports may import."""
_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
_NOTICE: Final = """\
Groundwire
Put here by `groundwire-codegen vendor`: a generated client, and what it needs of Groundwire.

Licensed under the Apache License, Version 2.0; its text is in LICENSE.
Changed in this copy: imports of Groundwire's own packages lead into this folder{shared}.
{manifest} holds a hash of every file; `groundwire-codegen vendor --check` names those that were edited.
Requires: {requirements}.
"""


def notice(files: Mapping[str, str], manifest: str, runtime: str) -> str:
    """Return the notice of a copy; `runtime` is the shared runtime, or empty."""
    shared = f", or to {runtime}" if runtime else ""
    return _NOTICE.format(shared=shared, manifest=manifest, requirements=", ".join(requirements(files)))


def requirements(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the requirements of the modules, with Groundwire's version bounds, sorted."""
    used = {DISTRIBUTIONS[name] for name in imported_packages(files) if name in DISTRIBUTIONS}
    known = (line for line in _groundwire().requires or () if "extra ==" not in line)
    named = {found[0]: line for line in known if (found := _NAME.match(line))}
    return tuple(sorted(named.get(name, name) for name in used))


def license_text() -> str:
    """Return the licence that Groundwire was installed with. Raises SpecError without one."""
    text = _groundwire().read_text("licenses/LICENSE")
    if text is None:
        raise _not_installed()
    return text


def _groundwire() -> Distribution:
    try:
        return distribution("groundwire")
    except PackageNotFoundError:
        raise _not_installed() from None


def _not_installed() -> SpecError:
    return SpecError([Problem("groundwire", "/LICENSE", "not installed with it", "install it again")])
