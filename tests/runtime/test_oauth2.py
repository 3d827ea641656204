"""Tokens that are fetched: client credentials, OpenID Connect, and a function of one's own."""

from __future__ import annotations

import json
import logging
import pickle
import threading
import traceback
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from groundwire_runtime.clock import SYSTEM
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestAnswer
from groundwire_runtime.errors import ArgumentError, AuthError, DeadlineReached, TransportError
from groundwire_runtime.events import Event
from groundwire_runtime.http import FunctionTransport, Request, Response
from groundwire_runtime.oauth2 import ClientCredentials, OpenIdConnect, TokenProvider
from groundwire_runtime.rest_auth import RestScheme
from groundwire_runtime.rest_client import RestClient
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.servers import RestServer

from .doubles import Script, Time, answer

SECRET = "s3cr/t+value=1"
URL = "https://login.example/token"
API = "https://api.example/v1"
ISSUER = "https://login.example/realm"
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
METHOD = RestMethod[Any](
    id="m", verb="GET", path="/x", security=(("login",),), answers=(RestAnswer(200, 299),)
)
OAUTH = RestScheme(kind="oauth2", url=URL)


def client(transport: Any, auth: Any, scheme: RestScheme | None = OAUTH, **options: Any) -> RestClient:
    return RestClient(
        Codecs(object(), {}),
        servers=(RestServer(API),),
        methods={"m": METHOD},
        schemes={} if scheme is None else {"login": scheme},
        held={},
        auth=auth,
        transport=transport,
        **{"clock": Time().clock(), **options},
    )


def token(value: str = "t1", **facts: Any) -> Response:
    return answer({"access_token": value, "token_type": "Bearer", **facts})


def call(one: RestClient) -> None:
    one.call(METHOD, {}, None, {})


def carried(script: Script) -> list[str]:
    """Return the tokens of the calls, and the hosts of what was asked between them."""
    return [
        each.headers.get("authorization", "").removeprefix("Bearer ")
        if each.url.startswith(API)
        else f"{each.verb} {each.url}"
        for each in script.requests
    ]


OK = Response(status=204)


def test_a_token_is_fetched_once_and_kept_until_its_leeway() -> None:
    time = Time()
    script = Script([token(expires_in=600), OK, OK, token("t2", expires_in="600"), OK])
    one = client(script, ClientCredentials("id", SECRET, clock=time.clock()), clock=time.clock())
    call(one)
    time.pass_by(539)
    call(one)
    time.pass_by(1)
    call(one)
    assert carried(script) == [f"POST {URL}", "t1", "t1", f"POST {URL}", "t2"]


@pytest.mark.parametrize(("lasts", "passes"), [(10, 4.9), (90, 44.9)])
def test_half_of_a_short_life_is_used(lasts: int, passes: float) -> None:
    time = Time()
    script = Script([token(expires_in=lasts), OK, OK, token("t2"), OK])
    one = client(script, ClientCredentials("id", SECRET, clock=time.clock()), clock=time.clock())
    call(one)
    time.pass_by(passes)
    call(one)
    time.pass_by(0.2)
    call(one)
    assert carried(script)[1:] == ["t1", "t1", f"POST {URL}", "t2"]


@pytest.mark.parametrize("lasts", [{}, {"expires_in": None}, {"expires_in": "soon"}, {"expires_in": True}])
def test_a_token_without_an_end_is_kept_until_a_401(lasts: dict[str, Any]) -> None:
    time = Time()
    script = Script([token(**lasts), OK, answer({}, 401), token("t2"), OK, OK])
    one = client(script, ClientCredentials("id", SECRET, clock=time.clock()), clock=time.clock())
    call(one)
    time.pass_by(1e9)
    call(one)
    call(one)
    assert carried(script) == [f"POST {URL}", "t1", "t1", f"POST {URL}", "t2", "t2"]


def test_a_second_401_is_raised() -> None:
    script = Script([token(), answer({}, 401), token("t2"), answer({}, 401)])
    with pytest.raises(AuthError, match=r"refused the credentials \(401\), also after a refresh"):
        call(client(script, ClientCredentials("id", SECRET)))
    assert carried(script) == [f"POST {URL}", "t1", f"POST {URL}", "t2"]


