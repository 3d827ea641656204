from __future__ import annotations

import json
import pickle
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from attrs import define, evolve
from groundwire_runtime.credentials import application_default, earthengine, from_file
from groundwire_runtime.errors import AuthError
from groundwire_runtime.http import Request, Response
from groundwire_runtime.transport import UrllibTransport

from tests.runtime.doubles import AuthTransport

from .token_server import private_pem
from .wire import SILENCE, Reply, Wire, plain

SCOPES = ("https://www.googleapis.com/auth/earthengine",)
SECRET = "canary-7c2e"
FETCHED = f"ya29.{SECRET}"
GRANTED = plain(json.dumps({"access_token": FETCHED, "expires_in": 3600, "token_type": "Bearer"}))
GOOGLE = "https://oauth2.googleapis.com/token"
EMPTY_ACCOUNT = {"type": "service_account", "client_email": "a@example.com", "token_uri": GOOGLE}
Info = dict[str, Any]


def service_account(token_uri: str) -> Info:
    return {
        "type": "service_account",
        "project_id": "p",
        "private_key_id": "k1",
        "private_key": private_pem(),
        "client_email": "robot@p.iam.gserviceaccount.com",
        "token_uri": token_uri,
    }


def authorized_user(token_uri: str = GOOGLE) -> Info:
    return {
        "type": "authorized_user",
        "client_id": "c",
        "client_secret": SECRET,
        "refresh_token": SECRET,
        "token_uri": token_uri,
        "quota_project_id": "billed",
    }


def saved(folder: Path, info: object) -> Path:
    place = folder / "credentials.json"
    place.write_text(info if isinstance(info, str) else json.dumps(info))
    return place


def request(url: str, seconds: float = 5.0) -> Request:
    return Request(
        method_id="m", verb="GET", url=f"{url}/v1/a", scopes=SCOPES, deadline=time.monotonic() + seconds
    )


@define
class Rerouted:
    """Sockets that reach the server where google-auth insists on Google's own token endpoint."""

    sockets: UrllibTransport
    url: str

    def send(self, request: Request) -> Response:
        assert request.url == GOOGLE or request.url.startswith(self.url)
        return self.sockets.send(evolve(request, url=request.url.replace(GOOGLE, f"{self.url}/token")))


@contextmanager
def talking(
    info: Callable[[str], Info], folder: Path, token: Reply, api: Reply | None = None
) -> Iterator[tuple[Wire, AuthTransport]]:
    """A server with a token endpoint at /token and an API everywhere else, and a client with credentials."""
    answers = lambda sent: token if b" /token " in sent.split(b"\r\n")[0] else api or plain()  # noqa: E731
    with Wire(answers) as wire, closing(UrllibTransport()) as sockets:
        place = saved(folder, info(f"{wire.url}/token"))
        yield wire, AuthTransport(Rerouted(sockets, wire.url), place)


def shown(error: BaseException) -> str:
    """Everything that is printed or stored of an error."""
    return f"{error!r} {''.join(traceback.format_exception(error))} {pickle.dumps(error)!r}"


