"""Clients of Google's APIs: their credentials, endpoints, headers and errors."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from .auth import is_authorizer
from .client import BaseClient, version
from .options import ClientOptions
from .universe import default_endpoint

if TYPE_CHECKING:
    from .auth import Authorizer
    from .clock import Clock
    from .codec import Codecs
    from .credentials import Credentials
    from .error_facts import Hint
    from .errors import ApiError
    from .http import Request, Response
    from .method import Method


class GoogleOptions(ClientOptions, total=False):
    """Options of a client of one of Google's APIs; see also `ClientOptions`.

    `credentials`: None for application default (nothing on loopback, and for methods that have no scopes),
    google-auth's own, `credentials.Token`, `credentials.anonymous()`, or the path of a file. `credential_hosts`: hosts
    that credentials may use besides Google's token endpoints, metadata servers and loopback; `.example.com` stands for
    all below it.
    """

    credentials: Credentials
    credential_hosts: Sequence[str]


class GoogleClient(BaseClient):
    """A client of one of Google's APIs."""

    def __init__(
        self,
        codecs: Codecs,
        *,
        base_url: str,
        methods: Mapping[str, Method[Any]],
        held: Mapping[str, str | None],
        hints: tuple[Hint, ...] = (),
        credentials: Credentials = None,
        credential_hosts: Sequence[str] = (),
        **options: Unpack[ClientOptions],
    ) -> None:
        if not is_authorizer(credentials) or credential_hosts != ():
            from .credentials import checked
            from .token_endpoints import checked_hosts

            credentials, credential_hosts = checked(credentials), checked_hosts(credential_hosts)
        self._credentials, self._credential_hosts = credentials, credential_hosts
        project = options.get("quota_project") or os.environ.get("GOOGLE_CLOUD_QUOTA_PROJECT")
        if project:
            options["quota_project"] = project
        self._hints = hints
        super().__init__(codecs, base_url=base_url, methods=methods, held=held, **options)

    def _authorizer(self) -> Authorizer:
        if self._settings.auth is not None:
            return self._settings.auth
        if is_authorizer(self._credentials):
            return self._credentials
        from .google_auth import GoogleAuth

        return GoogleAuth(self._credentials, credential_hosts=self._credential_hosts, clock=self._clock)

    def _default_endpoint(self, base_url: str) -> str:
        return default_endpoint(base_url, certificate=self._settings.has_certificate)

    def _headers(self) -> dict[str, str]:
        import platform

        product = f"gl-python/{platform.python_version()} groundwire/{version()}"
        headers = super()._headers()
        # This is how Google's front end is asked to compress.
        agent = f"{headers['user-agent']} (gzip)"
        return {"accept": "application/json", **headers, "user-agent": agent, "x-goog-api-client": product}

    def _read_error(self, response: Response, request: Request, clock: Clock) -> ApiError:
        from .google_errors import read_error

        return read_error(response, request, clock, self._hints)
