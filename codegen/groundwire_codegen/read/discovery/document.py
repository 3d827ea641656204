"""The values of a Discovery document as it is written, field names as the format names them."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen


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
    api_version: str | None = None
    """What the service wants in the header `x-goog-api-version`."""
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
    data_wrapper: bool
    """Bodies and answers travel as `{"data": ...}`."""
    parameters: Mapping[str, Schema]
    schemas: Mapping[str, Schema]
    methods: Mapping[str, Method]
