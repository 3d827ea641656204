"""An OpenAPI document of one of Google's APIs, as a Discovery document would state it.

OpenAPI has no words for a value that spans path segments, for Google's credentials, and for google.rpc.Status as the one
shape of errors. The overlay's `[openapi]` says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from ...ir import (
    NO_RULES,
    Api,
    ErrorShape,
    Field,
    Kind,
    Location,
    Message,
    Method,
    Parameter,
    Rules,
    Scalar,
    SchemeKind,
    SchemeRequirement,
    SecurityScheme,
    Server,
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
        messages={key: _proto_numbers(message) for key, message in draft.api.messages.items()},
        methods={key: _method(method, rule) for key, method in draft.api.methods.items()},
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


def _proto_numbers(message: Message) -> Message:
    """Return a message whose numbers are doubles, as in proto3 JSON: NaN and the infinities are texts."""

    def stated(field: Field) -> Field:
        return evolve(field, type=mapped(field.type, _double))

    return evolve(
        message,
        members=tuple(
            stated(each)
            if isinstance(each, Field)
            else evolve(each, variants=tuple(evolve(one, field=stated(one.field)) for one in each.variants))
            for each in message.members
        ),
    )


def _double(type_: TypeRef) -> TypeRef:
    return Scalar(Kind.DOUBLE) if type_ == Scalar(Kind.NUMBER) else type_


def _method(method: Method, rule: OpenApiRule) -> Method:
    path = rule.paths.get(method.id)
    kept = [
        each for each in method.parameters if each.wire not in COMMON or each.location is not Location.QUERY
    ]
    if path is not None:
        kept = [each for each in kept if each.location is not Location.PATH]
        kept = [*(_variable(method.id, wire, rule) for wire in read_template(path)[0]), *kept]
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


def _variable(id_: str, wire: str, rule: OpenApiRule) -> Parameter:
    pattern = rule.patterns.get(f"{id_}:{wire}")
    rules = NO_RULES if pattern is None else Rules(pattern=pattern, pattern_is_linear=is_linear(pattern))
    return Parameter(
        wire=wire,
        location=Location.PATH,
        type=Scalar(Kind.STRING),
        required=True,
        rules=rules,
        pointer=f"{_RULE}/paths/{escape(id_)}",
    )
