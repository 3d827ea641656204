"""Clients of APIs that OpenAPI describes: their servers, credentials, headers and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, cast

from .client import BaseClient
from .errors import ArgumentError
from .options import RestCallOptions, SendOptions, TransportOptions, check_options
from .rest_auth import Auth, RestScheme, Security, scheme_auth
from .rest_errors import read_error
from .rest_method import RestMethod
from .servers import RestServer, checked_server, chosen_server
from .streams import Stream
from .wrapped_method import WrappedMethod

if TYPE_CHECKING:
    from .auth import Authorizer
    from .clock import Clock
    from .codec import Codecs
    from .error_facts import Hint
    from .errors import ApiError
    from .http import Described, Request, Response
    from .options import CallOptions

T = TypeVar("T")


class RestOptions(TransportOptions, total=False):
    """Options of a client of an API that OpenAPI describes; see also `TransportOptions`.

    `auth`: `auth.Bearer(token)`, `auth.ApiKey(...)`, `auth.Basic(...)`, or a mapping of the description's security schemes
    to such a source, to a token or key, or to a function that returns one. `server`: the index of one of the description's
    servers, or its URL; the first by default. `server_variables`: values for the variables in its URL. `endpoint`, a base URL
    of one's own, stands for all servers.
    """

    auth: Auth | None
    server: int | str
    server_variables: Mapping[str, str]


class Resource:
    """A resource of an API: a place for its methods."""

    __slots__ = ("__dict__", "_client")

    def __init__(self, client: RestClient) -> None:
        self._client = client


class RestClient(BaseClient):
    """A client of an API that OpenAPI describes."""

    def __init__(
        self,
        codecs: Codecs,
        *,
        servers: Sequence[RestServer],
        methods: Mapping[str, RestMethod[Any]],
        schemes: Mapping[str, RestScheme],
        held: Mapping[str, str | None],
        hints: tuple[Hint, ...] = (),
        auth: Auth | None = None,
        server: int | str = 0,
        server_variables: Mapping[str, str] | None = None,
        **options: Unpack[TransportOptions],
    ) -> None:
        base_url = ""
        if options.get("endpoint") is None:
            base_url = checked_server(chosen_server(servers, server).resolved(server_variables or {}))
        super().__init__(codecs, base_url=base_url, methods=methods, held=held, **options)
        self.call_options = RestCallOptions.__optional_keys__
        self._rest_methods, self._hints = methods, hints
        self._key_headers = {
            each.name.lower() for each in schemes.values() if each.location == "header" and each.name
        }
        self._auth = scheme_auth(
            auth,
            schemes,
            base_url=self._base_url,
            security_of=self._security_of,
            has_certificate=self._settings.has_certificate,
        )

    def call(
        self, method: Described[T], parameters: Mapping[str, object], body: object, options: SendOptions
    ) -> T:
        """Make one call: fill what the client holds, encode, send, decode. Raises GroundwireError."""
        check_options(options, method.id, self.call_options)
        others = cast("RestCallOptions", {**options})
        method = self._adapted(method, others)
        others.pop("accept", None)
        answer: T = super().call(method, parameters, body, cast("CallOptions", others))
        stream: object = answer
        if isinstance(stream, Stream):
            stream.redact = self.redacted
        return answer

    def _adapted(self, method: Described[T], options: RestCallOptions) -> Described[T]:
        """Return a method as this client calls it: an endpoint stands for its own server, and a call may ask for one media type."""
        if isinstance(method, WrappedMethod):
            return method.mapped(lambda inner: self._adapted(inner, options))
        if isinstance(method, RestMethod):
            method = method if self._settings.endpoint is None else method.at_endpoint()
            method = method.accepting(options["accept"]) if "accept" in options else method
        return method

    @property
    def base_url(self) -> str:
        """The URL below which the methods are."""
        return self._base_url

    @property
    def codecs(self) -> Codecs:
        """The codecs of the client's messages."""
        return self._codecs

    def _with_options(self, request: Request, options: CallOptions) -> Request:
        request = super()._with_options(request, options)
        keys = self._key_headers & {name.lower() for name in options.get("headers", ())}
        if keys:
            raise ArgumentError(
                f"headers: {min(keys)} is set by the client itself", hint="Pass it as `auth` of the client."
            )
        return request

    def _claimed(self, answer: T, request: Request) -> T:
        del request  # what looks like an operation of Google's is any message here
        return answer

    def _security_of(self, method_id: str) -> Security | None:
        method = self._rest_methods.get(method_id)
        return None if method is None else method.security

    def _authorizer(self) -> Authorizer:
        return self._auth

    def _read_error(self, response: Response, request: Request, clock: Clock) -> ApiError:
        method = self._rest_methods.get(request.method_id)
        answers = () if method is None else method.answers
        error = read_error(response, request, clock, answers=answers, codecs=self._codecs, hints=self._hints)
        if response.status == 401 and not error.own_hint and not self._auth.holds_any:
            error.hint = "The client was made without `auth`: Client(auth=...)."
        return error
