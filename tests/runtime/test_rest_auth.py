"""Credentials of APIs that OpenAPI describes: what a method requires goes along, to the client's own origin alone."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from groundwire_runtime import errors
from groundwire_runtime.api_key import ApiKey, Basic, Bearer
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestAnswer, RestContent
from groundwire_runtime.events import Event
from groundwire_runtime.http import FunctionTransport, Request, Response
from groundwire_runtime.rest_auth import RestScheme
from groundwire_runtime.rest_client import RestClient
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.schema import ANY, STRING, ListOf
from groundwire_runtime.servers import RestServer
from groundwire_runtime.styles import StyledParameter

from .doubles import Script, Time, rest_client

SECRET = "s3cr/t+value=1"
CODECS = Codecs(SimpleNamespace(), {})
SCHEMES = {
    "token": RestScheme(kind="bearer"),
    "oauth": RestScheme(kind="oauth2"),
    "login": RestScheme(kind="basic"),
    "header": RestScheme(kind="apiKey", location="header", name="X-Key"),
    "query": RestScheme(kind="apiKey", location="query", name="api key"),
    "cookie": RestScheme(kind="apiKey", location="cookie", name="sid"),
    "tls": RestScheme(kind="mutualTLS"),
}


def method(security: Any = None, **facts: Any) -> RestMethod[Any]:
    made: dict[str, Any] = {
        "id": "m",
        "verb": "GET",
        "path": "/x",
        "security": security,
        "answers": (RestAnswer(200, 299),),
        **facts,
    }
    return RestMethod[Any](**made)


def client(made: RestMethod[Any], transport: Any, **options: Any) -> RestClient:
    servers = (RestServer(options.pop("base", "https://api.example/v1")),)
    facts = {"servers": servers, "schemes": SCHEMES, "transport": transport, "clock": Time().clock()}
    return rest_client(CODECS, made, **facts, **options)


def sent(auth: Any, security: Any = None, values: Any = None, **facts: Any) -> Request:
    requests: list[Request] = []

    def send(request: Request) -> Response:
        requests.append(request)
        return Response(status=204)

    made = method(security, **facts)
    client(made, FunctionTransport(send), auth=auth).call(made, values or {}, None, {})
    return requests[0]


def credentials(request: Request) -> dict[str, str]:
    """Return what a request carries: by header, and the query."""
    found = {
        name: str(request.headers[name])
        for name in ("authorization", "x-key", "cookie")
        if name in request.headers
    }
    query = request.url.partition("?")[2]
    return {**found, **({"query": query} if query else {})}


ENCODED = "s3cr%2Ft%2Bvalue%3D1"
BASIC = "Basic dXNlcjpzM2NyL3QrdmFsdWU9MQ=="
CASES = [
    (Bearer(SECRET), {"authorization": f"Bearer {SECRET}"}),
    (Bearer(lambda: SECRET), {"authorization": f"Bearer {SECRET}"}),
    (Basic("user", SECRET), {"authorization": BASIC}),
    (ApiKey(SECRET, header="X-Key"), {"x-key": SECRET}),
    (ApiKey(lambda: SECRET, query="api key"), {"query": f"api%20key={ENCODED}"}),
    (ApiKey(SECRET, cookie="sid"), {"cookie": f"sid={ENCODED}"}),
    ({"token": SECRET}, {"authorization": f"Bearer {SECRET}"}),
    ({"oauth": lambda: SECRET}, {"authorization": f"Bearer {SECRET}"}),
    ({"login": ("user", SECRET)}, {"authorization": BASIC}),
    ({"header": SECRET}, {"x-key": SECRET}),
    ({"query": lambda: SECRET}, {"query": f"api%20key={ENCODED}"}),
    ({"cookie": ApiKey(SECRET)}, {"cookie": f"sid={ENCODED}"}),
    ({"header": SECRET, "cookie": SECRET}, {"x-key": SECRET, "cookie": f"sid={ENCODED}"}),
]


@pytest.mark.parametrize(("auth", "carried"), CASES)
def test_credentials_go_along_where_the_document_states_nothing(auth: Any, carried: dict[str, str]) -> None:
    assert credentials(sent(auth)) == carried
    assert credentials(sent(auth, security=())) == {}


@pytest.mark.parametrize(
    ("held", "security", "carried"),
    [
        (("token",), (("header",), ("token",)), ("authorization",)),
        (("token", "header"), (("header",), ("token",)), ("x-key",)),
        (("token", "header"), (("header", "token"),), ("authorization", "x-key")),
        (("header",), (("header", "token"), ("header",)), ("x-key",)),
        (("header",), ((), ("header",)), ("x-key",)),
        (("header",), (("token",), ()), ()),
        (("header",), ((),), ()),
    ],
)
def test_the_first_requirement_that_is_held_is_met(held: Any, security: Any, carried: Any) -> None:
    request = sent(dict.fromkeys(held, SECRET), security)
    assert tuple(credentials(request)) == carried


def test_a_requirement_that_is_not_held_is_named() -> None:
    with pytest.raises(
        errors.AuthError, match=r"needs credentials for token and header or login; .* some for query"
    ):
        sent({"query": SECRET}, (("token", "header"), ("login",)))


def test_one_source_stands_for_every_scheme_and_none_for_no_credentials() -> None:
    assert credentials(sent(Bearer(SECRET), (("login", "header"),))) == {"authorization": f"Bearer {SECRET}"}
    assert credentials(sent(Bearer(SECRET), ((), ("login",)))) == {"authorization": f"Bearer {SECRET}"}
    assert credentials(sent(None, (("login",),))) == {}


def test_a_certificate_satisfies_its_scheme() -> None:
    assert credentials(sent({"header": SECRET}, (("header", "tls"),))) == {"x-key": SECRET}


def test_a_key_joins_what_the_request_has() -> None:
    parameters = (
        StyledParameter(name="q", location="query"),
        StyledParameter(name="theme", location="cookie"),
        StyledParameter(name="x-key", location="header"),
    )
    given = {"q": "1", "theme": "dark", "x-key": "own"}
    auth = {"query": SECRET, "cookie": SECRET, "header": SECRET}
    assert credentials(sent(auth, None, given, parameters=parameters)) == {
        "x-key": "own",
        "cookie": f"theme=dark; sid={ENCODED}",
        "query": f"q=1&api%20key={ENCODED}",
    }


@pytest.mark.parametrize(
    "server",
    [
        "https://evil.example",
        "https://api.example:444",
        "http://localhost:1",
        "https://api.example.evil.example",
    ],
)
@pytest.mark.parametrize(("auth", "carried"), CASES)
def test_no_secret_goes_to_another_origin(auth: Any, carried: Any, server: str) -> None:
    assert carried
    request = sent(auth, None, server=server)
    assert request.url.startswith(f"{server}/x")
    assert (credentials(request), request.secrets) == ({}, ())
    assert credentials(sent(auth, None, server="https://API.example:443/v2")) == carried


def test_no_secret_goes_over_plain_http() -> None:
    with pytest.raises(errors.ArgumentError, match="refused"):
        client(method(), Script(), auth=Bearer(SECRET), endpoint="http://far.example")


@pytest.mark.parametrize(
    ("auth", "text"),
    [
        ({"tokne": "x"}, r"no scheme 'tokne' \(It has token"),
        ({"login": "x"}, "basic takes Basic"),
        ({"token": ("a", "b")}, "expected a token"),
        (ApiKey("x"), "needs its place"),
        ("x", "expected a source of credentials"),
    ],
)
def test_credentials_that_no_method_takes(auth: Any, text: str) -> None:
    with pytest.raises(errors.ArgumentError, match=text):
        client(method(), Script(), auth=auth)


def test_a_key_has_one_place() -> None:
    with pytest.raises(errors.ArgumentError, match="one of header"):
        ApiKey("x", header="a", query="b")


@pytest.mark.parametrize(
    "auth",
    [
        Bearer("a b"),
        Bearer("a\r\nx: y"),
        ApiKey("a\r\nx: y", header="x-key"),
        ApiKey("", header="x-key"),
        ApiKey("a\n", query="key"),
        ApiKey("\u00fc", cookie="key"),
        Basic("us:er", "password"),
        Basic("user", "pass\nword"),
    ],
)
def test_a_secret_that_cannot_be_sent_is_refused_without_being_told(auth: Any) -> None:
    with pytest.raises(errors.AuthError, match="malformed") as caught:
        sent(auth)
    assert not any(each in str(caught.value) for each in ("\u00fc", "word\n", "x: y"))


@pytest.mark.parametrize(("auth", "carried"), CASES)
def test_no_secret_is_told(auth: Any, carried: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in events, logs, errors and their tracebacks, nor in what is printed of the client."""
    caplog.set_level(logging.DEBUG, "groundwire")
    events: list[Event] = []
    shown = [
        repr(each) for each in (auth.values() if isinstance(auth, dict) else [auth]) if hasattr(each, "renew")
    ]
    assert carried

    def refuse(request: Request) -> Response:
        said = f"bad {request.url} {dict(request.headers)}"
        shown.append(repr(request))
        headers = {"x-said": said, "x-request-id": SECRET, "server": ENCODED}
        return Response(status=403, headers=headers, body=said.encode())

    def lose(request: Request) -> Response:
        cause = OSError(f"lost {request.url} {dict(request.headers)}")
        raise errors.TransportError("lost", sent=True) from cause

    for send in (refuse, lose):
        made = method()
        built = client(made, FunctionTransport(send), auth=auth, retry=None, on_event=events.append)
        with pytest.raises(errors.GroundwireError) as caught:
            built.call(made, {}, None, {})
        error = caught.value
        shown += [repr(built), repr(error), str(error), str(vars(error))]
        shown += traceback.format_exception(error)
        shown += [str(getattr(error, "body", ""))]
    shown += [f"{event!r} {event.request_headers} {event.response_headers}" for event in events]
    shown += [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    for secret in (SECRET, ENCODED, BASIC.removeprefix("Basic ")):
        assert not [text for text in shown if secret in text]


@pytest.mark.parametrize("auth", [Bearer(SECRET), ApiKey(SECRET), Basic("u", SECRET)])
def test_a_secret_is_not_pickled(auth: Any) -> None:
    with pytest.raises(TypeError, match="is a secret"):
        pickle.dumps(auth)


def test_a_refused_key_is_renewed_once() -> None:
    keys = iter(["old-key-1", "new-key-2"])
    script = Script([Response(status=401), Response(status=204)])
    made = method((("header", "query"),))
    auth = {"header": lambda: next(keys), "query": SECRET}
    client(made, script, auth=auth).call(made, {}, None, {})
    assert [each.headers["x-key"] for each in script.requests] == ["old-key-1", "new-key-2"]


def test_a_refused_key_is_an_auth_error() -> None:
    made = method()
    with pytest.raises(errors.AuthError, match="refused the API key"):
        client(made, Script([Response(status=401)]), auth={"query": SECRET}).call(made, {}, None, {})
    with pytest.raises(errors.Unauthenticated, match="made without `auth`"):
        client(made, Script([Response(status=401)])).call(made, {}, None, {})


@contextmanager
def server() -> Iterator[tuple[str, list[tuple[str, str, dict[str, str], bytes]]]]:
    """Run a server on loopback that notes each request: the verb, the target, the headers and the body."""
    seen: list[tuple[str, str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen.append((self.command, self.path, headers, body))
            self.send_response(204)
            self.end_headers()

        do_GET = do_DELETE = do_POST = handle_any  # noqa: N815 - as the standard library calls them

        def log_message(self, *_: object) -> None:
            pass

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}/v1", seen
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


@pytest.mark.parametrize("verb", ["GET", "DELETE", "POST"])
def test_a_call_arrives_as_it_was_written(verb: str) -> None:
    parameters = (
        StyledParameter(name="id", location="path", style="matrix", required=True),
        StyledParameter(name="f", location="query", style="deepObject", type=ANY),
        StyledParameter(name="bbox", location="query", type=ListOf(STRING), explode=False),
        StyledParameter(name="a", location="cookie"),
        StyledParameter(name="X-Trace", location="header"),
    )
    made = method(
        verb=verb,
        path="/x/{id}",
        parameters=parameters,
        bodies=(RestContent(media_type="application/json", type=ANY),),
    )
    values = {"id": "a/b", "f": {"k": ["1", "\u00fc"]}, "bbox": ["1", "2"], "a": "c d", "X-Trace": "t t"}
    with server() as (url, seen):
        built = rest_client(CODECS, made, schemes=SCHEMES, endpoint=url, auth={"query": SECRET})
        with built:
            built.call(made, values, {"body": 1}, {})
    ((command, target, headers, body),) = seen
    assert (command, body) == (verb, b'{"body":1}')
    assert target == f"/v1/x/;id=a%2Fb?f%5Bk%5D=1&f%5Bk%5D=%C3%BC&bbox=1,2&api%20key={ENCODED}"
    assert (headers["cookie"], headers["x-trace"]) == ("a=c%20d", "t t")
    assert headers["content-type"] == "application/json"


def test_a_key_in_the_query_is_not_told_by_sockets() -> None:
    made = method()
    options = {"endpoint": "http://127.0.0.1:9", "auth": {"query": SECRET}, "retry": None}
    built = rest_client(CODECS, made, schemes=SCHEMES, **options)
    with pytest.raises(errors.TransportError) as caught:
        built.call(made, {}, None, {})
    text = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert SECRET not in text
    assert ENCODED not in text
