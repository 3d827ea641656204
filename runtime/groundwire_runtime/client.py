"""What every generated client is built on: it turns a method, parameters and a body into an answer."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from attrs import evolve

from .clock import SYSTEM, Clock
from .credentials import Credentials, checked
from .errors import ArgumentError, DecodeError
from .http import Request, Response, Transport
from .observe import Hook, Hooks, ObservedTransport, Trace, log_call
from .operations import OperationView, StartedOperations, Waiter
from .options import (
    CONNECT_TIMEOUT,
    DEFAULT_TIMEOUT,
    MAX_RESPONSE,
    NO_TIMEOUT,
    CallOptions,
    NoTimeout,
    checked_endpoint,
    checked_scopes,
    checked_timeout,
)
from .paging import Pager
from .retry import DEFAULT, RetryPolicy, RetryTransport

if TYPE_CHECKING:
    import ssl
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
        credentials: Credentials = None,
        endpoint: str | None = None,
        scopes: Sequence[str] | None = None,
        quota_project: str | None = None,
        timeout: float | NoTimeout = DEFAULT_TIMEOUT,
        connect_timeout: float | NoTimeout = CONNECT_TIMEOUT,
        read_timeout: float | NoTimeout = NO_TIMEOUT,
        tls: ssl.SSLContext | None = None,
        retry: RetryPolicy | None = DEFAULT,
        max_response_bytes: int = MAX_RESPONSE,
        transport: Transport | None = None,
        user_agent: str | None = None,
        clock: Clock = SYSTEM,
        on_request: Hook | None = None,
        on_response: Hook | None = None,
        on_retry: Hook | None = None,
    ) -> None:
        self.methods = methods
        """Every method by its discovery id."""
        self._codecs = codecs
        self._base_url = base_url if endpoint is None else checked_endpoint(endpoint)
        self._held = dict(held)
        self._credentials = checked(credentials)
        self._scopes = None if scopes is None else checked_scopes(scopes)
        self._quota_project = quota_project or os.environ.get("GOOGLE_CLOUD_QUOTA_PROJECT")
        self._timeout = checked_timeout(timeout)
        self._connect_timeout = checked_timeout(connect_timeout, "connect_timeout")
        self._read_timeout = checked_timeout(read_timeout, "read_timeout")
        if tls is not None and transport is not None:
            raise ArgumentError("tls: a transport of your own has TLS settings of its own")
        self._tls = tls
        self._retry = retry
        self._max_response_bytes = max_response_bytes
        self._clock = clock
        self._user_agent = user_agent
        self._transport = transport
        self._authorized: Transport | None = None
        self._lock = threading.Lock()
        self._started = StartedOperations()
        self._hooks = Hooks(on_request=on_request, on_response=on_response, on_retry=on_retry)

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
        if not options.keys() <= CallOptions.__optional_keys__:
            raise _unknown_option(method, options)
        parameters = self._filled(method, parameters)
        parameters, body = method.with_request_id(parameters, body, self._clock.new_id)
        seconds = checked_timeout(options["timeout"]) if "timeout" in options else self._timeout
        request = method.request(
            parameters,
            body,
            base_url=self._base_url,
            codecs=self._codecs,
            headers=self._headers(options),
            scopes=self._scopes_for(method, body, options),
            deadline=None if seconds is None else self._clock.monotonic() + seconds,
            trace=Trace(self._hooks),
        )
        policy = options.get("retry", self._retry)
        response = self._sent(request, RetryTransport(self._authorizing(), policy, self._clock))
        answer = self._answer(method, response)
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
        """Wait for an operation through the method that polls it."""

        def read(name: str, seconds: float | None) -> OperationT:
            own = math.inf if self._timeout is None else self._timeout
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
        return method.scopes_for(body) if self._scopes is None else self._scopes

    def _headers(self, options: CallOptions) -> Mapping[str, str]:
        headers = _client_headers(self._user_agent)
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
                max_response=self._max_response_bytes,
                tls=self._tls,
                connect_timeout=self._connect_timeout,
                read_timeout=self._read_timeout,
                clock=self._clock,
            )
        observed = ObservedTransport(self._transport, self._clock)
        return AuthTransport(observed, self._credentials, clock=self._clock)

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
            raise


def _unknown_option(method: Method[Any], options: CallOptions) -> TypeError:
    known = sorted(CallOptions.__optional_keys__)
    name = next(name for name in options if name not in known)
    return TypeError(f"{method.id}: unexpected keyword argument {name!r}; options are {', '.join(known)}")


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
