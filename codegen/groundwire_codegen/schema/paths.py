"""Methods of the IR as OpenAPI operations.

A variable that spans segments (`{+name}`) is written out by its pattern: `projects/{projectsId}/operations/{operationsId}`.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen

from ..ir import Api, Kind, Method, Parameter
from ..read.overlay.google import COMMON
from .options import JsonObject, JsonValue, Options
from .scalars import INTEGER_RANGES, REF
from .schemas import names_schema

PAGE_SIZE: Final = "pageSize"
"""The parameter that must not be negative in any method (AIP-158)."""
OAUTH: Final = "oauth2"
_VARIABLE: Final = re.compile(r"\{\+?([^{}]+)\}")
_LITERAL: Final = re.compile(r"[A-Za-z0-9._-]+")
_WILDCARDS: Final = {"[^/]+": "^[^/]+$", ".*": "^.+$", ".+": "^.+$"}
"""A segment of a pattern, to the pattern of the variable that stands for it."""
_FORMATS: Final = {
    Kind.FIELD_MASK: "google-fieldmask",
    Kind.DURATION: "google-duration",
    Kind.TIMESTAMP: "date-time",
    Kind.DATE: "date",
    Kind.BYTES: "byte",
}
"""Formats of texts in a path or a query."""
MEDIA: Final = "HttpBody"
"""The message that stands for bytes of any kind."""
ANY_MEDIA: Final = "*/*"


class AmbiguousPathError(ValueError):
    """Two methods have the same verb and path, so that no document can tell them apart."""


@frozen
class Path:
    """A path template, and the parameters that stand in it."""

    template: str
    parameters: tuple[JsonObject, ...]


def paths(api: Api, error: str, options: Options) -> JsonObject:
    """Every method, by path and verb; `error` names the schema of errors. Raises AmbiguousPathError."""
    found: dict[str, JsonObject] = {}
    for method in sorted(api.methods.values(), key=lambda method: method.id):
        path = path_of(api, method, options)
        verbs = found.setdefault(path.template, {})
        if method.verb.lower() in verbs:
            raise AmbiguousPathError(f"{method.id} has the verb and the path of another method.")
        verbs[method.verb.lower()] = operation(api, method, path, error, options)
    return dict(sorted(found.items()))


def path_of(api: Api, method: Method, options: Options) -> Path:
    """The path of a method, its variables written out segment by segment where their patterns say how."""
    by_wire = {parameter.wire: parameter for parameter in method.parameters}
    base = urlsplit(api.base_url).path.strip("/")
    template, parameters, at = "", list[JsonObject](), 0
    source = f"{base}/{method.path.lstrip('/')}".strip("/")
    for variable in _VARIABLE.finditer(source):
        template += source[at : variable.start()]
        parameter = by_wire.get(variable[1])
        taken = {str(parameter["name"]) for parameter in parameters}
        written = _written_out(parameter, taken) or _as_it_is(variable[1], parameter, options)
        template += written.template
        parameters += written.parameters
        at = variable.end()
    return Path(f"/{template}{source[at:]}", tuple(parameters))


def operation(api: Api, method: Method, path: Path, error: str, options: Options) -> JsonObject:
    """One method as an operation."""
    query: list[JsonValue] = [
        _parameter(
            parameter.wire, "query", _query_schema(parameter, options), parameter.doc, parameter.required
        )
        for parameter in method.parameters
        if parameter.location == "query"
    ]
    own = {parameter.wire for parameter in method.parameters}
    common: list[JsonValue] = [
        {"$ref": f"#/components/parameters/{key}"}
        for key, described in common_parameters().items()
        if isinstance(described, dict) and described["name"] not in own
    ]
    found: JsonObject = {"operationId": method.id, "tags": [".".join(method.resource) or api.name]}
    if method.doc:
        found["description"] = method.doc
    found["parameters"] = [*path.parameters, *query, *common]
    if method.request is not None:
        body = _enveloped(method, method.request)
        found["requestBody"] = {"content": {"application/json": {"schema": body}}}
    found["responses"] = _responses(api, method, error)
    if method.scopes:
        found["security"] = [{OAUTH: [scope]} for scope in method.scopes]
    if method.deprecated:
        found["deprecated"] = True
    return found


def common_parameters() -> JsonObject:
    """The query parameters that every Google API takes. Their values are not held to anything."""
    defaults = {"alt": "json", "prettyPrint": "true"}
    return {
        name.replace("$", "_"): _parameter(
            name, "query", {"type": "string", **({"default": defaults[name]} if name in defaults else {})}
        )
        for name in sorted(COMMON)
    }


def _responses(api: Api, method: Method, error: str) -> JsonObject:
    failure: JsonObject = {"application/json": {"schema": {"$ref": REF + error}}}
    page: JsonObject = {"text/html": {"schema": {"type": "string"}}}
    ok: JsonObject = {"description": "The method's result."}
    if method.response is not None:
        is_media = api.messages[method.response].place == MEDIA
        ok["content"] = (
            {ANY_MEDIA: {}}
            if is_media
            else {"application/json": {"schema": _enveloped(method, method.response)}}
        )
    return {
        "200": ok,
        "404": {
            "description": "There is no such thing; a page where there is no such path.",
            "content": {**failure, **page},
        },
        "default": {"description": "An error.", "content": failure},
    }


def _enveloped(method: Method, message: str) -> JsonObject:
    """A message, in the envelope of an API that has one."""
    schema: JsonObject = {"$ref": REF + message}
    if method.envelope is None:
        return schema
    return {"type": "object", "properties": {method.envelope: schema}, "required": [method.envelope]}


def _written_out(parameter: Parameter | None, taken: set[str]) -> Path | None:
    """A path variable by the segments of its pattern.

    Each wildcard is a variable, named for the segment before it, or else for its place.
    """
    if parameter is None or parameter.rules.pattern is None:
        return None
    segments: list[str] = []
    parameters: list[JsonObject] = []
    for segment in _segments(parameter.rules.pattern.removeprefix("^").removesuffix("$")):
        if segment in _WILDCARDS:
            name = f"{segments[-1]}Id" if segments and _LITERAL.fullmatch(segments[-1]) else parameter.wire
            if name in taken:
                name += str(len(segments) + 1)
            taken = {*taken, name}
            segments.append(f"{{{name}}}")
            schema: JsonObject = {"type": "string", "pattern": _WILDCARDS[segment]}
            parameters.append(_parameter(name, "path", schema, parameter.doc, required=True))
        elif _LITERAL.fullmatch(segment):
            segments.append(segment)
        else:
            return None
    return Path("/".join(segments), tuple(parameters))


def _segments(pattern: str) -> list[str]:
    """A pattern at its slashes, but for those within brackets."""
    return re.findall(r"(?:\[[^\]]*\]|[^/\[])+", pattern)


def _as_it_is(name: str, parameter: Parameter | None, options: Options) -> Path:
    schema: JsonObject = {"type": "string"} if parameter is None else _parameter_schema(parameter, options)
    doc = "" if parameter is None else parameter.doc
    return Path(f"{{{name}}}", (_parameter(name, "path", schema, doc, required=True),))


def _parameter(
    name: str, location: str, schema: JsonObject, doc: str = "", required: bool = False
) -> JsonObject:
    found: JsonObject = {"name": name, "in": location, "required": required, "schema": schema}
    return {**found, "description": doc} if doc else found


def _query_schema(parameter: Parameter, options: Options) -> JsonObject:
    item = _parameter_schema(parameter, options)
    return {"type": "array", "items": item} if parameter.repeated else item


def _parameter_schema(parameter: Parameter, options: Options) -> JsonObject:
    """The schema of one value; in a query, a number is a number whatever its size."""
    kind = parameter.scalar.kind
    if parameter.values:
        return names_schema(parameter.values, options)
    if kind in INTEGER_RANGES:
        low, high = INTEGER_RANGES[kind]
        if parameter.wire == PAGE_SIZE and options.as_accepted:
            low = 0
        return {"type": "integer", "format": kind.value, "minimum": low, "maximum": high}
    if kind in (Kind.FLOAT, Kind.DOUBLE):
        return {"type": "number", "format": kind.value}
    if kind is Kind.BOOLEAN:
        return {"type": "boolean"}
    pattern = parameter.rules.pattern
    return {
        "type": "string",
        **({"format": _FORMATS[kind]} if kind in _FORMATS else {}),
        **({"pattern": pattern} if pattern else {}),
    }
