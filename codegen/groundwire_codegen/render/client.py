"""What the template of `client.py` receives: method constants, resource classes with stubs, the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from ..ir import Api, ExtraScope, Field, Kind, Message, Method, Parameter, Scalar
from ..names import CLIENT_NAMES, allocate, camel, constant, snake
from .docs import docstring
from .layout import bracketed, quoted, texts
from .operation import OperationShape, operation_shape

HINTS = {
    Kind.STRING: "str",
    Kind.BOOLEAN: "bool",
    Kind.INT32: "int",
    Kind.UINT32: "int",
    Kind.INT64: "int",
    Kind.UINT64: "int",
    Kind.FLOAT: "float",
    Kind.DOUBLE: "float",
    Kind.BYTES: "bytes",
    Kind.TIMESTAMP: "datetime",
    Kind.DURATION: "timedelta",
}
RESERVED = frozenset(
    {
        "Any",
        "BaseClient",
        "CallOptions",
        "Callable",
        "Client",
        "ClientOptions",
        "ExtraScope",
        "Final",
        "Literal",
    }
    | {"Mapping", "Method", "OperationView", "Pager", "Paging", "Parameter", "Resource", "Sequence"}
    | {"Unlisted", "Unpack"}
)
"""Class names that `client.py` imports or defines."""


@frozen(kw_only=True)
class StubView:
    """One method of a resource class."""

    name: str
    signature: str
    doc: str
    call: str


@frozen(kw_only=True)
class ResourceView:
    """A resource class with its stubs and its sub-resources."""

    cls: str
    doc: str
    children: tuple[tuple[str, str], ...]
    stubs: tuple[StubView, ...]


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
    names = constant_names(api)
    tree = _resources(api, names)
    root = tree[()]
    operation = operation_shape(api)
    constants = [_constant(method, names[method.id], api) for method in api.methods.values()]
    entries = [f"{quoted(method.id)}: {names[method.id]}" for method in api.methods.values()]
    resources = tuple(
        _resource(path, tree) for path in sorted(tree, key=lambda path: (-len(path), path)) if path
    )
    held = [f"{held.name}: str | None = None" for held in api.held]
    view = ClientView(
        imports=(),
        constants=tuple(constants),
        methods=bracketed("METHODS: Final[Mapping[str, Method[Any]]] = {", entries, "}"),
        resources=resources,
        doc=docstring(_client_doc(api), 4),
        signature=bracketed(
            "def __init__(",
            ["self", *(["*", *held] if held else []), "**options: Unpack[ClientOptions]"],
            ") -> None:",
            indent=4,
        ),
        construction=_construction(api),
        children=root.children,
        stubs=root.stubs,
        operation=_operation(operation, names),
    )
    return _with_imports(view, runtime)


def _construction(api: Api) -> str:
    held = f"{{{', '.join(f'{quoted(each.name)}: {each.name}' for each in api.held)}}}"
    arguments = ["CODECS", f"base_url={quoted(api.base_url)}", "methods=METHODS", f"held={held}", "**options"]
    return bracketed("super().__init__(", arguments, ")", indent=8)


def _operation(shape: OperationShape | None, names: Mapping[str, str]) -> tuple[str, ...]:
    if shape is None:
        return ()
    error, response = (f'("{attribute}", {cls})' for attribute, cls in (shape.error, shape.response))
    constant = bracketed(
        f"OPERATION: Final = OperationView[messages.{shape.message}](",
        [f"error={error}", f"response={response}"],
        ")",
    )
    signature = bracketed(
        "def wait(",
        [
            "self",
            f"operation: messages.{shape.message}",
            "*",
            "timeout: float | None = None",
            f"on_progress: Callable[[{shape.metadata}], object] | None = None",
        ],
        f") -> messages.{shape.message}:",
        indent=4,
    )
    doc = docstring(
        "Wait for an operation to end well, and return its last state.\n\n"
        "`timeout`: seconds to wait at the most; then OperationTimeout, and the operation still runs.\n\n"
        "`on_progress`: called with the metadata each time it says something new.\n\n"
        "Raises OperationError when the operation failed or was cancelled.",
        8,
    )
    call = bracketed(
        "return self.wait_with(",
        ["OPERATION", names[shape.poll[0]], "operation", "timeout=timeout", "on_progress=on_progress"],
        ")",
        indent=8,
    )
    return constant, f"{signature}\n        {doc}\n        {call}"


def constant_names(api: Api) -> dict[str, str]:
    """The constant of each method: its resources and its name, in capitals."""
    wanted = {
        method.id: constant("_".join(snake(part) for part in (*method.resource, method.name)))
        for method in api.methods.values()
    }
    return allocate(wanted, {}, reserved={"CODECS", "METHODS", "OPERATION"})


def _client_doc(api: Api) -> str:
    lines = [f"A client of {api.title or api.name} {api.version}. Safe to share between threads."]
    lines += [f"`{held.name}`: {held.doc}" for held in api.held if held.doc]
    return "\n\n".join(lines)


@frozen
class _Node:
    children: tuple[tuple[str, str], ...]
    stubs: tuple[StubView, ...]


def _resources(api: Api, names: Mapping[str, str]) -> dict[tuple[str, ...], _Node]:
    """Every resource path with its children and stubs; the root is the client itself."""
    paths = {
        method.resource[:depth]
        for method in api.methods.values()
        for depth in range(len(method.resource) + 1)
    }
    paths.add(())
    classes = allocate(
        {".".join(path): "".join(camel(part) for part in path) for path in paths if path},
        {},
        reserved=RESERVED,
        folded=True,
    )
    tree: dict[tuple[str, ...], _Node] = {}
    for path in sorted(paths):
        stubs = tuple(
            _stub(method, names[method.id], api) for method in api.methods.values() if method.resource == path
        )
        below = sorted(other for other in paths if len(other) == len(path) + 1 and other[: len(path)] == path)
        attributes = allocate(
            {other[-1]: snake(other[-1]) for other in below},
            {},
            reserved={stub.name for stub in stubs} | (set(CLIENT_NAMES) if not path else set()),
        )
        tree[path] = _Node(tuple((attributes[other[-1]], classes[".".join(other)]) for other in below), stubs)
    return tree


def _resource(path: tuple[str, ...], tree: dict[tuple[str, ...], _Node]) -> ResourceView:
    parent = tree[path[:-1]]
    siblings = sorted(other for other in tree if len(other) == len(path) and other[:-1] == path[:-1])
    cls = parent.children[siblings.index(path)][1]
    return ResourceView(
        cls=cls,
        doc=docstring(f"The resource `{'.'.join(path)}`.", 4),
        children=tree[path].children,
        stubs=tree[path].stubs,
    )


def _hint(parameter: Parameter) -> str:
    if parameter.values:
        text = f"Literal[{', '.join(quoted(value) for value in parameter.values)}] | Unlisted"
    else:
        kind = parameter.type.kind if isinstance(parameter.type, Scalar) else Kind.STRING
        text = HINTS.get(kind, "str")
    return f"Sequence[{text}]" if parameter.repeated else text


def _stub(method: Method, constant: str, api: Api) -> StubView:
    positional = [f"{p.name}: {_hint(p)}" for p in method.parameters if p.required and p.held is None]
    empty = method.request is not None and not api.messages[method.request].members
    body = (
        [f"request: messages.{method.request}{' | None = None' if empty else ''}"] if method.request else []
    )
    keywords = [
        f"{p.name}: {_hint(p)} | None = None"
        for p in method.parameters
        if (not p.required or p.held is not None) and not _is_page_token(p, method)
    ]
    result = f"messages.{method.response}" if method.response else "None"
    pages = method.paging is not None
    if method.paging is not None:
        result = f"Pager[{_item(method, api)}, {result}]"
    arguments = ["self", *positional, *body, *(["*", *keywords] if keywords else [])]
    arguments.append("**options: Unpack[CallOptions]")
    given = [f"{quoted(p.wire)}: {p.name}" for p in method.parameters if not _is_page_token(p, method)]
    verb = "pages" if pages else "call"
    target = "self" if not method.resource else "self._client"
    sent = (
        "None"
        if method.request is None
        else f"request or messages.{method.request}()"
        if empty
        else "request"
    )
    values = [constant, bracketed("{", given, "}", indent=12), sent, "options"]
    return StubView(
        name=method.name,
        signature=bracketed(f"def {method.name}(", arguments, f") -> {result}:", indent=4),
        doc=docstring(_stub_doc(method), 8),
        call=bracketed(f"return {target}.{verb}(", values, ")", indent=8),
    )


def _is_page_token(parameter: Parameter, method: Method) -> bool:
    """The pager fills the token itself."""
    return method.paging is not None and not method.paging.in_body and parameter.wire == method.paging.token


def _item(method: Method, api: Api) -> str:
    from ..annotations import hint
    from ..ir import ListOf

    message = api.messages[method.response or ""]
    field = next(each for each in message.fields if method.paging and each.wire == method.paging.items)
    return hint(field.type.item, "messages.") if isinstance(field.type, ListOf) else "Any"


def _stub_doc(method: Method) -> str:
    paragraphs = [method.doc or f"Call `{method.id}`."]
    if method.deprecated:
        paragraphs.append("Deprecated.")
    documented = [p for p in method.parameters if p.doc and not _is_page_token(p, method)]
    paragraphs += [f"`{p.name}`: {p.doc}" for p in documented]
    return "\n\n".join(paragraphs)


def _constant(method: Method, name: str, api: Api) -> str:
    result = f"messages.{method.response}" if method.response else "None"
    parts = [f"id={quoted(method.id)}", f"verb={quoted(method.verb)}", f"path={quoted(method.path)}"]
    parameters = [_parameter(p) for p in method.parameters]
    if parameters:
        parts.append(
            bracketed(
                "parameters=(", [p + ("," if len(parameters) == 1 else "") for p in parameters], ")", indent=4
            )
            if len(parameters) > 1
            else _single("parameters", parameters[0])
        )
    if method.request:
        parts.append(f"request_type=messages.{method.request}")
    if method.response:
        parts.append(f"response_type=messages.{method.response}")
    if method.scopes:
        parts.append(_tuple("scopes", [quoted(scope) for scope in method.scopes]))
    if method.extra_scopes:
        parts.append(
            _tuple("extra_scopes", [_extra_scope(extra, method, api) for extra in method.extra_scopes])
        )
    if method.request_id:
        field = (
            method.request_id
            if method.request_id_in_query
            else _attribute(api, method.request, method.request_id)
        )
        parts.append(f"request_id={quoted(field)}")
        parts += ["request_id_in_query=True"] if method.request_id_in_query else []
    if method.paging:
        parts.append(_paging(method, api))
    head = f"{name}: Final = Method[{result}]("
    return bracketed(head, parts, ")")


def _tuple(name: str, items: Sequence[str]) -> str:
    if len(items) == 1:
        return _single(name, items[0])
    return bracketed(f"{name}=(", items, ")", indent=4)


def _single(name: str, item: str) -> str:
    line = f"{name}=({item},)"
    if len(line) + 5 <= 110 and "\n" not in line:
        return line
    return f"{name}=(\n        {item},\n    )"


def _attribute(api: Api, message: str | None, wire: str) -> str:
    found = api.messages[message or ""]
    return next(field.name for field in found.fields if field.wire == wire)


def _parameter(parameter: Parameter) -> str:
    kind = (
        "enum"
        if parameter.values
        else str(parameter.type.kind)
        if isinstance(parameter.type, Scalar)
        else "string"
    )
    parts = [
        f"name={quoted(parameter.wire)}",
        f"location={quoted(parameter.location)}",
        f"kind={quoted(kind)}",
    ]
    parts += ["required=True"] if parameter.required else []
    parts += ["repeated=True"] if parameter.repeated else []
    parts += [f"pattern={quoted(parameter.pattern)}"] if parameter.pattern and parameter.enforced else []
    parts += [f"minimum={quoted(parameter.minimum)}"] if parameter.minimum is not None else []
    parts += [f"maximum={quoted(parameter.maximum)}"] if parameter.maximum is not None else []
    parts += [f"values={texts(parameter.values)}"] if parameter.values else []
    parts += [f"prefix={quoted(parameter.prefix)}"] if parameter.prefix else []
    parts += [f"held={quoted(parameter.held)}"] if parameter.held else []
    return bracketed("Parameter(", parts, ")", indent=8)


def _paging(method: Method, api: Api) -> str:
    paging = method.paging
    if paging is None:
        return ""
    parts = [
        f"token={quoted(paging.token if not paging.in_body else _attribute(api, method.request, paging.token))}",
        f"in_body={paging.in_body}",
        f"items={quoted(_attribute(api, method.response, paging.items))}",
        f"next_token={quoted(_attribute(api, method.response, paging.next_token))}",
    ]
    return bracketed("paging=Paging(", parts, ")", indent=4)


def _extra_scope(extra: ExtraScope, method: Method, api: Api) -> str:
    """The scope with the attributes that lead to its field, and the class that stands there."""
    message: Message | None = api.messages[method.request or ""]
    attributes: list[str] = []
    cls = "object"
    for wire in extra.path:
        if message is None:
            break
        attribute, cls, target = _step(message, wire)
        attributes.append(attribute)
        message = api.messages.get(target)
    return bracketed(
        "ExtraScope(",
        [f"scope={quoted(extra.scope)}", f"attributes={texts(attributes)}", f"type={cls}"],
        ")",
        indent=8,
    )


def _step(message: Message, wire: str) -> tuple[str, str, str]:
    """The attribute that holds a wire field, the class of its value, and the message's name if it is one."""
    for member in message.members:
        if isinstance(member, Field):
            if member.wire == wire:
                target = getattr(member.type, "name", "")
                return member.name, f"messages.{target}" if target else "object", target
            continue
        for variant in member.variants:
            if variant.field.wire == wire:
                target = getattr(variant.field.type, "name", "")
                own = f"messages.{message.name}.{variant.class_name}"
                return member.name, own if variant.class_name else f"messages.{target}", target
    return "", "object", ""


