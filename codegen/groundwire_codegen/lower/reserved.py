"""Names that generated code has itself: none of them is given to anything of a document."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Mapping
from typing import Final

KEYWORDS: Final = frozenset(keyword.kwlist)
CLASS_NAMES: Final = frozenset(name for name in dir(builtins) if name[0].isupper()) | frozenset(
    {
        *("Any", "CODECS", "Client", "Converter", "Duration", "EMPTY", "JsonValue", "Mapping"),
        *("Message", "NO_TIMEOUT", "RetryPolicy", "Sequence", "StrEnum", "Timestamp", "Token"),
        *("ABSENT", "FilePart", "Masks", "MediaUpload", "RawBody", "TypeAlias", "Unlisted", "WithMediaType"),
    }
)
"""Class names that generated modules use or export themselves."""
REST_CLASS_NAMES: Final = CLASS_NAMES | {"IntEnum", "Literal", "Unrecognized"}
"""The same for an API that OpenAPI describes, which has literals, unions and enums of whole numbers."""
TYPE_NAMES: Final = frozenset(
    {"bool", "bytes", "datetime", "float", "int", "messages", "object", "str", "timedelta"}
)
"""Names in annotations, which an attribute or a method of the same class would hide."""
FIELD_NAMES: Final = TYPE_NAMES - {"messages"} | {"null_fields", "self", "unknown_fields", "value"}
REST_FIELD_NAMES: Final = FIELD_NAMES | {"dt", "tuple"}
"""The same for an API that OpenAPI describes, which has dates and tuples."""
_OF_BOTH: Final = frozenset({"quota_project", "retry", "scopes", "timeout"})
CALL_OPTIONS: Final = _OF_BOTH | {"accept", "headers"}
CLIENT_OPTIONS: Final = _OF_BOTH | frozenset(
    {
        *("clock", "connect_timeout", "connections", "credential_hosts", "credentials", "endpoint"),
        *("max_response_bytes", "max_unpacked_bytes", "auth", "on_event", "read_timeout", "tls"),
        *("transport", "user_agent"),
    }
)
"""Arguments of a call, and of a client, that the runtime has of its own."""
PARAMETER_NAMES: Final = (
    TYPE_NAMES - {"bytes", "object"}
    | CALL_OPTIONS
    | {"byte_range", "clear", "media", "options", "request", "self"}
)
HELD_NAMES: Final = PARAMETER_NAMES | CLIENT_OPTIONS
RESOURCE_NAMES: Final = TYPE_NAMES | {"self"}
SCOPE_NAMES: Final = RESOURCE_NAMES | {"dt", "overload", "tuple"}
"""Names of stubs and resources that would hide a type in the annotations of their class, or the decorator of one."""
CLIENT_NAMES: Final = SCOPE_NAMES | frozenset(
    {
        *(
            "base_url",
            "call",
            "call_options",
            "client",
            "clock",
            "connect_timeout",
            "close",
            "codecs",
            "held",
        ),
        *("methods", "pages", "redacted", "save", "started", "timeout", "wait", "wait_with", "with_response"),
    }
)
CLIENT_MODULE_NAMES: Final = frozenset(
    {
        *("Any", "BaseClient", "CODECS", "CallOptions", "Callable", "Client", "ClientOptions"),
        "CommonOptions",
        *(
            "ExtraScope",
            "Final",
            "GoogleClient",
            "GoogleOptions",
            "HINTS",
            "Hint",
            "Literal",
            "METHODS",
            "Mapping",
        ),
        *(
            "Method",
            "OPERATION",
            "MaskPlace",
            "clearing",
            "OperationView",
            "Pager",
            "Paging",
            "Preconditions",
            "Parameter",
        ),
        *("Resource", "Sequence", "Unlisted", "Unpack"),
        *("MediaUpload", "RawBody", "RawMethod", "downloading", "overload", "uploading"),
    }
)
"""Names that `client.py` imports or defines beside its resource classes and method constants."""
REST_MODULE_NAMES: Final = CLIENT_MODULE_NAMES | frozenset(
    {
        *("RestAnswer", "RestCallOptions", "RestClient", "RestContent", "RestMethod", "RestOptions"),
        *("Answered", "JobMethod", "JobMethods", "PatchOperation", "RestPaging"),
        *("FilePart", "RestPart", "RestScheme", "RestServer", "SCHEMES", "SERVERS", "StyledParameter"),
        *("BINARY", "ServerEvent", "Stream", "WithMediaType"),
        *("ANY", "BOOLEAN", "BYTES", "DAY", "DOUBLE", "DURATION", "FIELD_MASK", "FLOAT", "INT32"),
        *("INT64", "INTEGER", "LONG", "NUMBER", "STRING", "STRUCT", "TIMESTAMP", "UINT32", "UINT64"),
        *("ULONG", "Alias", "Bounds", "Case", "Const", "Enum", "Extra", "Family", "Field", "JsonValue"),
        *("Keys", "ListOf", "MapOf", "Nullable", "OneOf", "Packed", "Ref", "Tag", "TupleOf", "Union"),
        *("Unrecognized", "Wrapped"),
    }
)
"""The same for an API that is called as OpenAPI describes it: its module has the types of bodies and parameters too."""
RESERVED: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("alias", "enum", "message"), CLASS_NAMES),
    **dict.fromkeys(("constant", "class"), CLIENT_MODULE_NAMES),
    **dict.fromkeys(("method", "resource"), RESOURCE_NAMES),
    **dict.fromkeys(("value", "variant"), frozenset[str]()),
    "field": FIELD_NAMES,
    "parameter": PARAMETER_NAMES,
}
"""Names that no name of a document may take, by kind."""
