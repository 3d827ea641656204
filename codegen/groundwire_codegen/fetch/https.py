"""Download a description over HTTPS. No other module of the generator uses the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from attrs import frozen
from groundwire_runtime.errors import TransportError
from groundwire_runtime.http import Request

from ..problem import Problem, SpecError
from ..read.source import MAX_BYTES
from .address import checked

if TYPE_CHECKING:
    from groundwire_runtime.http import Response, Transport

SECONDS: Final = 60.0
"""For everything, redirects included."""
REDIRECTS: Final = 3
_HINT: Final = "try again; a proxy is taken from HTTPS_PROXY"
_ACCEPT: Final = "application/json, application/yaml;q=0.9, */*;q=0.8"
_MOVED: Final = frozenset({301, 302, 303, 307, 308})


@frozen
class Brought:
    """A body and its ETag; `body` is None when the one that is here is still good."""

    url: str
    """The address that was asked first."""
    body: bytes | None
    etag: str = ""
    place: str = ""
    """The address that answered, behind redirects; what the body refers to is relative to it."""


def bring(
    urls: Sequence[str],
    *,
    known: tuple[str, str] = ("", ""),
    allow_hosts: tuple[str, ...] = (),
    id_: str = "",
    transport: Transport | None = None,
    seconds: float = SECONDS,
) -> Brought:
    """The first of `urls` that exists; `known` pairs the address and the ETag of what is here.

    `id_` is the API whose description Google is asked for, redirects included. Bounded in size and time. Raises SpecError for an address that is not allowed and for any other answer.
    """
    asker = Asker(transport, seconds)
    for url in urls:
        etag = known[1] if known[0] == url else ""
        answer, place = asker.ask(url, etag, allow_hosts, id_)
        if answer.status == 404 and url != urls[-1]:
            continue
        if answer.status == 304 and etag:
            return Brought(url, None, etag, place)
        if answer.status != 200:
            raise SpecError([Problem(url, "", f"answered with {answer.status}", _hint(answer.status))])
        return Brought(url, answer.body, answer.headers.get("etag", ""), place)
    raise SpecError([Problem("options", "", "no address to fetch from")])


def _hint(status: int) -> str:
    return "look at the name and the version" if status == 404 else ""


class Asker:
    """Asks for several addresses in one time limit, in seconds. The system's transport, unless another is given."""

    def __init__(self, transport: Transport | None = None, seconds: float = SECONDS) -> None:
        from groundwire_runtime.clock import SYSTEM

        if transport is None:
            from groundwire_runtime.transport import UrllibTransport

            transport = UrllibTransport(max_response=MAX_BYTES)
        self._transport = transport
        self._deadline = SYSTEM.monotonic() + seconds

    def ask(self, url: str, etag: str, allow_hosts: tuple[str, ...], id_: str = "") -> tuple[Response, str]:
        """Return the answer at an address, or where it leads to, with that address; each step is held to what is allowed."""
        here = url
        for _ in range(REDIRECTS + 1):
            answer = _sent(checked(here, allow_hosts, id_), etag, self._transport, self._deadline)
            if answer.status not in _MOVED:
                return answer, here
            here = urljoin(here, answer.headers.get("location", ""))
        raise SpecError([Problem(url, "", f"more than {REDIRECTS} redirects")])


def _sent(url: str, etag: str, transport: Transport, deadline: float) -> Response:
    headers = {"accept": _ACCEPT, "accept-encoding": "gzip", "user-agent": "groundwire-codegen"}
    if etag:
        headers["if-none-match"] = etag
    request = Request(method_id="fetch", verb="GET", url=url, headers=headers, deadline=deadline)
    try:
        return transport.send(request)
    except TransportError as error:
        # Its hint is for callers of a client.
        raise SpecError([Problem(url, "", error.message.removeprefix("fetch: "), _HINT)]) from error
