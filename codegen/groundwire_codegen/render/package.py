"""The view of `__init__.py`: every public name of the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from ..ir import Api, Encoding, Kind, Scalar, SchemeKind
from .layout import in_import_order, in_listed_order
from .modules import published_kinds
from .source import Source, doc, literal, name, word
from .stubs import is_rest

SHARED: Final = (
    "Client",
    "Duration",
    "NO_TIMEOUT",
    "RetryPolicy",
    "Timestamp",
    "Unlisted",
    "converter",
    "credentials",
    "decode",
    "encode",
    "errors",
)
"""Exports of the package of a Google API, beside its messages and enums."""
REST: Final = (
    *(each for each in SHARED if each != "credentials"),
    "FilePart",
    "Unrecognized",
    "WithMediaType",
    "auth",
)
"""Exports of the package of an API that OpenAPI describes."""


@frozen(kw_only=True)
class PackageView:
    """The module `__init__.py`."""

    doc: Source
    names: tuple[Source, ...]
    """Messages and enums."""
    public: tuple[Source, ...]
    """All that `from package import *` gives."""
    rest: bool
    patches: bool
    """True where bodies are operations of a JSON Patch."""
    masks: bool
    """True where an update mask can be sent: the package makes them."""
    endpoints: tuple[Source, ...]
    """Names of `provenance.py` that the package gives out."""
    uploads: bool
    auth: Source
    """The module of the runtime that has the sources of credentials."""
    is_large: bool


@frozen(kw_only=True)
class MessagesPackageView:
    """The module `messages/__init__.py` of a large client."""

    names: tuple[Source, ...]
    modules: tuple[tuple[Source, tuple[Source, ...]], ...]
    """Each module with its types."""
    places: tuple[tuple[Source, Source], ...]
    """Each type with its module, as text."""


@frozen(kw_only=True)
class ProvenanceView:
    """The module `provenance.py`: what identifies the document."""

    document: Source
    revision: Source
    endpoints: tuple[tuple[Source, Source], ...]
    """The endpoint of each location."""
    mtls_endpoint: Source | None


def provenance_view(api: Api) -> ProvenanceView:
    """Return the view of `provenance.py`."""
    return ProvenanceView(
        document=literal(api.id),
        revision=literal(api.revision),
        endpoints=tuple((literal(each.name), literal(each.url)) for each in api.endpoints),
        mtls_endpoint=literal(api.mtls_url) if api.mtls_url else None,
    )


def messages_package_view(api: Api, types: Mapping[str, frozenset[str]]) -> MessagesPackageView:
    """Return the view of `messages/__init__.py` of a large client, whose modules have these types."""
    kinds = published_kinds(api)
    modules = {key: module for module, keys in types.items() for key in keys}
    return MessagesPackageView(
        names=tuple(name(kinds[each], each) for each in in_listed_order(kinds)),
        modules=tuple(
            (word(f".{module}"), tuple(name(kinds[each], each) for each in in_import_order(types[module])))
            for module in in_import_order(types)
        ),
        places=tuple((literal(each), literal(modules[each])) for each in sorted(kinds)),
    )


def package_view(api: Api, package: str, *, is_large: bool = False) -> PackageView:
    """Return the view of `__init__.py` of a package."""
    kinds, rest = published_kinds(api), is_rest(api)
    names = {each: name(kind, each) for each, kind in kinds.items()}
    patches = any(
        content.encoding is Encoding.PATCH
        for method in api.methods.values()
        for content in (() if method.body is None else method.body.contents)
    )
    endpoints, masks = tuple(_endpoints(api)), _has_masks(api)
    uploads = any(method.media is not None and method.media.upload for method in api.methods.values())
    shared = (*(REST if rest else SHARED), *(("json_patch",) if patches else ()), *endpoints)
    shared += ("mask_of",) if masks else ()
    shared += ("MediaUpload",) if uploads else ()
    public = {**names, **{each: word(each) for each in shared}}
    return PackageView(
        doc=doc(f"{package}: a client of {api.title or api.name} {api.version}."),
        names=tuple(names[each] for each in in_import_order(names)),
        public=tuple(public[each] for each in in_listed_order(public)),
        rest=rest,
        patches=patches,
        masks=masks,
        endpoints=tuple(map(word, endpoints)),
        uploads=uploads,
        auth=word(_auth_module(api)),
        is_large=is_large,
    )


def _has_masks(api: Api) -> bool:
    """Return True if a parameter or a field is a mask of what to write."""
    parameters = ((each.wire, each.type) for method in api.methods.values() for each in method.parameters)
    sent = (message for message in api.messages.values() if message.sent)
    fields = ((each.wire, each.type) for message in sent for each in message.wire_fields)
    return any(
        type_ == Scalar(Kind.FIELD_MASK) and not wire.lower().startswith("read")
        for wire, type_ in (*parameters, *fields)
    )


def _endpoints(api: Api) -> Iterator[str]:
    """Yield the names of the endpoints that a document states besides its server."""
    if api.endpoints:
        yield "endpoints"
    if api.mtls_url:
        yield "mtls_endpoint"


def _auth_module(api: Api) -> str:
    """Return the module with the sources of credentials that the schemes of an API may take, and no more."""
    kinds = {each.kind for each in api.schemes.values()}
    if kinds & {SchemeKind.OAUTH2, SchemeKind.OPENID}:
        return "oauth2"
    return "token_source" if SchemeKind.BEARER in kinds else "api_key"