@pytest.mark.parametrize("secret_by", [None, "basic", "post"])
def test_the_secret_is_sent_as_the_endpoint_takes_it(secret_by: Any) -> None:
    script = Script([token(), OK])
    source = ClientCredentials(
        "my id:1", lambda: SECRET, scopes=["a", "b c"], parameters={"audience": "x"}, secret_by=secret_by
    )
    call(client(script, source))
    request = script.requests[0]
    assert isinstance(request.body, bytes)
    form = {name: value for name, [value] in parse_qs(request.body.decode()).items()}
    common = {"grant_type": "client_credentials", "scope": "a b c", "audience": "x"}
    if secret_by == "post":
        assert form == common | {"client_id": "my id:1", "client_secret": SECRET}
        assert "authorization" not in request.headers
    else:
        assert form == common
        pair = b64decode(request.headers["authorization"].removeprefix("Basic "))
        assert pair == b"my+id%3A1:s3cr%2Ft%2Bvalue%3D1"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_the_endpoint_is_the_callers_or_that_of_the_only_scheme() -> None:
    script = Script([token(), OK])
    call(
        client(
            script, {"login": ClientCredentials("id", SECRET)}, RestScheme(kind="oauth2", url="/oauth/token")
        )
    )
    assert script.urls[0] == "https://api.example/oauth/token"
    script = Script([token(), OK])
    call(client(script, {"login": ClientCredentials("id", SECRET, token_url=URL)}, RestScheme(kind="bearer")))
    assert script.urls[0] == URL
    with pytest.raises(ArgumentError, match="states no token endpoint"):
        client(script, {"login": ClientCredentials("id", SECRET)}, RestScheme(kind="bearer"))
    with pytest.raises(ArgumentError, match="states no token endpoint"):
        client(script, ClientCredentials("id", SECRET), None)
    with pytest.raises(ArgumentError, match="names no provider"):
        client(script, OpenIdConnect("id", SECRET))


UNSAFE = (
    "http://login.example/token",
    "ftp://login.example/token",
    "https://user:pw@login.example/token",
    "https://login.example\\@evil.example/",
    "https://login.example/token#x",
    "https:///token",
    "//login.example/token",
    "https://login.example/to ken",
    "https://login.example:port/",
    "",
    None,
)


@pytest.mark.parametrize("url", [each for each in UNSAFE if each is not None])
def test_secrets_go_over_tls_or_loopback_alone(url: str) -> None:
    with pytest.raises(ArgumentError, match="expected an https URL, or one of loopback"):
        ClientCredentials("id", SECRET, token_url=url)
    with pytest.raises(ArgumentError, match="expected an https URL, or one of loopback"):
        OpenIdConnect("id", SECRET, url=url)


@pytest.mark.parametrize(
    "url", ["http://login.example/token", "https://user:pw@login.example/token", "https://a b/", None]
)
def test_an_endpoint_of_the_description_is_held_to_the_same(url: str | None) -> None:
    with pytest.raises(ArgumentError):
        client(Script(), {"login": ClientCredentials("id", SECRET)}, RestScheme(kind="oauth2", url=url))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8085/token", "http://localhost/token", "http://[::1]/token"]
)
def test_loopback_is_a_place_for_tests(url: str) -> None:
    script = Script([token(), OK])
    call(client(script, ClientCredentials("id", SECRET, token_url=url)))
    assert script.urls[0] == url


def test_a_token_goes_to_the_origin_of_the_client_alone() -> None:
    script = Script([OK])
    away = RestMethod[Any](
        id="m", verb="GET", path="/x", server="https://cdn.example", answers=(RestAnswer(200, 299),)
    )
    client(script, ClientCredentials("id", SECRET)).call(away, {}, None, {})
    assert "authorization" not in script.requests[0].headers


# --- OpenID Connect


def provider(**facts: Any) -> Response:
    return answer({"issuer": ISSUER, "token_endpoint": URL, **facts})


@pytest.mark.parametrize("stated", [DISCOVERY, ISSUER, f"{ISSUER}/"])
@pytest.mark.parametrize("issuer", [ISSUER, f"{ISSUER}/"])
def test_the_provider_names_the_endpoint_once(stated: str, issuer: str) -> None:
    script = Script([provider(issuer=issuer), token(), OK, answer({}, 401), token("t2"), OK])
    one = client(script, OpenIdConnect("id", SECRET), RestScheme(kind="openIdConnect", url=stated))
    call(one)
    call(one)
    assert carried(script) == [f"GET {DISCOVERY}", f"POST {URL}", "t1", "t1", f"POST {URL}", "t2"]
    assert "authorization" not in script.requests[0].headers


@pytest.mark.parametrize(
    ("methods", "by_post"),
    [(None, False), (["client_secret_post"], True), (["private_key_jwt", "client_secret_basic"], False)],
)
def test_the_provider_says_how_it_takes_the_secret(methods: Any, by_post: bool) -> None:
    facts = {} if methods is None else {"token_endpoint_auth_methods_supported": methods}
    script = Script([provider(**facts), token(), OK])
    call(client(script, OpenIdConnect("id", SECRET, url=ISSUER)))
    assert ("authorization" not in script.requests[1].headers) == by_post


