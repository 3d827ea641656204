"""What the tests of promises call: the client's own methods, against a server of bytes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import define, evolve, field, frozen
from groundwire import (
    CancelOperationRequest,
    Client,
    ExportImageRequest,
    Expression,
    ValueNode,
    WaitOperationRequest,
    credentials,
)
from groundwire import EarthEngineDestination as Asset
from groundwire import ImageAssetExportOptions as AssetOptions
from groundwire.client import METHODS
from groundwire_runtime.clock import SYSTEM, Clock
from groundwire_runtime.method import Method, Preconditions
from groundwire_runtime.parameters import Parameter

from ..runtime.wire import Reply, plain
from .canary import CANARY

NAME: Final = "projects/p/operations/A"
TOKEN: Final = f"token-{CANARY}"
EXPORT: Final = ExportImageRequest(
    expression=Expression(result="0", values={"0": ValueNode.ConstantValue(1)}),
    export_options=AssetOptions(destination=Asset(name="projects/p/assets/a")),
)
OPERATION: Final = json.dumps({"name": NAME}).encode()
FINE: Final = plain(OPERATION)
IMPATIENT: Final = Clock(sleep=lambda _: None)
"""Real time, but no waits between attempts."""


@frozen
class Call:
    """One call of the client, and whether it may be made again."""

    make: Callable[[Client], object]
    safe: bool


CALLS: Final[Mapping[str, Call]] = {
    "get": Call(lambda client: client.projects.operations.get(NAME), safe=True),
    "list": Call(lambda client: list(client.projects.operations.list()), safe=True),
    "delete": Call(lambda client: client.projects.operations.delete(NAME), safe=True),
    "export": Call(lambda client: client.projects.image.export(EXPORT), safe=True),
    "cancel": Call(lambda client: client.projects.operations.cancel(NAME), safe=False),
    "wait": Call(lambda client: client.projects.operations.wait(NAME, WaitOperationRequest()), safe=False),
}
"""Every method: GET and DELETE are idempotent, the start of an export carries a request id."""


def _stated(name: str, idempotent: bool | Preconditions) -> Method[Any]:
    """A method of operations that states when it may be made again; it takes a generation besides."""
    method = METHODS[f"earthengine.projects.operations.{name}"]
    generation = Parameter(name="generation", location="query", kind="int64")
    return evolve(method, parameters=(*method.parameters, generation), idempotent=idempotent)


def _call(method: Method[Any], body: object = None, *, safe: bool, generation: int | None = None) -> Call:
    parameters = {"name": NAME, "generation": generation}
    return Call(lambda one: one.call(method, parameters, body, {}), safe=safe)


_READ: Final = _stated("get", idempotent=False)
_CANCEL: Final = _stated("cancel", idempotent=True)
_DELETE: Final = _stated("delete", Preconditions(parameters=("generation",)))
_WAIT: Final = _stated("wait", Preconditions(attributes=(("timeout",),)))
STATED: Final[Mapping[str, Call]] = {
    "get with effects": _call(_READ, safe=False),
    "cancel, always": _call(_CANCEL, CancelOperationRequest(), safe=True),
    "delete without a precondition": _call(_DELETE, safe=False),
    "delete with a precondition": _call(_DELETE, generation=0, safe=True),
    "wait without a precondition": _call(_WAIT, WaitOperationRequest(), safe=False),
    "wait with a precondition": _call(_WAIT, WaitOperationRequest(timeout=timedelta(seconds=1)), safe=True),
}
"""Methods that state when they may be made again, against their verbs."""


def client(endpoint: str, **options: Any) -> Client:
    """A client of an endpoint, with a token that must not show, and no waits between attempts."""
    facts: dict[str, Any] = {
        "project": "p",
        "credentials": credentials.Token(TOKEN),
        "clock": IMPATIENT,
        **options,
    }
    return Client(endpoint=endpoint, **facts)


@define(slots=False)
class Renewed:
    """Credentials as google-auth has them: each refresh asks `issue` for a token."""

    issue: Callable[[], str] = lambda: TOKEN
    token: str | None = None
    refreshes: int = 0
    quota_project: str | None = None
    looked: Callable[[], object] = field(default=lambda: None)

    @property
    def valid(self) -> bool:
        self.looked()
        return self.token is not None

    def refresh(self, request: object) -> None:
        self.refreshes += 1
        self.token = self.issue()

    def apply(self, headers: dict[str, str]) -> None:
        headers["authorization"] = f"Bearer {self.token}"
        if self.quota_project:
            headers["x-goog-user-project"] = self.quota_project


def seconds_of(call: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def named(request: bytes) -> Reply:
    """An operation named for the path that was asked for."""
    path = request.split(b" ")[1].partition(b"/v1beta/")[2]
    return plain(json.dumps({"name": path.decode()}).encode())


def deadline(seconds: float) -> float:
    """An instant of the real clock."""
    return SYSTEM.monotonic() + seconds
