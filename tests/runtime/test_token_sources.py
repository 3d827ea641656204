"""Every kind of credentials against servers that check what they are shown, over TLS with a throwaway CA."""

from __future__ import annotations

import datetime
import json
import logging
import pickle
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from groundwire import Client, CloudStorageDestination, DriveDestination
from groundwire_runtime import credentials as sources
from groundwire_runtime.credentials import Token
from groundwire_runtime.errors import AuthError, GroundwireError
from groundwire_runtime.transport import UrllibTransport

from .test_client import export
from .token_server import (
    GOOGLE,
    NAME,
    ROBOT,
    TARGET,
    Authority,
    Rerouted,
    TokenServer,
    private_pem,
    throwaway_authority,
)

AUTH = "https://www.googleapis.com/auth/"
READS = f"{AUTH}earthengine {AUTH}cloud-platform"
STARTS = f"{READS} {AUTH}devstorage.full_control"
SECRET = "canary-31fe"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return throwaway_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def server(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenServer]:
    for name in ("GOOGLE_CLOUD_QUOTA_PROJECT", "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    with TokenServer(secret=SECRET, tls=authority.server, refresh_token=f"1//{SECRET}") as server:
        yield server


@pytest.fixture
def client(server: TokenServer, authority: Authority) -> Iterator[Callable[..., Client]]:
    """Makes clients of the server: the same option trusts its CA for tokens and for calls."""
    with closing(Rerouted(UrllibTransport(tls=authority.client), server.url)) as sockets:
        yield lambda **options: Client(project="p", endpoint=server.url, transport=sockets, **options)


def saved(folder: Path, info: dict[str, Any]) -> Path:
    place = folder / "credentials.json"
    place.write_text(json.dumps(info))
    return place


def service_account(server: TokenServer, folder: Path) -> Any:
    return saved(folder, service_account_info(server))


def service_account_info(server: TokenServer) -> dict[str, Any]:
    return {
        "type": "service_account",
        "private_key_id": "k1",
        "private_key": private_pem(),
        "client_email": ROBOT,
        "token_uri": f"{server.url}/token",
    }


def authorized_user(server: TokenServer, folder: Path) -> Any:
    return saved(folder, authorized_user_info(server))


def authorized_user_info(server: TokenServer) -> dict[str, Any]:
    return {
        "type": "authorized_user",
        "client_id": "c",
        "client_secret": f"GOCSPX-{SECRET}",
        "refresh_token": server.refresh_token,
    }


def earthengine_file(server: TokenServer, folder: Path) -> Any:
    return saved(folder, {"refresh_token": server.refresh_token, "scopes": [AUTH + "earthengine"]})


def impersonated(server: TokenServer, folder: Path) -> Any:
    return saved(
        folder,
        {
            "type": "impersonated_service_account",
            "source_credentials": authorized_user_info(server),
            "service_account_impersonation_url": IMPERSONATION,
        },
    )


IMPERSONATION = (
    f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{TARGET}:generateAccessToken"
)


def impersonated_object(server: TokenServer, folder: Path) -> Any:
    from google.auth import impersonated_credentials
    from google.oauth2 import service_account as google_account

    account: Any = google_account.Credentials
    made: Any = impersonated_credentials.Credentials
    source = account.from_service_account_info(service_account_info(server))
    return made(source_credentials=source, target_principal=TARGET, target_scopes=STARTS.split())


def workload_info(server: TokenServer, source: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"{server.url}/v1/token",
        "credential_source": source,
    }


def workload_from_file(server: TokenServer, folder: Path) -> Any:
    server.subject = f"ey.{SECRET}"
    (folder / "subject").write_text(server.subject)
    return saved(folder, workload_info(server, {"file": str(folder / "subject")}))


def workload_from_url(server: TokenServer, folder: Path) -> Any:
    server.subject = f"ey.{SECRET}"
    return saved(folder, workload_info(server, {"url": f"{server.url}/subject", "headers": {"x-pool": "a"}}))


def workload_from_metadata(server: TokenServer, folder: Path) -> Any:
    """As on another cloud: the subject comes from the link-local address."""
    server.subject = f"ey.{SECRET}"
    return saved(folder, workload_info(server, {"url": "http://169.254.169.254/identity"}))


def workload_impersonated(server: TokenServer, folder: Path) -> Any:
    (folder / "subject").write_text(server.subject)
    info = workload_info(server, {"file": str(folder / "subject")})
    return saved(folder, {**info, "service_account_impersonation_url": IMPERSONATION})


def compute_engine(server: TokenServer, folder: Path) -> Any:
    from google.auth import compute_engine as google_compute

    made: Any = google_compute.Credentials
    return made()


def static(server: TokenServer, folder: Path) -> Any:
    return Token(server.grant(STARTS))


def expired(server: TokenServer, folder: Path) -> Any:
    """A user's token of yesterday, with what it takes to get another."""
    from google.oauth2 import credentials as google_credentials

    made: Any = google_credentials.Credentials
    return made(
        f"ya29.{SECRET}-old",
        refresh_token=server.refresh_token,
        token_uri=f"{server.url}/token",
        client_id="c",
        client_secret=f"GOCSPX-{SECRET}",
        expiry=datetime.datetime(2020, 1, 1),  # noqa: DTZ001 - as google-auth keeps it
    )


# What makes the credentials, what is asked for a token before the call, and the scope that the token gets.
KINDS: list[tuple[Callable[[TokenServer, Path], Any], list[str], str]] = [
    (service_account, ["/token"], STARTS),
    (authorized_user, ["/token"], ""),
    (earthengine_file, ["/token"], AUTH + "earthengine"),
    (impersonated, ["/token", f"/v1/projects/-/serviceAccounts/{TARGET}:generateAccessToken"], STARTS),
    (impersonated_object, ["/token", f"/v1/projects/-/serviceAccounts/{TARGET}:generateAccessToken"], STARTS),
    (workload_from_file, ["/v1/token"], STARTS),
    (workload_from_url, ["/subject", "/v1/token"], STARTS),
    (workload_from_metadata, ["/identity", "/v1/token"], STARTS),
    (
        workload_impersonated,
        ["/v1/token", f"/v1/projects/-/serviceAccounts/{TARGET}:generateAccessToken"],
        STARTS,
    ),
    (compute_engine, ["/computeMetadata/v1/instance/service-accounts/default/"] * 1, STARTS),
    (static, [], STARTS),
    (expired, ["/token"], ""),
]
every_kind = pytest.mark.parametrize(
    ("kind", "asks", "scope"), KINDS, ids=[kind[0].__name__ for kind in KINDS]
)


@every_kind
def test_a_call_goes_out_with_a_token_of_its_source(
    kind: Callable[[TokenServer, Path], Any],
    asks: list[str],
    scope: str,
    server: TokenServer,
    client: Callable[..., Client],
    tmp_path: Path,
) -> None:
    one = client(credentials=kind(server, tmp_path))
    for _ in range(3):
        assert one.projects.image.export(export(CloudStorageDestination(bucket="b"))).name == NAME
    fetched = [path for path in server.paths if not path.startswith("/v1beta/")]
    assert fetched[: len(asks)] == asks
    assert len(fetched) <= 2, "a token is fetched once"
    assert server.problems == []
    assert {server.granted[call.bearer] for call in server.calls} == {scope}
    assert len(server.calls) == 3


@every_kind
def test_a_token_that_is_refused_is_fetched_once_more(
    kind: Callable[[TokenServer, Path], Any],
    asks: list[str],
    scope: str,
    server: TokenServer,
    client: Callable[..., Client],
    tmp_path: Path,
) -> None:
    one = client(credentials=kind(server, tmp_path))
    one.projects.operations.get(NAME)
    server.granted.pop(server.calls[-1].bearer)
    server.secret = f"{SECRET}-again"
    if kind is static:
        with pytest.raises(AuthError, match="401"):
            one.projects.operations.get(NAME)
        return
    assert one.projects.operations.get(NAME).name == NAME
    tokens = [call.bearer for call in server.calls]
    assert len(tokens) == 3
    assert tokens[0] == tokens[1] != tokens[2]


@every_kind
def test_no_secret_shows_when_a_service_repeats_what_it_was_sent(
    kind: Callable[[TokenServer, Path], Any],
    asks: list[str],
    scope: str,
    server: TokenServer,
    client: Callable[..., Client],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def repeat(asked: Any) -> tuple[int, Any]:
        said = f"{asked.headers} {asked.body.decode()}"
        return 403, {
            "error": {"code": 403, "message": said, "status": "PERMISSION_DENIED", "details": [said]}
        }

    caplog.set_level(logging.DEBUG)
    events: list[Any] = []
    server.api = repeat
    hooks: Any = dict.fromkeys(("on_request", "on_response", "on_retry"), events.append)
    one = client(credentials=kind(server, tmp_path), **hooks)
    with pytest.raises(GroundwireError) as refused:
        one.projects.operations.get(NAME)
    server.api = lambda asked: (401, repeat(asked)[1])
    with pytest.raises(AuthError) as unknown:
        one.projects.operations.get(NAME)
    for error in (refused.value, unknown.value):
        assert_hidden(shown(error), one, events)
    assert_hidden(logged(caplog))
    assert len(server.calls) >= 2
    assert all(SECRET in call.bearer for call in server.calls)


def echo(asked: Any) -> tuple[int, Any]:
    """An endpoint that repeats what it was sent, escaped and not."""
    return 400, {"error": "invalid_grant", "error_description": asked.form, "raw": asked.body.decode()}


FAILURES: dict[str, tuple[Callable[[Any], tuple[int, Any]], float, str]] = {
    "HTML": (lambda asked: (200, b"<html>Sign in " + asked.body + b"</html>"), 5.0, "answered 200"),
    "400 that repeats": (echo, 5.0, "answered 400 invalid_grant"),
    "400 in HTML that repeats": (lambda asked: (400, b"<p>" + asked.body), 5.0, "answered 400"),
    "400 with a code of its own": (
        lambda asked: (400, {"error": asked.form.get("refresh_token", asked.form.get("assertion", "x"))}),
        5.0,
        "answered 400$",
    ),
    "200 with another key": (lambda asked: (200, {"id_token": SECRET, **asked.form}), 5.0, "answered 200"),
    "200 with a list": (lambda asked: (200, [SECRET]), 5.0, "answered 200"),
    "200 with a token of two lines": (
        lambda asked: (200, {"access_token": f"{SECRET}\n"}),
        5.0,
        "malformed|cannot carry",
    ),
    "500": (lambda asked: (500, asked.body), 0.4, "answered 500"),
    "a hang": (lambda asked: (200, None), 0.4, "in time"),
}


@pytest.mark.parametrize("kind", [service_account, authorized_user, earthengine_file, expired, impersonated])
@pytest.mark.parametrize("failure", FAILURES)
def test_row_89_a_token_endpoint_that_fails_is_an_auth_error_in_time_and_nothing_is_sent_without_a_token(
    failure: str,
    kind: Callable[[TokenServer, Path], Any],
    server: TokenServer,
    client: Callable[..., Client],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    server.token, seconds, cause = FAILURES[failure]
    one = client(credentials=kind(server, tmp_path))
    started = time.monotonic()
    with pytest.raises(AuthError) as caught:
        one.projects.operations.get(NAME, timeout=seconds)
    assert time.monotonic() - started < seconds + 0.25
    assert server.calls == []
    assert server.paths
    assert set(server.paths) == {"/token"}
    caught.match(cause.rstrip("$"))
    assert caught.value.hint
    assert_hidden(shown(caught.value), one)
    assert_hidden(logged(caplog))


@pytest.mark.parametrize(
    ("answer", "said", "hint"),
    [
        ((400, {"error": "invalid_grant"}), "invalid_grant", "Sign in again"),
        ((400, {"error": "invalid_scope"}), "invalid_scope", "scopes="),
        ((401, {"error": "invalid_client"}), "invalid_client", "id and secret"),
        ((403, {"error": {"code": 403, "status": "PERMISSION_DENIED"}}), "PERMISSION_DENIED", "TokenCreator"),
    ],
)
def test_the_code_of_a_token_endpoint_says_what_to_do(
    answer: Any, said: str, hint: str, server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    server.token = lambda _: answer
    with pytest.raises(AuthError, match=said) as caught:
        client(credentials=service_account(server, tmp_path)).projects.operations.get(NAME)
    assert hint in caught.value.hint


def test_a_service_account_s_scopes_follow_the_method_the_destination_and_the_call(
    server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    one = client(credentials=service_account(server, tmp_path))
    one.projects.operations.get(NAME)
    one.projects.image.export(export(CloudStorageDestination(bucket="b")))
    one.projects.image.export(export(DriveDestination(folder="f")))
    one.projects.operations.get(NAME, scopes=["a"])
    assert [server.granted[call.bearer] for call in server.calls] == [
        READS,
        STARTS,
        f"{STARTS} {AUTH}drive",
        "a",
    ]


def test_scopes_that_cannot_be_narrowed_share_one_token(
    server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    one = client(credentials=authorized_user(server, tmp_path))
    one.projects.operations.get(NAME)
    one.projects.image.export(export(DriveDestination(folder="f")), quota_project="q")
    one.projects.operations.get(NAME, scopes=["a"], quota_project="r")
    assert len({call.bearer for call in server.calls}) == 1
    assert server.paths.count("/token") == 1
    assert [call.headers.get("x-goog-user-project") for call in server.calls] == [None, "q", "r"]


def test_threads_with_any_scopes_share_one_refresh_of_a_user_s_token(
    server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    server.rotates = True
    one = client(credentials=authorized_user(server, tmp_path))
    together = threading.Barrier(16)

    def call(number: int) -> str:
        together.wait(5)
        return (
            one.projects.operations.get(NAME, scopes=[f"s{number % 4}"], quota_project=f"q{number % 3}").name
            or ""
        )

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(call, range(16))) == [NAME] * 16
    assert server.paths.count("/token") == 1


def test_row_88_sixteen_threads_that_get_401_with_one_expired_token_make_one_refresh(
    server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    one = client(credentials=authorized_user(server, tmp_path))
    one.projects.operations.get(NAME)
    server.granted.clear()
    server.secret = f"{SECRET}-again"
    together = threading.Barrier(16)

    def call(_: int) -> str:
        together.wait(5)
        return one.projects.operations.get(NAME).name or ""

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(call, range(16))) == [NAME] * 16
    assert server.paths.count("/token") == 2


def test_a_refresh_token_that_rotates_is_replaced_each_time(
    server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    server.rotates = True
    one = client(credentials=authorized_user(server, tmp_path))
    for turn in range(4):
        server.granted.clear()
        server.secret = f"{SECRET}-{turn}"
        assert one.projects.operations.get(NAME, scopes=[f"s{turn}"]).name == NAME
    used = [asked.form["refresh_token"] for asked in server.asked if asked.path == "/token"]
    assert used == [f"1//{SECRET}" + "+" * turn for turn in range(4)]


def test_a_subject_token_that_is_replaced_on_disk_is_read_again(
    server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    one = client(credentials=workload_from_file(server, tmp_path))
    one.projects.operations.get(NAME)
    server.granted.clear()
    server.secret, server.subject = f"{SECRET}-again", "rotated"
    (tmp_path / "subject").write_text("rotated")
    assert one.projects.operations.get(NAME).name == NAME
    exchanged = [asked.form["subject_token"] for asked in server.asked if asked.path == "/v1/token"]
    assert exchanged == [f"ey.{SECRET}", "rotated"]


def test_a_token_that_ran_out_with_nothing_to_get_another_is_refused_before_it_is_sent(
    server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    from google.oauth2 import credentials as google_credentials

    made: Any = google_credentials.Credentials
    given = made(f"ya29.{SECRET}", expiry=datetime.datetime(2020, 1, 1))  # noqa: DTZ001 - as google-auth keeps it
    with pytest.raises(AuthError, match="could not be refreshed") as caught:
        client(credentials=given).projects.operations.get(NAME)
    assert server.asked == []
    assert_hidden(shown(caught.value))


@pytest.mark.parametrize(
    ("argument", "environment", "own", "billed"),
    [
        ("argument", "environment", "own", "argument"),
        (None, "environment", "own", "environment"),
        (None, None, "own", "own"),
        (None, None, None, None),
    ],
)
def test_the_quota_project_is_the_argument_or_the_environment_or_the_credentials(
    argument: str | None,
    environment: str | None,
    own: str | None,
    billed: str | None,
    server: TokenServer,
    client: Callable[..., Client],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if environment is not None:
        monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", environment)
    info = authorized_user_info(server) | ({} if own is None else {"quota_project_id": own})
    options = {} if argument is None else {"quota_project": argument}
    client(credentials=saved(tmp_path, info), **options).projects.operations.get(NAME)
    assert server.calls[0].headers.get("x-goog-user-project") == billed


def test_a_server_of_another_authority_gets_no_secret(
    server: TokenServer, tmp_path: Path, authority: Authority
) -> None:
    given = service_account(server, tmp_path)
    with (
        Client(project="p", endpoint=server.url, credentials=given, retry=None) as one,
        pytest.raises(AuthError),
    ):
        one.projects.operations.get(NAME, timeout=0.5)
    assert server.asked == []


def test_what_earthengine_authenticate_writes_is_read(
    server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    pytest.importorskip("ee", reason="earthengine-api is not installed")
    with TokenServer(secret=SECRET, refresh_token=f"1//{SECRET}") as plain:
        plain.token = lambda _: (200, {"refresh_token": plain.refresh_token, "access_token": "unused"})
        script = (
            "import json, sys, ee.oauth as oauth\n"
            "oauth.TOKEN_URI = sys.argv[1] + '/token'\n"
            "oauth.authenticate(cli_authorization_code='code', cli_code_verifier='verifier')\n"
            "print(json.dumps(oauth.get_credentials_arguments()))\n"
        )
        done = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-c", script, plain.url],
            env={"HOME": str(tmp_path), "PATH": "", "no_proxy": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout.splitlines()[-1])
    found: Any = sources.earthengine(tmp_path / ".config/earthengine/credentials")
    ours = {name: getattr(found, name) for name in theirs}
    assert ours == {**theirs, "token_uri": GOOGLE}
    assert found.refresh_token == f"1//{SECRET}"
    assert client(credentials=found).projects.operations.get(NAME).name == NAME
    (asked,) = [asked for asked in server.asked if asked.path == "/token"]
    assert asked.form["scope"].split() == theirs["scopes"]


def test_the_metadata_server_gives_application_default_credentials(tmp_path: Path) -> None:
    """As on Compute Engine, in a process of its own: google-auth reads the environment when it is imported."""
    script = (
        "import sys, groundwire\n"
        "import groundwire_runtime.auth as auth\n"
        "from groundwire_runtime.http import Request\n"
        "from groundwire_runtime.transport import UrllibTransport\n"
        "import time\n"
        "class Api:\n"
        "    sockets = UrllibTransport()\n"
        "    def send(self, request):\n"
        "        url = request.url.replace('https://earthengine.googleapis.com', sys.argv[1])\n"
        "        from attrs import evolve\n"
        "        return self.sockets.send(evolve(request, url=url))\n"
        "client = groundwire.Client(project='p', transport=Api())\n"
        f"print(client.projects.operations.get({NAME!r}).name)\n"
        f"print(client.projects.operations.get({NAME!r}, quota_project='q').name)\n"
    )
    with TokenServer(secret=SECRET) as server:
        host = server.url.removeprefix("http://")
        names = {"GCE_METADATA_HOST": host, "GCE_METADATA_IP": host, "CLOUDSDK_CONFIG": str(tmp_path)}
        done = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-c", script, server.url],
            env={"HOME": str(tmp_path), "PATH": "", **names},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [NAME, NAME]
    assert server.problems == []
    assert [server.granted[call.bearer] for call in server.calls] == [READS] * 2
    assert sum(path.endswith("/token") for path in server.paths) == 1
    assert SECRET not in done.stderr


def shown(error: BaseException) -> str:
    """Everything that is printed or stored of an error."""
    text = "".join(traceback.format_exception(error))
    return f"{error} {error!r} {vars(error)} {text} {pickle.dumps(error)!r}"


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Every record of every logger, with what it carries besides."""
    assert any(record.name == "groundwire" for record in caplog.records)
    assert any(record.name.startswith("urllib3") for record in caplog.records)
    return caplog.text + " ".join(str(vars(record)) for record in caplog.records)


def assert_hidden(text: str, *others: object) -> None:
    whole = text + " ".join(f"{other!r} {other}" for other in others)
    key = private_pem().splitlines()[1]
    assert SECRET not in whole
    assert key not in whole
    assert "eyJ" not in whole, "a signed JWT"


@pytest.mark.parametrize("kind", [kind for kind, *_ in KINDS], ids=[kind.__name__ for kind, *_ in KINDS])
def test_a_client_is_not_pickled_with_its_secrets(
    kind: Callable[[TokenServer, Path], Any],
    server: TokenServer,
    client: Callable[..., Client],
    tmp_path: Path,
) -> None:
    one = client(credentials=kind(server, tmp_path))
    for _ in range(2):
        with pytest.raises(TypeError, match="make one in each process"):
            pickle.dumps(one)
        one.projects.operations.get(NAME)
    with pytest.raises(TypeError, match="a secret"):
        pickle.dumps(Token(SECRET))
