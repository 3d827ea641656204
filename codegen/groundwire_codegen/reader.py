"""The public function from bytes to the IR, for the generator and the contract server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from .ir import Api
from .lower import Lowered, lower
from .problem import Problem, SpecError
from .read import discovery
from .read.draft import Draft
from .read.overlay import Overlay, read_overlay
from .read.overlay.google import stated_as_discovery
from .read.text import read_text

_NAMES_OPENAPI: Final = re.compile(rb"\"openapi\"\s*:|^['\"]?openapi['\"]?\s*:", re.MULTILINE)
_NAMES_SWAGGER: Final = re.compile(rb"\"swagger\"\s*:|^['\"]?swagger['\"]?\s*:", re.MULTILINE)
_DISCOVERY: Final = b"discovery#restDescription"
"""Where these are in a document, its own keys decide; where they are not, it is not parsed as such."""


def read_api(document: bytes, overlay: bytes | None = None, *, methods: Sequence[str] | None = None) -> Api:
    """Read a document and its overlay as an API of the wanted methods (the overlay's, else all).

    Raises SpecError with every problem of both.
    """
    return read_lowered(document, overlay, methods=methods).api


def read_draft(
    document: bytes,
    *,
    source: str = "document",
    allow_hosts: tuple[str, ...] = (),
    references: Mapping[str, bytes] | None = None,
    base: str = "",
    allow_constructs: tuple[str, ...] = (),
) -> Draft:
    """Read a Discovery or an OpenAPI document, by its own key. Raises SpecError when it is neither.

    `references` are the documents that an OpenAPI document refers to, by URI, and `base` is its own. `allow_constructs` are
    constructs that the reader does not know and ignores.
    """
    if _names_openapi(document):
        # Discovery documents do without its reader, which takes a tenth of a second to import.
        from .read import openapi

        text = read_text(document, source)
        if "openapi" in text.value:
            return openapi.read_document(
                document,
                source=source,
                references=references,
                base=base,
                parsed=text,
                allow_constructs=allow_constructs,
            )
    elif _names_swagger(document) and "swagger" in read_text(document, source).value:
        hint = "convert it to OpenAPI 3 first"
        raise SpecError([Problem(source, "/swagger", "Swagger 2.0 is not read", hint)])
    return discovery.read_document(
        document, source=source, allow_hosts=allow_hosts, allow_constructs=allow_constructs
    )


def names_a_format(document: bytes) -> bool:
    """Return True for a file that may be a description, readable or not: it names Discovery, OpenAPI or Swagger."""
    return _DISCOVERY in document or _names_openapi(document) or _names_swagger(document)


def _names_openapi(document: bytes) -> bool:
    # Few documents have the word at all, and the search for its place is slow.
    return b"openapi" in document and _NAMES_OPENAPI.search(document) is not None


def _names_swagger(document: bytes) -> bool:
    return b"swagger" in document and _NAMES_SWAGGER.search(document) is not None


def is_openapi(document: bytes, source: str = "document") -> bool:
    """Return True for a document that says by its own key that it is OpenAPI. Raises SpecError when it cannot be read."""
    return _names_openapi(document) and "openapi" in read_text(document, source).value


def read_lowered(
    document: bytes,
    overlay: bytes | None = None,
    *,
    methods: Sequence[str] | None = None,
    published: Mapping[str, str] | None = None,
    decisions: Mapping[str, str] | None = None,
    reviewed: Mapping[str, str] | None = None,
    allow_hosts: tuple[str, ...] = (),
    references: Mapping[str, bytes] | None = None,
    base: str = "",
    allow_constructs: tuple[str, ...] = (),
    messages: Sequence[str] | None = None,
) -> Lowered:
    """Read as `read_api` does, with what a lock holds of the client as it was before, and as `lower` takes `messages`."""
    draft = read_draft(
        document,
        allow_hosts=allow_hosts,
        references=references,
        base=base,
        allow_constructs=allow_constructs,
    )
    rules, problems = (Overlay(), []) if overlay is None else read_overlay(overlay)
    return lower(
        stated_as_discovery(draft, rules, allow_hosts),
        rules,
        methods=methods,
        messages=messages,
        published=published,
        decisions=decisions,
        reviewed=reviewed,
        problems=problems,
    )
