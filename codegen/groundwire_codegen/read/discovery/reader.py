"""Reading a Discovery document. Another construct than the vocabulary's is a problem with a JSON pointer, never dropped.

Names are sorted, so the order of keys does not matter.
"""

from __future__ import annotations

from ...problem import Problem, SpecError
from ..cursor import Node
from ..source import read_json
from .base_url import base_url
from .document import Document, Method, Schema
from .schemas import read_schema
from .vocabulary import (
    API_VERSION,
    FEATURES,
    METHOD,
    PARAMETER,
    RESOURCE,
    REVISION,
    SAFE_ID,
    SCHEMA,
    TOP,
    VERBS,
)


def read_document(
    data: bytes, *, source: str = "document", allow_hosts: tuple[str, ...] = ()
) -> tuple[Document, list[Problem]]:
    """Read and check a document. Raises SpecError when it is not one at all; other problems are returned."""
    root = Node(read_json(data, source), source, "", [])
    if root.any("kind") != "discovery#restDescription":
        raise SpecError(
            [
                Problem(
                    source,
                    "/kind",
                    "not a Discovery document",
                    'expected "kind": "discovery#restDescription"',
                )
            ]
        )
    root.closed(TOP)
    methods: dict[str, Method] = {}
    _read_resource(root, (), methods)
    document = Document(
        id=root.required("id"),
        name=root.required("name"),
        version=root.required("version"),
        revision=_revision(root),
        title=root.text("title") or "",
        description=root.text("description") or "",
        base_url=base_url(root, allow_hosts),
        data_wrapper="dataWrapper" in _features(root),
        parameters={name: read_schema(node, PARAMETER) for name, node in root.children("parameters")},
        schemas={name: _named_schema(name, node) for name, node in root.children("schemas")},
        methods=dict(sorted(methods.items())),
    )
    return document, root.problems


def _revision(node: Node) -> str:
    """The revision: it goes into logs, reports and changelogs, so it has a shape."""
    revision = node.text("revision") or ""
    if not REVISION.fullmatch(revision):
        node.at("revision", revision).refuse(
            f"{revision[:80]!r} is no revision", "at most 64 ASCII letters, digits, dots and hyphens"
        )
        return ""
    return revision


def _named_schema(name: str, node: Node) -> Schema:
    if not SAFE_ID.fullmatch(name):
        node.refuse(f"schema id {name[:80]!r} is not an identifier")
    return read_schema(node, SCHEMA)


def _api_version(node: Node) -> str | None:
    version = node.text("apiVersion")
    if version is not None and not API_VERSION.fullmatch(version):
        node.at("apiVersion", version).refuse(f"{version[:80]!r} does not belong in a header")
    return version


def _features(root: Node) -> tuple[str, ...]:
    features = root.texts("features")
    for feature in features:
        if feature not in FEATURES:
            root.at("features", features).refuse(
                f"unknown feature {feature[:80]!r}", f"one of {', '.join(sorted(FEATURES))}"
            )
    return features


def _read_resource(node: Node, path: tuple[str, ...], methods: dict[str, Method]) -> None:
    for name, child in node.children("methods"):
        method = _read_method(child, name, path)
        if method.id in methods:
            child.refuse(f"method id {method.id!r} is used twice", f"also at {methods[method.id].pointer}")
        methods[method.id] = method
    for name, child in node.children("resources"):
        child.closed(RESOURCE)
        _read_resource(child, (*path, name), methods)


def _read_method(node: Node, name: str, resource: tuple[str, ...]) -> Method:
    node.closed(METHOD)
    verb = node.text("httpMethod") or ""
    if verb not in VERBS:
        node.at("httpMethod", verb).refuse(
            f"unknown HTTP method {verb!r}", f"one of {', '.join(sorted(VERBS))}"
        )
    request, response = node.child("request"), node.child("response")
    return Method(
        pointer=node.pointer,
        id=node.required("id"),
        name=name,
        resource=resource,
        http_method=verb,
        path=node.required("path"),
        parameters={key: read_schema(child, PARAMETER) for key, child in node.children("parameters")},
        parameter_order=node.texts("parameterOrder"),
        request=None if request is None else read_schema(request, SCHEMA | {"parameterName"}),
        response=None if response is None else read_schema(response, SCHEMA),
        description=node.text("description") or "",
        scopes=tuple(sorted(node.texts("scopes"))),
        media_upload=node.flag("supportsMediaUpload"),
        media_download=node.flag("supportsMediaDownload"),
        api_version=_api_version(node),
        deprecated=node.flag("deprecated"),
    )
