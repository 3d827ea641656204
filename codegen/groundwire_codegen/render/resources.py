"""The view of `client.py`: the classes of resources and of the client, with their stubs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from ..ir import Api, ErrorShape, Hint, InParameter, Method, Parameter, parameter_key
from ..lower.waiting import Waited, waited
from .annotations import MESSAGES, NONE, annotation, either, message_class, parameter_annotation
from .contents import body_paragraph, clears, request_annotation
from .layout import imported, used_names
from .listing import JobsView, ListingView, jobs_view, listing_view, rest_result
from .methods import MethodView, held_class, method_view
from .rest import RestView, rest_view
from .source import Source, doc, joined, literal, name, word

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
    constant: Source
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
    result: Source
    pages: bool
    listing: ListingView | None
    """How it pages, as an overlay states it."""


@frozen(kw_only=True)
class HintView:
    """A hint for errors of the API."""

    text: Source
    reasons: tuple[Source, ...]
    words: tuple[Source, ...]


@frozen(kw_only=True)
class WaitView:
    """The client's method that waits for an operation."""

    message: Source
    polls: tuple[Source, ...]
    metadata: Source
    error_attribute: Source
    error: Source
    response_attribute: Source
    response: Source


@frozen(kw_only=True)
class ClassView:
    """A resource, or the client itself, which has no name here, with its stubs and the resources below it."""

    name: Source | None
    doc: Source
    children: tuple[tuple[Source, Source], ...]
    """The attribute and the class of each."""
    stubs: tuple[StubView, ...]


@frozen(kw_only=True)
class ClientView:
    """The module `client.py`."""

    methods: tuple[MethodView, ...]
    rest: RestView | None
    """The methods, servers and schemes of an API that OpenAPI describes; then there are no `methods`."""
    classes: tuple[ClassView, ...]
    held: tuple[tuple[Source, Source], ...]
    """Arguments of the client, each as a name and as text."""
    base_url: Source
    hints: tuple[HintView, ...]
    wait: WaitView | None
    jobs: JobsView | None
    waits: bool
    """True for either."""
    resources: bool
    nested: bool
    stubs: bool
    parameters: bool
    extra_scopes: bool
    paging: bool
    listings: bool
    preconditions: bool
    """True if there are any: `client.py` imports what they need."""
    clears: bool
    sequences: bool
    literals: bool
    dates: bool
    times: Source | None
    values: Source | None
    files: bool
    patches: bool
    streams: Source | None
    """Imports of the annotations."""


def client_view(api: Api) -> ClientView:
    """Return the view of `client.py`."""
    rest = rest_view(api) if is_rest(api) else None
    methods = () if rest else tuple(method_view(method, api) for method in api.methods.values())
    classes = tuple(_classes(api))
    stubs = [stub for each in classes for stub in each.stubs]
    used = used_names(
        source
        for stub in stubs
        for source in (
            stub.result,
            *((stub.request,) if stub.request else ()),
            *(argument.annotation for argument in stub.arguments),
        )
    )
    found, jobs = waited(api), jobs_view(api)
    return ClientView(
        methods=methods,
        rest=rest,
        classes=classes,
        held=tuple((name("parameter", held.name), literal(held.name)) for held in api.held),
        base_url=literal(api.base_url if api.servers else ""),
        hints=tuple(map(_hint, api.hints)),
        wait=None if found is None else _wait(found, api),
        jobs=jobs,
        waits=found is not None or jobs is not None,
        resources=len(classes) > 1,
        nested=any(each.name is not None and each.children for each in classes),
        stubs=bool(stubs),
        parameters=any(method.parameters for method in methods),
        extra_scopes=any(method.extra_scopes for method in methods),
        paging=any(method.paging for method in methods),
        listings=any(method.listing for method in api.methods.values()),
        preconditions=any(method.preconditions for method in methods),
        clears=any(stub.clears for stub in stubs),
        sequences="Sequence" in used or any(stub.clears for stub in stubs),
        literals="Literal" in used,
        dates="dt" in used,
        times=imported(("datetime", "timedelta"), used),
        values=imported(("JsonValue", "Unlisted", "Unrecognized"), used),
        files="FilePart" in used,
        patches="PatchOperation" in used,
        streams=imported(("ServerEvent", "Stream"), used),
    )


def is_rest(api: Api) -> bool:
    """Return True for an API whose methods, errors and credentials are as OpenAPI describes them."""
    return api.errors is ErrorShape.BY_STATUS


def _classes(api: Api) -> Iterator[ClassView]:
    """Every resource, inner ones first, and the client itself last."""
    children: dict[tuple[str, ...], list[tuple[Source, Source]]] = {}
    stubs: dict[tuple[str, ...], list[StubView]] = {}
    names: dict[tuple[str, ...], Source] = {}
    for resource in api.resources:
        names[resource.path] = name("class", resource.class_name)
        attribute = name("resource", resource.name)
        children.setdefault(resource.path[:-1], []).append((attribute, names[resource.path]))
    for method in api.methods.values():
        stubs.setdefault(method.resource, []).append(_stub(method, api))
    for path in sorted({*names, ()}, key=lambda path: (-len(path), path)):
        yield ClassView(
            name=names.get(path),
            doc=doc(f"The resource `{'.'.join(path)}`." if path else _client_doc(api), 4),
            children=tuple(children.get(path, ())),
            stubs=tuple(stubs.get(path, ())),
        )


def _client_doc(api: Api) -> str:
    lines = [f"A client of {api.title or api.name} {api.version}. Safe to share between threads."]
    lines += [f"`{held.name}`: {held.doc}" for held in api.held if held.doc]
    if is_rest(api) and (len(api.servers) > 1 or any(each.variables for each in api.servers)):
        servers = (f"{index} is `{each.url}`" for index, each in enumerate(api.servers))
        lines.append(f"`server`: {', '.join(servers)}.")
    return "\n\n".join(lines)


def _stub(method: Method, api: Api) -> StubView:
    rest, is_patch = is_rest(api), clears(method, api)
    filled = [each for each in method.parameters if not _is_page_token(each, method)]
    arguments = [(each, _argument(each, parameter_key(each, method.parameters))) for each in filled]
    is_optional = method.body is not None and not method.body.required
    return StubView(
        name=name("method", method.name),
        constant=name("constant", method.constant),
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
        result=rest_result(method) if rest else _result(method),
        pages=method.paging is not None,
        listing=None if method.listing is None else listing_view(method.listing),
    )


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


def _hint(hint: Hint) -> HintView:
    return HintView(
        text=literal(hint.text),
        reasons=tuple(map(literal, hint.reasons)),
        words=tuple(map(literal, hint.words)),
    )


def _wait(found: Waited, api: Api) -> WaitView:
    message = api.messages[found.message]
    any_mapping = joined(word("Mapping"), "[", word("str"), ", ", word("Any"), "]")
    return WaitView(
        message=message_class(found.message),
        polls=tuple(name("constant", api.methods[poll.method].constant) for poll in found.polls),
        metadata=either(*map(message_class, found.metadata)) if found.metadata else any_mapping,
        error_attribute=literal(message.holder("error")[0]),
        error=held_class(message, "error"),
        response_attribute=literal(message.holder("response")[0]),
        response=held_class(message, "response"),
    )
