"""A Google Discovery document as it is written, field names as the format names them.

The reader knows a closed set of constructs (all that Google's 610 published documents use): another one
is a problem with a JSON pointer, never dropped. Names are sorted, so the order of keys does not matter.
Source: https://developers.google.com/discovery/v1/reference/apis
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from attrs import field, frozen

from .jsontext import read_json
from .node import Node
from .problem import Problem, SpecError

TOP: Final = frozenset(
    {
        "auth",
        "basePath",
        "baseUrl",
        "batchPath",
        "canonicalName",
        "description",
        "discoveryVersion",
        "documentationLink",
        "endpoints",
        "etag",
        "features",
        "fullyEncodeReservedExpansion",
        "icons",
        "id",
        "kind",
        "labels",
        "methods",
        "mtlsRootUrl",
        "name",
        "ownerDomain",
        "ownerName",
        "packagePath",
        "parameters",
        "protocol",
        "resources",
        "revision",
        "rootUrl",
        "schemas",
        "servicePath",
        "serviceVersion",
        "title",
        "version",
        "version_module",
    }
)
SCHEMA: Final = frozenset(
    {
        "$ref",
        "additionalProperties",
        "annotations",
        "default",
        "deprecated",
        "description",
        "enum",
        "enumDeprecated",
        "enumDescriptions",
        "format",
        "id",
        "items",
        "maximum",
        "minimum",
        "pattern",
        "properties",
        "readOnly",
        "required",
        "type",
    }
)
PARAMETER: Final = SCHEMA | {"location", "repeated"}
METHOD: Final = frozenset(
    {
        "apiVersion",
        "deprecated",
        "description",
        "flatPath",
        "httpMethod",
        "id",
        "mediaUpload",
        "parameterOrder",
        "parameters",
        "path",
        "request",
        "response",
        "scopes",
        "supportsMediaDownload",
        "supportsMediaUpload",
        "supportsSubscription",
        "useMediaDownloadService",
    }
)
RESOURCE: Final = frozenset({"deprecated", "methods", "resources"})
TYPES: Final = frozenset({"any", "array", "boolean", "integer", "number", "object", "string"})
FORMATS: Final = {
    ("string", None),
    ("string", "byte"),
    ("string", "date"),
    ("string", "date-time"),
    ("string", "google-datetime"),
    ("string", "google-duration"),
    ("string", "google-fieldmask"),
    ("string", "int64"),
    ("string", "uint64"),
    ("integer", None),
    ("integer", "int32"),
    ("integer", "uint32"),
    ("number", None),
    ("number", "double"),
    ("number", "float"),
    ("boolean", None),
    ("array", None),
    ("any", None),
    ("any", "google.protobuf.Value"),
    ("object", None),
    ("object", "google.protobuf.Any"),
}
VERBS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
SAFE_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.$-]*", re.ASCII)
"""What ids of schemas, methods and resources may look like."""
_URL: Final = re.compile(r"[A-Za-z0-9:/._~@?#&=%+$!'()*,;\[\]-]*", re.ASCII)
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII)
"""Nothing that two readers of a URL read in two ways, as a backslash or a line end."""
HOSTS: Final = (".googleapis.com", ".google.com")
"""Domains that a document may send credentials to, unless the caller allows another host."""


@frozen(kw_only=True)
class Schema:
    """A schema, or a parameter: JSON Schema as Discovery has it."""

    pointer: str
    id: str | None = None
    type: str | None = None
    ref: str | None = None
    format: str | None = None
    description: str = ""
    enum: tuple[str, ...] = ()
    enum_descriptions: tuple[str, ...] = ()
    enum_deprecated: tuple[bool, ...] = ()
    items: Schema | None = None
    properties: Mapping[str, Schema] = field(factory=dict[str, "Schema"])
    additional_properties: Schema | None = None
    default: str | None = None
    pattern: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    required: bool = False
    repeated: bool = False
    location: str | None = None
    read_only: bool = False
    deprecated: bool = False


@frozen(kw_only=True)
class Method:
    """A method of a resource (or of the API itself)."""

    pointer: str
    id: str
    name: str
    resource: tuple[str, ...]
    http_method: str
    path: str
    parameters: Mapping[str, Schema]
    parameter_order: tuple[str, ...] = ()
    request: Schema | None = None
    response: Schema | None = None
    description: str = ""
    scopes: tuple[str, ...] = ()
    media_upload: bool = False
    media_download: bool = False
    deprecated: bool = False


@frozen(kw_only=True)
class Document:
    """A Discovery document."""

    id: str
    name: str
    version: str
    revision: str
    title: str
    description: str
    base_url: str
    parameters: Mapping[str, Schema]
    schemas: Mapping[str, Schema]
    methods: Mapping[str, Method]


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
        id=_required(root, "id"),
        name=_required(root, "name"),
        version=_required(root, "version"),
        revision=root.text("revision") or "",
        title=root.text("title") or "",
        description=root.text("description") or "",
        base_url=_base_url(root, allow_hosts),
        parameters={name: read_schema(node, PARAMETER) for name, node in root.children("parameters")},
        schemas={name: _named_schema(name, node) for name, node in root.children("schemas")},
        methods=dict(sorted(methods.items())),
    )
    return document, root.problems


def _named_schema(name: str, node: Node) -> Schema:
    if not SAFE_ID.fullmatch(name):
        node.refuse(f"schema id {name[:80]!r} is not an identifier")
    return read_schema(node, SCHEMA)


def _required(node: Node, key: str) -> str:
    value = node.text(key)
    if not value:
        node.refuse(f"{key!r} is missing")
    return value or ""


def _base_url(root: Node, allow_hosts: tuple[str, ...]) -> str:
    url = f"{_required(root, 'rootUrl').rstrip('/')}/{(root.text('servicePath') or '').lstrip('/')}"
    where = root.at("rootUrl", url)
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        port = parts.port
    except ValueError:
        where.refuse("not a URL")
        return url
    if not _URL.fullmatch(url) or (host and host not in allow_hosts and not _HOST.fullmatch(host)):
        where.refuse(f"a character that does not belong in a URL: {url[:200]!r}")
        return url
    if parts.username is not None or parts.password is not None:
        where.refuse("a URL with user information is refused")
    if (
        parts.query
        or parts.fragment
        or any(segment in (".", "..") for segment in unquote(parts.path).split("/"))
    ):
        where.refuse("a query, a fragment or a dot segment does not belong in a base URL")
    if host in allow_hosts:
        return url
    if parts.scheme != "https" or port not in (None, 443):
        where.refuse("must be https on the standard port", f"allow it with --allow-host {host}")
    elif not any(host.endswith(suffix) for suffix in HOSTS):
        where.refuse(
            f"host {host!r} is not one of {', '.join(f'*{suffix}' for suffix in HOSTS)}",
            f"allow it with --allow-host {host}",
        )
    return url


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
        id=_required(node, "id"),
        name=name,
        resource=resource,
        http_method=verb,
        path=_required(node, "path"),
        parameters={key: read_schema(child, PARAMETER) for key, child in node.children("parameters")},
        parameter_order=node.texts("parameterOrder"),
        request=None if request is None else read_schema(request, SCHEMA | {"parameterName"}),
        response=None if response is None else read_schema(response, SCHEMA),
        description=node.text("description") or "",
        scopes=tuple(sorted(node.texts("scopes"))),
        media_upload=node.flag("supportsMediaUpload"),
        media_download=node.flag("supportsMediaDownload"),
        deprecated=node.flag("deprecated"),
    )


def read_schema(node: Node, known: frozenset[str]) -> Schema:
    """Read one schema whose keys are among `known`; its problems are collected on the node."""
    node.closed(known)
    kind, ref, format_ = node.text("type"), node.text("$ref"), node.text("format")
    _check_type(node, kind, ref, format_)
    items, extra = node.child("items"), node.child("additionalProperties")
    if kind == "array" and items is None:
        node.refuse("an array without items")
    annotations = node.child("annotations")
    if annotations is not None:
        annotations.closed(frozenset({"required"}))
    schema = Schema(
        pointer=node.pointer,
        id=node.text("id"),
        type=kind,
        ref=ref,
        format=format_,
        description=node.text("description") or "",
        enum=node.texts("enum"),
        enum_descriptions=node.texts("enumDescriptions"),
        enum_deprecated=node.flags("enumDeprecated"),
        items=None if items is None else read_schema(items, SCHEMA),
        properties={key: read_schema(child, SCHEMA) for key, child in node.children("properties")},
        additional_properties=None if extra is None else read_schema(extra, SCHEMA),
        default=node.text("default"),
        pattern=node.text("pattern"),
        minimum=node.text("minimum"),
        maximum=node.text("maximum"),
        required=node.flag("required"),
        repeated=node.flag("repeated"),
        location=node.text("location"),
        read_only=node.flag("readOnly"),
        deprecated=node.flag("deprecated"),
    )
    _check_default(node, schema)
    return schema


def _check_type(node: Node, kind: str | None, ref: str | None, format_: str | None) -> None:
    if ref is not None:
        if kind is not None:
            node.refuse("both a type and a $ref")
        return
    if kind is None:
        node.refuse("neither a type nor a $ref")
    elif kind not in TYPES:
        node.at("type", kind).refuse(f"unknown type {kind!r}", f"one of {', '.join(sorted(TYPES))}")
    elif (kind, format_) not in FORMATS:
        node.at("format", format_).refuse(f"unknown format {format_!r} for type {kind!r}")


def _check_default(node: Node, schema: Schema) -> None:
    """A default, a minimum or a maximum must be a literal of the type."""
    for key in ("default", "minimum", "maximum"):
        value: Any = node.any(key)
        if not isinstance(value, str):
            continue
        if not _is_literal(schema, value, key):
            kind = f"{schema.type}/{schema.format}" if schema.format else schema.type
            node.at(key, value).refuse(f"{key} {value[:80]!r} is not valid for type {kind}")


def _is_literal(schema: Schema, value: str, key: str) -> bool:
    if schema.type == "boolean":
        return key == "default" and value in ("true", "false")
    whole = schema.type == "integer" or schema.format in ("int64", "uint64")
    if whole or schema.type == "number":
        try:
            number = float(value)
        except ValueError:
            return False
        return len(value) < 40 and (not whole or (number.is_integer() and value.lstrip("-").isdigit()))
    return True
