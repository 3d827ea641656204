"""Candidates for the schemas that an operation holds, by the text of a Discovery document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from ..ir import Api, MessageRef, Method
from ..lower.operations import operation_of
from ..problem import Problem
from ..read.overlay import NO_METHOD, Overlay
from .toml import Lines, candidate

_MAX_TEXT: Final = 20_000
# Atomic and without overlap, so that each pattern is linear: no run of words is divided in several ways.
_NAME: Final = r"[`'\"\[<]{0,2}(?P<name>(?:[a-z][a-z0-9_]*+\.)*+[A-Z][A-Za-z0-9]*+(?:\.[A-Z][A-Za-z0-9]*+)*+)"
_FILLERS: Final = "the|an?|be|of|type|message|returned|populated|with|set|to"


def _is(more: str = "") -> str:
    """Return the pattern of the words between `metadata` or `response` and the name of its schema."""
    verbs = r"is\ set\ to|is|will\ be|are|contains?|will\ contain|has|will\ have|:|of\ type|will\ return|populated\ with"
    return rf"(?:\s+(?:field|type|value))*+`?\s*+(?:{verbs})(?:\s*+(?:(?:{_FILLERS}{more})\b|:))*+\s*+"


_METADATA: Final = (re.compile(rf"(?i:\bmetadata\b{_is()}){_NAME}"),)
_RESPONSE: Final = (
    re.compile(rf"(?i:\bresponse\b{_is('|moved|created|updated|new')}){_NAME}"),
    re.compile(rf"(?i:\b(?:it|operation)\s+(?:will\s+)?(?:contains?|returns?)\s+(?:an?\s+|the\s+)?){_NAME}"),
)
_CREATES: Final = frozenset({"create", "patch", "update", "insert"})
_OF_OPERATIONS: Final = re.compile(
    r"(?i)\bmetadata\b.{0,60}\boperations?\b|\boperations?\b.{0,60}\bmetadata\b"
)


@frozen
class Found:
    """A schema, and why it may be what an operation holds."""

    schema: str
    why: str


def operation_candidates(api: Api, overlay: Overlay) -> Iterator[Problem]:
    """Yield the candidates for each method of a draft that starts an operation."""
    shared = _shared_metadata(api)
    for id_, method in sorted(api.methods.items()):
        rule = overlay.methods.get(id_, NO_METHOD)
        if rule.operation or rule.operation_metadata or method.verb == "GET" or _continues(method):
            continue
        if operation_of(api, method) is None:
            continue
        near = _prefixes(method)
        text = " ".join(method.doc[:_MAX_TEXT].split())
        response = _named(text, _RESPONSE, api, near) or _written(api, method)
        metadata = _named(text, _METADATA, api, near) or _nearest(shared, near)
        pairs = (("response", response), ("metadata", metadata))
        lines: Lines = tuple((key, each.schema) for key, each in pairs if each is not None)
        if lines:
            reasons = "; ".join(f"{key} by {each.why}" for key, each in pairs if each is not None)
            words = f"{id_} starts an operation: {reasons}"
            yield candidate(method.pointer, words, ("methods", id_, "operation"), lines)


def _continues(method: Method) -> bool:
    """Return True for a method of operations themselves: `wait`, `cancel`."""
    return "operations" in method.resource[-1:]


def _named(text: str, patterns: Sequence[re.Pattern[str]], api: Api, near: Sequence[str]) -> Found | None:
    """Return the one schema that the text names so; None where it names none, or several."""
    names = {found["name"] for pattern in patterns for found in pattern.finditer(text)}
    schemas = {schema for name in names if (schema := _schema(name, api, near)) is not None}
    return Found(schemas.pop(), "its description") if len(schemas) == 1 else None


def _schema(name: str, api: Api, near: Sequence[str]) -> str | None:
    """Return the schema that a text names: as it is, or behind the package of the method's own schemas."""
    parts = name.split(".")
    longest = "".join(part[:1].upper() + part[1:] for part in parts)
    last = "".join(part for part in parts if part[:1].isupper())
    names = (longest, last, *(f"{prefix}{last}" for prefix in near))
    return next((each for each in names if each in api.messages and each != "Operation"), None)


def _prefixes(method: Method) -> tuple[str, ...]:
    """Return the beginnings of schemas' names up to a version, as of the method's own: `GoogleCloudAiplatformV1`."""
    names = (
        []
        if method.body is None
        else [each.type.name for each in method.body.contents if isinstance(each.type, MessageRef)]
    )
    found = (
        re.match(r"Google[A-Za-z0-9]*?V\d+(?:(?:alpha|beta|p\d+beta|eap)\d*)?(?=[A-Z_])", each)
        for each in names
    )
    return tuple(dict.fromkeys(each[0] for each in found if each is not None))


def _written(api: Api, method: Method) -> Found | None:
    """Return the resource that a method writes: its operation ends with it (AIP-133, AIP-134)."""
    type_ = None if method.body is None else method.body.contents[0].type
    if method.wire not in _CREATES or not isinstance(type_, MessageRef):
        return None
    is_resource = type_.name in api.messages and not type_.name.endswith(("Request", "Body"))
    return Found(type_.name, f"AIP-13{4 if method.verb == 'PATCH' else 3}") if is_resource else None


def _shared_metadata(api: Api) -> Mapping[str, Found]:
    """Return the metadata of all operations of a package, by the package's prefix: the one schema that says so."""
    found: dict[str, list[str]] = {}
    for key, message in api.messages.items():
        prefix = key.removesuffix("OperationMetadata")
        if (
            prefix != key
            and (not prefix or re.search(r"V\d[a-z0-9]*$", prefix))
            and _OF_OPERATIONS.search(message.doc)
        ):
            found.setdefault(prefix, []).append(key)
    return {prefix: Found(names[0], "its name") for prefix, names in found.items() if len(names) == 1}


def _nearest(shared: Mapping[str, Found], near: Sequence[str]) -> Found | None:
    for prefix in near:
        if prefix in shared:
            return shared[prefix]
    return shared.get("") if not near else next(iter(shared.values())) if len(shared) == 1 else None
