"""An OpenAPI document of one of Google's APIs, as a Discovery document would state it.

OpenAPI has no words for a value that spans path segments, for Google's credentials, and for google.rpc.Status as the one
shape of errors. The overlay's `[openapi]` says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import evolve

from ...ir import (
    NO_RULES,
    Api,
    EnumRef,
    ErrorShape,
    Field,
    Kind,
    ListOf,
    Location,
    Message,
    MessageRef,
    Method,
    Packed,
    Parameter,
    Rules,
    Scalar,
    SchemeKind,
    SchemeRequirement,
    SecurityScheme,
    Server,
    Style,
    TypeRef,
    mapped,
)
from ...problem import Problem, escape
from ..discovery.document import base_url_faults
from ..draft import Draft
from ..safe_regex import is_linear
from ..uri_template import read_template
from .rules import OpenApiRule, Overlay

COMMON: Final = frozenset(
    {
        "$.xgafv", "$alt", "access_token", "alt", "callback", "fields", "key", "oauth_token", "prettyPrint",
        "quotaUser", "uploadType", "upload_protocol",
    }
)  # fmt: skip
"""Query parameters of all Google APIs."""
GOOGLE: Final = "google"
_KINDS: Final = {Kind.NUMBER: Kind.DOUBLE, Kind.DAY: Kind.DATE}
"""Kinds of OpenAPI, to those of proto3 JSON."""
_WHOLE: Final = {Kind.LONG: Kind.INT64, Kind.ULONG: Kind.UINT64}
"""Of parameters, whose values are texts in any case."""
_RULE: Final = "/openapi"


def stated_as_discovery(draft: Draft, overlay: Overlay, allow_hosts: tuple[str, ...] = ()) -> Draft:
    """Return the draft of a document as the overlay's `[openapi]` says; one without that table stays as it is."""
    rule = overlay.openapi
    if rule == OpenApiRule():
        return draft
    problems = [*draft.problems, *_rule_problems(draft.api, rule)]
    if rule.service != GOOGLE or problems:
        return evolve(draft, problems=tuple(problems))
    url = f"{draft.api.base_url.rstrip('/')}/"
    problems += (
        Problem("document", "/servers/0/url", message, hint)
        for message, hint in base_url_faults(url, allow_hosts)
    )
    id_ = overlay.document or draft.api.id
    name, _, version = id_.partition(":")
    api = evolve(
        draft.api,
        id=id_,
        name=name,
        version=version or draft.api.version,
        servers=(Server(url=url),),
        schemes={GOOGLE: SecurityScheme(kind=SchemeKind.GOOGLE)},
        errors=ErrorShape.GOOGLE,
        parameters=_common(draft.api),
        messages={key: _proto_types(message, draft.api) for key, message in draft.api.messages.items()},
        methods={key: _method(method, rule, draft.api) for key, method in draft.api.methods.items()},
    )
    return evolve(draft, api=api, problems=tuple(problems))


def _rule_problems(api: Api, rule: OpenApiRule) -> Iterator[Problem]:
    if api.errors is ErrorShape.GOOGLE:
        yield Problem("overlay", _RULE, "the document is a Discovery document", "take the table out")
        return
    if rule.service != GOOGLE:
        yield Problem(
            "overlay",
            f"{_RULE}/service",
            f"{rule.service[:80]!r} is no kind of service",
            f"only {GOOGLE!r} is",
        )
    for id_, path in rule.paths.items():
        pointer = f"{_RULE}/paths/{escape(id_)}"
        if id_ not in api.methods:
            yield Problem("overlay", pointer, f"the rule matches nothing: no method {id_!r}")
        fault = read_template(path)[1]
        if fault is not None:
            yield Problem("overlay", pointer, fault)
    places = {f"{id_}:{wire}" for id_, path in rule.paths.items() for wire in read_template(path)[0]}
    for key in rule.patterns.keys() - places:
        words = f"the rule matches nothing: no variable {key[:200]!r} in `paths`"
        yield Problem("overlay", f"{_RULE}/patterns/{escape(key)}", words)