@pytest.mark.parametrize(
    ("info", "grant"),
    [
        (service_account, "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        (authorized_user, "refresh_token"),
    ],
)
def test_a_file_gives_a_token_that_is_fetched_once(
    info: Callable[[str], Info], grant: str, tmp_path: Path
) -> None:
    with talking(info, tmp_path, GRANTED) as (wire, transport):
        for _ in range(3):
            assert transport.send(request(wire.url)).status == 200
    assert wire.paths == ["/token", "/v1/a", "/v1/a", "/v1/a"]
    assert parse_qs(wire.requests[0].partition(b"\r\n\r\n")[2].decode())["grant_type"] == [grant]
    assert {wire.header("authorization", index) for index in (1, 2, 3)} == {f"Bearer {FETCHED}"}
    assert wire.header("x-goog-user-project") == ("billed" if grant == "refresh_token" else None)


def test_a_401_fetches_one_more_token_and_then_gives_up(tmp_path: Path) -> None:
    refusing = talking(service_account, tmp_path, GRANTED, plain(b"{}", "401 No"))
    with refusing as (wire, transport), pytest.raises(AuthError, match="401"):
        transport.send(request(wire.url))
    assert wire.paths == ["/token", "/v1/a", "/token", "/v1/a"]


@pytest.mark.parametrize(
    ("token", "seconds", "cause"),
    [
        pytest.param(plain("<html>login</html>", content_type="text/html"), 5.0, "refreshed", id="HTML"),
        pytest.param(plain(b"\xff\xfe"), 5.0, "refreshed", id="no text"),
        pytest.param(plain(b"[]"), 5.0, "refreshed", id="a list"),
        pytest.param(plain(f'{{"id_token": "{SECRET}"}}'), 5.0, "refreshed", id="another token"),
        pytest.param(plain(b'{"access_token": 5}'), 5.0, "malformed", id="a token that is no text"),
        pytest.param(plain(b'{"access_token": "a\\nb"}'), 5.0, "malformed", id="a token of two lines"),
        pytest.param(plain(b'{"access_token": "a", "expires_in": "soon"}'), 5.0, "refreshed", id="no time"),
        pytest.param(plain(b'{"error": "invalid_grant"}', "400 Bad"), 5.0, "refreshed", id="400"),
        pytest.param(
            plain(b"", "302 Found", location="http://example.com/"), 5.0, "refreshed", id="redirect"
        ),
        pytest.param(plain(b"busy", "500 Broken"), 0.5, "500", id="500"),
        pytest.param(plain(b"{}", "503 Busy"), 0.5, "503", id="503"),
        pytest.param(SILENCE, 0.2, "in time", id="nothing comes"),
        pytest.param(Reply(then="reset"), 5.0, "refreshed", id="reset"),
    ],
)
@pytest.mark.parametrize("info", [service_account, authorized_user])
def test_without_a_token_the_request_is_not_sent(
    info: Callable[[str], Info], token: Reply, seconds: float, cause: str, tmp_path: Path
) -> None:
    with talking(info, tmp_path, token) as (wire, transport):
        started = time.monotonic()
        with pytest.raises(AuthError, match=cause) as caught:
            transport.send(request(wire.url, seconds))
        assert time.monotonic() - started < min(seconds, 2.0) + 0.15
    assert set(wire.paths) == {"/token"}
    assert SECRET not in shown(caught.value)


@pytest.mark.parametrize(
    "uri",
    [
        "http://169.254.169.254/computeMetadata/v1",
        "http://metadata.google.internal/token",
        "file:///etc/passwd",
        "http://oauth2.googleapis.com/token",
        "https://example.com/token",
        "https://googleapis.com.example.com/token",
        "https://examplegoogleapis.com/token",
        "https://oauth2.googleapis.com@example.com/token",
        "https://example.com\\.googleapis.com/token",
        "http://example.com\\@localhost/token",
        "http://127.0.0.1.example.com/token",
        "https://[/token",
        "//oauth2.googleapis.com/token",
        "",
        5,
        [GOOGLE],
    ],
)
@pytest.mark.parametrize("key", ["token_uri", "token_url", "service_account_impersonation_url"])
def test_row_90_a_token_endpoint_that_is_not_google_s_is_refused(
    key: str, uri: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {**authorized_user(), key: uri}
    source = {"type": "impersonated_service_account", "source_credentials": whole}
    for info in (whole, source):
        place = saved(tmp_path, info)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(place))
        for read in (from_file, lambda _: application_default(SCOPES)):
            with pytest.raises(AuthError, match=f"'credentials.json': {key} is not allowed: .*://") as caught:
                read(place)
            assert "no scheme://" in str(caught.value) or str(uri).partition(":")[0] in str(caught.value)
            assert "Google's, over https" in f"{caught.value} {caught.value.__cause__}"
            assert SECRET not in shown(caught.value)


@pytest.mark.parametrize("info", [service_account(GOOGLE), authorized_user()], ids=["account", "user"])
def test_credentials_of_another_universe_are_refused(info: Info, tmp_path: Path) -> None:
    with pytest.raises(AuthError, match="universe_domain is not allowed"):
        from_file(saved(tmp_path, {**info, "universe_domain": "example.com"}))
    for own in (None, "", "googleapis.com"):
        from_file(saved(tmp_path, {**info, "universe_domain": own}))


@pytest.mark.parametrize(
    "uri",
    [
        GOOGLE,
        "https://accounts.google.com/o/oauth2/token",
        "https://localhost:1/token",
        "http://localhost:1/token",
        "http://[::1]:1/token",
    ],
)
def test_a_token_endpoint_of_google_or_of_this_machine_is_allowed(uri: str, tmp_path: Path) -> None:
    credentials: Any = from_file(saved(tmp_path, service_account(uri)))
    assert credentials.service_account_email == "robot@p.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    ("own", "client", "project"),
    [
        (
            {},
            (
                "517222506229-vsmmajv00ul0bs7p89v5m89qs8eb9359.apps.googleusercontent.com",
                "RUP0RZ6e0pPhDzsqIJ7KlNd1",
            ),
            None,
        ),
        ({"client_id": "mine", "client_secret": "s", "project": "p"}, ("mine", "s"), "p"),
    ],
)
def test_the_file_of_earth_engine_s_own_sign_in_is_read(
    own: Info, client: tuple[str, str], project: str | None, tmp_path: Path
) -> None:
    place = saved(tmp_path, {"refresh_token": SECRET, "scopes": list(SCOPES), **own})
    for credentials in (from_file(place), earthengine(place)):
        found: Any = credentials
        assert (found.client_id, found.client_secret) == client
        assert (found.refresh_token, found.quota_project_id) == (SECRET, project)
        assert (found.token_uri, found.scopes) == (GOOGLE, list(SCOPES))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SECRET, "is not JSON"),
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        (f'["{SECRET}"]', "expected an object"),
        ("{}", r"'credentials\.json' holds no usable credentials: DefaultCredentialsError"),
        (f'{{"type": "{SECRET}"}}', "no usable credentials"),
        (f'{{"type": "service_account", "private_key": "{SECRET}"}}', "no usable credentials"),
        (json.dumps({**EMPTY_ACCOUNT, "private_key": SECRET}), "no usable credentials"),
        (json.dumps({**EMPTY_ACCOUNT, "private_key": 5}), "no usable credentials"),
        ('{"type": "authorized_user", "client_id": "c"}', "no usable credentials"),
    ],
)
def test_a_file_without_credentials_is_an_auth_error_that_shows_nothing_of_it(
    text: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(AuthError, match=reason) as caught:
        from_file(saved(tmp_path, text))
    assert SECRET not in shown(caught.value)


def test_a_file_that_is_not_there_is_an_auth_error(tmp_path: Path) -> None:
    with pytest.raises(AuthError, match=r"cannot read credentials from 'none\.json'"):
        from_file(tmp_path / "none.json")


@pytest.mark.parametrize("info", [service_account, authorized_user])
def test_no_secret_of_a_file_reaches_a_log_or_an_error(
    info: Callable[[str], Info], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    refusing = talking(info, tmp_path, GRANTED, plain(b"{}", "401 No"))
    with refusing as (wire, transport), pytest.raises(AuthError) as caught:
        transport.send(request(wire.url))
    everything = shown(caught.value) + caplog.text + repr(transport) + repr(request(wire.url))
    assert len(wire.requests) == 4
    assert caplog.records
    assert SECRET not in everything
    assert private_pem().splitlines()[1] not in everything
