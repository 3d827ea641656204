"""The base of generated clients: turn a method, parameters and a body into an answer."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, ParamSpec, Self, TypeVar, Unpack, cast

from .answers import WATCH, Answered, Saved, SaveTo, Watch, downloads, seen, watching
from .auth import Anonymous, Authorizer, AuthTransport, with_headers, without_frames
from .body import Budget, Reservation
from .clock import Clock
from .errors import ApiError, DecodeError, OutcomeUnknown
from .events import LOG, emit, listeners
from .http import CallState, Described, Request, Response, Transport
from .options import (
    CALL_OPTIONS,
    CallOptions,
    ClientOptions,
    Settings,
    check_options,
    checked_scopes,
    checked_timeout,
)
from .redaction import Secrets, public_headers
from .retry import RetryTransport, StartedOperations

if TYPE_CHECKING:
    import os
    from types import TracebackType

    from .codec import Codecs

P = ParamSpec("P")
T = TypeVar("T")
ErrorT = TypeVar("ErrorT", bound=BaseException)


class Resource:
    """A resource of an API: a place for its methods."""

    __slots__ = ("__dict__", "_client")

    def __init__(self, client: BaseClient) -> None:
        self._client = client


class BaseClient(ABC):
    """A client of one API. Thread-safe, and usable after a fork."""

    def __init__(
        self,
        codecs: Codecs,
        *,
        base_url: str,
        methods: Mapping[str, Described[Any]],
        held: Mapping[str, str | None],
        **options: Unpack[ClientOptions],
    ) -> None:
        self.methods = methods
        """Every method by its id in the description."""
        self.call_options = CALL_OPTIONS
        self._codecs = codecs
        self._held = dict(held)
        self._settings = settings = Settings(**options)
        self._base_url = settings.endpoint or self._default_endpoint(base_url)
        self._clock = settings.clock
        self._budget = Budget(settings.max_unpacked_bytes)
        self._sockets = settings.transport
        self._chain: tuple[AuthTransport, Mapping[str, str]] | None = None
        self._lock = threading.Lock()
        self._started = StartedOperations()
        self._secrets = Secrets()

    def __repr__(self) -> str:
        # A traceback may show a client whose constructor raised.
        base_url = getattr(self, "_base_url", None)
        return f"{type(self).__name__}({'' if base_url is None else repr(base_url)})"

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
    def timeout(self) -> float | None:
        """Seconds that a call may take, or None without a limit."""
        return self._settings.timeout

    @property
    def started(self) -> StartedOperations:
        """The operations that starts of this client got."""
        return self._started

    def close(self) -> None:
        """Close idle connections; the client stays usable."""
        close = getattr(self._sockets, "close", None)
        if close is not None:
            close()

    def call(
        self, method: Described[T], parameters: Mapping[str, object], body: object, options: CallOptions
    ) -> T:
        """Make one call: fill what the client holds, encode, send, decode. Raises GroundwireError."""
        if options:
            check_options(options, method.id, self.call_options)
        parameters, body = method.with_request_id(self._filled(method, parameters), body, self._clock.new_id)
        settings = self._settings
        seconds = checked_timeout(options["timeout"]) if "timeout" in options else settings.timeout
        authorized, headers = self._chain or self._connect()
        project = options.get("quota_project") or settings.quota_project
        watched = settings.on_event is not None or LOG.isEnabledFor(logging.INFO)
        call = CallState(
            listeners(settings.on_event) if watched else (),
            reservation=Reservation(self._budget),
            new_id=self._clock.new_id,
        )
        request = method.request(
            parameters,
            body,
            base_url=self._base_url,
            codecs=self._codecs,
            headers={**headers, "x-goog-user-project": project} if project else headers,
            scopes=checked_scopes(options["scopes"]) if "scopes" in options else settings.scopes,
            deadline=None if seconds is None else self._clock.monotonic() + seconds,
            call=call,
        )
        request = self._with_options(request, options) if options else request
        policy = options.get("retry", settings.retry)
        transport: Transport = RetryTransport(authorized, self._read_error, policy, self._clock)
        transport = transport if request.over is None else request.over(transport)
        try:
            send = partial(self._watched_send, transport) if watched else transport.send
            watch = WATCH.get()
            if watch is not None:
                return self._seen(watch, method, request, send)
            # An error that is kept keeps this frame: the response is no variable of it.
            return self._claimed(method.answer(send(request), self._codecs), request)
        except (DecodeError, OutcomeUnknown) as error:
            if not self._secrets:
                raise
            raise self.redacted(error) from error.__cause__
        finally:
            call.reservation.release()

    def with_response(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Answered[T]:
        """Make one call, and return its value with the status and the headers of its answer. Raises GroundwireError.

        `client.with_response(client.huts.get_hut, "tschierva").headers["etag"]`.
        """
        watch = Watch()
        with watching(watch):
            value = call(*args, **kwargs)
        response = seen(watch)
        return Answered(value=value, status=response.status, headers=response.headers)

    def save(
        self,
        to: SaveTo | str | os.PathLike[str] | BinaryIO,
        call: Callable[P, object],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Saved:
        """Make one call, and write the body of its answer to a file as it comes, in constant memory. Raises GroundwireError, and OSError of the file.

        A body that was cut is continued where the service has ranges: `client.save("x.tif", client.huts.image, "tschierva")`.
        """
        with downloads().opened(to, self._clock) as target:
            watch = Watch(target)
            with watching(watch):
                call(*args, **kwargs)
            response = seen(watch)
            return Saved(size=target.size, status=response.status, headers=response.headers)

    def _seen(
        self, watch: Watch, method: Described[T], request: Request, send: Callable[[Request], Response]
    ) -> T:
        """Send for `with_response` or `save`. A body that goes to a file has no value."""
        # Calls that a source of credentials or a listener makes meanwhile are not seen.
        with watching(None):
            if watch.target is None:
                response = send(request)
                value = self._claimed(method.answer(response, self._codecs), request)
            else:
                response = downloads().save(send, request, watch.target, self._clock)
                value = cast("T", None)
        headers = public_headers(response.headers, self._secrets.redacted)
        watch.response = Response(status=response.status, headers=headers)
        return value

    def _with_options(self, request: Request, options: CallOptions) -> Request:
        """Return the request with what the options of the call add to it. Raises ArgumentError."""
        return with_headers(request, options["headers"]) if "headers" in options else request

    def _claimed(self, answer: T, request: Request) -> T:
        """Return an answer; raise OutcomeUnknown for an operation that another start got."""
        return self._started.check(answer, request)

    def redacted(self, error: ErrorT) -> ErrorT:
        """Redact the client's credentials in an error that quotes an answer. Return the error.

        Frames of the layers below hold the answer, so they are dropped, and with them what a decoder met.
        """
        if self._secrets:
            if isinstance(error, DecodeError):
                error.__cause__ = error.__context__ = None
            without_frames(self._secrets.redact(error))
        return error

    def _filled(self, method: Described[Any], parameters: Mapping[str, object]) -> dict[str, object]:
        """Return the parameters that have a value, with those that the client holds."""
        filled = {name: value for name, value in parameters.items() if value is not None}
        for parameter in method.parameters:
            if parameter.held is not None and parameter.name not in filled:
                value = self._held.get(parameter.held)
                if value is not None:
                    filled[parameter.name] = value
        return filled

    def _watched_send(self, transport: Transport, request: Request) -> Response:
        """Send, and tell the listeners how the call ended."""
        started = self._clock.monotonic()
        try:
            response = transport.send(request)
        except BaseException as error:
            status = getattr(error, "http_status", None)
            emit(request, "call", status=status, error=error, seconds=self._clock.monotonic() - started)
            raise
        emit(request, "call", status=response.status, seconds=self._clock.monotonic() - started)
        return response

    def _connect(self) -> tuple[AuthTransport, Mapping[str, str]]:
        """Make the transports and the headers of every call, at the first one, when sockets are needed."""
        with self._lock:
            if self._chain is None:
                sockets = self._sockets or self._new_sockets()
                authorized = AuthTransport(
                    sockets, self._authorizer(), self._read_error, self._clock, self._secrets
                )
                self._sockets, self._chain = sockets, (authorized, self._headers())
            return self._chain

    def _new_sockets(self) -> Transport:
        from .transport import UrllibTransport

        settings = self._settings
        return UrllibTransport(
            max_response=settings.max_response_bytes,
            connections=settings.connections,
            tls=settings.tls,
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout,
            clock=self._clock,
        )

    def _authorizer(self) -> Authorizer:
        return self._settings.auth or Anonymous()

    def _default_endpoint(self, base_url: str) -> str:
        """Return the base URL to use when the caller names no endpoint."""
        return base_url

    def _headers(self) -> dict[str, str]:
        """Return the headers of every call."""
        own = f"groundwire/{version()}"
        agent = f"{self._settings.user_agent} {own}" if self._settings.user_agent else own
        return {"accept-encoding": "gzip", "user-agent": agent}

    @abstractmethod
    def _read_error(self, response: Response, request: Request, clock: Clock) -> ApiError:
        """Return the error of a response that is no success, as the service words errors."""


def version() -> str:
    """Return the version of the distribution; a vendored copy has none."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("groundwire")
    except PackageNotFoundError:
        return "vendored"
