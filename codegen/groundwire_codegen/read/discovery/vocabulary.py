"""The vocabulary of Discovery documents: a closed set of constructs, all that Google's published documents use.

Source: https://developers.google.com/discovery/v1/reference/apis
"""

from __future__ import annotations

import re
from typing import Final

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
FEATURES: Final = frozenset({"dataWrapper"})
VERBS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
SAFE_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.$-]*", re.ASCII)
"""What ids of schemas, methods and resources may look like."""
REVISION: Final = re.compile(r"[0-9A-Za-z.-]{0,64}", re.ASCII)
API_VERSION: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
