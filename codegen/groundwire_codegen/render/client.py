"""What the template of `client.py` receives: method constants, resource classes with stubs, the client."""

from __future__ import annotations

from attrs import evolve, frozen

from ..ir import Api
from .docs import docstring
from .layout import bracketed, quoted
from .methods import method_constant
from .operation import operation_shape, operation_view
from .resources import ResourceView, children, resource_views, stubs
from .stubs import StubView


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
    operation: tuple[str, ...]
    """The constant that describes the API's long-running operation, and the stub that waits for one."""


def client_view(api: Api, runtime: str) -> ClientView:
    """The view of `client.py`."""
    entries = [f"{quoted(method.id)}: {method.constant}" for method in api.methods.values()]
    held = [f"{held.name}: str | None = None" for held in api.held]
    view = ClientView(
        imports=(),
        constants=tuple(method_constant(method, api) for method in api.methods.values()),
        methods=bracketed("METHODS: Final[Mapping[str, Method[Any]]] = {", entries, "}"),
        resources=resource_views(api),
        doc=docstring(_client_doc(api), 4),
        signature=bracketed(
            "def __init__(",
            ["self", *(["*", *held] if held else []), "**options: Unpack[ClientOptions]"],
            ") -> None:",
            indent=4,
        ),
        construction=_construction(api),
        children=children(api, ()),
        stubs=stubs(api, ()),
        operation=operation_view(operation_shape(api), api),
    )
    return evolve(view, imports=_imports(view, runtime))


def _construction(api: Api) -> str:
    held = f"{{{', '.join(f'{quoted(each.name)}: {each.name}' for each in api.held)}}}"
    arguments = ["CODECS", f"base_url={quoted(api.base_url)}", "methods=METHODS", f"held={held}", "**options"]
    return bracketed("super().__init__(", arguments, ")", indent=8)


def _client_doc(api: Api) -> str:
    lines = [f"A client of {api.title or api.name} {api.version}. Safe to share between threads."]
    lines += [f"`{held.name}`: {held.doc}" for held in api.held if held.doc]
    return "\n\n".join(lines)


def _imports(view: ClientView, runtime: str) -> tuple[str, ...]:
    stubs = [stub for resource in view.resources for stub in resource.stubs] + list(view.stubs)
    text = "\n".join([*view.constants, *(stub.signature for stub in stubs)])
    callback = bool(view.operation)
    abstract = ["Callable"] if callback else []
    abstract += ["Mapping"] + (["Sequence"] if "Sequence[" in text else [])
    times = [name for name in ("datetime", "timedelta") if f": {name}" in text or f"[{name}" in text]
    typing = ["Any", "Final"] + (["Literal"] if "Literal[" in text else []) + ["Unpack"]
    client = ["BaseClient", "CallOptions", "ClientOptions", "Resource"]
    method = [name for name in ("ExtraScope", "Method", "Paging") if f"{name}(" in text or name == "Method"]
    lines = [f"from collections.abc import {', '.join(abstract)}"]
    lines += [f"from datetime import {', '.join(times)}"] if times else []
    lines += [f"from typing import {', '.join(typing)}", ""]
    runtime_lines = [f"from {runtime}.client import {', '.join(client)}"]
    runtime_lines += [f"from {runtime}.messages import Unlisted"] if "Unlisted" in text else []
    runtime_lines += [f"from {runtime}.method import {', '.join(method)}"]
    runtime_lines += [f"from {runtime}.operations import OperationView"] if callback else []
    runtime_lines += [f"from {runtime}.paging import Pager"] if "Pager[" in text else []
    runtime_lines += [f"from {runtime}.parameter import Parameter"] if "Parameter(" in text else []
    own = ["from . import messages", "from .codecs import CODECS"]
    if runtime.startswith("."):
        return (*lines, own[0], *runtime_lines, own[1])
    return (*lines, *runtime_lines, "", *own)
