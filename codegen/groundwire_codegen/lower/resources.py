"""Lowering of resources: names for the methods of each, for the resources below it, and for their classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from attrs import frozen

from ..ir import Resource
from ..names import CLIENT_MODULE_NAMES, CLIENT_NAMES, RESOURCE_NAMES, camel, constant, snake
from ..read.overlay import MethodRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..read.discovery import Method
    from ..read.overlay import Overlay
    from .naming import Naming

NO_METHOD: Final = MethodRule(pointer="")


@frozen
class CallNames:
    """What callers and generated code call methods, by id, and resources."""

    methods: Mapping[str, str]
    constants: Mapping[str, str]
    resources: tuple[Resource, ...]


def call_names(wanted: Sequence[Method], overlay: Overlay, naming: Naming) -> CallNames:
    """Name every wanted method and every resource on the way to it; those of one resource share a scope."""
    paths = sorted(
        {method.resource[:depth] for method in wanted for depth in range(len(method.resource) + 1)}
    )
    scopes: dict[tuple[str, ...], dict[str, str]] = {}
    for path in paths:
        if path:
            scopes.setdefault(path[:-1], {})[_key("resource", path)] = snake(path[-1])
    for method in wanted:
        name = overlay.methods.get(method.id, NO_METHOD).name or method.name
        scopes.setdefault(method.resource, {})[f"method:{method.id}"] = snake(name)
    attributes: dict[str, str] = {}
    for path, names in sorted(scopes.items()):
        attributes |= naming.allocate(names, reserved=RESOURCE_NAMES if path else CLIENT_NAMES)
    constants = naming.allocate(
        {
            f"constant:{method.id}": constant("_".join(map(snake, (*method.resource, method.name))))
            for method in wanted
        },
        reserved=CLIENT_MODULE_NAMES,
    )
    classes = naming.allocate(
        {_key("class", path): _class_name(path) for path in paths if path},
        reserved=CLIENT_MODULE_NAMES,
        folded=True,
    )
    return CallNames(
        methods={method.id: attributes[f"method:{method.id}"] for method in wanted},
        constants={method.id: constants[f"constant:{method.id}"] for method in wanted},
        resources=tuple(
            Resource(
                path=path, name=attributes[_key("resource", path)], class_name=classes[_key("class", path)]
            )
            for path in paths
            if path
        ),
    )


def _class_name(path: tuple[str, ...]) -> str:
    """The class of a resource; never all capitals, as the constants of methods are."""
    name = "".join(map(camel, path))
    return f"{name}Resource" if name.isupper() else name


def _key(what: str, path: tuple[str, ...]) -> str:
    return f"{what}:{'/'.join(path)}"
