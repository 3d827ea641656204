"""Methods under their published names, with the facts derived from their bodies and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from ..ir import (
    ExtraScope,
    InParameter,
    Message,
    MessageRef,
    Method,
    Parameter,
    Path,
    Resource,
    parameter_key,
)
from ..read.overlay import NO_METHOD, NO_PARAMETER, MethodRule, Overlay
from .idempotency import idempotency
from .masks import stated_mask
from .naming import Naming, camel, constant, snake
from .oneofs import Classes
from .paging import paging
from .reserved import CLIENT_MODULE_NAMES, CLIENT_NAMES, PARAMETER_NAMES, REST_MODULE_NAMES, SCOPE_NAMES
from .waiting import with_waiting


@frozen
class CallNames:
    """The names of methods, by id, and of resources in generated code."""

    methods: Mapping[str, str]
    constants: Mapping[str, str]
    resources: tuple[Resource, ...]
    downloads: Mapping[str, str]
    """The stubs that download, beside those that answer with JSON."""


def call_names(
    wanted: Sequence[Method], overlay: Overlay, naming: Naming, *, rest: bool = False
) -> CallNames:
    """Name every wanted method and every resource on the way to it; those of one resource share a scope.

    `rest`: the API is called as OpenAPI describes it, with other names in its module.
    """
    reserved = REST_MODULE_NAMES if rest else CLIENT_MODULE_NAMES
    paths = sorted(
        {method.resource[:depth] for method in wanted for depth in range(len(method.resource) + 1)}
    )
    scopes: dict[Path, dict[str, str]] = {}
    for path in paths:
        if path:
            scopes.setdefault(path[:-1], {})[_key("resource", path)] = snake(path[-1])
    for method in wanted:
        name = overlay.methods.get(method.id, NO_METHOD).name or method.wire
        scopes.setdefault(method.resource, {})[f"method:{method.id}"] = snake(name)
        if _downloads_beside(method):
            scopes[method.resource][f"method:{method.id}#media"] = f"{snake(name)}_media"
    attributes: dict[str, str] = {}
    for path, names in sorted(scopes.items()):
        attributes |= naming.allocate(names, reserved=SCOPE_NAMES if path else CLIENT_NAMES)
    constants = naming.allocate(
        {
            f"constant:{method.id}": constant("_".join(map(snake, (*method.resource, method.wire))))
            for method in wanted
        },
        reserved=reserved,
    )
    classes = naming.allocate(
        {_key("class", path): _class_name(path) for path in paths if path},
        reserved=reserved,
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
        downloads={
            method.id: attributes[f"method:{method.id}#media"]
            for method in wanted
            if _downloads_beside(method)
        },
    )


def _downloads_beside(method: Method) -> bool:
    """Return True for a method that answers with JSON, or with a medium where it is asked for one."""
    contents = () if method.answer is None else method.answer.contents
    return method.media is not None and method.media.download and bool(contents)


def _class_name(path: Path) -> str:
    """Return the class of a resource; never all capitals, as the constants of methods are."""
    name = "".join(map(camel, path))
    return f"{name}Resource" if name.isupper() else name


def _key(what: str, path: Path) -> str:
    return f"{what}:{'/'.join(path)}"


def finished_methods(
    methods: Sequence[Method],
    names: CallNames,
    overlay: Overlay,
    messages: Mapping[str, Message],
    known: Classes,
    naming: Naming,
    *,
    rest: bool = False,
) -> dict[str, Method]:
    """Return every wanted method by id, sorted, as the stubs and the contract server need it.

    `rest`: the API is called as OpenAPI describes it, and nothing follows from the shapes of its messages.
    """
    found = [_finished(method, names, overlay, messages, known, naming, rest=rest) for method in methods]
    if rest:
        return {method.id: method for method in found}
    metadata = {
        method.id: known.messages[rule.operation_metadata]
        for method in found
        if (rule := overlay.methods.get(method.id, NO_METHOD)).operation_metadata in known.messages
        and rule.operation_metadata is not None
    }
    return {method.id: method for method in with_waiting(found, messages, metadata, naming)}


def _finished(
    method: Method,
    names: CallNames,
    overlay: Overlay,
    messages: Mapping[str, Message],
    known: Classes,
    naming: Naming,
    *,
    rest: bool,
) -> Method:
    rule = overlay.methods.get(method.id, NO_METHOD)
    typed = _with_types(method, known)
    ends = (None, None) if rest else (typed.request, typed.response)
    body, answer = (messages.get(name or "") for name in ends)
    facts = idempotency(method, rule, body)
    # The client fills an idempotency key, so a caller need not.
    key = facts.request_id.wire if rest and isinstance(facts.request_id, InParameter) else None
    stated = tuple(evolve(each, required=False) if each.wire == key else each for each in method.parameters)
    sent = typed.body
    if sent is not None:
        needed = sent.required if rest else body is not None and bool(body.members)
        required = _is_required(method.id, needed=needed, naming=naming)
        sent = evolve(sent, required=required, needed=rest and needed)
    named = evolve(
        typed,
        name=names.methods[method.id],
        media=None if method.media is None else evolve(method.media, stub=names.downloads.get(method.id, "")),
        constant=names.constants[method.id],
        parameters=_parameters(method.id, stated, rule, known, naming),
        body=sent,
        idempotency=facts,
        mask=None if rule.mask is None else stated_mask(method, rule.mask),
    )
    if rest:
        return named
    scopes, pages = _extra_scopes(body, overlay, messages), paging(named, body, answer, naming)
    return evolve(named, extra_scopes=scopes, paging=pages)


def _with_types(method: Method, known: Classes) -> Method:
    body = method.body
    if body is not None:
        contents = tuple(evolve(each, type=known.type(each.type)) for each in body.contents)
        body = evolve(body, contents=contents)
    return evolve(
        method,
        body=body,
        responses=tuple(
            evolve(
                response,
                contents=tuple(evolve(each, type=known.type(each.type)) for each in response.contents),
            )
            for response in method.responses
        ),
    )


def _is_required(method: str, *, needed: bool, naming: Naming) -> bool:
    """Return False for a body that the stub can make itself, or leave out; once published, it stays what it was."""
    key = f"body:{method}"
    stated = naming.before(key) or ("required" if needed else "optional")
    return naming.decide(key, stated) == "required"


def _parameters(
    method: str, parameters: tuple[Parameter, ...], rule: MethodRule, known: Classes, naming: Naming
) -> tuple[Parameter, ...]:
    """Return the parameters of a method, by its id, with their names and positions."""
    keys = [parameter_key(each, parameters) for each in parameters]
    wires = {key: f"parameter:{method}#{key}" for key in keys}
    names = naming.allocate(
        {key: snake(rule.parameters.get(wire, NO_PARAMETER).name or wire) for wire, key in wires.items()},
        reserved=PARAMETER_NAMES,
    )
    key = f"arguments:{method}"
    before = (naming.before(key) or "").split()
    rank = {wire: number for number, wire in enumerate(before)}
    keyed = [*zip(keys, parameters, strict=True)]
    positional = [wire for wire, each in keyed if each.required and each.held is None]
    positional.sort(key=lambda wire: rank.get(wire, len(rank)))
    naming.decide(key, " ".join(positional))
    position = {wire: number for number, wire in enumerate(positional)}
    named = [
        evolve(each, name=names[wires[wire]], position=position.get(wire), type=known.type(each.type))
        for wire, each in keyed
    ]
    first = [each for each in named if each.required]
    if before:
        first.sort(key=lambda each: (each.position is None, each.position or 0))
    return (*first, *(each for each in named if not each.required))


def _extra_scopes(
    body: Message | None, overlay: Overlay, messages: Mapping[str, Message]
) -> tuple[ExtraScope, ...]:
    if body is None:
        return ()
    return tuple(
        ExtraScope(scope=rule.scope, path=path)
        for rule in overlay.scopes.extra
        for path in _paths(body, rule.field, messages)
    )


def _paths(start: Message, target: str, messages: Mapping[str, Message]) -> list[Path]:
    """Return the ways from a body to a field (`Schema.field`), over singular messages, each schema entered once."""
    schema, _, wire = target.rpartition(".")
    found: list[Path] = []
    waiting: list[tuple[Message, Path]] = [(start, ())]
    entered = {start.name}
    while waiting:
        message, path = waiting.pop(0)
        for field in message.wire_fields:
            if message.place == schema and field.wire == wire:
                found.append((*path, wire))
            if isinstance(field.type, MessageRef) and field.type.name not in entered:
                entered.add(field.type.name)
                waiting.append((messages[field.type.name], (*path, field.wire)))
    return found
