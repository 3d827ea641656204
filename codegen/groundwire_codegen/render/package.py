"""What the template of `__init__.py` receives: every public name of the package."""

from __future__ import annotations

from attrs import frozen

from ..ir import Api
from .docs import docstring
from .imports import in_import_order


@frozen(kw_only=True)
class PackageView:
    """The package's own module."""

    doc: str
    names: tuple[str, ...]
    """Messages and enums."""
    public: tuple[str, ...]
    """All that `from package import *` gives."""
    imports: tuple[str, ...]
    """What is imported before the package's own modules."""


LAZY = ("converter",)
SHARED = (
    "Client",
    "Duration",
    "Timestamp",
    "Unlisted",
    "converter",
    "credentials",
    "decode",
    "encode",
    "errors",
)


def package_view(api: Api, package: str, runtime: str) -> PackageView:
    """The view of `__init__.py`."""
    names = in_import_order({*api.messages, *api.enums})
    return PackageView(
        doc=docstring(f"{package}: a client of {api.title or api.name} {api.version}."),
        names=tuple(names),
        public=tuple(sorted({*names, *SHARED})),
        imports=_imports(runtime),
    )


def _imports(runtime: str) -> tuple[str, ...]:
    lines = (
        f"from {runtime} import auth as credentials",
        f"from {runtime} import errors",
        f"from {runtime}.messages import Unlisted",
        f"from {runtime}.timestamp import Duration, Timestamp",
    )
    return lines if runtime.startswith(".") else (*lines, "")
