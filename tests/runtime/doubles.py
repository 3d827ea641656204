from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, field
from groundwire_runtime import auth, retry
from groundwire_runtime.clock import SYSTEM, Clock
from groundwire_runtime.codec import Codecs
from groundwire_runtime.google_auth import GoogleAuth
from groundwire_runtime.google_errors import read_error
from groundwire_runtime.http import Request, Response, Transport
from groundwire_runtime.rest_client import RestClient
from groundwire_runtime.rest_method import RestMethod

Answer = Response | BaseException | Callable[[Request], Response]


@define
class Script:
    """A transport that plays its answers in order, then `forever`, and keeps what was sent."""

    answers: list[Answer] = field(factory=list)
    forever: Answer | None = None
    requests: list[Request] = field(factory=list)

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else self.forever
        assert answer is not None, f"nothing was expected to be sent: {request.verb} {request.url}"
        if isinstance(answer, Response):
            return answer
        if isinstance(answer, BaseException):
            raise answer
        return answer(request)

    @property
    def urls(self) -> list[str]:
        return [request.url for request in self.requests]


@define
class Time:
    """Time that only passes in `sleep`."""

    now: float = 1_000.0
    epoch: float = 1_700_000_000.0
    sleeps: list[float] = field(factory=list)
    source: random.Random = field(factory=lambda: random.Random(7))  # noqa: S311 - a seeded source
    ids: int = 0

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.epoch += seconds

    def new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"

    def clock(self) -> Clock:
        return Clock(
            monotonic=lambda: self.now,
            unix=lambda: self.epoch,
            sleep=self.sleep,
            random=self.source.random,
            new_id=self.new_id,
        )


def answer(body: Any = None, status: int = 200, **headers: str) -> Response:
    data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers={"content-type": "application/json", **names}, body=data)


def refusal(http: int, status: str = "", message: str = "no", **headers: str) -> Response:
    error = {"code": http, "message": message, **({"status": status} if status else {})}
    return answer({"error": error}, http, **headers)


def rest_client(codecs: Codecs, *methods: RestMethod[Any], **options: Any) -> RestClient:
    """Return a client of an API that OpenAPI describes, without servers and security schemes unless `options` have some."""
    by_id = {method.id: method for method in methods}
    return RestClient(codecs, **{"servers": (), "methods": by_id, "schemes": {}, "held": {}, **options})


def RetryTransport(  # noqa: N802 - stands for the class, with the errors of Google's APIs
    inner: Transport, policy: retry.RetryPolicy | None = retry.DEFAULT, clock: Clock = SYSTEM
) -> retry.RetryTransport:
    return retry.RetryTransport(inner, read_error, policy, clock)


def AuthTransport(  # noqa: N802 - stands for the class, with what `GoogleClient` takes for credentials
    inner: Transport, credentials: Any, *, clock: Clock = SYSTEM, credential_hosts: Sequence[str] = ()
) -> auth.AuthTransport:
    authorizer = (
        credentials
        if hasattr(credentials, "authorize")
        else GoogleAuth(credentials, credential_hosts=credential_hosts, clock=clock)
    )
    return auth.AuthTransport(inner, authorizer, read_error, clock)
