"""Requests beside what their document says that they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from groundwire_runtime.http import Request

from .forms import Form

ANY_KEY: Final = "a key of the client's own"
KNOWN: Final = ("apiKey", "basic", "bearer", "oauth2", "openIdConnect", "mutualTLS")
"""Security schemes that a client has credentials for."""
OWN_HEADERS: Final = ("accept-encoding", "user-agent")


def kind(scheme: Mapping[str, Any]) -> str:
    """Return the kind of a security scheme; of an HTTP one, its scheme."""
    type_: str = scheme.get("type", "")
    return str(scheme.get("scheme", "")).lower() if type_ == "http" else type_


def filled(server: Mapping[str, Any]) -> str:
    """Return the URL of a server with the defaults of its variables."""
    url: str = server["url"]
    for name, variable in (server.get("variables") or {}).items():
        url = url.replace(f"{{{name}}}", str(variable["default"]))
    return url


def differences(request: Request, wanted: Mapping[str, Any]) -> list[str]:
    """Return how a request differs from what its document says."""
    base, _, query = request.url.partition("?")
    headers: dict[str, Any] = {
        key: value
        for key, value in request.headers.items()
        if key not in OWN_HEADERS or key in wanted["headers"]
    }
    headers.pop("accept", None)
    if isinstance(wanted["headers"].get("cookie"), list) and "cookie" in headers:
        headers["cookie"] = sorted(headers["cookie"].split("; "))
    want_headers: dict[str, Any] = {
        key: sorted(value) if isinstance(value, list) else value for key, value in wanted["headers"].items()
    }
    if want_headers.get("content-type", "").startswith("text/"):
        headers["content-type"] = headers.get("content-type", "").partition(";")[0]
        want_headers["content-type"] = want_headers["content-type"].partition(";")[0]
    if (
        len(want_headers.get("authorization", ())) > 1
        and headers.get("authorization") in want_headers["authorization"]
    ):
        want_headers["authorization"] = [headers["authorization"]]
    if len(want_headers.get("authorization", ())) == 1:
        [want_headers["authorization"]] = want_headers["authorization"]
    if want_headers.get("idempotency-key") == ANY_KEY and request.request_id:
        want_headers["idempotency-key"] = request.request_id
    body: Any = request.body
    want_body, faults = wanted["body"], list[str]()
    if isinstance(want_body, Form):
        faults = _of_form(headers, request, want_body)
        body = want_body = None
    elif body is not None and not isinstance(want_body, bytes):
        body = json.loads(body)
    pairs = {
        "verb": (request.verb, wanted["verb"]),
        "URL": (base, wanted["base"]),
        "query": (sorted(query.split("&")) if query else [], wanted["query"]),
        "headers": (headers, want_headers),
        "body": (body, want_body),
    }
    return faults + [
        f"{what} {short(ours)}, by the document {short(theirs)}"
        for what, (ours, theirs) in pairs.items()
        if ours != theirs
    ]


def _of_form(headers: dict[str, Any], request: Request, want: Form) -> list[str]:
    """Return how a form differs, and take the boundary out of its media type."""
    kind = headers.get("content-type", "")
    body = request.body
    data = body if isinstance(body, bytes) else b"".join(body or ())
    headers["content-type"] = kind.partition("; boundary=")[0]
    return want.differences(kind, data)


def short(value: Any) -> str:
    """Return the first characters of a value."""
    return repr(value)[:600]
