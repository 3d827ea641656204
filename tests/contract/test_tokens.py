"""The token endpoint, and the key file of a service account for it."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import google.auth.transport.requests
import google.oauth2.credentials
import groundwire
import pytest
from google.oauth2 import service_account as google_service_account
from groundwire_contract.contract import load
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.server.admission import EVERYBODY
from groundwire_contract.server.desk import Desk
from groundwire_contract.server.http import ServerThread
from groundwire_contract.service import Service
from groundwire_contract.validate.access import Access, Mode
from groundwire_contract.validate.issued_tokens import MOST, Grant, IssuedTokens

from .process import serving
from .wire import EXPORT, OPERATIONS, ask, export

SCOPES = ["https://www.googleapis.com/auth/earthengine", "https://www.googleapis.com/auth/cloud-platform"]
NOW = 1_800_000_000
FORM = {"content-type": "application/x-www-form-urlencoded"}
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLAIMS = {
    "iss": "a@p.iam.gserviceaccount.com",
    "aud": "https://oauth2.googleapis.com/token",
    "scope": SCOPES[0],
    "iat": NOW,
    "exp": NOW + 3600,
}


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def assertion(header: object = None, **claims: object) -> str:
    sent = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return f"{part({'alg': 'RS256', 'typ': 'JWT'} if header is None else header)}.{part(sent)}.c2ln"


@pytest.fixture
def desk() -> Desk:
    service = Service(load(), access=Access(mode=Mode.SCOPED))
    return Desk(service, EVERYBODY, unix=lambda: NOW)


def send(desk: Desk, path: str, body: bytes = b"", verb: str = "POST", **headers: str) -> Reply:
    sent = {"host": "127.0.0.1", **FORM, **{key.replace("_", "-"): value for key, value in headers.items()}}
    exchange = Exchange(verb=verb, path=path, headers=sent, body=body, length=len(body))
    answer = desk.handle(exchange, "127.0.0.1")
    assert isinstance(answer, Reply)
    return answer


def token(desk: Desk, **fields: str) -> tuple[int, dict[str, Any]]:
    reply = send(desk, "/token", urlencode(fields).encode())
    return reply.status, json.loads(reply.body)


def test_a_service_account_signs_in_over_loopback_and_calls(
    earthengine_contract: EarthEngineContract,
) -> None:
    info = earthengine_contract.service_account("my-project")
    made: Any = google_service_account.Credentials
    credentials = made.from_service_account_info(info, scopes=SCOPES)
    credentials.refresh(google.auth.transport.requests.Request())
    assert credentials.valid
    headers = {"authorization": f"Bearer {credentials.token}"}
    assert ask(earthengine_contract.endpoint, "GET", OPERATIONS, None, headers).status == 200
    (request,) = earthengine_contract.requests
    assert request.headers["authorization"] == "REDACTED", "the request for the token is none of the API"


def test_a_user_refreshes_over_loopback(earthengine_contract: EarthEngineContract) -> None:
    made: Any = google.oauth2.credentials.Credentials
    uri = f"{earthengine_contract.endpoint}/token"
    user = made(None, refresh_token="1//r", token_uri=uri, client_id="c", client_secret="s", scopes=SCOPES)
    user.refresh(google.auth.transport.requests.Request())
    assert user.valid
    assert earthengine_contract.requests == ()


def test_our_own_client_takes_the_file(earthengine_contract: EarthEngineContract, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(earthengine_contract.service_account()))
    client = earthengine_contract.client(credentials=groundwire.credentials.from_file(file))
    assert list(client.projects.operations.list()) == []


EE = "import sys; from ee.cli.eecli import main; sys.argv[0] = 'earthengine'; main()"


def test_the_earthengine_command_takes_the_file_alone(tmp_path: Path) -> None:
    pytest.importorskip("ee")
    file = tmp_path / "key.json"
    with serving("--auth", "scoped", "--tokens", str(tokens(tmp_path))) as (_, address):
        command = [sys.executable, "-m", "groundwire_contract", "credentials", "--endpoint", address]
        file.write_bytes(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)  # noqa: S603
        assert ask(address, "GET", OPERATIONS).status == 401
        command = [sys.executable, "-c", EE, "--service_account_file", str(file), "task", "list"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
        assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def tokens(folder: Path) -> Path:
    file = folder / "tokens.toml"
    file.write_text('[[token]]\nvalue = "x"\ncaller = "ann"\n')
    return file


def test_an_issued_token_has_the_caller_and_the_scopes_that_were_asked_for(desk: Desk) -> None:
    body = json.dumps(export(requestId="a")).encode()

    def start(bearer: str) -> Reply:
        return send(desk, EXPORT, body, authorization=f"Bearer {bearer}", content_type="application/json")

    first, second, other, narrow = (
        token(desk, grant_type=BEARER, assertion=assertion(iss=email, scope=scope))[1]["access_token"]
        for email, scope in (
            ("a@p.example", SCOPES[0]),
            ("a@p.example", SCOPES[0]),
            ("b@p.example", SCOPES[0]),
            ("a@p.example", "https://www.googleapis.com/auth/drive"),
        )
    )
    assert start(first).status == 200
    assert start(second).rule == "request-id-reused"
    assert start(other).status == 200
    assert start(narrow).rule == "scope-insufficient"
    assert start(f"{first}x").rule == "unauthenticated"


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"a": "1"}, "invalid_request", "grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type", "password"),
        ({"grant_type": BEARER}, "invalid_request", "assertion"),
        ({"grant_type": BEARER, "assertion": "a.b"}, "invalid_grant", "three parts"),
        ({"grant_type": BEARER, "assertion": "a.b."}, "invalid_grant", "three parts"),
        ({"grant_type": BEARER, "assertion": "\u00e4.b.c"}, "invalid_grant", "base64url"),
        ({"grant_type": BEARER, "assertion": f"{part([])}.{part({})}.c"}, "invalid_grant", "JSON object"),
        ({"grant_type": BEARER, "assertion": assertion({"alg": "none"})}, "invalid_grant", "RS256"),
        ({"grant_type": BEARER, "assertion": assertion(iss=7)}, "invalid_grant", "iss"),
        ({"grant_type": BEARER, "assertion": assertion(aud="https://earthengine.googleapis.com/")}, "invalid_grant", "aud"),
        ({"grant_type": BEARER, "assertion": assertion(exp=NOW + 3601)}, "invalid_grant", "60 minutes"),
        ({"grant_type": BEARER, "assertion": assertion(iat=None)}, "invalid_grant", "60 minutes"),
        ({"grant_type": BEARER, "assertion": assertion(iat=True, exp=2)}, "invalid_grant", "60 minutes"),
        ({"grant_type": BEARER, "assertion": assertion(iat=0.5, exp=10**400)}, "invalid_grant", "60 minutes"),
        ({"grant_type": BEARER, "assertion": assertion(iat=-(10**400), exp=0.5)}, "invalid_grant", "60 minutes"),
        ({"grant_type": BEARER, "assertion": assertion(iss="\ud800@p")}, "invalid_grant", "iss"),
        ({"grant_type": BEARER, "assertion": assertion(iat=NOW - 9000, exp=NOW - 6000)}, "invalid_grant", "timeframe"),
        ({"grant_type": BEARER, "assertion": assertion(scope=None)}, "invalid_scope", "scope"),
        ({"grant_type": BEARER, "assertion": assertion(scope=" ")}, "invalid_scope", "scope"),
        ({"grant_type": "refresh_token", "client_id": "c"}, "invalid_request", "refresh_token"),
        ({"grant_type": "refresh_token", "refresh_token": "r"}, "invalid_request", "client_id"),
    ],
)  # fmt: skip
def test_a_request_that_gets_no_token_is_an_oauth_error(
    desk: Desk, fields: dict[str, str], code: str, said: str
) -> None:
    status, answer = token(desk, **fields)
    assert (status, answer["error"]) == (400, code)
    assert said in answer["error_description"]


@pytest.mark.parametrize(
    ("verb", "body", "kind", "status"),
    [
        ("GET", b"", FORM["content-type"], 405),
        ("POST", b"{}", "application/json", 400),
        ("POST", b"\xff=1", FORM["content-type"], 400),
        ("POST", b"grant_type=a&grant_type=b", FORM["content-type"], 400),
        ("POST", b"&".join(b"a%d=1" % number for number in range(101)), FORM["content-type"], 400),
        ("POST", b"a=" + b"b" * 65536, FORM["content-type"], 413),
    ],
)
def test_what_is_no_form_is_refused(desk: Desk, verb: str, body: bytes, kind: str, status: int) -> None:
    reply = send(desk, "/token", body, verb, content_type=kind)
    assert (reply.status, json.loads(reply.body)["error"]) == (status, "invalid_request")


def test_an_answer_is_not_cached_and_says_how_long_the_token_lives(desk: Desk) -> None:
    reply = send(desk, "/token", urlencode({"grant_type": BEARER, "assertion": assertion()}).encode())
    assert dict(reply.headers)["cache-control"] == "no-store"
    answer = json.loads(reply.body)
    assert (answer["token_type"], answer["expires_in"], answer["scope"]) == ("Bearer", 3599, SCOPES[0])


def test_a_foreign_host_gets_no_token(desk: Desk) -> None:
    body = urlencode({"grant_type": BEARER, "assertion": assertion()}).encode()
    assert send(desk, "/token", body, host="rebound.example").rule == "host-not-allowed"


def test_old_tokens_are_forgotten_first() -> None:
    issued = IssuedTokens()
    numbers = iter(range(MOST + 1))
    made = [issued.issue(Grant(caller="a"), lambda _: b"%d" % next(numbers)) for _ in range(MOST + 1)]
    assert issued.get(made[0]) is None
    assert issued.get(made[1]) == issued.get(made[-1]) == Grant(caller="a")


@pytest.mark.parametrize("endpoint", ["", "127.0.0.1:8085", "ftp://a", "http://a/b", "http://u:p@a", "http://a:0", "http://a:b", "http://a?b"])  # fmt: skip
def test_an_address_that_is_none_is_refused(endpoint: str) -> None:
    command = [sys.executable, "-m", "groundwire_contract", "credentials", "--endpoint", endpoint]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert (done.returncode, done.stdout) == (2, "")
    assert "no address of a server" in done.stderr


def test_the_clock_of_assertions_is_that_of_the_machine() -> None:
    with ServerThread(Service(load())) as server:
        now = int(time.time())
        fields = urlencode({"grant_type": BEARER, "assertion": assertion(iat=now, exp=now + 3600)})
        assert ask(server.endpoint, "POST", "/token", fields.encode(), FORM).status == 200
