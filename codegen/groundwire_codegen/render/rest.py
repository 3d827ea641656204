"""Views of the methods, servers and security schemes of an API that OpenAPI describes, as the runtime takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from ..ir import (
    Api,
    Content,
    Encoding,
    InParameter,
    Location,
    Method,
    Nullable,
    Parameter,
    Part,
    Response,
    SecurityScheme,
    Server,
    Style,
    parameter_key,
)
from .annotations import MESSAGES, NONE, annotation, either
from .codecs import SCALAR_WORDS, SCHEMA_WORDS, UNION_WORDS, bounds_call, codec_type
from .layout import in_import_order, used_names
from .source import Source, literal, name, word

STYLES: Final = {
    Location.PATH: Style.SIMPLE,
    Location.HEADER: Style.SIMPLE,
    Location.QUERY: Style.FORM,
    Location.COOKIE: Style.FORM,
}
"""The style of each location where the document states none."""
BYTES: Final = word("bytes")
TEXT: Final = word("str")
WITH_MEDIA_TYPE: Final = word("WithMediaType")
FILE: Final = word("FilePart")
_FORMS: Final = (Encoding.FORM, Encoding.MULTIPART)
CONTENT_WORDS: Final = ("RestAnswer", "RestContent", "RestPart", "WithMediaType")


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
class PartView:
    """The encoding of a property of a form; None for a fact that is not stated."""

    name: Source
    content_type: Source | None
    style: Source | None
    explode: Source | None
    reserved: bool


@frozen(kw_only=True)
class ContentView:
    """A body in one media type. No type: it is text, or bytes."""

    media_type: Source
    type: Source | None
    encoding: Source | None
    parts: tuple[PartView, ...] = ()


@frozen(kw_only=True)
class AnswerView:
    """The contents of an answer."""

    low: Source
    high: Source
    contents: tuple[ContentView, ...]


@frozen(kw_only=True)
class RestMethodView:
    """A method constant."""

    constant: Source
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


@frozen(kw_only=True)
class RestView:
    """What `client.py` has for an API that OpenAPI describes, with what it imports for that."""

    methods: tuple[RestMethodView, ...]
    servers: tuple[ServerView, ...]
    schemes: tuple[SchemeView, ...]
    contents: tuple[Source, ...]
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
        "RestPart": any(content.parts for method in methods for content in method.bodies),
        "WithMediaType": any(_takes_media_type(each) for each in api.methods.values()),
    }
    return RestView(
        methods=methods,
        servers=tuple(map(_server, api.servers)),
        schemes=tuple(_scheme(key, scheme) for key, scheme in sorted(api.schemes.items())),
        contents=_imports({each for each, is_used in facts.items() if is_used}),
        scalars=_imports(SCALAR_WORDS & used),
        schema=_imports(SCHEMA_WORDS & used),
        unions=_imports(UNION_WORDS & used),
        parameters=any(method.parameters for method in methods),
    )


def request_annotation(method: Method) -> Source | None:
    """Return the annotation of the body of a call; None for a method without one."""
    if method.body is None or not method.body.contents:
        return None
    named = (WITH_MEDIA_TYPE,) if _takes_media_type(method) else ()
    return either(*map(_body_annotation, method.body.contents), *named)


def result_annotation(method: Method) -> Source:
    """Return the annotation of what a call returns: one of the types of all answers."""
    if method.verb == "HEAD":
        return NONE
    answers = [each for each in method.responses if each.success]
    if not answers:
        return either(BYTES, NONE)
    return either(*(option for answer in answers for option in _answer_annotations(answer)))


def body_paragraph(method: Method) -> str:
    """Return the words of a docstring on the media types of a body; "" where it is JSON alone."""
    contents = () if method.body is None else method.body.contents
    if not contents or (len(contents) == 1 and contents[0].encoding is Encoding.JSON):
        return ""
    return f"`request`: {', '.join(f'`{each.media_type}`' for each in contents)}."


def _takes_media_type(method: Method) -> bool:
    contents = () if method.body is None else method.body.contents
    return len(contents) > 1 or any("*" in each.media_type for each in contents)


def _answer_annotations(answer: Response) -> Iterator[Source]:
    yield from map(_content_annotation, answer.contents)
    if not answer.contents:
        yield NONE


def _content_annotation(content: Content) -> Source:
    if content.encoding is Encoding.JSON:
        return annotation(content.type, MESSAGES)
    return TEXT if content.encoding is Encoding.TEXT else BYTES


def _body_annotation(content: Content) -> Source:
    if content.encoding in _FORMS:
        return annotation(content.type, MESSAGES)
    sent = _content_annotation(content)
    return either(sent, FILE) if sent is BYTES else sent


def _method(method: Method) -> RestMethodView:
    body, facts = method.body, method.idempotency
    contents = () if body is None else body.contents
    key = facts.request_id.wire if isinstance(facts.request_id, InParameter) else None
    return RestMethodView(
        constant=name("constant", method.constant),
        result=result_annotation(method),
        id=literal(method.id),
        verb=literal(method.verb),
        path=literal(method.path),
        parameters=tuple(_parameter(each, method) for each in method.parameters),
        bodies=tuple(map(_sent, contents)),
        body_is_optional=body is not None and not body.required,
        answers=tuple(map(_answer, method.responses)),
        security=None if method.security is None else _security(method),
        idempotent=_stated(facts.always),
        idempotency_key=_stated(key),
        server=_stated(method.server),
    )


def _security(method: Method) -> Source:
    requirements = method.security or ()
    return literal(tuple(tuple(each.scheme for each in schemes) for schemes in requirements))


def _stated(value: object) -> Source | None:
    """Return the literal of a value that is stated."""
    return None if value is None else literal(value)


def _parameter(parameter: Parameter, method: Method) -> StyledView:
    key = parameter_key(parameter, method.parameters)
    type_ = parameter.type.type if isinstance(parameter.type, Nullable) else parameter.type
    explodes = parameter.style is Style.FORM
    has_explode = parameter.style not in (Style.DEEP, Style.CONTENT)
    return StyledView(
        name=literal(key),
        wire=None if key == parameter.wire else literal(parameter.wire),
        location=literal(parameter.location.value),
        type=codec_type(type_),
        style=None if parameter.style is STYLES[parameter.location] else literal(parameter.style.value),
        explode=literal(parameter.explode) if has_explode and parameter.explode != explodes else None,
        reserved=parameter.reserved,
        required=parameter.required,
        bounds=bounds_call(parameter.rules),
        values=_stated(parameter.values or None),
        prefix=_stated(parameter.prefix or None),
        held=_stated(parameter.held or None),
    )


def _content(content: Content) -> ContentView:
    encoding = {Encoding.JSON: None, Encoding.TEXT: literal("text")}.get(content.encoding, literal("bytes"))
    return ContentView(
        media_type=literal(content.media_type),
        type=codec_type(content.type) if encoding is None else None,
        encoding=encoding,
    )


def _sent(content: Content) -> ContentView:
    """Return the view of the body of a request."""
    if content.encoding not in _FORMS:
        return _content(content)
    return ContentView(
        media_type=literal(content.media_type),
        type=codec_type(content.type),
        encoding=literal(content.encoding.value),
        parts=tuple(map(_part, content.parts)),
    )


def _part(part: Part) -> PartView:
    styled = part.style is not None and part.style is not Style.DEEP
    return PartView(
        name=literal(part.wire),
        content_type=_stated(part.content_type),
        style=None if part.style is None else literal(part.style.value),
        explode=literal(part.explode) if styled and part.explode != (part.style is Style.FORM) else None,
        reserved=part.reserved,
    )


def _answer(answer: Response) -> AnswerView:
    return AnswerView(
        low=literal(answer.low), high=literal(answer.high), contents=tuple(map(_content, answer.contents))
    )


def _server(server: Server) -> ServerView:
    variables = tuple((each.name, each.default, each.values) for each in server.variables)
    return ServerView(url=literal(server.url), variables=_stated(variables or None))


def _scheme(key: str, scheme: SecurityScheme) -> SchemeView:
    return SchemeView(
        key=literal(key),
        kind=literal(scheme.kind.value),
        location=None if scheme.location is None else literal(scheme.location.value),
        name=_stated(scheme.wire),
    )


def _sources(method: RestMethodView) -> Iterator[Source]:
    for parameter in method.parameters:
        yield parameter.type
        if parameter.bounds is not None:
            yield parameter.bounds
    for contents in (method.bodies, *(answer.contents for answer in method.answers)):
        yield from (each.type for each in contents if each.type is not None)


def _imports(words: Iterable[str]) -> tuple[Source, ...]:
    return tuple(map(word, in_import_order(words)))
