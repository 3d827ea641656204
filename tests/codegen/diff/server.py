"""What a contract server makes of the requests that a client sent."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.service import Service
from groundwire_runtime.http import Request

NO_MEDIUM = "medium-unanswered"


def status_of(service: Service, requests: Iterable[Request]) -> int:
    """200 when all requests are taken, else the first status of another kind."""
    replies = [_reply(service, request) for request in requests]
    # A medium is asked for rightly, and only a test could give it.
    return next((each.status for each in replies if each.status != 200 and each.rule != NO_MEDIUM), 200)


def _reply(service: Service, request: Request) -> Reply:
    parts = urlsplit(request.url)
    body = request.body or b""
    exchange = Exchange(
        verb=request.verb,
        path=parts.path,
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        length=len(body),
    )
    reply = service.handle(exchange)
    assert isinstance(reply, Reply)
    return reply