def _proto_types(message: Message, api: Api) -> Message:
    """Return a message with the types of proto3 JSON.

    Numbers are doubles: NaN and the infinities are texts. Dates are texts. An inline object of which `@type` alone is said is
    packed.
    """

    def proto(type_: TypeRef) -> TypeRef:
        if isinstance(type_, MessageRef) and type_.name in api.messages and type_.name.startswith("/"):
            fields = [each.wire for each in api.messages[type_.name].wire_fields]
            return Packed(()) if fields == ["@type"] else type_
        return Scalar(_KINDS[type_.kind]) if isinstance(type_, Scalar) and type_.kind in _KINDS else type_

    def stated(field: Field) -> Field:
        return evolve(field, type=mapped(field.type, proto))

    return evolve(
        message,
        members=tuple(
            stated(each)
            if isinstance(each, Field)
            else evolve(each, variants=tuple(evolve(one, field=stated(one.field)) for one in each.variants))
            for each in message.members
        ),
    )


def _parameter(parameter: Parameter, api: Api) -> Parameter:
    """Return a parameter as a Discovery document has it: of no style, its enum without a class, its numbers those of proto3."""
    parameter = evolve(parameter, style=Style.FORM, explode=True, reserved=False)
    is_list = isinstance(parameter.type, ListOf)
    item = parameter.type.item if isinstance(parameter.type, ListOf) else parameter.type
    name = item.name if isinstance(item, (EnumRef, MessageRef)) else ""
    alias = api.aliases.get(name)
    if alias is not None and isinstance(alias.type, EnumRef):
        name = alias.type.name
    enum = api.enums.get(name)
    if enum is not None:
        text = Scalar(Kind.STRING)
        values = tuple(each.wire for each in enum.values)
        return evolve(parameter, type=ListOf(text) if is_list else text, values=values)
    kind = item.kind if isinstance(item, Scalar) else Kind.ANY
    scalar = Scalar(_WHOLE.get(kind) or _KINDS.get(kind) or kind)
    return (
        evolve(parameter, type=ListOf(scalar) if is_list else scalar)
        if isinstance(item, Scalar)
        else parameter
    )


def _common(api: Api) -> tuple[Parameter, ...]:
    """Return the parameters of all methods, which each has for itself in an OpenAPI document."""
    by_wire = {
        each.wire: _parameter(each, api)
        for method in api.methods.values()
        for each in method.parameters
        if each.wire in COMMON and each.location is Location.QUERY
    }
    return tuple(by_wire[wire] for wire in sorted(by_wire))


def _method(method: Method, rule: OpenApiRule, api: Api) -> Method:
    path = rule.paths.get(method.id)
    kept = [
        _parameter(each, api)
        for each in method.parameters
        if each.wire not in COMMON or each.location is not Location.QUERY
    ]
    if path is not None:
        own = {each.wire: each for each in kept if each.location is Location.PATH}
        kept = [each for each in kept if each.location is not Location.PATH]
        kept = [*(_variable(method.id, wire, rule, own) for wire in read_template(path)[0]), *kept]
    scopes = dict.fromkeys(
        scope for alternative in method.security or () for each in alternative for scope in each.scopes
    )
    return evolve(
        method,
        wire=method.id.rpartition(".")[2],
        resource=tuple(part for tag in method.resource for part in tag.split(".")),
        path=(method.path if path is None else path).lstrip("/"),
        parameters=(*(each for each in kept if each.required), *(each for each in kept if not each.required)),
        responses=tuple(each for each in method.responses if each.success),
        security=((SchemeRequirement(scheme=GOOGLE, scopes=tuple(scopes)),),) if scopes else None,
    )


def _variable(id_: str, wire: str, rule: OpenApiRule, own: Mapping[str, Parameter]) -> Parameter:
    """Return a variable of a path: the document's own where the rule says nothing of its values."""
    pattern = rule.patterns.get(f"{id_}:{wire}")
    if pattern is None and wire in own:
        return own[wire]
    rules = NO_RULES if pattern is None else Rules(pattern=pattern, pattern_is_linear=is_linear(pattern))
    return Parameter(
        wire=wire,
        location=Location.PATH,
        type=Scalar(Kind.STRING),
        required=True,
        rules=rules,
        pointer=f"{_RULE}/paths/{escape(id_)}",
    )
