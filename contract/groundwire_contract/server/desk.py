"""The choice of who answers a request: health, page, control API, token endpoint, batches, or the service."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final

from ..contract import Contract
from ..discovery_document import batch_path
from ..exchange import Exchange, Hold, Reply, json_reply
from ..rules.refusals import host_not_allowed
from ..service import Service
from ..validate.route import Route
from . import origins, token_endpoint
from .admission import Admission
from .batch import Batches
from .control_api import PREFIX, ControlRouter
from .host import is_admitted

PAGE: Final = f"{PREFIX}page"
"""The path of the status page, which is at `/` too unless the API answers there."""
HEALTH: Final = f"{PREFIX}healthz"
"""The path of the health check, which is at `/healthz` too unless the API answers there."""


class Desk:
    """Passes each request of a service to whoever answers it. `unix` returns seconds since 1970, `draw` random bytes."""

    def __init__(
        self,
        service: Service,
        admission: Admission,
        *,
        unix: Callable[[], float] = time.time,
        draw: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._service = service
        self._admission = admission
        self._router = ControlRouter(service, admission)
        self._unix, self._draw = unix, draw
        # An API that answers at one of these paths keeps it.
        self._pages = {PAGE} | self._free("GET", "/")
        self._health = {HEALTH} | self._free("GET", "/healthz")
        contract = service.contract
        is_google = isinstance(contract, Contract)
        self._tokens = self._free("POST", token_endpoint.PATH) if is_google else set[str]()
        batch = batch_path(contract.document) if isinstance(contract, Contract) else ""
        self._batches = Batches(service, batch) if batch and self._free("POST", batch) else None

    def _free(self, verb: str, path: str) -> set[str]:
        """Return a path unless the API answers there."""
        route = self._service.front.find(Exchange(verb=verb, path=path))
        return set() if isinstance(route, Route) else {path}

    def is_page(self, exchange: Exchange) -> bool:
        """Return True for a request of the status page."""
        return exchange.path in self._pages and exchange.verb in ("GET", "HEAD")

    def page(self, exchange: Exchange, address: str) -> Reply:
        """Return the status page. It is not part of the contract: its requests are not recorded."""
        from .pages import handle

        return handle(self._service, exchange, address, self._admission)

    def handle(self, exchange: Exchange, address: str, held: Hold | None = None) -> Reply | Hold:
        """Answer a request, or return a Hold, as `Service.handle` does. `address` is the one that received the request."""
        if exchange.path in self._health and exchange.verb in ("GET", "HEAD"):
            # It tells nothing, so probes may use any name.
            return json_reply(200, {"status": "ok"}, pretty=False, headers=(("cache-control", "no-store"),))
        if exchange.path.startswith(PREFIX):
            # The control API refuses foreign hosts itself, and is never shared with other origins.
            return self._router.handle(exchange, held)
        if not is_admitted(exchange.headers.get("host"), address, self._admission.hosts):
            return host_not_allowed(exchange.headers["host"]).reply()
        allowed = self._admission.origins
        if (reply := origins.preflight(exchange, allowed)) is not None:
            return reply
        if exchange.path in self._tokens:
            answer: Reply | Hold = token_endpoint.handle(
                exchange, self._service.access.issued, unix=self._unix, draw=self._draw
            )
        elif self._batches is not None and self._batches.takes(exchange):
            answer = self._batches.handle(exchange, held)
        else:
            answer = self._service.handle(exchange, held)
        return origins.shared(answer, exchange, allowed) if isinstance(answer, Reply) else answer
