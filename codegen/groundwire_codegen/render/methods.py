"""The view of `Method` constants: all facts of a call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from ..ir import (
    Api,
    ExtraScope,
    InBody,
    InParameter,
    Message,
    MessageRef,
    Method,
    Paging,
    Parameter,
    ValueLocation,
)
from .annotations import message_class
from .source import Source, literal, name, word


@frozen(kw_only=True)
class ParameterView:
    """A parameter."""

    wire: Source
    location: Source
    kind: Source
    required: bool
    repeated: bool
    pattern: Source | None
    minimum: Source | None
    maximum: Source | None
    values: Source | None
    prefix: Source | None
    held: Source | None


@frozen(kw_only=True)
class ExtraScopeView:
    """A scope that a body may need, with the attributes that lead to the field and the class of its value."""

    scope: Source
    attributes: Source
    type: Source


@frozen(kw_only=True)
class PreconditionsView:
    """With which parameters, or which attributes of the body, a call may be made again."""

    parameters: Source | None
    attributes: Source | None


@frozen(kw_only=True)
class PagingView:
    """The paging of a method."""

    token: Source
    in_body: Source
    items: Source
    next_token: Source


@frozen(kw_only=True)
class MethodView:
    """A method constant."""

    constant: Source
    maker: Source
    id: Source
    verb: Source
    path: Source
    parameters: tuple[ParameterView, ...]
    request: Source | None
    response: Source | None
    scopes: tuple[Source, ...]
    extra_scopes: tuple[ExtraScopeView, ...]
    request_id: Source | None
    request_id_in_query: bool
    idempotent: Source | None
    preconditions: PreconditionsView | None
    paging: PagingView | None
    api_version: Source | None
    envelope: Source | None
    takes_raw: bool
    gives_raw: bool
    """The body, or the answer, is no JSON: its message has the bytes and their type."""

    @property
    def is_raw(self) -> bool:
        """Return True where either is so."""
        return self.takes_raw or self.gives_raw


def method_view(method: Method, api: Api) -> MethodView:
    """Return the view of a method's constant."""
    facts = method.idempotency
    request = api.messages[method.request] if method.request else None
    return MethodView(
        constant=name("constant", method.constant),
        maker=maker(method.constant),
        id=literal(method.id),
        verb=literal(method.verb),
        path=literal(method.path),
        parameters=tuple(map(_parameter, method.parameters)),
        request=message_class(method.request) if method.request else None,
        response=message_class(method.response) if method.response else None,
        scopes=tuple(map(literal, method.scopes)),
        extra_scopes=tuple(_extra_scope(extra, api, request) for extra in method.extra_scopes),
        request_id=_request_id(facts.request_id, api, request),
        request_id_in_query=isinstance(facts.request_id, InParameter),
        idempotent=_given(facts.always),
        preconditions=_preconditions(facts.when_set, api, request),
        paging=_paging(method.paging, api, method) if method.paging else None,
        api_version=_given(dict(method.headers).get("x-goog-api-version")),
        envelope=_given(method.envelope or None),
        takes_raw=request is not None and _is_http_body(request),
        gives_raw=bool(method.response) and _is_http_body(api.messages[method.response or ""]),
    )


def _is_http_body(message: Message) -> bool:
    """Return True for google.api.HttpBody. Documents have it under several names, as `GoogleApi__HttpBody`."""
    attributes = {each.wire: each.name for each in message.fields}
    known = {"contentType": "content_type", "data": "data"}
    return message.place.endswith("HttpBody") and known.items() <= attributes.items()


def maker(constant: str) -> Source:
    """Return the function that makes a method, in a large client. No argument of a stub can hide it."""
    return word(f"_{constant.lower()}_method")


def _given(value: object) -> Source | None:
    """The literal of a value that is stated."""
    return None if value is None else literal(value)


def _parameter(parameter: Parameter) -> ParameterView:
    rules = (parameter.rules.items if parameter.repeated else None) or parameter.rules
    return ParameterView(
        wire=literal(parameter.wire),
        location=literal(parameter.location.value),
        kind=literal("enum" if parameter.values else parameter.scalar.kind.value),
        required=parameter.required,
        repeated=parameter.repeated,
        pattern=_given(rules.pattern or None) if rules.pattern_is_linear else None,
        minimum=None if rules.minimum is None else literal(str(rules.minimum)),
        maximum=None if rules.maximum is None else literal(str(rules.maximum)),
        values=_given(parameter.values or None),
        prefix=_given(parameter.prefix or None),
        held=_given(parameter.held or None),
    )


def _request_id(location: ValueLocation | None, api: Api, request: Message | None) -> Source | None:
    if isinstance(location, InBody):
        return literal(_attributes(api, request, location.path)[0])
    return None if location is None else literal(location.wire)


def _preconditions(
    locations: Sequence[ValueLocation], api: Api, request: Message | None
) -> PreconditionsView | None:
    parameters = tuple(each.wire for each in locations if isinstance(each, InParameter))
    attributes = tuple(_attributes(api, request, each.path) for each in locations if isinstance(each, InBody))
    if not locations:
        return None
    return PreconditionsView(parameters=_given(parameters or None), attributes=_given(attributes or None))


def _paging(paging: Paging, api: Api, method: Method) -> PagingView:
    request, response = (api.messages.get(each or "") for each in (method.request, method.response))
    place = paging.place
    token = _attributes(api, request, place.path)[0] if isinstance(place, InBody) else place.wire
    return PagingView(
        token=literal(token),
        in_body=literal(isinstance(place, InBody)),
        items=literal(_attributes(api, response, paging.items)[0]),
        next_token=literal(_attributes(api, response, paging.next)[0]),
    )


def _extra_scope(extra: ExtraScope, api: Api, request: Message | None) -> ExtraScopeView:
    *_, last = _way(api, request, extra.path)
    return ExtraScopeView(
        scope=literal(extra.scope),
        attributes=literal(_attributes(api, request, extra.path)),
        type=held_class(*last),
    )


def _attributes(api: Api, message: Message | None, path: Sequence[str]) -> tuple[str, ...]:
    """The attributes that lead through messages to a field."""
    return tuple(each.holder(wire)[0] for each, wire in _way(api, message, path))


def _way(api: Api, message: Message | None, path: Sequence[str]) -> Iterator[tuple[Message, str]]:
    """The messages on the way to a field, each with the next step."""
    for wire in path:
        if message is not None:
            yield message, wire
            type_ = message.holder(wire)[1].type
            message = api.messages[type_.name] if isinstance(type_, MessageRef) else None


def held_class(message: Message, wire: str) -> Source:
    """Return the class of a field's value as its attribute holds it; `object` for a plain value."""
    _, field, variant = message.holder(wire)
    if variant is not None:
        return message_class(message.name, variant)
    return message_class(field.type.name) if isinstance(field.type, MessageRef) else word("object")
