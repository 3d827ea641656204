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
    """Every resource, inner ones first."""
    return tuple(
        ResourceView(
            cls=resource.class_name,
            doc=docstring(f"The resource `{'.'.join(resource.path)}`.", 4),
            children=children(api, resource.path),
            stubs=stubs(api, resource.path),
        )
        for resource in sorted(api.resources, key=lambda each: (-len(each.path), each.path))
    )


def children(api: Api, path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Attribute and class of every resource right below a path."""
    return tuple(
        (resource.name, resource.class_name) for resource in api.resources if resource.path[:-1] == path
    )


def stubs(api: Api, path: tuple[str, ...]) -> tuple[StubView, ...]:
    """The stubs of the methods at a path."""
    return tuple(stub(method, api) for method in api.methods.values() if method.resource == path)
