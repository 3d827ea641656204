"""The public way from bytes to the IR, for the generator and the contract server alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..ir import Api
from ..lower import Lowered, lower
from .discovery import read_document
from .overlay import Overlay, read_overlay


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
    reviewed: Mapping[str, str] | None = None,
    allow_hosts: tuple[str, ...] = (),
) -> Lowered:
    """`read_api` with what a lock holds: the names published before, and what rules were reviewed against."""
    described, problems = read_document(document, allow_hosts=allow_hosts)
    said, more = (Overlay(), []) if overlay is None else read_overlay(overlay)
    return lower(
        described,
        said,
        methods=methods,
        published=published,
        reviewed=reviewed,
        problems=[*problems, *more],
    )
