"""Candidates for rules of the overlay: facts that OpenAPI cannot state, which names and types only suggest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..ir import Api, EnumRef, InParameter, Location, Method
from ..problem import Problem
from ..read.overlay import NO_METHOD, Overlay
from .headers import answer_headers
from .paging import paging_candidate
from .toml import Lines, candidate
from .types import Place, is_number, is_text, places, plain

_DONE: Final = frozenset({"successful", "succeeded", "success", "finished", "completed", "complete", "done"})
_FAILED: Final = frozenset(
    {"failed", "failure", "error", "errored", "dismissed", "cancelled", "canceled", "aborted"}
)
_STATES: Final = frozenset({"status", "state", "jobstatus", "jobstate"})
_MESSAGES: Final = ("message", "errormessage", "error", "detail", "reason")
_PROGRESS: Final = ("progress", "percent", "percentage", "percentcomplete", "progresspercent")
_KEYS: Final = frozenset({"xidempotencykey", "idempotencykey", "xrequestid", "requestid", "clientrequestid"})
_PRECONDITIONS: Final = frozenset({"ifmatch", "ifunmodifiedsince"})
_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})


def candidates(api: Api, overlay: Overlay, document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the candidates for each method of an API that OpenAPI describes. What the overlay states already is left out."""
    for id_, method in sorted(api.methods.items()):
        rule = overlay.methods.get(id_, NO_METHOD)
        paging = None if getattr(rule, "paging", None) else paging_candidate(api, method, document)
        if paging is not None:
            yield _candidate(method, f"may page: {paging.why}", "paging", paging.lines)
        waiting = None if getattr(rule, "waiting", None) else _waiting(api, method)
        if waiting is not None:
            yield _candidate(method, *waiting)
        elif "location" in answer_headers(document, method, "202"):
            words = "answers 202 with Location: the method that reads that place may be waited for"
            yield Problem("document", method.pointer, words, "see the candidates with `waiting`")
        if rule.idempotent is None:
            yield from _idempotent(method)


def _candidate(method: Method, words: str, table: str, lines: Lines) -> Problem:
    """Return a candidate as a table of the overlay."""
    keys = ("methods", method.id, table) if table else ("methods", method.id)
    return candidate(method.pointer, f"{method.id} {words}", keys, lines)


def _waiting(api: Api, method: Method) -> tuple[str, str, Lines] | None:
    """Return the candidate for a method that reads a job."""
    if method.verb != "GET" or not any(each.required for each in method.parameters):
        return None
    found = places(api, method)
    for each in found:
        states = _states(api, each) if each.name in _STATES and len(each.path) <= 2 else ()
        done = tuple(state for state in states if plain(state) in _DONE)
        failed = tuple(state for state in states if plain(state) in _FAILED)
        if done and failed:
            lines: Lines = (("status", each.text), ("done", done), ("failed", failed), *_job(method, found))
            return f"may read a job: {each.text!r} has states of one", "waiting", lines
    successes = {(each.low, each.high) for each in method.responses if each.success}
    if (202, 202) in successes and len(successes) > 1:
        return "may read a job: 202 is one answer of several", "waiting", tuple(_arguments(method, found))
    return None


def _states(api: Api, place: Place) -> tuple[str, ...]:
    enum = api.enums.get(place.type.name) if isinstance(place.type, EnumRef) else None
    return () if enum is None else tuple(each.wire for each in enum.values)


def _job(method: Method, found: tuple[Place, ...]) -> Lines:
    top = {each.name: each for each in found if len(each.path) == 1}
    lines: list[tuple[str, object]] = []
    for key, names, fits in (("message", _MESSAGES, is_text), ("progress", _PROGRESS, is_number)):
        place = next((top[name] for name in names if name in top and fits(top[name].type)), None)
        if place is not None:
            lines.append((key, place.text))
    return (*lines, *_arguments(method, found))


def _arguments(method: Method, found: tuple[Place, ...]) -> Iterator[tuple[str, object]]:
    """Yield the fields of a job that are the arguments of the method that reads it."""
    top = {each.name: each.text for each in found if len(each.path) == 1}
    wires = [each.wire for each in method.parameters if each.required]
    pairs = {wire: top.get(plain(wire), top.get("id", "") if len(wires) == 1 else "") for wire in wires}
    if pairs and all(pairs.values()):
        yield "arguments", pairs


def _idempotent(method: Method) -> Iterator[Problem]:
    """Yield the candidate for a method whose lost calls may be repeated under a condition."""
    if method.verb in _IDEMPOTENT or isinstance(method.idempotency.request_id, InParameter):
        return
    names = tuple(
        each.wire
        for each in method.parameters
        if each.location in (Location.HEADER, Location.QUERY) and plain(each.wire) in _KEYS | _PRECONDITIONS
    )
    if names:
        words = f"may be repeated safely when {' or '.join(map(repr, names))} is set"
        yield _candidate(method, words, "", (("idempotent", {"when": names}),))
