"""Views of the bodies of requests and answers, and their annotations, by media type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from ..ir import (
    AliasRef,
    Api,
    Content,
    Encoding,
    Kind,
    ListOf,
    MessageRef,
    Method,
    Nullable,
    Part,
    Response,
    Scalar,
    Style,
    TypeRef,
    UnionOf,
)
from .annotations import MESSAGES, NONE, annotation, either, sequence
from .codec_types import bounds_call, codec_type
from .source import Source, joined, literal, word

BYTES: Final = word("bytes")
TEXT: Final = word("str")
WITH_MEDIA_TYPE: Final = word("WithMediaType")
FILE: Final = word("FilePart")
STREAM: Final = word("Stream")
EVENT: Final = word("ServerEvent")
PATCH: Final = word("PatchOperation")
_STREAMS: Final = (Encoding.LINES, Encoding.EVENTS)
_FORMS: Final = (Encoding.FORM, Encoding.MULTIPART)
_ENCODINGS: Final = {
    Encoding.JSON: None,
    Encoding.TEXT: literal("text"),
    Encoding.PATCH: literal("patch"),
}
CONTENT_WORDS: Final = ("RestAnswer", "RestContent", "WithMediaType")


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
    bounds: Source | None = None
    parts: tuple[PartView, ...] = ()


@frozen(kw_only=True)
class AnswerView:
    """The contents of an answer."""

    low: Source
    high: Source
    contents: tuple[ContentView, ...]


def request_annotation(method: Method) -> Source | None:
    """Return the annotation of the body of a call; None for a method without one."""
    if method.body is None or not method.body.contents:
        return None
    named = (WITH_MEDIA_TYPE,) if takes_media_type(method) else ()
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


def takes_media_type(method: Method) -> bool:
    """Return True where a body may need its media type named."""
    contents = () if method.body is None else method.body.contents
    return len(contents) > 1 or any("*" in each.media_type for each in contents)


def _answer_annotations(answer: Response) -> Iterator[Source]:
    yield from (_content_annotation(each, answer=True) for each in answer.contents)
    if not answer.contents:
        yield NONE


def _content_annotation(content: Content, *, answer: bool = False) -> Source:
    if content.encoding is Encoding.JSON:
        return annotation(content.type, MESSAGES)
    if answer and content.encoding in _STREAMS:
        item = EVENT if content.encoding is Encoding.EVENTS else annotation(_item(content), MESSAGES)
        return joined(STREAM, "[", item, "]")
    if content.encoding is Encoding.PATCH:
        return sequence(PATCH)
    return TEXT if content.encoding is Encoding.TEXT else BYTES


def _item(content: Content) -> TypeRef:
    """Return the type of one item: some documents state that of the list of all."""
    return content.type.item if isinstance(content.type, ListOf) else content.type


def _body_annotation(content: Content) -> Source:
    if content.encoding in _FORMS:
        return annotation(content.type, MESSAGES)
    sent = _content_annotation(content)
    return either(sent, FILE) if sent is BYTES else sent


def _content(content: Content) -> ContentView:
    encoding = _ENCODINGS.get(content.encoding, literal("bytes"))
    return ContentView(
        media_type=literal(content.media_type),
        type=codec_type(content.type, content.rules) if encoding is None else None,
        encoding=encoding,
        bounds=bounds_call(content.rules),
    )


def sent_view(content: Content) -> ContentView:
    """Return the view of the body of a request."""
    if content.encoding not in _FORMS:
        return _content(content)
    return ContentView(
        media_type=literal(content.media_type),
        type=codec_type(content.type),
        encoding=literal(content.encoding.value),
        parts=tuple(map(_part, content.parts)),
    )


def _received(content: Content) -> ContentView:
    """Return the view of the body of an answer."""
    if content.encoding not in _STREAMS:
        return _content(content)
    has_type = content.encoding is Encoding.LINES
    return ContentView(
        media_type=literal(content.media_type),
        type=codec_type(_item(content)) if has_type else None,
        encoding=literal(content.encoding.value),
    )


def _part(part: Part) -> PartView:
    styled = part.style is not None and part.style is not Style.DEEP
    return PartView(
        name=literal(part.wire),
        content_type=stated(part.content_type),
        style=None if part.style is None else literal(part.style.value),
        explode=literal(part.explode) if styled and part.explode != (part.style is Style.FORM) else None,
        reserved=part.reserved,
    )


def answer_view(answer: Response) -> AnswerView:
    """Return the view of an answer."""
    return AnswerView(
        low=literal(answer.low),
        high=literal(answer.high),
        contents=tuple(map(_received if answer.success else _content, answer.contents)),
    )


def stated(value: object) -> Source | None:
    """Return the literal of a value that is stated."""
    return None if value is None else literal(value)


def clears(method: Method, api: Api) -> bool:
    """Return True for a method that may empty fields of a message: it patches."""
    contents = () if method.body is None else method.body.contents
    typed = any(each.encoding is Encoding.JSON and any(messages_of(each.type, api)) for each in contents)
    return method.verb == "PATCH" and typed


def messages_of(type_: TypeRef, api: Api) -> Iterator[str]:
    """Yield the names of the messages that a value of a type may be."""
    match type_:
        case MessageRef(found):
            yield found
        case Nullable(inner):
            yield from messages_of(inner, api)
        case AliasRef(found):
            yield from messages_of(api.aliases[found].type or Scalar(Kind.ANY), api)
        case UnionOf(members):
            for each in members:
                yield from messages_of(each, api)
        case _:
            return
