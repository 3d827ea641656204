"""The OpenAPI 3.1 document of an Api."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlsplit

from ..ir import Api
from .options import JsonObject, Options
from .paths import OAUTH, common_parameters, paths
from .schemas import names_schema, schemas

_CODES: Final = (
    "ABORTED", "ALREADY_EXISTS", "CANCELLED", "DATA_LOSS", "DEADLINE_EXCEEDED", "FAILED_PRECONDITION", "INTERNAL",
    "INVALID_ARGUMENT", "NOT_FOUND", "OUT_OF_RANGE", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "UNAUTHENTICATED",
    "UNAVAILABLE", "UNIMPLEMENTED", "UNKNOWN",
)  # fmt: skip
"""The names of google.rpc.Code, but for OK."""
_OPTIONS: Final = Options()


def document(api: Api, options: Options = _OPTIONS) -> JsonObject:
    """Return the OpenAPI 3.1 document of an API. Raises AmbiguousPathError."""
    messages = schemas(api, options)
    error = "ErrorResponse"
    while error in messages:
        error += "_"
    server = urlsplit(api.base_url)
    info: JsonObject = {
        "title": api.title or api.name,
        "version": api.version,
        "description": options.about,
    }
    if options.extensions:
        info |= {"x-groundwire-document": api.id, "x-groundwire-revision": api.revision}
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": f"{server.scheme}://{server.netloc}"}],
        "paths": paths(api, error, options),
        "components": {
            "schemas": dict(sorted({**messages, error: _error(options)}.items())),
            "parameters": common_parameters(),
            "securitySchemes": _security(api),
        },
    }


def components(api: Api, options: Options) -> JsonObject:
    """Return an OpenAPI 3.1 document that has the types of an API and no paths."""
    info: JsonObject = {"title": api.title or api.name, "version": api.version}
    return {
        "openapi": "3.1.0",
        "info": info,
        "paths": {},
        "components": {"schemas": schemas(api, options)},
    }


def json_text(document: JsonObject) -> str:
    """Return the text of a document."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _error(options: Options) -> JsonObject:
    """Return the schema of google.rpc.Status as REST answers carry it."""
    detail: JsonObject = {
        "type": "object",
        "properties": {"@type": {"type": "string"}},
        "required": ["@type"],
    }
    properties: JsonObject = {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "status": names_schema(_CODES, options),
        "details": {"type": "array", "items": detail},
    }
    error: JsonObject = {
        "type": "object",
        "properties": properties,
        "required": ["code", "message", "status"],
    }
    return {"type": "object", "properties": {"error": error}, "required": ["error"]}


def _security(api: Api) -> JsonObject:
    scopes = sorted({scope for method in api.methods.values() for scope in method.scopes})
    named: JsonObject = {scope: scope.rpartition("/")[2] or scope for scope in scopes}
    flow: JsonObject = {
        "authorizationUrl": "https://accounts.google.com/o/oauth2/v2/auth",
        "tokenUrl": "https://oauth2.googleapis.com/token",
        "scopes": named,
    }
    return {OAUTH: {"type": "oauth2", "flows": {"authorizationCode": flow}}}
