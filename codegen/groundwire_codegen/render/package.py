"""What the template of `__init__.py` receives: every public name of the package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
    typed: tuple[str, ...]
    """What is imported for type checkers alone: the names that are late."""
    late: tuple[tuple[str, str], ...]
    """Names that are imported when they are first asked for, each with its import."""


SHARED: Final = (
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


def package_view(api: Api, package: str, runtime: str) -> PackageView:
    """The view of `__init__.py`."""
    names = in_import_order({*api.messages, *api.enums})
    late = {
        "Client": "from .client import Client",
        "NO_TIMEOUT": f"from {runtime}.options import NO_TIMEOUT",
        "RetryPolicy": f"from {runtime}.retry import RetryPolicy",
        "credentials": f"from {runtime} import credentials",
    }
    return PackageView(
        doc=docstring(f"{package}: a client of {api.title or api.name} {api.version}."),
        names=tuple(names),
        public=tuple(sorted({*names, *SHARED}, key=_place)),
        imports=_imports(runtime),
        typed=_typed(runtime, late),
        late=tuple(late.items()),
    )


def _place(name: str) -> tuple[int, str]:
    """Where the linter wants a name in `__all__`: constants, then classes, then the rest."""
    return (0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2), name


def _imports(runtime: str) -> tuple[str, ...]:
    lines = (
        f"from {runtime} import errors",
        f"from {runtime}.messages import Unlisted",
        f"from {runtime}.times import Duration, Timestamp",
    )
    return lines if runtime.startswith(".") else (*lines, "")


def _typed(runtime: str, late: Mapping[str, str]) -> tuple[str, ...]:
    """What a type checker is told of the late names, sorted as the linter wants it."""
    own = late["Client"]
    theirs = sorted((line for line in late.values() if line != own), key=lambda line: line.split()[1])
    if runtime.startswith("."):
        return ("from cattrs import Converter", "", *theirs, own)
    return ("from cattrs import Converter", *theirs, "", own)
