"""The views of stubs: the methods of resources, with their arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from ..ir import (
    Api,
    ErrorShape,
    InBody,
    InParameter,
    Location,
    Mask,
    Media,
    Method,
    Parameter,
    media_size,
    parameter_key,
)
from .annotations import MESSAGES, NONE, annotation, message_class, parameter_annotation
from .contents import body_paragraph, clears, request_annotation
from .listing import ListingView, listing_view, rest_result
from .methods import maker
from .source import Source, doc, joined, literal, name, word

COMMON: Final = {
    "$.xgafv": "xgafv",
    "fields": "fields",
    "key": "key",
    "prettyPrint": "pretty_print",
    "quotaUser": "quota_user",
}
"""Parameters of all methods that are options of a call, with the names of these."""
RAW_BODY: Final = word("RawBody")
_UPLOADS: Final = "/upload/"
_DOWNLOAD: Final = (
    "Returns the bytes of the medium; `client.save(file, ...)` writes them to a file in constant memory.\n\n"
    "`byte_range`: the first byte, from 0, and the last one, or None for all that follow."
)
_CLEAR: Final = "`clear`: fields to empty, by name, with dots between (`metadata.key`)."


@frozen(kw_only=True)
class ArgumentView:
    """An argument of a stub that fills a parameter."""

    name: Source
    wire: Source
    annotation: Source


@frozen(kw_only=True)
class UploadView:
    """The media that a stub uploads, as the document states them."""

    service_path: Source
    resumable: bool
    accept: Source | None
    max_size: Source | None


@frozen(kw_only=True)
class OverloadView:
    """A signature of a stub that needs a body, or a medium."""

    optional: bool
    media: Source


@frozen(kw_only=True)
class MaskView:
    """The update mask of a call, by wire names."""

    name: Source
    in_body: bool
    of: Source | None


@frozen(kw_only=True)
class StubView:
    """A method of a resource."""

    name: Source
    method: Source
    """The expression of its method."""
    doc: Source
    positional: tuple[ArgumentView, ...]
    keywords: tuple[ArgumentView, ...]
    arguments: tuple[ArgumentView, ...]
    """All that the call sends, in the document's order."""
    request: Source | None
    request_is_empty: bool
    """True if the request may be left out, since its message has no fields."""
    request_is_optional: bool
    """True if the call may have no body."""
    clears: bool
    """True if the call may empty fields."""
    mask: MaskView | None
    """The update mask that an overlay states."""
    named: bool
    """True if it has arguments by keyword."""
    options: Source
    """The type of the options of the call."""
    result: Source
    pages: bool
    listing: ListingView | None
    """How it pages, as an overlay states it."""
    upload: UploadView | None
    overloads: tuple[OverloadView, ...]
    download: bool
    """True if the stub gives the medium of a resource."""


_OVERLOADS: Final = (
    OverloadView(optional=False, media=NONE),
    OverloadView(optional=True, media=word("MediaUpload")),
)


def is_rest(api: Api) -> bool:
    """Return True for an API whose methods, errors and credentials are as OpenAPI describes them."""
    return api.errors is ErrorShape.BY_STATUS


def common_parameters(api: Api) -> list[str]:
    """Return the parameters of all methods that a call takes as options, by wire name."""
    return sorted(
        each.wire
        for each in api.parameters
        if each.wire in COMMON and each.location is Location.QUERY and not is_rest(api)
    )


def _options(api: Api, arguments: Iterable[str]) -> Source:
    """Return the type of the options of a call. A parameter of the method that has the name of an option wins."""
    if is_rest(api):
        return word("RestCallOptions")
    hidden = not {*COMMON.values()}.isdisjoint(arguments)
    return word("CommonOptions" if common_parameters(api) and not hidden else "CallOptions")


def stub_views(method: Method, api: Api, *, is_large: bool) -> Iterator[StubView]:
    """Yield the view of the stub of a method, and of the one that downloads."""
    downloads = method.media is not None and method.media.download
    if not downloads or method.response is not None:
        yield _stub_view(method, api, is_large=is_large, downloads=False)
    if downloads:
        yield _stub_view(method, api, is_large=is_large, downloads=True)


