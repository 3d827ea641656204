"""The intermediate representation: what a client is, free of how a document says it and of how Python writes it.

An `Api` is built by `lower`, read by `render` and by the contract server. Everything is a frozen value;
messages, enums and methods are keyed by the name that the allocator gave them or by their discovery id.
"""

from .api import Api, Held
from .messages import Enum, EnumValue, Field, Message, Rules, Union, Variant
from .methods import (
    ExtraScope,
    Idempotency,
    InBody,
    InParameter,
    Method,
    Paging,
    Parameter,
    Resource,
    ValueLocation,
)
from .types import EnumRef, Kind, ListOf, MapOf, MessageRef, Packed, Scalar, TypeRef

__all__ = [
    "Api",
    "Enum",
    "EnumRef",
    "EnumValue",
    "ExtraScope",
    "Field",
    "Held",
    "Idempotency",
    "InBody",
    "InParameter",
    "Kind",
    "ListOf",
    "MapOf",
    "Message",
    "MessageRef",
    "Method",
    "Packed",
    "Paging",
    "Parameter",
    "Resource",
    "Rules",
    "Scalar",
    "TypeRef",
    "Union",
    "ValueLocation",
    "Variant",
]
