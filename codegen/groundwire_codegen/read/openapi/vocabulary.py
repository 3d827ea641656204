"""The vocabulary of OpenAPI documents, a closed set of keywords for each kind of node.

Keys that begin with `x-` are ignored. Any other key outside the set is a warning: published documents hold misspelt
annotations, and JSON Schema 2020-12 reads an unknown keyword as an annotation.
Source: https://spec.openapis.org/oas/v3.1.1.html, https://spec.openapis.org/oas/v3.0.4.html
"""

from __future__ import annotations

import re
from typing import Final

from ...ir import Encoding, Kind


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


VERSION: Final = re.compile(r"3\.[01](\.[0-9]{1,3})?(-[A-Za-z0-9.]{1,20})?", re.ASCII)

TOP: Final = _keys(
    "openapi info jsonSchemaDialect servers paths webhooks components security tags externalDocs"
)
COMPONENTS: Final = _keys(
    "schemas responses parameters examples requestBodies headers securitySchemes links callbacks pathItems"
)
VALUES: Final = _keys("default const example value")
"""Keys whose value may be null."""
VERBS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PATH_ITEM: Final = frozenset((*VERBS, "$ref", "summary", "description", "servers", "parameters"))
OPERATION: Final = _keys(
    "tags summary description externalDocs operationId parameters requestBody responses callbacks deprecated "
    "security servers"
)
PARAMETER: Final = _keys(
    "name in description required deprecated allowEmptyValue style explode allowReserved schema example examples "
    "content summary"
)
BODY: Final = _keys("description content required summary")
RESPONSE: Final = _keys("description headers content links summary")
MEDIA_TYPE: Final = _keys("schema example examples encoding")
PART: Final = _keys("contentType headers style explode allowReserved")
SERVER: Final = _keys("url description variables")
VARIABLE: Final = _keys("enum default description")
SCHEME: Final = _keys("type description name in scheme bearerFormat flows openIdConnectUrl")

ANNOTATIONS: Final = _keys(
    "title description summary default example examples deprecated readOnly writeOnly externalDocs xml "
    "$comment $schema $id $anchor"
)
"""Keywords of a schema that do not say what its values are."""
_CONSTRAINTS: Final = _keys(
    "not if then else contains minContains maxContains propertyNames dependentRequired dependentSchemas dependencies "
    "unevaluatedProperties unevaluatedItems minProperties maxProperties uniqueItems contentSchema"
)
"""Keywords that say no type: documentation, since a client does not validate what the service validates."""
UNREAD: Final = _keys("not if dependentSchemas dependentRequired dependencies propertyNames")
"""Those that may narrow a type. They are not read, and the client's type is wider: a warning."""
_DEFINITIONS: Final = frozenset(("$defs", "definitions", "$vocabulary", "$recursiveAnchor", "$dynamicAnchor"))
STRUCTURE: Final = _keys(
    "$ref $dynamicRef $recursiveRef allOf oneOf anyOf discriminator type nullable enum const format contentEncoding "
    "contentMediaType properties required additionalProperties patternProperties items prefixItems additionalItems "
    "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems pattern"
)
SCHEMA: Final = STRUCTURE | ANNOTATIONS | _CONSTRAINTS | _DEFINITIONS
TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})

MEANT: Final = {
    **dict.fromkeys(("int", "int32", "int64", "long"), ("integer", "")),
    **dict.fromkeys(("float", "double"), ("number", "")),
    "bool": ("boolean", ""),
    **dict.fromkeys(("str", "uuid", "uri", "url", "email"), ("string", "")),
    **dict.fromkeys(("date-time", "datetime"), ("string", "date-time")),
    "date": ("string", "date"),
    "file": ("string", "binary"),
}
"""Types of other languages, and formats in the place of a type, with the type and the format that they mean."""

FORMATS: Final = {
    ("string", "byte"): Kind.BYTES,
    ("string", "base64"): Kind.BYTES,
    ("string", "binary"): Kind.BINARY,
    ("string", "date-time"): Kind.TIMESTAMP,
    ("string", "date"): Kind.DAY,
    ("string", "int64"): Kind.INT64,
    ("string", "uint64"): Kind.UINT64,
    ("string", "google-duration"): Kind.DURATION,
    ("string", "google-fieldmask"): Kind.FIELD_MASK,
    ("integer", "int8"): Kind.INT32,
    ("integer", "int16"): Kind.INT32,
    ("integer", "int32"): Kind.INT32,
    ("integer", "int64"): Kind.LONG,
    ("integer", "uint8"): Kind.UINT32,
    ("integer", "uint16"): Kind.UINT32,
    ("integer", "uint32"): Kind.UINT32,
    ("integer", "uint64"): Kind.ULONG,
    ("number", "float"): Kind.NUMBER,
    ("number", "double"): Kind.NUMBER,
}
"""Formats that are a type of their own. Every other format is documentation."""
MISSPELT: Final = {
    **dict.fromkeys(
        ("datetime", "dateTime", "date_time", "date-time,", "DateTime", "Date-Time"), "date-time"
    ),
    **{f"u-int{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
}
"""Formats that are read as another, with a warning."""
PLAIN: Final = {
    "string": Kind.STRING,
    "boolean": Kind.BOOLEAN,
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "object": Kind.STRUCT,
}
"""Types without a format, or with one that is documentation."""

_LINES: Final = re.compile(
    r"application/(x-)?(ndjson|jsonlines|jsonl|json-lines|json-seq)|application/[a-z0-9.+-]*\+json-seq",
    re.ASCII,
)
_JSON: Final = re.compile(r"[a-z]+/(json|[a-z0-9*!#$&^_.+-]*\+json)|text/json", re.ASCII)
_TEXT: Final = re.compile(
    r"text/.*|application/(xml|yaml|x-yaml|graphql|javascript|text|sdp|[a-z0-9.-]+\+(xml|yaml))"
)


def media_encoding(media_type: str) -> Encoding | None:
    """Return how a media type is written and read; None for a range of all types."""
    essence = media_type.partition(";")[0].strip().lower()
    if _LINES.fullmatch(essence):
        return Encoding.LINES
    if _JSON.fullmatch(essence):
        return Encoding.JSON
    if essence == "text/event-stream":
        return Encoding.EVENTS
    if essence == "application/x-www-form-urlencoded":
        return Encoding.FORM
    if essence.startswith("multipart/"):
        return Encoding.MULTIPART
    if essence in ("*/*", "*", "application/*"):
        return None
    return Encoding.TEXT if _TEXT.fullmatch(essence) else Encoding.BYTES
