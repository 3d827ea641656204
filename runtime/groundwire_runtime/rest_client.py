"""Clients of APIs that OpenAPI describes: their servers, credentials, headers and errors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, TypeVar, Unpack, cast
from urllib.parse import urljoin

from attrs import frozen

from .client import BaseClient, version
from .errors import ArgumentError
from .options import RestCallOptions, TransportOptions, checked_endpoint, unexpected
from .rest_auth import Auth, RestScheme, Security, scheme_auth
from .rest_errors import read_error
from .rest_method import RestMethod

if TYPE_CHECKING:
    from .auth import Authorizer
    from .clock import Clock
    from .codec import Codecs
    from .described import Method
    from .errors import ApiError
    from .http import Request, Response
    from .options import CallOptions

T = TypeVar("T")
_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_NOT_IN_VARIABLE: Final = re.compile(r"[\x00-\x20\x7f/?#@\\]")


@frozen
class RestServer:
    """A base URL: absolute, or relative to where the description was found. `{name}` stands for a variable.

    `variables` are names, each with its default and with all values that it may have; () is: any.
    """

    url: str
    variables: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def resolved(self, values: Mapping[str, str]) -> str:
        """Return the URL with a value for each variable. Raises ArgumentError for an unknown one, or another value."""
        known = {name: (default, allowed) for name, default, allowed in self.variables}
        for name, value in values.items():
            if name not in known:
                near = get_close_matches(name, known, cutoff=0.5) or sorted(known)
                raise ArgumentError(
                    f"server_variables: {self.url} has no variable {name[:80]!r}",
                    hint=f"It has {', '.join(near) or 'none'}.",
                )
            allowed = known[name][1]
            if not isinstance(value, str) or (
                value not in allowed if allowed else _NOT_IN_VARIABLE.search(value)
            ):
                expected = f"one of {', '.join(allowed)}" if allowed else "a text without / ? # @ and spaces"
                raise ArgumentError(f"server_variables: {name}: expected {expected}, got {str(value)[:80]!r}")
        chosen = {name: values.get(name, default) for name, (default, _) in known.items()}
        return _VARIABLE.sub(lambda found: chosen.get(found[1], found[0]), self.url)


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
        auth: Auth | None = None,
        server: int | str = 0,
        server_variables: Mapping[str, str] | None = None,
        **options: Unpack[TransportOptions],
    ) -> None:
        base_url = ""
        if options.get("endpoint") is None:
            base_url = checked_server(_chosen(servers, server).resolved(server_variables or {}))
        super().__init__(codecs, base_url=base_url, methods=methods, held=held, **options)
        self._rest_methods = methods
        self._auth = scheme_auth(
            auth,
            schemes,
            base_url=self._base_url,
            security_of=self._security_of,
            has_certificate=self._settings.has_certificate,
        )

    def call(
        self, method: Method[T], parameters: Mapping[str, object], body: object, options: RestCallOptions
    ) -> T:
        """Make one call: fill what the client holds, encode, send, decode. Raises GroundwireError."""
        if not options.keys() <= RestCallOptions.__optional_keys__:
            raise unexpected(options, method.id, RestCallOptions.__optional_keys__)
        return super().call(method, parameters, body, cast("CallOptions", options))

    def _security_of(self, method_id: str) -> Security | None:
        method = self._rest_methods.get(method_id)
        return None if method is None else method.security

    def _authorizer(self) -> Authorizer:
        return self._auth

    def _base_url_of(self, method: Method[Any]) -> str:
        """Return the method's own server, unless the client has an endpoint of its own."""
        server = getattr(method, "server", None)
        if server is None or self._settings.endpoint is not None:
            return self._base_url
        return checked_server(urljoin(self._base_url, server))

    def _headers(self) -> dict[str, str]:
        own = f"groundwire/{version()}"
        agent = f"{self._settings.user_agent} {own}" if self._settings.user_agent else own
        return {"accept-encoding": "gzip", "user-agent": agent}

    def _read_error(self, response: Response, request: Request, clock: Clock) -> ApiError:
        method = self._rest_methods.get(request.method_id)
        answers = () if method is None else method.answers
        return read_error(response, request, clock, answers=answers, codecs=self._codecs)


def checked_server(url: str) -> str:
    """Return a server's URL with one slash at its end. Raises ArgumentError for a relative one, and as for an endpoint."""
    if "://" not in url:
        path = url if url.startswith("/") else f"/{url}"
        raise ArgumentError(
            f"server: {url[:200]!r} is relative, and the description does not say to what",
            hint=f'Pass the base URL: Client(endpoint="https://HOST{path[:200].rstrip("/")}").',
        )
    return checked_endpoint(url)


def _chosen(servers: Sequence[RestServer], server: int | str) -> RestServer:
    """Return a server by its index or its URL; where none is stated, it is relative (4.8.1). Raises ArgumentError."""
    servers = servers or (RestServer("/"),)
    if isinstance(server, int) and 0 <= server < len(servers):
        return servers[server]
    found = next((each for each in servers if each.url == server), None)
    if found is None:
        stated = ", ".join(f"{index}: {each.url}" for index, each in enumerate(servers)) or "none"
        raise ArgumentError(
            f"server: the description has no server {str(server)[:200]!r}, it has {stated[:1_000]}",
            hint="A base URL of your own is passed as endpoint=.",
        )
    return found
