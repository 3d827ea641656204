"""Clients of Google's APIs: their credentials, endpoints, headers and errors."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Unpack
from urllib.parse import urlencode

from attrs import evolve

from .auth import checked_token, is_authorizer, with_secrets
from .client import BaseClient, version
from .options import CallOptions, ClientOptions
from .parameters import Parameter
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

COMMON: Final[Mapping[str, Parameter]] = {
    "fields": Parameter(name="fields", location="query"),
    "key": Parameter(name="key", location="query"),
    "pretty_print": Parameter(name="prettyPrint", location="query", kind="boolean"),
    "quota_user": Parameter(name="quotaUser", location="query"),
    "xgafv": Parameter(name="$.xgafv", location="query", values=("1", "2")),
}
"""Parameters of all methods of an API, by the options of a call that fill them."""


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
        common: Sequence[str] = (),
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
        self.call_options |= {name for name, each in COMMON.items() if each.name in common}

    def _with_options(self, request: Request, options: CallOptions) -> Request:
        request = super()._with_options(request, options)
        method = self.methods.get(request.method_id)
        own = set[str]() if method is None else {each.name for each in method.parameters}
        query = [
            (COMMON[name].name, text)
            for name, value in options.items()
            if name in COMMON and value is not None and COMMON[name].name not in own
            for text in (COMMON[name].texts(value) if name != "key" else (checked_token(value, "API key"),))
        ]
        if not query:
            return request
        separator = "&" if "?" in request.url else "?"
        request = evolve(request, url=f"{request.url}{separator}{urlencode(query)}")
        return with_secrets(request, {}, *(text for name, text in query if name == "key"))

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
