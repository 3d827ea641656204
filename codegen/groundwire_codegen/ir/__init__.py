"""The intermediate representation: an API, independent of document formats and of Python.

Everything is a frozen value. Readers write a draft, `lower` finishes it (see `Api`); render, diff, schema and the
contract server read the finished one.
"""

from .api import Api, ClientParameter, ErrorShape, Hint, SchemeKind, SecurityScheme, Server
from .messages import Alias, Enum, EnumValue, Field, Group, Message, Rules, Variant
from .methods import (
    Body,
    Content,
    ExtraScope,
    Idempotency,
    InBody,
    InParameter,
    Location,
    Media,
    Method,
    Paging,
    Parameter,
    Path,
    Poll,
    Resource,
    Response,
    SchemeRequirement,
    Security,
    ValueLocation,
    Waiting,
)
from .types import EnumRef, Kind, ListOf, MapOf, MessageRef, Packed, Scalar, TypeRef
from .visit import leaf, references, renamed

__all__ = [
    "Alias",
    "Api",
    "Body",
    "ClientParameter",
    "Content",
    "Enum",
    "EnumRef",
    "EnumValue",
    "ErrorShape",
    "ExtraScope",
    "Field",
    "Group",
    "Hint",
    "Idempotency",
    "InBody",
    "InParameter",
    "Kind",
    "ListOf",
    "Location",
    "MapOf",
    "Media",
    "Message",
    "MessageRef",
    "Method",
    "Packed",
    "Paging",
    "Parameter",
    "Path",
    "Poll",
    "Resource",
    "Response",
    "Rules",
    "Scalar",
    "SchemeKind",
    "SchemeRequirement",
    "Security",
    "SecurityScheme",
    "Server",
    "TypeRef",
    "ValueLocation",
    "Variant",
    "Waiting",
    "leaf",
    "references",
    "renamed",
]
