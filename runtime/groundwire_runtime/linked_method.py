"""Calls of a method where a link of an answer leads: to another page, or to a job that runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import define, evolve

from .errors import ArgumentError, ProtocolError
from .http import Request, Response
from .links import Link, followed
from .parameters import OTHER_VERB, OWN_HEADERS, checked_header, checked_header_name
from .wrapped_method import WrappedMethod


@define(eq=False)
class Fetched:
    """The value of an answer, with what its links are read from."""

    value: Any
    status: int
    url: str
    headers: Mapping[str, str]


@define(eq=False)
class LinkedMethod(WrappedMethod[Fetched]):
    """One call of a method: as it is, or where a link leads. Its answer has the URL and the headers too."""

    link: Link | None = None
    url: str = ""
    """The URL that was asked."""

    def request(
        self, parameters: Mapping[str, object], body: object = None, *, codecs: Any, **facts: Any
    ) -> Request:
        """Return the request of a page. Raises ArgumentError, EncodeError, or ProtocolError for a link that is not followed."""
        request = self.method.request(parameters, body, codecs=codecs, **facts)
        request = request if self.link is None else linked(request, self.link)
        self.url = request.url
        return request

    def answer(self, response: Response, codecs: Any) -> Fetched:
        """Decode a successful response. Raises DecodeError and ProtocolError."""
        return Fetched(self.method.answer(response, codecs), response.status, self.url, response.headers)


def linked(request: Request, link: Link) -> Request:
    """Return the request of a link: that of the listing, with the link's URL, verb, headers and body. Raises ProtocolError."""
    url = followed(link, request.url)
    headers = {
        name: value for name, value in request.headers.items() if link.verb != "GET" or name != "content-type"
    }
    try:
        headers |= {
            checked_header_name(name): checked_header(name, value)
            for name, value in link.headers.items()
            if name not in OWN_HEADERS and not OTHER_VERB.fullmatch(name)
        }
    except ArgumentError as error:
        raise ProtocolError(f"the link has a header that cannot be sent: {error.message}") from None
    return evolve(
        request,
        url=url,
        verb=link.verb,
        headers=headers if link.verb == "GET" else {"content-type": "application/json", **headers},
        body=None if link.verb == "GET" else _body(request, link),
        safe_to_retry=link.verb == "GET" or (request.safe_to_retry and request.verb == link.verb),
    )


def _body(request: Request, link: Link) -> Any:
    """Return the body for a link: its own, laid over that of the first request with `merge`; that one where it has none."""
    if link.body is None:
        return request.body
    first: Any = json.loads(request.body) if link.merge and isinstance(request.body, bytes) else None
    body: Any = link.body
    if first.__class__ is dict and body.__class__ is dict:
        body = {**first, **body}
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ProtocolError(f"the link has a body that cannot be sent: {error}") from None
