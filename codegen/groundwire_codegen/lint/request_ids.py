"""Candidates for request ids, by which a service recognises a request that is sent again (AIP-155)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..ir import Api, InParameter, Kind, Location, MessageRef, Method, Scalar
from ..lower.idempotency import REQUEST_ID
from ..problem import Problem
from ..read.overlay import NO_FIELD, NO_MESSAGE, NO_METHOD, Overlay
from .toml import candidate

_NAMES: Final = frozenset(
    {"requestid", "clientrequestid", "idempotencykey", "idempotencytoken", "idempotencyid"}
)
_SAYS: Final = re.compile(
    r"(?i)idempoten|duplicat|retr(?:y|ied|ies)|\buuid\b|unique|same request|more than once|already"
)
_TEXT: Final = Scalar(Kind.STRING)


def request_id_candidates(api: Api, overlay: Overlay) -> Iterator[Problem]:
    """Yield the candidates in bodies, and in parameters that are not recognised by their name."""
    senders: dict[str, list[str]] = {}
    for id_, method in sorted(api.methods.items()):
        type_ = None if method.body is None else method.body.contents[0].type
        if isinstance(type_, MessageRef) and method.verb != "GET":
            senders.setdefault(type_.name, []).append(id_)
        if overlay.methods.get(id_, NO_METHOD).idempotent is None:
            yield from _of_parameters(method)
    for name, ids in senders.items():
        message, rule = api.messages.get(name), overlay.messages.get(name, NO_MESSAGE)
        for field in () if message is None or name.startswith("/") else message.fields:
            stated = rule.field_rules.get(field.wire, NO_FIELD).request_id
            if field.type == _TEXT and _is_name(field.wire, field.doc) and not stated:
                more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
                words = f"{name}.{field.wire} may be a request id, of {ids[0]}{more}"
                yield candidate(
                    field.pointer, words, ("messages", name, "fields", field.wire), (("request_id", True),)
                )
                break


def _is_name(wire: str, doc: str) -> bool:
    folded = wire.replace("_", "").replace("-", "").lower()
    return folded in _NAMES and (folded == "requestid" or _SAYS.search(doc) is not None)


def _of_parameters(method: Method) -> Iterator[Problem]:
    known = method.idempotency.request_id
    names = tuple(
        each.wire
        for each in method.parameters
        if each.location in (Location.QUERY, Location.HEADER)
        and each.type == _TEXT
        and each.wire != REQUEST_ID
        and _is_name(each.wire, each.doc)
    )
    if names and not isinstance(known, InParameter) and method.verb in ("POST", "PATCH"):
        words = f"{method.id} may be repeated safely when {' or '.join(map(repr, names))} is set"
        yield candidate(method.pointer, words, ("methods", method.id), (("idempotent", {"when": names}),))