def _stub_view(method: Method, api: Api, *, is_large: bool, downloads: bool) -> StubView:
    """Return the view of a stub; `downloads`: of the one that gives the medium."""
    rest, is_patch = is_rest(api), clears(method, api)
    filled, upload = _filled(method), None if downloads else _upload_view(method, api)
    arguments = [(each, _argument(each, parameter_key(each, method.parameters))) for each in filled]
    is_optional = method.body is not None and not method.body.required
    return StubView(
        name=name("method", _download_name(method) if downloads else method.name),
        method=method_expression(method.constant, is_large=is_large),
        doc=_doc(method, api, _DOWNLOAD if downloads else _upload_text(upload, method.media)),
        positional=tuple(view for each, view in arguments if each.position is not None),
        keywords=tuple(view for each, view in arguments if each.position is None),
        arguments=tuple(view for _, view in arguments),
        request=request_annotation(method)
        if rest
        else message_class(method.request)
        if method.request
        else None,
        request_is_empty=is_optional and not rest,
        request_is_optional=is_optional and rest,
        clears=is_patch,
        mask=_mask(method.mask) if is_patch and method.mask is not None else None,
        named=is_patch or downloads or upload is not None or any(each.position is None for each in filled),
        options=_options(api, [each.name for each in filled]),
        result=RAW_BODY if downloads else rest_result(method) if rest else _result(method),
        pages=method.paging is not None and not downloads,
        listing=None if method.listing is None else listing_view(method.listing),
        upload=upload,
        overloads=_OVERLOADS if upload is not None and method.request and not is_optional else (),
        download=downloads,
    )


def _download_name(method: Method) -> str:
    """Return the name of the stub that downloads: the method's own, where it gives nothing else."""
    return (method.media.stub if method.media else "") or method.name


def _filled(method: Method) -> list[Parameter]:
    return [each for each in method.parameters if not _is_page_token(each, method)]


def _doc(method: Method, api: Api, more: str) -> Source:
    """Return the docstring of a stub."""
    text = _paragraphs(method, _filled(method), rest=is_rest(api), is_patch=clears(method, api))
    return doc("\n\n".join([*text, *([more] if more else [])]), 8)


def _upload_view(method: Method, api: Api) -> UploadView | None:
    media = method.media
    if media is None or not media.upload:
        return None
    around = media.simple or media.resumable or ""
    found = around.removeprefix("/resumable").removeprefix(_UPLOADS)
    stated = found.removesuffix(method.path)
    # A path of another form tells nothing; uploads are below the root, before the path of the service.
    known = around != found and found != stated
    service_path = stated if known else api.base_url.partition("://")[2].partition("/")[2]
    size = media_size(media.max_size)
    return UploadView(
        service_path=literal(service_path),
        resumable=media.resumable is not None,
        accept=literal(media.accept) if media.accept and "*/*" not in media.accept else None,
        max_size=None if size is None else literal(size),
    )


def _upload_text(upload: UploadView | None, media: Media | None) -> str:
    if upload is None or media is None:
        return ""
    size = media_size(media.max_size)
    limit = "" if size is None else f" At most {size:,} bytes."
    kinds = f" It takes {', '.join(f'`{each}`' for each in media.accept)}." if upload.accept else ""
    return f"`media`: a file, or bytes, to upload.{kinds}{limit}"


def _mask(mask: Mask) -> MaskView:
    return MaskView(
        name=literal(mask.place.path[0] if isinstance(mask.place, InBody) else mask.place.wire),
        in_body=isinstance(mask.place, InBody),
        of=literal(mask.of[0]) if mask.of else None,
    )


def method_expression(constant: str, *, is_large: bool) -> Source:
    """Return the expression of a method's facts: its constant, or a call of what makes it."""
    return joined(maker(constant), "(", ")") if is_large else name("constant", constant)


def _argument(parameter: Parameter, key: str) -> ArgumentView:
    return ArgumentView(
        name=name("parameter", parameter.name),
        wire=literal(key),
        annotation=parameter_annotation(parameter),
    )


def _is_page_token(parameter: Parameter, method: Method) -> bool:
    """Return True if only the pager fills the parameter; where it is required, the caller gives the first token."""
    paging = method.paging
    return paging is not None and paging.place == InParameter(parameter.wire) and not parameter.required


def _result(method: Method) -> Source:
    """The annotation of what a stub returns."""
    result = message_class(method.response) if method.response else NONE
    if method.paging is None:
        return result
    item = annotation(method.paging.item, MESSAGES)
    return joined(word("Pager"), "[", item, ", ", result, "]")


def _paragraphs(method: Method, filled: list[Parameter], *, rest: bool, is_patch: bool) -> Iterator[str]:
    """The text of a stub's docstring."""
    yield method.doc or f"Call `{method.id}`."
    if method.deprecated:
        yield "Deprecated."
    for parameter in filled:
        pattern = parameter.rules.pattern
        unchecked = pattern is not None and not parameter.rules.pattern_is_linear
        text = f"{parameter.doc} Pattern: `{pattern}`." if unchecked else parameter.doc
        if rest and parameter.default is not None:
            text = f"{text} The service assumes `{parameter.default}`."
        if text.strip():
            yield f"`{parameter.name}`: {text.strip()}"
    if rest and (text := body_paragraph(method)):
        yield text
    if is_patch:
        yield _CLEAR
