"""Method constants: all facts of a call, as the runtime takes them."""

from __future__ import annotations

from collections.abc import Sequence

from ..ir import Api, ExtraScope, Field, InBody, Message, Method, Parameter
from .layout import bracketed, quoted, texts


def method_constant(method: Method, api: Api) -> str:
    """The constant of a method."""
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
    parts += _idempotency(method, api)
    if method.paging:
        parts.append(_paging(method, api))
    parts += [f"api_version={quoted(method.api_version)}"] if method.api_version else []
    parts += [f"envelope={quoted(method.envelope)}"] if method.envelope else []
    head = f"{method.constant}: Final = Method[{result}]("
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


def _idempotency(method: Method, api: Api) -> list[str]:
    """The arguments that say when a call may be made again."""
    facts, parts = method.idempotency, list[str]()
    if isinstance(facts.request_id, InBody):
        parts.append(f"request_id={quoted(_attributes(api, method.request, facts.request_id.path)[0])}")
    elif facts.request_id is not None:
        parts += [f"request_id={quoted(facts.request_id.wire)}", "request_id_in_query=True"]
    if facts.always is not None:
        parts.append(f"idempotent={facts.always}")
    if facts.when_set:
        parameters = [each.wire for each in facts.when_set if not isinstance(each, InBody)]
        paths = [
            texts(_attributes(api, method.request, each.path))
            for each in facts.when_set
            if isinstance(each, InBody)
        ]
        stated = [f"parameters={texts(parameters)}"] if parameters else []
        stated += [f"attributes=({', '.join(paths)}{',' if len(paths) == 1 else ''})"] if paths else []
        parts.append(bracketed("idempotent=Preconditions(", stated, ")", indent=4))
    return parts


def _attributes(api: Api, message: str | None, path: Sequence[str]) -> list[str]:
    """The attributes that lead through messages to a plain field."""
    attributes: list[str] = []
    for wire in path:
        field = next(field for field in api.messages[message or ""].fields if field.wire == wire)
        attributes.append(field.name)
        message = getattr(field.type, "name", None)
    return attributes


def _attribute(api: Api, message: str | None, wire: str) -> str:
    return _attributes(api, message, (wire,))[0]


def _parameter(parameter: Parameter) -> str:
    kind = "enum" if parameter.values else str(parameter.type.kind)
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
