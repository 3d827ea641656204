"""The way of a client to a contract server on another machine, over plain HTTP.

Clients speak plain HTTP to loopback only. A client without credentials has nothing to lose, so its requests for `LOCAL` are
sent to the server instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

if TYPE_CHECKING:
    from groundwire_runtime.clock import Clock
    from groundwire_runtime.http import Request, Response
    from groundwire_runtime.transport import UrllibTransport

LOCAL: Final = "http://127.0.0.1:9"
"""The address that such a client believes it calls: the discard port, so that nothing answers there by chance."""


def is_elsewhere(endpoint: str) -> bool:
    """Return True for a server on another machine that speaks plain HTTP."""
    from groundwire_runtime.http import is_loopback

    parts = urlsplit(endpoint)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def local_endpoint(endpoint: str) -> str:
    """Return an endpoint with its origin replaced by `LOCAL`."""
    return LOCAL + urlsplit(endpoint).path


def transport_to(endpoint: str, clock: Clock) -> Forwarding:
    """Return a transport that sends what is for `LOCAL` to the origin of an endpoint. `clock` is the client's."""
    from groundwire_runtime.transport import UrllibTransport

    parts = urlsplit(endpoint)
    return Forwarding(f"{parts.scheme}://{parts.netloc}", UrllibTransport(clock=clock))


@frozen
class Forwarding:
    """Sends requests for `LOCAL` to the origin of a server, and refuses all others."""

    origin: str
    sockets: UrllibTransport = field(repr=False)

    def send(self, request: Request) -> Response:
        """Send a request to the server. Raises TransportError, and ValueError for a request of another address."""
        if not request.url.startswith(f"{LOCAL}/"):
            raise ValueError(f"{request.method_id}: {self.origin} is the only server of this client")
        return self.sockets.send(evolve(request, url=self.origin + request.url.removeprefix(LOCAL)))

    def close(self) -> None:
        """Close idle connections."""
        self.sockets.close()
