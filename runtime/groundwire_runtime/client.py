"""What every generated client is built on: it turns a method, parameters and a body into an answer."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Mapping
from functools import cache
from traceback import clear_frames
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar, Unpack

from attrs import evolve

from .clock import Clock
from .codec import LARGE
from .errors import ArgumentError, DecodeError, shortened
from .http import Request, Response, Transport
from .memory import Budget, Reservation
from .observe import ObservedTransport, Trace, log_call
from .operations import OperationView, StartedOperations, Waiter
from .options import CallOptions, ClientOptions, Settings, check_names, checked_scopes, checked_timeout
from .paging import Pager
from .retry import RetryTransport
from .universe import default_endpoint

if TYPE_CHECKING:
    from types import TracebackType

    from .method import Codecs, Method

T = TypeVar("T")
OperationT = TypeVar("OperationT")


class Resource:
    """A resource of an API: a place for its methods."""

    __slots__ = ("__dict__", "_client")

    def __init__(self, client: BaseClient) -> None:
        self._client = client


class BaseClient:
    """A client of one API. Safe to share between threads, and usable after a fork."""

    def __init__(
        self,
        codecs: Codecs,
        *,
        base_url: str,
        methods: Mapping[str, Method[Any]],
        held: Mapping[str, str | None],
        **options: Unpack[ClientOptions],
    ) -> None:
        self.methods = methods
        """Every method by its discovery id."""
        self._codecs = codecs
        self._held = dict(held)
        self._settings = settings = Settings(**options)
        self._base_url = settings.endpoint or default_endpoint(base_url, certificate=settings.has_certificate)
        self._quota_project = settings.quota_project or os.environ.get("GOOGLE_CLOUD_QUOTA_PROJECT")
        self._clock = settings.clock
        self._hooks = settings.hooks
        self._budget = Budget(settings.max_unpacked_bytes)
        self._transport = settings.transport
        self._authorized: Transport | None = None
        self._lock = threading.Lock()
        self._started = StartedOperations()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds connections and secrets: make one in each process")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def clock(self) -> Clock:
        """The client's time, sleep, chance and new ids."""
        return self._clock

    @property
    def started(self) -> StartedOperations:
        """The operations that starts of this client got."""
        return self._started

    def close(self) -> None:
        """Close idle connections; the client stays usable."""
        close = getattr(self._transport, "close", None)
        if close is not None:
            close()

    def call(
        self, method: Method[T], parameters: Mapping[str, object], body: object, options: CallOptions
    ) -> T:
        """Make one call: fill what the client holds, encode, send, decode. Raises GroundwireError."""
        check_names(options, method.id)
        parameters = self._filled(method, parameters)
        parameters, body = method.with_request_id(parameters, body, self._clock.new_id)
        seconds = checked_timeout(options["timeout"]) if "timeout" in options else self._settings.timeout
        reservation = Reservation(self._budget)
        request = method.request(
            parameters,
            body,
            base_url=self._base_url,
            codecs=self._codecs,
            headers=self._headers(options),
            scopes=self._scopes_for(method, body, options),
            deadline=None if seconds is None else self._clock.monotonic() + seconds,
            trace=Trace(self._hooks),
            reservation=reservation,
        )
        transport = RetryTransport(
            self._authorizing(), options.get("retry", self._settings.retry), self._clock
        )
        try:
            answer = self._answer(method, self._sent(request, transport))
        finally:
            reservation.release()
        self._started.check(answer, request)
        return answer

    def pages(
        self, method: Method[Any], parameters: Mapping[str, object], body: Any, options: CallOptions
    ) -> Pager[Any, Any]:
        """The items of a list method, over pages, each fetched when it is reached."""
        paging = method.paging
        if paging is None:
            raise ArgumentError(f"{method.id} does not page")

        def fetch(token: str | None) -> Any:
            if token is None:
                return self.call(method, parameters, body, options)
            if paging.in_body:
                return self.call(method, parameters, evolve(body, **{paging.token: token}), options)
            return self.call(method, {**parameters, paging.token: token}, body, options)

        return Pager(fetch, paging)

    def wait_with(
        self,
        view: OperationView[OperationT],
        poll: Method[OperationT],
        operation: OperationT,
        *,
        timeout: float | None,
        on_progress: Callable[[Any], object] | None,
    ) -> OperationT:
        """Wait for an operation through the method that polls it. Raises ArgumentError for anything else."""
        expected = poll.response_type
        if expected is not None and not isinstance(operation, expected):
            raise ArgumentError(
                f"operation: expected an {expected.__name__}, got {shortened(operation)}",
                hint="Pass what starting it returned, or what get() returns for its name. An Export waits by itself: "
                "export.wait(), or pass export.operation.",
            )

        def read(name: str, seconds: float | None) -> OperationT:
            own = math.inf if self._settings.timeout is None else self._settings.timeout
            options: CallOptions = {} if seconds is None else {"timeout": min(seconds, own)}
            return self.call(poll, {"name": name}, None, options)

        waiter = Waiter(view=view, poll=read, clock=self._clock)
        return waiter.wait(operation, timeout=timeout, on_progress=on_progress)

    def _filled(self, method: Method[Any], parameters: Mapping[str, object]) -> dict[str, object]:
        found = {name: value for name, value in parameters.items() if value is not None}
        for parameter in method.parameters:
            if parameter.held is not None and parameter.name not in found:
                value = self._held.get(parameter.held)
                if value is not None:
                    found[parameter.name] = value
        return found

    def _scopes_for(self, method: Method[Any], body: object, options: CallOptions) -> tuple[str, ...]:
        if "scopes" in options:
            return checked_scopes(options["scopes"])
        return method.scopes_for(body) if self._settings.scopes is None else self._settings.scopes

    def _headers(self, options: CallOptions) -> Mapping[str, str]:
        headers = _client_headers(self._settings.user_agent)
        project = options.get("quota_project") or self._quota_project
        return {**headers, "x-goog-user-project": project} if project else headers

    def _authorizing(self) -> Transport:
        """The transport that adds credentials; made at the first call, when sockets and google-auth are needed."""
        if self._authorized is None:
            with self._lock:
                if self._authorized is None:
                    self._authorized = self._new_authorizing()
        return self._authorized

    def _new_authorizing(self) -> Transport:
        from .auth import AuthTransport

        if self._transport is None:
            from .transport import UrllibTransport

            self._transport = UrllibTransport(
                max_response=self._settings.max_response_bytes,
                connections=self._settings.connections,
                tls=self._settings.tls,
                connect_timeout=self._settings.connect_timeout,
                read_timeout=self._settings.read_timeout,
                clock=self._clock,
            )
        observed = ObservedTransport(self._transport, self._clock)
        return AuthTransport(
            observed,
            self._settings.credentials,
            clock=self._clock,
            credential_hosts=self._settings.credential_hosts,
        )

    def _sent(self, request: Request, transport: Transport) -> Response:
        started = self._clock.monotonic()
        status: int | None = None
        failure: BaseException | None = None
        try:
            response = transport.send(request)
            status = response.status
        except BaseException as error:
            failure = error
            status = getattr(error, "http_status", None)
            raise
        finally:
            log_call(request, status, failure, self._clock.monotonic() - started)
        return response

    def _answer(self, method: Method[T], response: Response) -> T:
        try:
            return method.response(response.body, self._codecs)
        except DecodeError as error:
            kind = response.headers.get("content-type", "no content type")
            name = response.server_request_id[:80]
            shown = f"{kind[:80]}{f' (request {name})' if name else ''}"
            error.add_note(f"{method.id} answered {response.status} with {shown}")
            if len(response.body) >= LARGE:
                # Whoever keeps the error would keep the body, and the text that was made of it.
                clear_frames(error.__traceback__)
                error.__context__ = None
                del response
            raise


@cache
def _client_headers(user_agent: str | None) -> Mapping[str, str]:
    """Who calls, in Google's `name/version` form. `(gzip)` is how Google's front end is asked to compress."""
    import platform

    own = f"groundwire/{_version()}"
    agent = f"{user_agent} {own}" if user_agent else own
    return {
        "accept": "application/json",
        "accept-encoding": "gzip",
        "user-agent": f"{agent} (gzip)",
        "x-goog-api-client": f"gl-python/{platform.python_version()} {own}",
    }


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("groundwire")
    except PackageNotFoundError:
        # A vendored copy has no distribution of its own.
        return "vendored"