@pytest.mark.parametrize(
    "stated",
    [
        *(
            provider(issuer=each)
            for each in ("https://evil.example", f"{ISSUER}/x", "http://login.example/realm", None, 3)
        ),
        *(provider(token_endpoint=each) for each in UNSAFE),
        answer([]),
        answer(b"<html>"),
    ],
)
def test_a_provider_that_does_not_vouch_for_itself_gets_no_secret(stated: Response) -> None:
    script = Script([stated])
    with pytest.raises(AuthError):
        call(client(script, OpenIdConnect("id", SECRET, url=ISSUER)))
    assert script.urls == [DISCOVERY]


# --- failures


@pytest.mark.parametrize(
    ("refusal", "said", "hint"),
    [
        (
            answer({"error": "invalid_client", "error_description": SECRET}, 401),
            "401 invalid_client",
            "id and secret",
        ),
        (answer({"error": "invalid_scope"}, 400), "400 invalid_scope", "scopes"),
        (answer({"error": SECRET}, 400), "answered 400", "Sign in"),
        (answer(b"<html>", 404), "answered 404", ""),
        (Response(status=302, headers={"location": "https://evil.example/"}), "answered 302", ""),
        (answer({"token": "x"}), "without an access_token", ""),
        (answer({"access_token": 3}), "without an access_token", ""),
        (token(token_type="mac"), "no bearer tokens", ""),
        (token("two words"), "malformed token", ""),
        (answer(b"[" * 100_000), "no JSON object", ""),
    ],
)
def test_a_refusal_is_said_without_the_words_of_the_answer(refusal: Response, said: str, hint: str) -> None:
    script = Script([refusal])
    with pytest.raises(AuthError, match=said) as caught:
        call(client(script, ClientCredentials("id", SECRET)))
    assert hint in (caught.value.hint or "")
    assert SECRET not in str(caught.value)
    assert len(script.requests) == 1


def test_what_may_pass_is_asked_again_by_the_policy() -> None:
    time = Time()
    lost = TransportError("cut", sent=False, retryable=True)
    script = Script([answer({}, 503, retry_after="7"), lost, token(), OK])
    one = client(script, ClientCredentials("id", SECRET, clock=time.clock()), clock=time.clock())
    call(one)
    assert carried(script)[-1] == "t1"
    assert time.sleeps[0] >= 7
    script = Script([answer({}, 503)])
    with pytest.raises(AuthError, match="answered 503"):
        client(script, ClientCredentials("id", SECRET)).call(METHOD, {}, None, {"retry": None})


def test_no_secret_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    events: list[Event] = []
    source = ClientCredentials("id", SECRET, token_url=URL, secret_by="post")
    sources: list[Any] = [source, OpenIdConnect("id", SECRET), TokenProvider(lambda: SECRET)]
    for each in sources:
        assert SECRET not in repr(each)
        assert "secret" not in repr(vars(each)).replace("_secret", "")
        with pytest.raises(TypeError, match="is not pickled"):
            pickle.dumps(each)

    def echo(request: Request) -> Response:
        body = request.body if isinstance(request.body, bytes) else b""
        return Response(status=400, headers={"x": body.decode()}, body=body)

    for refused in (echo, TransportError("cut", sent=True)):
        with pytest.raises(AuthError) as caught:
            client(Script([refused]), source, on_event=events.append, retry=None).call(METHOD, {}, None, {})
        shown = "".join(
            traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
        )
        assert SECRET not in shown
        assert "s3cr%2Ft" not in shown
    logged = "".join(f"{each.getMessage()} {vars(each)}" for each in caplog.records)
    assert "token: attempt 1: POST https://login.example/token" in logged
    for text in (SECRET, "s3cr%2Ft"):
        assert text not in logged + repr(events)


def test_a_token_is_redacted_where_the_service_repeats_it() -> None:
    script = Script([token("t0ken-value-1"), answer({"message": "bad t0ken-value-1"}, 400)])
    with pytest.raises(Exception, match=r"bad") as caught:
        call(client(script, ClientCredentials("id", SECRET)))
    assert "t0ken-value-1" not in str(caught.value)


# --- threads


