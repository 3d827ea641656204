"""The public function from bytes to the IR, for the generator and the contract server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .ir import Api
from .lower import Lowered, lower
from .read.discovery import read_document
from .read.overlay import Overlay, read_overlay


def read_api(document: bytes, overlay: bytes | None = None, *, methods: Sequence[str] | None = None) -> Api:
    """Read a Discovery document and its overlay as an API of the wanted methods (the overlay's, else all).

    Raises SpecError with every problem of both.
    """
    return read_lowered(document, overlay, methods=methods).api


def read_lowered(
    document: bytes,
    overlay: bytes | None = None,
    *,
    methods: Sequence[str] | None = None,
    published: Mapping[str, str] | None = None,
    decisions: Mapping[str, str] | None = None,
    reviewed: Mapping[str, str] | None = None,
    allow_hosts: tuple[str, ...] = (),
) -> Lowered:
    """Read as `read_api` does, with what a lock holds of the client as it was before."""
    draft = read_document(document, allow_hosts=allow_hosts)
    rules, problems = (Overlay(), []) if overlay is None else read_overlay(overlay)
    return lower(
        draft,
        rules,
        methods=methods,
        published=published,
        decisions=decisions,
        reviewed=reviewed,
        problems=problems,
    )
