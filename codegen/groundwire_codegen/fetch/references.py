"""Bring the documents that an OpenAPI document refers to, over https and from allowed hosts alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from attrs import field, frozen

from ..problem import Problem, SpecError
from ..read.text import read_text
from ..references import Bring, References, collect, is_url
from .address import host_of
from .https import SECONDS, Asker

if TYPE_CHECKING:
    from groundwire_runtime.http import Transport

MAX_FETCHED: Final = 1_000
"""Documents that are brought for one document."""
_ABSENT: Final = frozenset({404, 410})
_LEFT_OUT: Final = "what needs it is refused when it is generated"


@frozen
class Known:
    """A document that is here already: its bytes, and the ETag that they came with."""

    data: bytes
    etag: str


@frozen
class Fetched:
    """The documents that a document refers to, the ETag of each that has one, and a warning for each that is nowhere."""

    references: References
    etags: Mapping[str, str] = field(factory=dict[str, str])
    absent: tuple[Problem, ...] = ()


def bring_references(
    document: Mapping[str, Any],
    base: str,
    *,
    local: Bring,
    allow_hosts: tuple[str, ...],
    known: Mapping[str, Known] | None = None,
    transport: Transport | None = None,
    seconds: float = SECONDS,
) -> Fetched:
    """Follow the references of a document: URLs over https, others by `local`, within the bounds of number, bytes and time.

    A URL of http is asked over https, and kept under its own name. Raises SpecError for a host that is not allowed, for
    any answer but a document or 404 and 410, and beyond a bound.
    """
    session = _Session(Asker(transport, seconds), allow_hosts, known or {})

    def bring(uri: str) -> bytes | None:
        return session.bring(uri) if is_url(uri) else local(uri)

    references = collect(document, base, bring, max_files=MAX_FETCHED)
    places = references.missing
    refused = [
        Problem(places[uri].source, places[uri].pointer, message, hint)
        for uri, (message, hint) in session.refused.items()
    ]
    if refused:
        raise SpecError(refused)
    absent = tuple(
        Problem(
            place.source, place.pointer, f"{uri[:200]} {session.absent.get(uri, 'is not there')}", _LEFT_OUT
        )
        for uri, place in places.items()
    )
    return Fetched(references, session.etags, absent)


@frozen
class _Session:
    """One run: the allowed hosts, what is here already, and what became of each URL."""

    asker: Asker
    allow_hosts: tuple[str, ...]
    known: Mapping[str, Known]
    etags: dict[str, str] = field(factory=dict[str, str])
    refused: dict[str, tuple[str, str]] = field(factory=dict[str, "tuple[str, str]"])
    absent: dict[str, str] = field(factory=dict[str, str])

    def bring(self, uri: str) -> bytes | None:
        """Return what is at a URL; None where nothing is, or where it must not be asked."""
        scheme, host = urlsplit(uri).scheme, host_of(uri)
        if scheme not in ("http", "https"):
            self.absent[uri] = f"has the scheme {scheme[:20]}, which is not read"
            return None
        if host not in self.allow_hosts:
            hint = f"allow it with --allow-host {host}" if host else ""
            self.refused[uri] = (f"refers to {uri[:200]}, on a host that is not allowed", hint)
            return None
        known = self.known.get(uri)
        url = f"https{uri[len(scheme) :]}"
        answer, _ = self.asker.ask(url, known.etag if known is not None else "", self.allow_hosts)
        if answer.status in _ABSENT:
            self.absent[uri] = f"answered with {answer.status}"
            return None
        if answer.status == 304 and known is not None and known.etag:
            self.etags[uri] = known.etag
            return known.data
        if answer.status != 200:
            raise SpecError([Problem(url, "", f"answered with {answer.status}", "try again")])
        # Text that is no document, as the page of a login, is refused while it can still be asked for again.
        read_text(answer.body, url)
        self.etags[uri] = answer.headers.get("etag", "")
        return answer.body