@contextmanager
def serving(handle: Callable[[str, bytes], tuple[int, Any]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers.get("content-length", 0))
            self._answer(self.rfile.read(size))

        def do_GET(self) -> None:
            self._answer(self.headers.get("authorization", "").encode())

        def _answer(self, body: bytes) -> None:
            status, value = handle(self.path, body)
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_all_threads_share_one_fetch_also_after_a_401() -> None:
    fetched: list[int] = []
    together = threading.Barrier(8, timeout=20)
    valid = "t1"

    def handle(path: str, body: bytes) -> tuple[int, Any]:
        if path == "/token":
            fetched.append(1)
            return 200, {"access_token": f"t{len(fetched)}", "token_type": "bearer", "expires_in": 3600}
        return (200, {}) if body == f"Bearer {valid}".encode() else (401, {})

    with serving(handle) as home:
        source = ClientCredentials("id", SECRET, token_url=f"{home}/token")
        with RestClient(
            Codecs(object(), {}),
            servers=(RestServer(home),),
            methods={"m": METHOD},
            schemes={},
            held={},
            auth=source,
        ) as one:

            def work() -> None:
                together.wait()
                call(one)
                together.wait()
                call(one)

            def run() -> None:
                threads = [Thread(target=work) for _ in range(8)]
                for each in threads:
                    each.start()
                for each in threads:
                    each.join(30)

            run()
            assert len(fetched) == 1
            valid = "t2"
            run()
            assert len(fetched) == 2


def test_threads_that_waited_get_the_failure_of_the_one_that_asked() -> None:
    asked: list[int] = []
    inside, leave = threading.Event(), threading.Event()

    def fetch() -> str:
        asked.append(1)
        inside.set()
        assert leave.wait(20)
        raise AuthError("no such client")

    one = client(FunctionTransport(lambda _: OK), TokenProvider(fetch), clock=SYSTEM)
    errors: list[str] = []

    def work() -> None:
        try:
            call(one)
        except AuthError as error:
            errors.append(error.message)

    first = Thread(target=work)
    first.start()
    assert inside.wait(20)
    rest = [Thread(target=work) for _ in range(3)]
    for each in rest:
        each.start()
    leave.set()
    for each in (first, *rest):
        each.join(20)
    assert errors == ["no such client"] * 4
    assert 1 <= len(asked) <= 4


# --- a function of one's own


def test_a_function_is_called_once_and_once_more_after_a_401() -> None:
    values = iter(["t1", "t2", "t3"])
    script = Script([OK, OK, answer({}, 401), OK, OK])
    one = client(script, {"login": TokenProvider(lambda: next(values))}, RestScheme(kind="bearer"))
    for _ in range(4):
        call(one)
    assert carried(script) == ["t1", "t1", "t1", "t2", "t2"]


def test_a_function_may_say_how_long_its_token_lasts() -> None:
    time = Time()
    values = iter([("t1", 100.0), ("t2", 100.0)])
    script = Script(forever=OK)
    one = client(
        script, TokenProvider(lambda: next(values), leeway=10, clock=time.clock()), clock=time.clock()
    )
    for wait in (0, 89, 2):
        time.pass_by(wait)
        call(one)
    assert carried(script) == ["t1", "t1", "t2"]


@pytest.mark.parametrize(
    "provided",
    ["", "two words", None, 7, ("t", -1), ("t", "soon"), ("t", None), (), ("t",), ("t", 1, 2), (None, 1)],
)
def test_what_is_no_token_is_refused(provided: Any) -> None:
    script = Script()
    with pytest.raises(AuthError):
        call(client(script, TokenProvider(lambda: provided)))
    assert script.requests == []


def test_an_error_of_the_function_is_the_cause() -> None:
    def fail() -> str:
        raise KeyError("vault")

    with pytest.raises(AuthError, match="the token provider failed: KeyError") as caught:
        call(client(Script(), TokenProvider(fail)))
    assert isinstance(caught.value.__cause__, KeyError)

    def reached() -> str:
        raise DeadlineReached("late", sent=False)

    with pytest.raises(AuthError, match="the token provider failed: late"):
        call(client(Script(), TokenProvider(reached)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: TokenProvider("t"),  # type: ignore[arg-type]
        lambda: TokenProvider(lambda: "t", leeway=-1),
        lambda: ClientCredentials("", SECRET),
        lambda: ClientCredentials("i\n", SECRET),
        lambda: ClientCredentials("id", SECRET, secret_by="header"),  # type: ignore[arg-type]
        lambda: ClientCredentials("id", SECRET, scopes="a b"),
        lambda: ClientCredentials("id", SECRET, parameters={"scope": "a"}),
    ],
)
def test_arguments_are_checked(make: Callable[[], Any]) -> None:
    with pytest.raises(ArgumentError):
        make()


@pytest.mark.parametrize("secret", ["", "a\nb", "\ud800", None, b"secret", 7])
def test_a_secret_that_cannot_be_sent_is_refused(secret: Any) -> None:
    script = Script()
    with pytest.raises(AuthError, match="malformed client secret"):
        call(client(script, ClientCredentials("id", secret)))
    assert script.requests == []
