"""The whole OpenAPI document of a contract."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlsplit

from groundwire_codegen.ir import Api

from ..exchange import JsonObject
from ..traffic.answer import CODES
from .paths import OAUTH, common_parameters, paths
from .schemas import schemas

_ABOUT: Final = (
    "What the contract takes, in its canonical form; null counts as the absence of a field. The service is lenient besides: it reads an enum in any ASCII "
    "case and with `-` for `_`, the snake_case name of a field, a 64-bit integer as a number, a number "
    "or a boolean as text, both alphabets of base64, and a lone value as a list of one. `x-groundwire-evidence` says "
    "why a field is here that the API's own description lacks; `x-groundwire-multiple-of` names the sibling whose "
    "value, or default, divides every number of an object."
)


def document(api: Api) -> JsonObject:
    """The OpenAPI 3.1 document of an API. Raises AmbiguousPathError."""
    messages = schemas(api)
    error = "ErrorResponse"
    while error in messages:
        error += "_"
    server = urlsplit(api.base_url)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": api.title or api.name,
            "version": api.version,
            "description": _ABOUT,
            "x-groundwire-document": api.id,
            "x-groundwire-revision": api.revision,
        },
        "servers": [{"url": f"{server.scheme}://{server.netloc}"}],
        "paths": paths(api, error),
        "components": {
            "schemas": dict(sorted({**messages, error: _error()}.items())),
            "parameters": common_parameters(),
            "securitySchemes": _security(api),
        },
    }


def written(described: JsonObject) -> str:
    """The text of a document."""
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def _error() -> JsonObject:
    """The schema of google.rpc.Status as REST answers carry it."""
    detail: JsonObject = {
        "type": "object",
        "properties": {"@type": {"type": "string"}},
        "required": ["@type"],
    }
    properties: JsonObject = {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "status": {"type": "string", "enum": [*sorted(CODES)]},
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
