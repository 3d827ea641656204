"""All advice on a document and its overlay, by kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from attrs import field, frozen

from ..ir import Api, ErrorShape
from ..lower import lower
from ..lower.selection import EVERY
from ..problem import Problem, SpecError
from ..read.draft import Draft
from ..read.overlay import Overlay, read_overlay
from ..read.overlay.google import stated_as_discovery
from ..reader import read_draft
from .candidates import candidates
from .masks import mask_candidates
from .operations import operation_candidates
from .request_ids import request_id_candidates
from .unions import union_candidates
from .validator import findings


@frozen(kw_only=True)
class Advice:
    """Advice on a document. None of it stops anything but `faults`."""

    warnings: tuple[Problem, ...] = ()
    """Of the reader and of lowering."""
    faults: tuple[Problem, ...] = ()
    """Reasons for which methods, or the overlay, are refused by `generate`."""
    candidates: tuple[Problem, ...] = ()
    """Rules for the overlay that nothing in the document confirms, as lines of TOML."""
    findings: tuple[Problem, ...] = ()
    """Of openapi-spec-validator, where it is installed."""
    lacks_text: bool = False
    """True for a document of one of Google's APIs without descriptions, from which most candidates are read."""

    @property
    def labelled(self) -> Iterator[tuple[str, Problem]]:
        """Every piece of advice with its kind, in the order in which they are printed."""
        for label, problems in (
            ("refused", self.faults),
            ("warning", self.warnings),
            ("validator", self.findings),
            ("candidate", self.candidates),
        ):
            yield from ((label, problem) for problem in problems)


@frozen(kw_only=True)
class Linted:
    """A document as bytes with its file's name, its overlay, and what it refers to, by URI."""

    name: str
    document: bytes
    overlay: bytes | None = None
    allow_hosts: tuple[str, ...] = ()
    allow_constructs: tuple[str, ...] = ()
    references: Mapping[str, bytes] = field(factory=dict[str, bytes])
    base: str = ""


def advise(given: Linted, *, validates: bool = True) -> Advice:
    """Return the advice on a document; `validates`: that of openapi-spec-validator too.

    Raises SpecError for a document, or an overlay, that cannot be read at all."""
    draft = read_draft(
        given.document,
        source=given.name,
        allow_hosts=given.allow_hosts,
        references=given.references,
        base=given.base,
        allow_constructs=given.allow_constructs,
    )
    overlay, problems = (Overlay(), list[Problem]()) if given.overlay is None else read_overlay(given.overlay)
    stated = stated_as_discovery(draft, overlay, given.allow_hosts)
    unread = [*stated.problems, *problems]
    if unread:
        raise SpecError(unread)
    api, warnings, refused = _lowered(stated, overlay)
    faults = [*refused, *(each for found in stated.faults.values() for each in found)]
    is_openapi = draft.api.errors is ErrorShape.BY_STATUS
    return Advice(
        warnings=tuple(sorted({*warnings} - {*faults})),
        faults=tuple(sorted({*faults})),
        candidates=tuple(_candidates(stated, api, overlay)),
        findings=findings(draft.document, given.name) if is_openapi and validates else (),
        lacks_text=not is_openapi and not _has_text(draft.api),
    )


def _has_text(api: Api) -> bool:
    docs = chain(
        (method.doc for method in api.methods.values()), (message.doc for message in api.messages.values())
    )
    return any(docs)


def _candidates(draft: Draft, api: Api | None, overlay: Overlay) -> Iterator[Problem]:
    """Yield the candidates for the overlay of a document: by names and types, or by the text of one of Google's."""
    if draft.api.errors is ErrorShape.BY_STATUS:
        if api is not None:
            yield from candidates(api, overlay, draft.document)
        return
    yield from union_candidates(draft.api, overlay)
    yield from request_id_candidates(draft.api, overlay)
    yield from operation_candidates(draft.api, overlay)
    yield from mask_candidates(draft.api, overlay)


def _lowered(draft: Draft, overlay: Overlay) -> tuple[Api | None, tuple[Problem, ...], tuple[Problem, ...]]:
    """Return the API of all methods that can be read, the warnings, and what is refused.

    Where the overlay is refused, the API is the one without it.
    """
    methods = tuple(id_ for id_ in draft.api.methods if id_ not in draft.faults)
    if not methods:
        return None, draft.warnings, ()
    try:
        found = lower(draft, overlay, methods=methods, messages=(EVERY,))
    except SpecError as error:
        if overlay == Overlay():
            return None, draft.warnings, error.problems
        api, warnings, _ = _lowered(draft, Overlay())
        return api, warnings, error.problems
    return found.api, found.warnings, ()