def _with_imports(view: ClientView, runtime: str) -> ClientView:
    from attrs import evolve

    stubs = [stub for resource in view.resources for stub in resource.stubs] + list(view.stubs)
    text = "\n".join([*view.constants, *(stub.signature for stub in stubs)])
    callback = bool(view.operation)
    abstract = ["Callable"] if callback else []
    abstract += ["Mapping"] + (["Sequence"] if "Sequence[" in text else [])
    times = [name for name in ("datetime", "timedelta") if f": {name}" in text or f"[{name}" in text]
    typing = ["Any", "Final"] + (["Literal"] if "Literal[" in text else []) + ["Unpack"]
    client = ["BaseClient", "Resource"]
    method = [name for name in ("ExtraScope", "Method", "Paging") if f"{name}(" in text or name == "Method"]
    lines = [f"from collections.abc import {', '.join(abstract)}"]
    lines += [f"from datetime import {', '.join(times)}"] if times else []
    lines += [f"from typing import {', '.join(typing)}", ""]
    runtime_lines = [f"from {runtime}.client import {', '.join(client)}"]
    runtime_lines += [f"from {runtime}.messages import Unlisted"] if "Unlisted" in text else []
    runtime_lines += [f"from {runtime}.method import {', '.join(method)}"]
    runtime_lines += [f"from {runtime}.operations import OperationView"] if callback else []
    runtime_lines += [f"from {runtime}.options import CallOptions, ClientOptions"]
    runtime_lines += [f"from {runtime}.paging import Pager"] if "Pager[" in text else []
    runtime_lines += [f"from {runtime}.parameter import Parameter"] if "Parameter(" in text else []
    own = ["from . import messages", "from .codecs import CODECS"]
    if runtime.startswith("."):
        return evolve(view, imports=(*lines, own[0], *runtime_lines, own[1]))
    return evolve(view, imports=(*lines, *runtime_lines, "", *own))
