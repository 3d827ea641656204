"""What a file of credentials may name, on every way in."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from groundwire import Client
from groundwire_runtime.credentials import application_default, from_file
from groundwire_runtime.errors import ArgumentError, AuthError
from groundwire_runtime.token_endpoints import TokenEndpoints

from .doubles import Script
from .test_credentials import authorized_user, saved, service_account
from .token_server import NAME, TokenServer
from .token_sources import IMPERSONATION, SECRET, workload_info


def user(**facts: Any) -> dict[str, Any]:
    return {**authorized_user(), **facts}


def workload(source: object, **facts: Any) -> dict[str, Any]:
    info = workload_info(TokenServer(url="https://sts.googleapis.com"), {})
    return {**info, "credential_source": source, **facts}


EVIL = "https://storage.googleapis.com/upload/storage/v1/b/evil/o?uploadType=media&name=x"
AMAZON = {
    "environment_id": "aws1",
    "region_url": "http://169.254.169.254/latest/meta-data/placement/availability-zone",
    "url": "http://169.254.169.254/latest/meta-data/iam/security-credentials",
    "imdsv2_session_token_url": "http://[fd00:ec2::254]/latest/api/token",
    "regional_cred_verification_url": "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
}
HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "service account": (service_account(EVIL), "token_uri"),
    "user": (user(token_uri=EVIL), "token_uri"),
    "workload: endpoint": (workload({"file": "/etc/passwd"}, token_url=EVIL), "token_url"),
    "workload: impersonation": (
        workload({"file": "subject"}, service_account_impersonation_url=EVIL),
        "service_account_impersonation_url",
    ),
    "workload: introspection": (workload({"file": "subject"}, token_info_url=EVIL), "token_info_url"),
    "workforce: revocation": (
        {"type": "external_account_authorized_user", "revoke_url": "https://evil.example/"},
        "revoke_url",
    ),
    "impersonated: its source": (
        {
            "type": "impersonated_service_account",
            "service_account_impersonation_url": IMPERSONATION,
            "source_credentials": service_account("https://evil.example/token"),
        },
        "token_uri",
    ),
    "impersonated: the source of its source": (
        {"source_credentials": {"source_credentials": workload({"url": EVIL})}},
        r"credential_source\.url",
    ),
    "distributed cloud": (
        {"type": "gdch_service_account", "token_uri": "https://service-identity.evil.example/authenticate"},
        "token_uri",
    ),
    "source: a stranger": (workload({"url": "https://evil.example/subject"}), r"credential_source\.url"),
    "source: inside the network": (workload({"url": "http://10.0.0.1/admin"}), r"credential_source\.url"),
    "source: metadata on another port": (
        workload({"url": "http://169.254.169.254:8080/"}),
        r"credential_source\.url",
    ),
    "source: metadata to another reader": (
        workload({"url": "http://169.254.169.254\\@evil.example/"}),
        r"credential_source\.url",
    ),
    "source: a number for the address": (workload({"url": "http://2852039166/"}), r"credential_source\.url"),
    "source: no text": (workload({"url": ["http://169.254.169.254/"]}), r"credential_source\.url"),
    **{
        f"Amazon: {key}": (workload({**AMAZON, key: url}), rf"credential_source\.{key}")
        for key, url in {
            "url": "http://evil.example/",
            "region_url": "http://evil.example/",
            "imdsv2_session_token_url": "https://evil.example/",
            "regional_cred_verification_url": "https://sts.evil.example?Action=GetCallerIdentity",
        }.items()
    },
    "Amazon: another action": (
        workload(
            {**AMAZON, "regional_cred_verification_url": "https://sts.amazonaws.com?Action=GetSessionToken"}
        ),
        r"credential_source\.regional_cred_verification_url",
    ),
    "a command": (workload({"executable": {"command": "/bin/true"}}), r"credential_source\.executable"),
}


def _named(place: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(place))
    return application_default()


def _left_by_gcloud(place: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(place.parent))
    place.rename(place.parent / "application_default_credentials.json")
    return application_default()


def _in_the_home_folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(place.parent))
    folder = place.parent / ".config" / "gcloud"
    folder.mkdir(parents=True)
    place.rename(folder / "application_default_credentials.json")
    return application_default()


WAYS: dict[str, Callable[[Path, pytest.MonkeyPatch], Any]] = {
    "from_file": lambda place, _: from_file(place),
    "the environment": _named,
    "CLOUDSDK_CONFIG": _left_by_gcloud,
    "the home folder": _in_the_home_folder,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_that_names_another_place_is_refused_on_every_way_in(
    case: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info, key = HOSTILE[case]
    with pytest.raises(AuthError, match=f"credentials.json': {key} is not allowed") as caught:
        WAYS[way](saved(tmp_path, info), monkeypatch)
    assert not caught.value.retryable
    assert caught.value.hint


def _pipe(place: Path) -> None:
    os.mkfifo(place)


def _device(place: Path) -> None:
    place.symlink_to("/dev/zero")


def _large(place: Path) -> None:
    place.write_bytes(b" " * (1024 * 1024 + 1))


NO_FILES = pytest.mark.parametrize(
    ("make", "why"),
    [
        (_pipe, "not a regular file"),
        (_device, "not a regular file"),
        (_large, "larger than 1048576 bytes"),
        (Path.mkdir, "Is a directory"),
    ],
)


@NO_FILES
@pytest.mark.parametrize("way", ["from_file", "environment"])
def test_credentials_come_from_regular_files_alone(
    make: Callable[[Path], None], why: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "credentials.json"
    make(place)
    with pytest.raises(AuthError, match=f"cannot read credentials from 'credentials.json': {why}"):
        if way == "from_file":
            from_file(place)
        else:
            _named(place, monkeypatch)


@NO_FILES
def test_a_subject_token_comes_from_a_regular_file_alone(
    make: Callable[[Path], None], why: str, tmp_path: Path
) -> None:
    subject = tmp_path / "subject"
    make(subject)
    with pytest.raises(AuthError, match=rf"credential_source\.file is not allowed: {why}"):
        from_file(saved(tmp_path, workload({"file": str(subject)})))


@NO_FILES
def test_a_subject_token_file_is_checked_again_when_it_is_read(
    make: Callable[[Path], None], why: str, tmp_path: Path
) -> None:
    subject = tmp_path / "subject"
    script = Script()
    client = Client(
        credentials=from_file(saved(tmp_path, workload({"file": str(subject)}))),
        transport=script,
        project="p",
    )
    make(subject)
    with pytest.raises(AuthError, match=why):
        client.projects.operations.get("projects/p/operations/A")
    assert script.requests == []


def test_a_source_nested_a_thousand_times_is_checked_to_its_end(tmp_path: Path) -> None:
    deep = json.dumps(user(token_uri=EVIL))
    for _ in range(900):
        deep = f'{{"source_credentials": {deep}}}'
    with pytest.raises(AuthError, match=r"token_uri is not allowed|is not JSON"):
        from_file(saved(tmp_path, deep))


def test_a_hostile_file_of_gcloud_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = saved(tmp_path, service_account("https://evil.example/token"))
    inner = Script()
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    place.rename(tmp_path / "application_default_credentials.json")
    with (
        Client(project="p", transport=inner) as client,
        pytest.raises(AuthError, match="token_uri is not allowed") as caught,
    ):
        client.projects.operations.get(NAME)
    assert "must be Google's" in caught.value.hint
    assert inner.requests == []


@pytest.mark.parametrize(
    "source",
    [
        {"file": "subject"},
        {"url": "http://169.254.169.254/metadata/identity?api-version=2018-02-01"},
        {"url": "http://metadata.google.internal:80/computeMetadata/v1/identity"},
        {"url": "http://localhost:40342/token"},
        AMAZON,
    ],
)
def test_a_source_on_the_machine_or_its_metadata_server_is_allowed(
    source: dict[str, Any], tmp_path: Path
) -> None:
    kind = "aws:token-type:aws4_request" if source is AMAZON else "oauth:token-type:jwt"
    info = workload(source, subject_token_type=f"urn:ietf:params:{kind}")
    credentials: Any = from_file(saved(tmp_path, info))
    assert credentials.info["credential_source"] == source


@pytest.mark.parametrize(
    ("hosts", "url", "allowed"),
    [
        (["ci.example.com"], "https://ci.example.com/token?audience=a", True),
        (["CI.example.com"], "https://ci.EXAMPLE.com:443/token", True),
        ([".example.com"], "https://run-7.ci.example.com/token", True),
        ([".example.com"], "https://example.com/token", False),
        (["example.com"], "https://ci.example.com/token", False),
        (["ci.example.com"], "https://ci.example.com.evil.test/token", False),
        (["ci.example.com"], "https://ci.example.com:8443/token", False),
        (["ci.example.com"], "http://ci.example.com/token", False),
        (["ci.example.com"], "https://ci.example.com@evil.test/token", False),
        ([], "https://ci.example.com/token", False),
    ],
)
def test_the_caller_allows_a_source_by_name(
    hosts: list[str], url: str, allowed: bool, tmp_path: Path
) -> None:
    place = saved(tmp_path, workload({"url": url}))
    asking = TokenEndpoints(hosts)
    if allowed:
        from_file(place, credential_hosts=hosts)
        asking.check_request(url, "GET")
    else:
        with pytest.raises(AuthError, match=r"credential_source\.url is not allowed") as caught:
            from_file(place, credential_hosts=hosts)
        assert "Client(credential_hosts=[...])" in caught.value.hint
        with pytest.raises(AuthError, match="refused to send credentials"):
            asking.check_request(url, "GET")


def test_a_named_source_is_no_token_endpoint_of_a_file(tmp_path: Path) -> None:
    info = workload({"url": "https://ci.example.com/t"}, token_url="https://ci.example.com/v1/token")
    with pytest.raises(AuthError, match="token_url is not allowed"):
        from_file(saved(tmp_path, info), credential_hosts=["ci.example.com"])


@pytest.mark.parametrize(
    "hosts", ["a.test", 5, ["https://a.test"], ["a.test:1"], ["a b"], ["*"], [""], ["."]]
)
def test_what_is_no_host_name_is_refused(hosts: Any) -> None:
    with pytest.raises(ArgumentError, match="credential_hosts: expected"):
        Client(project="p", credential_hosts=hosts)


def test_credentials_that_a_caller_made_are_held_to_the_same_places(tmp_path: Path) -> None:
    from google.auth import identity_pool
    from google.oauth2 import service_account as google_account

    account: Any = google_account.Credentials
    pool: Any = identity_pool.Credentials
    subject = tmp_path / "subject"
    subject.write_text(SECRET)
    made = [
        account.from_service_account_info(service_account(EVIL)),
        pool.from_info(workload({"file": str(subject)}, token_url=EVIL)),
        pool.from_info(workload({"url": "https://evil.example/subject"})),
    ]
    for each in made:
        inner = Script()
        with (
            Client(project="p", credentials=each, transport=inner) as client,
            pytest.raises(AuthError, match="refused to send credentials to https://") as caught,
        ):
            client.projects.operations.get(NAME)
        assert inner.requests == []
        assert "credential_hosts" in caught.value.hint


COMMANDS: dict[str, tuple[Any, str]] = {
    "no output": ("/bin/true", "gave no subject token: TypeError"),
    # Older releases of google-auth read what the command printed before they look at its exit code.
    "a failure": ("/bin/false", "gave no subject token: (RefreshError|JSONDecodeError) "),
    "no such command": ("/nowhere/at-all", "gave no subject token: FileNotFoundError"),
    "no JSON": (f"/bin/echo {SECRET}", "gave no subject token: JSONDecodeError"),
    "a refusal that repeats a secret": (
        f"""/bin/echo '{{"version": 1, "success": false, "code": "{SECRET}", "message": "{SECRET}"}}'""",
        "gave no subject token: (RefreshError|JSONDecodeError) ",
    ),
    "no text": (["/bin/true"], "executable.command: expected a command line as text"),
    "nothing": (None, "executable.command: expected a command line as text"),
}


@pytest.mark.skipif(os.name == "nt", reason="this system has other commands")
@pytest.mark.parametrize("case", COMMANDS)
def test_a_command_that_gives_no_token_is_named(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1")
    command, words = COMMANDS[case]
    place = saved(tmp_path, workload({"executable": {"command": command, "timeout_millis": 5000}}))
    inner = Script()
    for _ in range(2):
        with (
            Client(project="p", credentials=place, transport=inner) as client,
            pytest.raises(AuthError, match=words) as caught,
        ):
            client.projects.operations.get(NAME)
        assert "aip.dev/auth/4117" in caught.value.hint
        assert not caught.value.retryable
        trace = caught.value.__traceback__
        error = caught.value.with_traceback(None if trace is None else trace.tb_next)  # without this frame
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert SECRET not in "".join(report.format())
    assert inner.requests == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("late", [False, True])
def test_the_output_file_of_a_command_is_a_regular_file(
    late: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1")
    output = tmp_path / "output"
    source = {"executable": {"command": "/bin/true", "timeout_millis": 5000, "output_file": str(output)}}
    place = saved(tmp_path, workload(source))
    credentials: Any = place if not late else from_file(place)
    os.mkfifo(output)
    with (
        Client(project="p", credentials=credentials, transport=Script()) as client,
        pytest.raises(
            AuthError, match=r"credential_source.executable.output_file is not allowed: not a regular"
        ),
    ):
        client.projects.operations.get(NAME)


def test_a_token_endpoint_of_a_file_is_refused_also_if_the_caller_named_its_host(tmp_path: Path) -> None:
    """Credentials that a caller made may go there: the caller chose the endpoint, not a file."""
    info = workload({"file": "subject"}, token_url="https://broker.example/token")
    with pytest.raises(AuthError, match="token_url is not allowed") as caught:
        from_file(saved(tmp_path, info), credential_hosts=["broker.example"])
    assert "credential_hosts allows no other one" in caught.value.hint
    TokenEndpoints(("broker.example",)).check_request("https://broker.example/token", "POST")
