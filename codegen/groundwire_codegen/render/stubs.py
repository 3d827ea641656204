"""The views of stubs: the methods of resources, with their arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from ..ir import Api, ErrorShape, InParameter, Location, Method, Parameter, parameter_key
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
_CLEAR: Final = "`clear`: fields to empty, by name, with dots between (`metadata.key`)."


@frozen(kw_only=True)
class ArgumentView:
    """An argument of a stub that fills a parameter."""

    name: Source
    wire: Source
    annotation: Source


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
    named: bool
    """True if it has arguments by keyword."""
    options: Source
    """The type of the options of the call."""
    result: Source
    pages: bool
    listing: ListingView | None
    """How it pages, as an overlay states it."""


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


def stub_view(method: Method, api: Api, *, is_large: bool) -> StubView:
    """Return the view of a stub."""
    rest, is_patch = is_rest(api), clears(method, api)
    filled = [each for each in method.parameters if not _is_page_token(each, method)]
    arguments = [(each, _argument(each, parameter_key(each, method.parameters))) for each in filled]
    is_optional = method.body is not None and not method.body.required
    return StubView(
        name=name("method", method.name),
        method=method_expression(method.constant, is_large=is_large),
        doc=doc("\n\n".join(_paragraphs(method, filled, rest=rest, is_patch=is_patch)), 8),
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
        named=is_patch or any(each.position is None for each in filled),
        options=_options(api, [each.name for each in filled]),
        result=rest_result(method) if rest else _result(method),
        pages=method.paging is not None,
        listing=None if method.listing is None else listing_view(method.listing),
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
