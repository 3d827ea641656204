"""The vocabulary of Discovery documents: every key that is read or ignored.

A key is read as the type that stands beside it, or ignored (`any`).
Source: https://developers.google.com/discovery/v1/reference/apis
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ...ir import Kind
from ..cursor import Cursor, Vocabulary

IGNORED: Final = Cursor.any


def _vocabulary(**readers: str) -> Vocabulary:
    return {key: getattr(Cursor, name) for name, keys in readers.items() for key in keys.split()}


def _annotations(node: Cursor, key: str) -> Any:
    """Read the annotations of a schema, which say that methods require a field; callers learn it from the docs."""
    found = node.child(key)
    return None if found is None else found.read({"required": IGNORED})


TOP: Final = _vocabulary(
    text="description title",
    texts="features",
    child="methods parameters resources schemas",
    any="auth basePath baseUrl batchPath canonicalName discoveryVersion documentationLink endpoints etag "
    "fullyEncodeReservedExpansion icons id kind labels mtlsRootUrl name ownerDomain ownerName packagePath protocol "
    "revision rootUrl servicePath serviceVersion version version_module",
)
ENDPOINT: Final = _vocabulary(text="description endpointUrl location", any="deprecated")
SCHEMA: Final[Vocabulary] = {
    **_vocabulary(
        text="$ref default description format id maximum minimum pattern type",
        texts="enum enumDescriptions",
        flags="enumDeprecated",
        flag="deprecated readOnly required",
        child="additionalProperties items properties",
    ),
    "annotations": _annotations,
}
PARAMETER: Final[Vocabulary] = {**SCHEMA, **_vocabulary(text="location", flag="repeated")}
REFERENCE: Final[Vocabulary] = {**SCHEMA, **_vocabulary(any="parameterName")}
METHOD: Final = _vocabulary(
    text="apiVersion description",
    texts="parameterOrder scopes",
    flag="deprecated supportsMediaDownload supportsMediaUpload",
    child="mediaUpload parameters request response",
    any="flatPath httpMethod id path supportsSubscription useMediaDownloadService",
)
RESOURCE: Final = _vocabulary(any="deprecated methods resources")
TYPES: Final = frozenset({"any", "array", "boolean", "integer", "number", "object", "string"})
KINDS: Final[Mapping[tuple[str, str | None], Kind]] = {
    ("string", None): Kind.STRING,
    ("string", "byte"): Kind.BYTES,
    ("string", "date"): Kind.DATE,
    ("string", "date-time"): Kind.DATE_TIME,
    ("string", "google-datetime"): Kind.TIMESTAMP,
    ("string", "google-duration"): Kind.DURATION,
    ("string", "google-fieldmask"): Kind.FIELD_MASK,
    ("string", "int64"): Kind.INT64,
    ("string", "uint64"): Kind.UINT64,
    ("integer", None): Kind.INT32,
    ("integer", "int32"): Kind.INT32,
    ("integer", "uint32"): Kind.UINT32,
    ("number", None): Kind.DOUBLE,
    ("number", "double"): Kind.DOUBLE,
    ("number", "float"): Kind.FLOAT,
    ("boolean", None): Kind.BOOLEAN,
    ("any", None): Kind.ANY,
    ("any", "google.protobuf.Value"): Kind.ANY,
    ("object", None): Kind.STRUCT,
    ("object", "google.protobuf.Any"): Kind.STRUCT,
}
"""Scalars by type and format; objects where they are inline and have no properties."""
UNKNOWN_FORMAT: Final = {
    "any": Kind.ANY,
    "boolean": Kind.BOOLEAN,
    "integer": Kind.INTEGER,
    "number": Kind.DOUBLE,
    "object": Kind.STRUCT,
    "string": Kind.STRING,
}
"""Scalars whose format is unknown, by type; where the type is unknown too, a value is anything."""
FORMATS: Final = KINDS.keys() | {("array", None)}
FEATURES: Final = frozenset({"dataWrapper"})
VERBS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
VERB: Final = re.compile(r"[A-Z][A-Z-]{1,31}", re.ASCII)
"""The shape of other HTTP methods, which a caller may allow (RFC 9110, 16.1)."""
SAFE_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.$-]*", re.ASCII)
"""The shape of ids of schemas, methods and resources."""
REVISION: Final = re.compile(r"[0-9A-Za-z.-]{0,64}", re.ASCII)
API_VERSION: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
