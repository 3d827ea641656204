"""Candidates for update masks, where neither a type nor a name tells a PATCH's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..ir import Api, Field, Kind, Location, Method, Parameter, Scalar
from ..lower.masks import BODY, TEXTS, body_fields, is_subject
from ..problem import Problem
from ..read.overlay import NO_METHOD, Overlay
from .toml import Lines, candidate

_KNOWN: Final = frozenset({"updateMask", "update_mask"})
_MASK: Final = Scalar(Kind.FIELD_MASK)
_NAME: Final = re.compile(r"(?i)^(?:update|patch|write|field)\w*(?:mask|fields|paths)(?:\.?field_?paths)?$")
"""Names of what says which fields are written; not of what says which fields come back."""
_SYNTAX: Final = re.compile(r"\b[A-Z]\w{0,80}\.(\w{1,80})\s+for\s+(?:a\s+)?field\s+path", re.ASCII)


def mask_candidates(api: Api, overlay: Overlay) -> Iterator[Problem]:
    """Yield the candidates for each PATCH of a draft whose update mask is not recognised."""
    for id_, method in sorted(api.methods.items()):
        fields = body_fields(api, method)
        stated = overlay.methods.get(id_, NO_METHOD).mask
        if method.verb != "PATCH" or not fields or stated is not None or is_recognised(method):
            continue
        for name, of in _masks(method, fields):
            about = f", of {of!r}" if of else ""
            words = f"{id_}: {name!r} may be the update mask{about}"
            lines: Lines = (("parameter", name), *((("of", of),) if of else ()))
            yield candidate(method.pointer, words, ("methods", id_, "mask"), lines)


def is_recognised(method: Method) -> bool:
    """Return True where the client knows the mask by its name, or by its type alone."""
    if any(each.wire in _KNOWN for each in method.parameters):
        return True
    masks = [each for each in method.parameters if _is_mask(each)]
    return len(masks) == 1


def _is_mask(parameter: Parameter) -> bool:
    is_text = parameter.location is Location.QUERY and parameter.type == _MASK
    return is_text and not parameter.wire.lower().startswith("read")


def _masks(method: Method, fields: dict[str, Field]) -> Iterator[tuple[str, str]]:
    """Yield masks with the field of the body that each is about, "" for the body: of the query, else of the body."""
    found = [
        each
        for each in method.parameters
        if each.location is Location.QUERY and each.scalar in TEXTS and _NAME.match(each.wire)
    ]
    for parameter in found:
        about = _SYNTAX.search(parameter.doc[:2000])
        field = None if about is None else fields.get(about[1])
        yield parameter.wire, f"{BODY}{field.wire}" if field is not None and is_subject(field) else ""
    for wire, field in () if found else fields.items():
        if field.type == _MASK and _NAME.match(wire):
            yield f"{BODY}{wire}", _subject(method, wire, fields)


def _subject(method: Method, mask: str, fields: dict[str, Field]) -> str:
    """Return the field that a mask beside it is about: the one message, or the one whose name the mask or the path has."""
    others = [each.wire for each in fields.values() if is_subject(each)]
    named = [each for each in others if each.lower() in mask.lower() or f"{{+{each}." in method.path]
    found = others if len(others) == 1 else named
    return f"{BODY}{found[0]}" if len(found) == 1 else ""
