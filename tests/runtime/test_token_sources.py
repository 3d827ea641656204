"""Every kind of credentials against servers that check what they are shown, over TLS with a throwaway CA."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from groundwire import Client, CloudStorageDestination, DriveDestination
from groundwire_runtime import credentials as sources
from groundwire_runtime.errors import AuthError

from .test_client import export
from .token_server import GOOGLE, NAME, TokenServer
from .token_sources import (
    AUTH,
    READS,
    SECRET,
    STARTS,
    assert_hidden,
    authorized_user,
    authorized_user_info,
    every_kind,
    saved,
    service_account,
    shown,
    static,
    workload_from_file,
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
    # The same start each time, since every answer names one operation.
    request = evolve(export(CloudStorageDestination(bucket="b")), request_id="r")
    assert one.projects.image.export(request).name == NAME
    assert server.paths[: len(asks)] == asks
    before = len(server.paths)
    for _ in range(2):
        assert one.projects.image.export(request).name == NAME
    assert len(server.paths) == before + 2, "a token is fetched once"
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


def test_a_service_account_s_scopes_follow_the_method_the_destination_and_the_call(
    server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    one = client(credentials=service_account(server, tmp_path))
    one.projects.operations.get(NAME)
    for destination in (CloudStorageDestination(bucket="b"), DriveDestination(folder="f")):
        one.projects.image.export(evolve(export(destination), request_id="r"))
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


def test_64_threads_with_any_scopes_share_one_refresh_of_a_user_s_token(
    server: TokenServer, client: Callable[..., Client], tmp_path: Path
) -> None:
    server.rotates = True
    one = client(credentials=authorized_user(server, tmp_path))
    together = threading.Barrier(64)

    def call(number: int) -> str:
        together.wait(5)
        return (
            one.projects.operations.get(NAME, scopes=[f"s{number % 4}"], quota_project=f"q{number % 3}").name
            or ""
        )

    with ThreadPoolExecutor(64) as threads:
        assert list(threads.map(call, range(64))) == [NAME] * 64
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
        ("argument", None, None, "argument"),
        (None, "", "own", "own"),
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


def test_a_server_of_another_authority_gets_no_secret(server: TokenServer, tmp_path: Path) -> None:
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
        "from attrs import evolve\n"
        "from groundwire_runtime.transport import UrllibTransport\n"
        "class Api:\n"
        "    sockets = UrllibTransport()\n"
        "    sent = []\n"
        "    def send(self, request):\n"
        "        self.sent.append(request.method_id)\n"
        "        url = request.url.replace('https://earthengine.googleapis.com', sys.argv[1])\n"
        "        return self.sockets.send(evolve(request, url=url))\n"
        "client = groundwire.Client(project='p', transport=Api())\n"
        f"print(client.projects.operations.get({NAME!r}).name)\n"
        f"print(client.projects.operations.get({NAME!r}, quota_project='q').name)\n"
        "print(len(Api.sent))\n"
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
    assert done.stdout.split() == [NAME, NAME, str(len(server.asked))], (
        "all through the client's own transport"
    )
    assert server.problems == []
    assert [server.granted[call.bearer] for call in server.calls] == [READS] * 2
    assert sum(path.endswith("/token") for path in server.paths) == 1
    assert SECRET not in done.stderr
