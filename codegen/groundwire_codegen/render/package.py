"""What the template of `__init__.py` receives: every public name of the package."""

from __future__ import annotations

from attrs import frozen

from ..ir import Api
from .docs import docstring


@frozen(kw_only=True)
class PackageView:
    """The package's own module."""

    doc: str
    names: tuple[str, ...]
    """Messages and enums."""
    public: tuple[str, ...]
    """All that `from package import *` gives."""
    runtime: str
    runtime_first: bool


LAZY = ("converter",)
SHARED = (
    "Client",
    "Duration",
    "NO_TIMEOUT",
    "RetryPolicy",
    "Timestamp",
    "Unlisted",
    "converter",
    "credentials",
    "decode",
    "encode",
    "errors",
)


def _place(name: str) -> tuple[int, str]:
    """Where the linter wants a name in `__all__`: constants, then classes, then the rest."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name


def package_view(api: Api, package: str, runtime: str) -> PackageView:
    """The view of `__init__.py`."""
    names = sorted({*api.messages, *api.enums})
    return PackageView(
        doc=docstring(f"{package}: a client of {api.title or api.name} {api.version}."),
        names=tuple(names),
        public=tuple(sorted({*names, *SHARED}, key=_place)),
        runtime=runtime,
        runtime_first=not runtime.startswith("."),
    )
