"""Names of a large client that are imported when they are first asked for (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, TypeVar

MethodT = TypeVar("MethodT")


def lazy_names(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package whose names are in its modules; `modules` has the module of each.

    All public names of a module that is imported become the package's own. So annotations are found where the classes say
    that they are: in the package.
    """
    own = vars(sys.modules[package])

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f".{modules[name]}", package)
        for each, value in list(vars(module).items()):
            if not each.startswith("_"):
                own.setdefault(each, value)
        return own[name]

    return get, lambda: sorted({*own, *modules})


class _LazyMethods(Mapping[str, MethodT]):
    """The methods of an API by id. Each is made when it is first asked for."""

    def __init__(self, package: str, makers: Mapping[str, tuple[str, str]]) -> None:
        self._package, self._makers = package, makers

    def __getitem__(self, method_id: str) -> MethodT:
        module, maker = self._makers[method_id]
        method: MethodT = getattr(import_module(module, self._package), maker)()
        return method

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __contains__(self, method_id: object) -> bool:
        return method_id in self._makers


def lazy_methods(package: str, makers: Mapping[str, tuple[str, str]]) -> Mapping[str, Any]:
    """Return the methods of a client by id; `makers` has the module below the package, and the function that makes one."""
    return _LazyMethods(package, makers)
