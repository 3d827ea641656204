"""Read methods and their parameters."""

from __future__ import annotations

from typing import Any

from attrs import evolve, field, frozen

from ...ir import (
    Body,
    Content,
    Kind,
    ListOf,
    Location,
    Method,
    Parameter,
    Response,
    Rules,
    Scalar,
    SchemeRequirement,
)
from ...problem import Problem
from ..constructs import Constructs
from ..cursor import Cursor
from ..safe_regex import is_linear
from ..uri_template import read_template
from .media import read_media
from .schemas import Schemas, check_schema, scalar_type
from .vocabulary import (
    API_VERSION,
    METHOD,
    PARAMETER,
    REFERENCE,
    RESOURCE,
    SAFE_ID,
    SCHEMA,
    VERB,
    VERBS,
)

JSON = "application/json"
GOOGLE = "google"
"""The name of Google's security scheme in `Api.schemes`."""


@frozen(eq=False)
class Methods:
    """The methods that were read so far, and the faults of each. `envelope` is the key under which bodies travel."""

    schemas: Schemas
    constructs: Constructs
    envelope: str | None
    found: dict[str, Method] = field(factory=dict[str, Method])
    faults: dict[str, list[Problem]] = field(factory=dict[str, "list[Problem]"])

    def read_resource(self, node: Cursor, path: tuple[str, ...] = ()) -> None:
        """Read the methods of a resource, and of all resources below it."""
        for name, child in node.children("methods"):
            method = self._read(child, name, path)
            if method.id in self.found:
                child.refuse(
                    f"method id {method.id!r} is used twice", f"also at {self.found[method.id].pointer}"
                )
            self.found[method.id] = method
        for name, child in node.children("resources"):
            start = len(child.problems)
            child.read(RESOURCE)
            self.constructs.pass_over(child.problems, start)
            self.read_resource(child, (*path, name))

    def _read(self, stated: Cursor, name: str, resource: tuple[str, ...]) -> Method:
        """Read a method. What is wrong with it refuses it alone, but for its id, which tells methods apart."""
        id_ = stated.required("id")
        node = evolve(stated, problems=self.faults.setdefault(id_, []) if id_ else stated.problems)
        start = len(node.problems)
        said = node.read(METHOD)
        media = read_media(said)
        self.constructs.pass_over(node.problems, start)
        verb, path = _verb(node), node.required("path")
        for text in (id_, name, *resource):
            if not SAFE_ID.fullmatch(text):
                node.refuse(f"{text[:80]!r} is not an identifier")
        scopes = tuple(sorted(said.get("scopes") or ()))
        version = _api_version(node, said)
        return Method(
            id=id_,
            wire=name,
            resource=resource,
            verb=verb,
            path=path,
            parameters=_parameters(node, said, path),
            headers=() if version is None else (("x-goog-api-version", version),),
            body=self._body(said, id_),
            responses=(self._response(said, id_),),
            security=((SchemeRequirement(scheme=GOOGLE, scopes=scopes),),) if scopes else None,
            media=media,
            deprecated=bool(said.get("deprecated")),
            doc=said.get("description") or "",
            pointer=node.pointer,
        )

    def _body(self, said: dict[str, Any], id_: str) -> Body | None:
        stated: Cursor | None = said.get("request")
        if stated is None:
            return None
        type_ = self.schemas.read_body(stated, f"{id_}.Request", REFERENCE)
        return Body(contents=(Content(media_type=JSON, type=type_),), envelope=self.envelope)

    def _response(self, said: dict[str, Any], id_: str) -> Response:
        stated: Cursor | None = said.get("response")
        contents: tuple[Content, ...] = ()
        if stated is not None:
            type_ = self.schemas.read_body(stated, f"{id_}.Response", SCHEMA)
            contents = (Content(media_type=JSON, type=type_),)
        return Response(low=200, high=299, contents=contents, envelope=self.envelope)


def _verb(node: Cursor) -> str:
    verb = node.text("httpMethod") or ""
    if verb not in VERBS:
        node.at("httpMethod", verb).refuse(
            f"unknown HTTP method {verb[:80]!r}",
            f"one of {', '.join(sorted(VERBS))}",
            construct=verb if VERB.fullmatch(verb) else "",
        )
    return verb


def _api_version(node: Cursor, said: dict[str, Any]) -> str | None:
    version: str | None = said.get("apiVersion")
    if version is not None and not API_VERSION.fullmatch(version):
        node.at("apiVersion", version).refuse(f"{version[:80]!r} does not belong in a header")
    return version


def _parameters(node: Cursor, said: dict[str, Any], path: str) -> tuple[Parameter, ...]:
    """Read the parameters, required ones first."""
    stated = {wire: read_parameter(wire, child, node.problems) for wire, child in node.children("parameters")}
    variables, fault = read_template(path)
    template = node.at("path", path)
    if fault is not None:
        template.refuse(f"{fault} in path {path[:200]!r}")
    for name in variables:
        if name not in stated or stated[name].location is not Location.PATH:
            template.refuse(f"path parameter {name!r} is not declared")
    required = [wire for wire in said.get("parameterOrder") or () if wire in stated]
    required += [wire for wire, each in stated.items() if each.required and wire not in required]
    required += [wire for wire in variables if wire in stated and wire not in required]
    needed = dict.fromkeys(required)
    return (
        *(each if (each := stated[wire]).required else evolve(each, required=True) for wire in needed),
        *(each for wire, each in stated.items() if wire not in needed),
    )


def read_parameter(wire: str, node: Cursor, late: list[Problem]) -> Parameter:
    """Read a parameter; `late` collects a location that is unknown."""
    said = check_schema(node, PARAMETER)
    for below in ("items", "additionalProperties", "properties"):
        if said.get(below) is not None:
            Schemas().read_below(node)
            break
    location = said.get("location")
    if location not in (Location.PATH, Location.QUERY):
        evolve(node.at("location", location), problems=late).refuse(
            f"unknown location {location!r}", "path or query"
        )
    scalar = scalar_type(said.get("type"), said.get("format"))
    if scalar is None or scalar.kind in (Kind.ANY, Kind.STRUCT):
        scalar = Scalar(Kind.STRING)
    return Parameter(
        wire=wire,
        location=Location.PATH if location == Location.PATH else Location.QUERY,
        type=ListOf(scalar) if said.get("repeated") else scalar,
        values=said.get("enum") or (),
        required=bool(said.get("required")),
        rules=_rules(said),
        default=said.get("default"),
        deprecated=bool(said.get("deprecated")),
        doc=said.get("description") or "",
        pointer=node.pointer,
    )


def _rules(said: dict[str, Any]) -> Rules:
    pattern: str | None = said.get("pattern")
    return Rules(
        minimum=_number(said.get("minimum")),
        maximum=_number(said.get("maximum")),
        pattern=pattern,
        pattern_is_linear=pattern is None or is_linear(pattern),
    )


def _number(text: str | None) -> int | float | None:
    """Return a bound as a number; None for what was refused."""
    for kind in (int, float):
        try:
            return None if text is None else kind(text)
        except ValueError:
            continue
    return None
