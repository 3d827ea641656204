"""Lowering of methods: parameters in order, what the client may hold, scopes, paging, request ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from ..ir import ExtraScope, Kind, ListOf, MessageRef, Method, Paging, Parameter, Scalar
from ..names import PARAMETER_NAMES, snake
from ..problem import Problem
from ..read.discovery import SAFE_ID, Document, Schema
from ..read.discovery import Method as Described
from ..read.overlay import MethodRule, Overlay, ParameterRule
from ..read.safe_regex import is_linear
from ..read.uri_template import read_template
from .idempotency import idempotency
from .resources import NO_METHOD
from .shapes import KINDS

if TYPE_CHECKING:
    from ..ir import Message
    from .naming import Naming
    from .resources import CallNames
    from .shapes import Shapes

PAGE_TOKEN: Final = "pageToken"  # noqa: S105 - a field's name
NEXT_PAGE_TOKEN: Final = "nextPageToken"  # noqa: S105 - a field's name
NO_PARAMETER: Final = ParameterRule(pointer="")


def wanted_methods(
    document: Document, overlay: Overlay, methods: Sequence[str] | None, problems: list[Problem]
) -> list[Described]:
    """The methods to generate, sorted by id. An id that the document lacks is a problem."""
    ids = tuple(methods) if methods else overlay.generate or tuple(document.methods)
    source = "options" if methods else "overlay"
    problems.extend(
        Problem(source, "/generate", f"the document has no method {name!r}")
        for name in ids
        if name not in document.methods
    )
    return [document.methods[name] for name in sorted(set(ids)) if name in document.methods]


def lower_methods(
    wanted: Sequence[Described],
    overlay: Overlay,
    shapes: Shapes,
    naming: Naming,
    names: CallNames,
    messages: Sequence[Message],
) -> dict[str, Method]:
    """Every wanted method by id."""
    by_name = {message.name: message for message in messages}
    return {method.id: _lower(method, names, overlay, shapes, naming, by_name) for method in wanted}


def _lower(
    method: Described,
    names: CallNames,
    overlay: Overlay,
    shapes: Shapes,
    naming: Naming,
    messages: Mapping[str, Message],
) -> Method:
    rule = overlay.methods.get(method.id, NO_METHOD)
    request, response = (
        shapes.body(method, "Request", method.request),
        shapes.body(method, "Response", method.response),
    )
    body = messages.get(naming.message(request)) if request is not None else None
    answer = messages.get(naming.message(response)) if response is not None else None
    for text in (method.id, method.name, *method.resource):
        if not SAFE_ID.fullmatch(text):
            shapes.refuse(method.pointer, f"{text[:80]!r} is not an identifier")
    return Method(
        id=method.id,
        name=names.methods[method.id],
        constant=names.constants[method.id],
        resource=method.resource,
        verb=method.http_method,
        path=method.path,
        parameters=_parameters(method, rule, overlay, shapes, naming),
        request=None if body is None else body.name,
        response=None if answer is None else answer.name,
        doc=rule.doc or method.description,
        scopes=rule.scopes or overlay.default_scopes or method.scopes,
        extra_scopes=_extra_scopes(request, overlay, shapes),
        idempotency=idempotency(method, rule, body),
        paging=_paging(method, body, answer),
        operation_metadata=None
        if rule.operation_metadata not in shapes.shapes
        else naming.message(rule.operation_metadata),
        api_version=method.api_version,
        envelope="data" if shapes.document.data_wrapper else None,
        media_upload=method.media_upload,
        media_download=method.media_download,
        deprecated=method.deprecated,
        pointer=method.pointer,
    )


def _parameters(
    method: Described, rule: MethodRule, overlay: Overlay, shapes: Shapes, naming: Naming
) -> tuple[Parameter, ...]:
    variables, fault = read_template(method.path)
    if fault is not None:
        shapes.refuse(f"{method.pointer}/path", f"{fault} in path {method.path[:200]!r}")
    for name in variables:
        declared = method.parameters.get(name)
        if declared is None or declared.location != "path":
            shapes.refuse(f"{method.pointer}/path", f"path parameter {name!r} is not declared")
    held = {pair: (name, said.prefix) for name, said in overlay.held.items() for pair in said.fills}
    required = [name for name in method.parameter_order if name in method.parameters]
    required += [
        name for name, schema in method.parameters.items() if schema.required and name not in required
    ]
    required += [name for name in variables if name in method.parameters and name not in required]
    order = required + [name for name in method.parameters if name not in required]
    wanted = {
        f"parameter:{method.id}#{wire}": snake(rule.parameters.get(wire, NO_PARAMETER).name or wire)
        for wire in order
    }
    names = naming.allocate(wanted, reserved=PARAMETER_NAMES)
    return tuple(
        _parameter(
            wire,
            names[f"parameter:{method.id}#{wire}"],
            method.parameters[wire],
            rule.parameters.get(wire, NO_PARAMETER),
            held.get(f"{method.id}:{wire}", (None, None)),
            shapes,
            required=wire in required,
        )
        for wire in order
    )


def _parameter(
    wire: str,
    name: str,
    schema: Schema,
    rule: ParameterRule,
    held: tuple[str | None, str | None],
    shapes: Shapes,
    *,
    required: bool,
) -> Parameter:
    if schema.location not in ("path", "query"):
        shapes.refuse(f"{schema.pointer}/location", f"unknown location {schema.location!r}", "path or query")
    kind = KINDS.get((schema.type or "", schema.format), Kind.STRING)
    if kind in (Kind.ANY, Kind.STRUCT):
        kind = Kind.STRING
    pattern = rule.pattern or schema.pattern
    return Parameter(
        name=name,
        wire=wire,
        location=schema.location or "query",
        type=Scalar(kind),
        values=schema.enum,
        doc=rule.doc or schema.description,
        required=required,
        repeated=schema.repeated,
        pattern=pattern,
        enforced=pattern is not None and is_linear(pattern),
        minimum=rule.minimum or schema.minimum,
        maximum=rule.maximum or schema.maximum,
        default=schema.default,
        held=held[0],
        prefix=held[1],
        deprecated=schema.deprecated,
        pointer=schema.pointer,
    )


def _extra_scopes(request: str | None, overlay: Overlay, shapes: Shapes) -> tuple[ExtraScope, ...]:
    if request is None:
        return ()
    return tuple(
        ExtraScope(scope=rule.scope, path=path)
        for rule in overlay.extra_scopes
        for path in _paths(request, rule.field, shapes)
    )


def _paths(start: str, target: str, shapes: Shapes) -> list[tuple[str, ...]]:
    """The ways from a body to a field (`Schema.field`), over singular messages, each schema entered once."""
    schema, _, wire = target.rpartition(".")
    found: list[tuple[str, ...]] = []
    waiting: list[tuple[str, tuple[str, ...]]] = [(start, ())]
    entered = {start}
    while waiting:
        key, path = waiting.pop(0)
        shape = shapes.shapes[key]
        if key == schema and wire in shape.properties:
            found.append((*path, wire))
        for name, inner in shape.properties.items():
            if isinstance(inner.type, MessageRef) and inner.type.name not in entered:
                entered.add(inner.type.name)
                waiting.append((inner.type.name, (*path, name)))
    return found


def _paging(method: Described, body: Message | None, answer: Message | None) -> Paging | None:
    """How a list method pages (AIP-158), or None when the document leaves the items in doubt."""
    if answer is None or not any(field.wire == NEXT_PAGE_TOKEN for field in answer.fields):
        return None
    in_query = PAGE_TOKEN in method.parameters
    in_body = body is not None and any(field.wire == PAGE_TOKEN for field in body.fields)
    if not in_query and not in_body:
        return None
    lists = [field for field in answer.fields if isinstance(field.type, ListOf)]
    of_messages = [
        field for field in lists if isinstance(field.type, ListOf) and isinstance(field.type.item, MessageRef)
    ]
    items = (
        lists
        if len(lists) == 1
        else of_messages
        if len(of_messages) == 1
        else [field for field in of_messages if field.wire == "items"]
    )
    if not items:
        return None
    return Paging(token=PAGE_TOKEN, in_body=not in_query, items=items[0].wire, next_token=NEXT_PAGE_TOKEN)
