"""Resource classes: stubs of methods, and attributes for the resources below."""

from __future__ import annotations

from attrs import frozen

from ..ir import Api
from .docs import docstring
from .stubs import StubView, stub


@frozen(kw_only=True)
class ResourceView:
    """A resource class with its stubs and its sub-resources."""

    cls: str
    doc: str
    children: tuple[tuple[str, str], ...]
    stubs: tuple[StubView, ...]


def resource_views(api: Api) -> tuple[ResourceView, ...]:
    """Every resource, inner ones first, and the client itself, without a class of its own, last."""
    children: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    stubs: dict[tuple[str, ...], list[StubView]] = {}
    for resource in api.resources:
        children.setdefault(resource.path[:-1], []).append((resource.name, resource.class_name))
    for method in api.methods.values():
        stubs.setdefault(method.resource, []).append(stub(method, api))
    classes = {resource.path: resource.class_name for resource in api.resources}
    return tuple(
        ResourceView(
            cls=classes.get(path, ""),
            doc=docstring(f"The resource `{'.'.join(path)}`.", 4),
            children=tuple(children.get(path, ())),
            stubs=tuple(stubs.get(path, ())),
        )
        for path in sorted({*classes, ()}, key=lambda path: (-len(path), path))
    )
