"""Views of the methods, servers and security schemes of an API that OpenAPI describes, as the runtime takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from ..ir import (
    Api,
    InParameter,
    Location,
    Method,
    Nullable,
    Parameter,
    SecurityScheme,
    Server,
    Style,
    parameter_key,
)
from .codec_types import SCALAR_WORDS, SCHEMA_WORDS, UNION_WORDS, bounds_call, codec_type
from .contents import (
    AnswerView,
    ContentView,
    answer_view,
    result_annotation,
    sent_view,
    stated,
    takes_media_type,
)
from .layout import in_import_order, used_names
from .methods import maker
from .source import Source, literal, name, word

STYLES: Final = {
    Location.PATH: Style.SIMPLE,
    Location.HEADER: Style.SIMPLE,
    Location.QUERY: Style.FORM,
    Location.COOKIE: Style.FORM,
}
"""The style of each location where the document states none."""


@frozen(kw_only=True)
class StyledView:
    """A parameter; None for a fact that is as its location has it."""

    name: Source
    wire: Source | None
    location: Source
    type: Source
    style: Source | None
    explode: Source | None
    reserved: bool
    required: bool
    bounds: Source | None
    values: Source | None
    prefix: Source | None
    held: Source | None


@frozen(kw_only=True)
class RestMethodView:
    """A method constant."""

    constant: Source
    maker: Source
    result: Source
    id: Source
    verb: Source
    path: Source
    parameters: tuple[StyledView, ...]
    bodies: tuple[ContentView, ...]
    body_is_optional: bool
    answers: tuple[AnswerView, ...]
    security: Source | None
    idempotent: Source | None
    idempotency_key: Source | None
    server: Source | None


@frozen(kw_only=True)
class ServerView:
    """A server; `variables` are triples of a name, its default and its values."""

    url: Source
    variables: Source | None


@frozen(kw_only=True)
class SchemeView:
    """A security scheme by its name."""

    key: Source
    kind: Source
    location: Source | None
    name: Source | None
    url: Source | None


@frozen(kw_only=True)
class RestView:
    """What `client.py` has for an API that OpenAPI describes, with what it imports for that."""

    methods: tuple[RestMethodView, ...]
    servers: tuple[ServerView, ...]
    schemes: tuple[SchemeView, ...]
    contents: tuple[Source, ...]
    parts: bool
    scalars: tuple[Source, ...]
    schema: tuple[Source, ...]
    unions: tuple[Source, ...]
    parameters: bool


def rest_view(api: Api) -> RestView:
    """Return the view of an API."""
    methods = tuple(map(_method, api.methods.values()))
    used = used_names(source for method in methods for source in _sources(method))
    facts = {
        "RestAnswer": any(method.answers for method in methods),
        "RestContent": any(
            method.bodies or any(answer.contents for answer in method.answers) for method in methods
        ),
        "WithMediaType": any(takes_media_type(each) for each in api.methods.values()),
    }
    return RestView(
        methods=methods,
        servers=tuple(map(_server, api.servers)),
        schemes=tuple(_scheme(key, scheme) for key, scheme in sorted(api.schemes.items())),
        contents=_imports({each for each, is_used in facts.items() if is_used}),
        parts=any(content.parts for method in methods for content in method.bodies),
        scalars=_imports(SCALAR_WORDS & used),
        schema=_imports(SCHEMA_WORDS & used),
        unions=_imports(UNION_WORDS & used),
        parameters=any(method.parameters for method in methods),
    )


def _method(method: Method) -> RestMethodView:
    body, facts = method.body, method.idempotency
    contents = () if body is None else body.contents
    key = facts.request_id.wire if isinstance(facts.request_id, InParameter) else None
    return RestMethodView(
        constant=name("constant", method.constant),
        maker=maker(method.constant),
        result=result_annotation(method),
        id=literal(method.id),
        verb=literal(method.verb),
        path=literal(method.path),
        parameters=tuple(_parameter(each, method) for each in method.parameters),
        bodies=tuple(map(sent_view, contents)),
        body_is_optional=body is not None and not body.required,
        answers=tuple(map(answer_view, method.responses)),
        security=None if method.security is None else _security(method),
        idempotent=stated(facts.always),
        idempotency_key=stated(key),
        server=stated(method.server),
    )


def _security(method: Method) -> Source:
    requirements = method.security or ()
    return literal(tuple(tuple(each.scheme for each in schemes) for schemes in requirements))


def _parameter(parameter: Parameter, method: Method) -> StyledView:
    key = parameter_key(parameter, method.parameters)
    type_ = parameter.type.type if isinstance(parameter.type, Nullable) else parameter.type
    explodes = parameter.style is Style.FORM
    has_explode = parameter.style not in (Style.DEEP, Style.CONTENT)
    return StyledView(
        name=literal(key),
        wire=None if key == parameter.wire else literal(parameter.wire),
        location=literal(parameter.location.value),
        type=codec_type(type_, parameter.rules),
        style=None if parameter.style is STYLES[parameter.location] else literal(parameter.style.value),
        explode=literal(parameter.explode) if has_explode and parameter.explode != explodes else None,
        reserved=parameter.reserved,
        required=parameter.required,
        bounds=bounds_call(parameter.rules),
        values=stated(parameter.values or None),
        prefix=stated(parameter.prefix or None),
        held=stated(parameter.held or None),
    )


def _server(server: Server) -> ServerView:
    variables = tuple((each.name, each.default, each.values) for each in server.variables)
    return ServerView(url=literal(server.url), variables=stated(variables or None))


def _scheme(key: str, scheme: SecurityScheme) -> SchemeView:
    return SchemeView(
        key=literal(key),
        kind=literal(scheme.kind.value),
        location=None if scheme.location is None else literal(scheme.location.value),
        name=stated(scheme.wire),
        url=stated(scheme.url),
    )


def _sources(method: RestMethodView) -> Iterator[Source]:
    for parameter in method.parameters:
        yield parameter.type
        if parameter.bounds is not None:
            yield parameter.bounds
    for contents in (method.bodies, *(answer.contents for answer in method.answers)):
        yield from (each.type for each in contents if each.type is not None)
        yield from (each.bounds for each in contents if each.bounds is not None)


def _imports(words: Iterable[str]) -> tuple[Source, ...]:
    return tuple(map(word, in_import_order(words)))
