"""Compare the bodies and answers of a method: their types, media types, parts and statuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..ir import Api, Content, Encoding, ErrorShape, Kind, ListOf, Method, Part, Response, Scalar, TypeRef
from ..render.contents import request_annotation, result_annotation, takes_media_type
from .bounds import enforced, steps
from .change import Change, Place
from .fits import NONE, Fit, Items, Option, Word, options

_FORMS = (Encoding.JSON, Encoding.FORM, Encoding.MULTIPART)
_BYTES, _TEXT = Scalar(Kind.BYTES), Scalar(Kind.STRING)
_FILE, _NAMED = Word("FilePart"), Word("WithMediaType")


def body_changes(place: Place, fit: Fit, old: Method, new: Method, *, is_google: bool) -> Iterator[Change]:
    """Yield the changes of the body that a stub takes, and of how it is sent.

    `is_google`: a stub sends an empty body in place of one that is left out.
    """
    words = [_body_words(each) for each in (old, new)]
    if (old.body is None) != (new.body is None):
        needed = new.body is not None and new.body.required
        optional = "optional-added" if is_google else "offered"
        rule = "removed" if new.body is None else "added" if needed else optional
        yield place.change(f"method.request-{rule}", *words)
    if old.body is None or new.body is None:
        return
    before, after = _sent(old), _sent(new)
    if not fit.all(before, after):
        yield place.change("method.request-type", *words)
    elif words[0] != words[1]:
        yield place.change("method.request-takes-more", *words)
    if old.body.needed != new.body.needed:
        flags = ("needed" if each else "may be left out" for each in (old.body.needed, new.body.needed))
        yield place.change("method.request-needed" if new.body.needed else "method.request-free", *flags)
    yield from _media_changes(place, old.body.contents, new.body.contents)


def _media_changes(place: Place, old: tuple[Content, ...], new: tuple[Content, ...]) -> Iterator[Change]:
    first, second = _chosen(old), _chosen(new)
    moved = [each for each in first if each in second and first[each] != second[each]]
    if moved:
        yield place.change("method.request-media", first[moved[0]], second[moved[0]])
    before, after = ({each.media_type: each for each in contents} for contents in (old, new))
    for media_type in before.keys() - after.keys():
        yield place.change("method.request-media-removed", old=media_type)
    for media_type in after.keys() - before.keys():
        yield place.change("method.request-media-added", new=media_type)
    for media_type in before.keys() & after.keys():
        one, other = before[media_type], after[media_type]
        if (one.encoding, one.parts) != (other.encoding, other.parts):
            yield place.change("method.request-parts", *map(_content_words, (one, other)))
        for _, tighter, was, now in steps(enforced(one.rules), enforced(other.rules)):
            yield place.change(f"method.request-{'tightened' if tighter else 'loosened'}", was, now)


def _chosen(contents: tuple[Content, ...]) -> Mapping[Option, str]:
    """Return the media type that a value of each option is sent as, unless the call names one."""
    found: dict[Option, str] = {}
    for content in contents:
        for option in _content(content):
            found.setdefault(option, content.media_type)
    return found


def _content_words(content: Content) -> str:
    return " ".join([content.encoding, *map(_part_words, content.parts)])


def _part_words(part: Part) -> str:
    facts = (
        part.content_type,
        part.style,
        "" if part.explode else "unexploded",
        "reserved" if part.reserved else "",
    )
    return f"{part.wire}: {' '.join(filter(None, facts))}"


def _body_words(method: Method) -> str:
    if method.body is None:
        return "no body"
    found = request_annotation(method)
    return "no body" if found is None else found.text.replace("messages.", "")


def _sent(method: Method) -> tuple[Option, ...]:
    contents = () if method.body is None else method.body.contents
    named = (_NAMED,) if takes_media_type(method) else ()
    return (*(option for content in contents for option in _content(content)), *named)


def _content(content: Content) -> tuple[Option, ...]:
    """Return the options of a value that is sent as a content."""
    if content.encoding in _FORMS:
        return options(content.type)
    return (_TEXT,) if content.encoding is Encoding.TEXT else (_BYTES, _FILE)


def answer_changes(
    place: Place, fit: Fit, old: Method, new: Method, apis: tuple[Api, Api]
) -> Iterator[Change]:
    """Yield the changes of what a stub returns, of what it accepts, and of the bodies of errors."""
    google = [api.errors is ErrorShape.GOOGLE for api in apis]
    words = [_result_words(each, is_google) for each, is_google in zip((old, new), google, strict=True)]
    before, after = (_received(each, is_google) for each, is_google in zip((old, new), google, strict=True))
    if not fit.back.all(after, before):
        yield place.change("method.response-type", *words)
    elif words[0] != words[1]:
        yield place.change("method.response-gives-less", *words)
    if all(google):
        return
    yield from _success_changes(place, old, new)
    errors = [_errors(method) for method in (old, new)]
    if errors[0] != errors[1]:
        yield place.change("method.errors", *map(_error_words, errors))


def _success_changes(place: Place, old: Method, new: Method) -> Iterator[Change]:
    before, after = (
        {(each.low, each.high): each for each in method.responses if each.success} for method in (old, new)
    )
    for status in before.keys() - after.keys():
        yield place.change("method.status-removed", old=_status(*status))
    for status in after.keys() - before.keys():
        yield place.change("method.status-added", new=_status(*status))
    media = [" ".join(_media(method)) for method in (old, new)]
    if media[0] != media[1]:
        yield place.change("method.response-media", *media)


def _media(method: Method) -> dict[str, None]:
    """Return the media types that a call accepts in a success, in order."""
    return dict.fromkeys(
        f"{each.media_type}" if each.encoding is Encoding.JSON else f"{each.media_type} ({each.encoding})"
        for answer in method.responses
        if answer.success
        for each in answer.contents
    )


def _errors(method: Method) -> tuple[Response, ...]:
    return tuple(each for each in method.responses if not each.success)


def _error_words(errors: tuple[Response, ...]) -> str:
    return ", ".join(
        f"{_status(each.low, each.high)} {' '.join(content.media_type for content in each.contents)}".strip()
        for each in errors
    )


def _status(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"


def _result_words(method: Method, is_google: bool) -> str:
    if is_google:
        return method.response or "nothing"
    return result_annotation(method).text.replace("messages.", "")


def _received(method: Method, is_google: bool) -> tuple[Option, ...]:
    """Return the options of what a stub returns."""
    answers = [each for each in method.responses if each.success]
    if method.verb == "HEAD" or (is_google and method.response is None):
        return (NONE,)
    if not answers:
        return (_BYTES, NONE)
    return tuple(
        option
        for answer in answers
        for option in (
            (NONE,)
            if not answer.contents
            else (each for content in answer.contents for each in _given(content))
        )
    )


def _given(content: Content) -> tuple[Option, ...]:
    if content.encoding is Encoding.JSON:
        return options(content.type)
    if content.encoding is Encoding.EVENTS:
        return (Items(None),)
    if content.encoding is Encoding.LINES:
        item: TypeRef = content.type.item if isinstance(content.type, ListOf) else content.type
        return (Items(item),)
    return (_TEXT,) if content.encoding is Encoding.TEXT else (_BYTES,)
