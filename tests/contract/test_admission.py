"""Who is answered: origins of web pages, holders of the control token, and probes."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from groundwire_contract.contract import load
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.server.admission import Admission
from groundwire_contract.server.control_token import ControlToken
from groundwire_contract.server.desk import Desk
from groundwire_contract.server.http import ServerThread
from groundwire_contract.server.origins import parse_origin
from groundwire_contract.service import Service

from .process import SERVE, serving
from .wire import EXPORT, JSON, OPERATIONS, Answer, ask, export

ORIGIN = "http://localhost:3000"
SECRET = "0123456789abcdef"
REQUESTS = "/$contract/requests"
PREFLIGHT = {
    "origin": ORIGIN,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,x-goog-user-project",
}
CORS = (
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
    "access-control-allow-private-network",
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    admission = Admission(hosts=("contract",), origins=(ORIGIN,), token=ControlToken(SECRET))
    with ServerThread(Service(load()), admission=admission) as server:
        yield server.endpoint


def shared(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name in CORS}


def test_a_page_of_an_allowed_origin_asks_and_reads(address: str) -> None:
    asked = ask(address, "OPTIONS", EXPORT, None, PREFLIGHT)
    assert asked.status == 204
    assert shared(asked) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-methods": "DELETE, GET, HEAD, PATCH, POST, PUT",
        "access-control-allow-headers": PREFLIGHT["access-control-request-headers"],
    }
    started = ask(address, "POST", EXPORT, export(), {"origin": ORIGIN})
    assert (started.status, started.headers["access-control-allow-origin"]) == (200, ORIGIN)
    assert started.headers["vary"] == "origin"
    refused = ask(address, "POST", EXPORT, export(unknown=1), {"origin": ORIGIN})
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (400, ORIGIN)
    assert "x-groundwire-rule" in refused.headers["access-control-expose-headers"]


def test_a_preflight_is_no_request(address: str) -> None:
    def count() -> int:
        return len(ask(address, "GET", REQUESTS).json["requests"])

    before = count()
    assert ask(address, "OPTIONS", EXPORT, None, PREFLIGHT).status == 204
    assert count() == before
    assert ask(address, "OPTIONS", EXPORT).rule == "unknown-path"
    assert count() == before + 1


@pytest.mark.parametrize("origin", ["http://localhost:3001", "https://localhost:3000", "http://localhost", "null", f"{ORIGIN}.example", ""])  # fmt: skip
def test_another_origin_reads_nothing(address: str, origin: str) -> None:
    assert ask(address, "OPTIONS", EXPORT, None, {**PREFLIGHT, "origin": origin}).status == 404
    assert shared(ask(address, "GET", OPERATIONS, None, {"origin": origin})) == {}


@pytest.mark.parametrize("path", [REQUESTS, "/$contract/operations", "/$contract/page", "/", "/$contract/healthz", "/healthz"])  # fmt: skip
def test_control_and_page_are_opened_to_no_origin(address: str, path: str) -> None:
    for headers in ({"origin": ORIGIN}, {"origin": ORIGIN, "authorization": f"Bearer {SECRET}"}):
        assert shared(ask(address, "GET", path, None, headers)) == {}
        if path.startswith("/$contract/"):
            assert shared(ask(address, "OPTIONS", path, None, {**PREFLIGHT, **headers})) == {}
    if path.startswith("/$contract/") and "page" not in path and "healthz" not in path:
        assert ask(address, "GET", path, None, {"origin": ORIGIN}).status == 401


def test_a_browser_asks_before_it_reaches_this_machine(address: str) -> None:
    asked = ask(
        address, "OPTIONS", EXPORT, None, {**PREFLIGHT, "access-control-request-private-network": "true"}
    )
    assert asked.headers["access-control-allow-private-network"] == "true"


@pytest.mark.parametrize("names", ["a b", "a\tb", "(", "a" * 2001, ""])
def test_names_that_are_none_are_not_repeated(address: str, names: str) -> None:
    asked = ask(address, "OPTIONS", EXPORT, None, {**PREFLIGHT, "access-control-request-headers": names})
    assert (asked.status, asked.headers.get("access-control-allow-headers")) == (204, None)


def test_a_foreign_host_is_opened_to_no_origin(address: str) -> None:
    foreign = {**PREFLIGHT, "host": "rebound.example"}
    assert ask(address, "OPTIONS", EXPORT, None, foreign).rule == "host-not-allowed"
    assert shared(ask(address, "OPTIONS", EXPORT, None, foreign)) == {}


def test_every_origin_may_be_allowed() -> None:
    with ServerThread(Service(load()), admission=Admission(origins=("*",))) as server:
        answer = ask(server.endpoint, "GET", OPERATIONS, None, {"origin": "https://a.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert shared(ask(server.endpoint, "GET", OPERATIONS)) == {}


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("HTTP://LocalHost:3000", ORIGIN),
        ("https://a.example:443", "https://a.example"),
        ("http://[::1]:80", "http://[::1]"),
        ("app://page", "app://page"),
        ("*", "*"),
    ],
)
def test_an_origin_is_read_as_browsers_write_it(text: str, origin: str) -> None:
    assert parse_origin(text) == origin


@pytest.mark.parametrize("text", ["", "null", "localhost:3000", "http://", "http://a/", "http://a/b", "http://a?b", "http://u@a", "http://a:b", "http://\u00e4", "http://[a"])  # fmt: skip
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no origin"):
        parse_origin(text)


def send(desk: Desk, path: str, peer: str, verb: str = "GET", **headers: str) -> Reply:
    sent = {
        **JSON,
        "host": "contract:8085",
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    exchange = Exchange(verb=verb, path=path, headers=sent, body=b"{}", length=2, peer=peer)
    answer = (
        desk.page(exchange, "172.18.0.2") if desk.is_page(exchange) else desk.handle(exchange, "172.18.0.2")
    )
    assert isinstance(answer, Reply)
    return answer


def basic(password: str) -> str:
    return f"Basic {base64.b64encode(f'me:{password}'.encode()).decode()}"


@pytest.fixture
def desk() -> Desk:
    return Desk(Service(load()), Admission(token=ControlToken(SECRET)))


ELSEWHERE = "172.18.0.3"


@pytest.mark.parametrize("path", ["/$contract/requests", "/$contract/page", "/"])
@pytest.mark.parametrize("authorization", [f"Bearer {SECRET}", f"bearer {SECRET}", basic(SECRET)])
def test_the_token_opens_control_and_page_to_another_container(
    desk: Desk, path: str, authorization: str
) -> None:
    assert send(desk, path, ELSEWHERE, authorization=authorization).status == 200


@pytest.mark.parametrize("path", ["/$contract/requests", "/$contract/nothing", "/$contract/page", "/"])
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", f"Bearer {SECRET[:-1]}", f"Bearer {SECRET}0", "Bearer \u00fc", SECRET, "Basic !", "Basic \u00fc", basic(""), basic(f"{SECRET}\n"), f"Digest {SECRET}"])  # fmt: skip
def test_nothing_else_does(desk: Desk, path: str, authorization: str) -> None:
    reply = send(desk, path, ELSEWHERE, authorization=authorization)
    assert reply.status == 401
    assert dict(reply.headers)["www-authenticate"].startswith("Basic realm=")
    scripted = send(desk, path, ELSEWHERE, authorization=authorization, x_requested_with="XMLHttpRequest")
    assert dict(scripted.headers)["www-authenticate"].startswith("Bearer realm="), "no dialogue"


def test_without_a_token_control_stays_with_this_machine() -> None:
    desk = Desk(Service(load()), Admission())
    reply = send(desk, REQUESTS, ELSEWHERE, authorization=f"Bearer {SECRET}")
    assert (reply.status, reply.rule) == (403, "control")
    assert send(desk, REQUESTS, "127.0.0.1", host="localhost").status == 200
    assert send(desk, REQUESTS, "127.0.0.1").status == 403


@pytest.mark.parametrize(
    "headers",
    [{"origin": ORIGIN}, {"origin": "http://contract:80"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}],
)  # fmt: skip
def test_a_page_of_another_origin_does_not_use_the_token_that_a_browser_keeps(
    desk: Desk, headers: dict[str, str]
) -> None:
    assert (
        send(desk, "/$contract/reset", ELSEWHERE, "POST", authorization=basic(SECRET), **headers).status
        == 401
    )
    own = {"origin": "http://contract:8085", "sec_fetch_site": "same-origin"}
    assert send(desk, "/$contract/reset", ELSEWHERE, "POST", authorization=basic(SECRET), **own).status == 200


def test_this_machine_needs_no_token(desk: Desk) -> None:
    for path in (REQUESTS, "/$contract/page", "/"):
        assert send(desk, path, "127.0.0.1", host="localhost:8085").status == 200


@pytest.mark.parametrize("path", ["/healthz", "/$contract/healthz"])
def test_probes_are_answered_under_every_name(desk: Desk, path: str) -> None:
    reply = send(desk, path, ELSEWHERE, host="10.1.2.3:8085")
    assert (reply.status, json.loads(reply.body)) == (200, {"status": "ok"})
    assert send(desk, path, ELSEWHERE, "HEAD").status == 200
    assert send(desk, "/$contract/requests", "127.0.0.1", host="localhost").body.count(b"healthz") == 0


@pytest.mark.parametrize("text", ["", "short", "0123456789abcde", "0123456789 abcdef", "0123456789abcde\u00e4", "0123456789abcde\n"])  # fmt: skip
def test_a_token_that_can_be_guessed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="16 visible"):
        ControlToken(text)


def test_the_token_is_shown_nowhere() -> None:
    admission = Admission(token=ControlToken(SECRET))
    assert SECRET not in repr(admission) + repr(admission.token)


def test_serve_takes_the_token_from_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDWIRE_CONTROL_TOKEN", SECRET)
    with serving("--allow-origin", ORIGIN) as (_, address):
        named = {"host": f"contract:{urlsplit(address).port}"}
        assert ask(address, "GET", REQUESTS, None, named).status == 401
        assert ask(address, "GET", "/", None, named).status == 401
        allowed = {**named, "authorization": f"Bearer {SECRET}"}
        assert ask(address, "GET", REQUESTS, None, allowed).status == 200
        assert ask(address, "GET", "/", None, allowed).status == 200
        assert shared(ask(address, "GET", OPERATIONS, None, {"origin": ORIGIN})) != {}


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--allow-origin", "localhost"], "--allow-origin"), (["--control-token", "secret"], "16 visible")],
)
def test_what_serve_refuses(options: list[str], said: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "GROUNDWIRE_CONTROL_TOKEN"}
    done = subprocess.run(  # noqa: S603
        [*SERVE, *options], capture_output=True, text=True, timeout=30, check=False, env=environment
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "'secret'" not in done.stderr, "a token is not repeated"


def test_the_page_has_controls_for_holders_of_the_token(desk: Desk) -> None:
    assert b' data-call="' in send(desk, "/", ELSEWHERE, authorization=basic(SECRET)).body
    open_to_all = Desk(Service(load()), Admission(hosts=("contract",)))
    page = send(open_to_all, "/", ELSEWHERE)
    assert page.status == 200
    assert b' data-call="' not in page.body
