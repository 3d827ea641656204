"""What the template of `client.py` receives: method constants, resource classes with stubs, the client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve, frozen

from ..ir import Api
from .docs import docstring
from .imports import Table, import_lines
from .layout import bracketed, quoted
from .methods import method_constant
from .operation import operation_constant, operation_shape, wait_stub
from .resources import ResourceView, resource_views
from .stubs import StubView

IMPORTS: Final[Table] = {
    "collections.abc": ("Callable", "Mapping", "Sequence"),
    "datetime": ("datetime", "timedelta"),
    "typing": ("Any", "Final", "Literal", "Unpack"),
    ".client": ("BaseClient", "Resource"),
    ".google_client": ("GoogleClient", "GoogleOptions"),
    ".messages": ("Unlisted",),
    ".method": ("ExtraScope", "Method", "Paging", "Preconditions"),
    ".operations": ("OperationView",),
    ".options": ("CallOptions",),
    ".paging": ("Pager",),
    ".parameters": ("Parameter",),
}


@frozen(kw_only=True)
class ClientView:
    """The module."""

    imports: tuple[str, ...]
    constants: tuple[str, ...]
    methods: str
    resources: tuple[ResourceView, ...]
    doc: str
    signature: str
    construction: str
    children: tuple[tuple[str, str], ...]
    stubs: tuple[StubView, ...]
    operation: str
    """The constant that describes the API's long-running operation; empty without one."""


def client_view(api: Api, runtime: str) -> ClientView:
    """The view of `client.py`."""
    entries = [f"{quoted(method.id)}: {method.constant}" for method in api.methods.values()]
    held = [f"{held.name}: str | None = None" for held in api.held]
    *resources, root = resource_views(api)
    shape = operation_shape(api)
    waits = () if shape is None else (wait_stub(shape, api),)
    view = ClientView(
        imports=(),
        constants=tuple(method_constant(method, api) for method in api.methods.values()),
        methods=bracketed("METHODS: Final[Mapping[str, Method[Any]]] = {", entries, "}"),
        resources=tuple(resources),
        doc=docstring(_client_doc(api), 4),
        signature=bracketed(
            "def __init__(",
            ["self", *(["*", *held] if held else []), "**options: Unpack[GoogleOptions]"],
            ") -> None:",
            indent=4,
        ),
        construction=_construction(api),
        children=root.children,
        stubs=(*root.stubs, *waits),
        operation="" if shape is None else operation_constant(shape),
    )
    own = ("from . import messages", "from .codecs import CODECS")
    return evolve(view, imports=import_lines(IMPORTS, _code(view), runtime, own))


def _code(view: ClientView) -> Iterator[str]:
    """The texts of the module that are code alone."""
    yield from (*view.constants, view.methods, view.operation, view.signature, "GoogleClient")
    for resource in view.resources:
        yield "Resource"
        yield from ("BaseClient",) if resource.children else ()
        yield from (stub.signature for stub in resource.stubs)
    yield from (stub.signature for stub in view.stubs)


def _construction(api: Api) -> str:
    held = f"{{{', '.join(f'{quoted(each.name)}: {each.name}' for each in api.held)}}}"
    arguments = ["CODECS", f"base_url={quoted(api.base_url)}", "methods=METHODS", f"held={held}", "**options"]
    return bracketed("super().__init__(", arguments, ")", indent=8)


def _client_doc(api: Api) -> str:
    lines = [f"A client of {api.title or api.name} {api.version}. Safe to share between threads."]
    lines += [f"`{held.name}`: {held.doc}" for held in api.held if held.doc]
    return "\n\n".join(lines)
