"""The signature of a function of Earth Engine: its arguments with their types, as its list of algorithms has them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from attrs import Factory, field, frozen

_WHOLE: Final = re.compile(r"([\w.]+)\((.*)\)")
_ARGUMENT: Final = re.compile(r"(\w+)(\??): (\w+)(?: = (.+))?")


@frozen
class Argument:
    """An argument: its name and type, and its default if it is optional."""

    name: str
    type: str
    optional: bool = False
    default: Any = None


@frozen(eq=False)
class Function:
    """A function that is computed. A lazy one is given work in place of values."""

    name: str
    arguments: tuple[Argument, ...]
    compute: Callable[..., Any] = field(repr=False)
    lazy: bool = False
    loads: bool = False
    """True if it is also given the assets."""
    names: frozenset[str] = field(
        init=False, default=Factory(lambda self: frozenset(a.name for a in self.arguments), takes_self=True)
    )
    """The names of the arguments."""


def read(signature: str, compute: Callable[..., Any], *, lazy: bool = False, loads: bool = False) -> Function:
    """Return the function of a signature such as `List.get(list: List, index: Integer)`. Raises ValueError."""
    match = _WHOLE.fullmatch(signature)
    if match is None:
        raise ValueError(f"no signature: {signature!r}")
    texts = match[2].split(", ") if match[2] else []
    return Function(match[1], tuple(map(_argument, texts)), compute, lazy, loads)


def _argument(text: str) -> Argument:
    match = _ARGUMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"no argument: {text!r}")
    name, optional, type_, default = match.groups()
    value = None if default is None else json.loads(default)
    return Argument(name, type_, bool(optional), tuple(value) if isinstance(value, list) else value)  # pyright: ignore[reportUnknownArgumentType] # JSON


_F = TypeVar("_F", bound=Callable[..., Any])


class Library:
    """Functions by name, as a module registers them."""

    def __init__(self) -> None:
        self.functions: dict[str, Function] = {}

    def add(self, *signatures: str, lazy: bool = False, loads: bool = False) -> Callable[[_F], _F]:
        """Return a decorator that registers a function of Python under each signature; arguments are positional."""

        def register(compute: _F) -> _F:
            for signature in signatures:
                function = read(signature, compute, lazy=lazy, loads=loads)
                self.functions[function.name] = function
            return compute

        return register


def merged(*libraries: Library) -> Mapping[str, Function]:
    """Return the functions of all libraries."""
    return {name: function for library in libraries for name, function in library.functions.items()}
