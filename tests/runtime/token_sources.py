"""Every kind of credentials that a client takes, made for a token server."""

from __future__ import annotations

import datetime
import json
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from groundwire_runtime.credentials import Token

from .token_server import ROBOT, TARGET, TokenServer, private_pem

AUTH = "https://www.googleapis.com/auth/"
READS = f"{AUTH}earthengine {AUTH}cloud-platform"
STARTS = f"{READS} {AUTH}devstorage.full_control"
SECRET = "canary-31fe"


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


def workload_of_amazon(server: TokenServer, folder: Path) -> Any:
    """A machine of Amazon's with session-oriented metadata (IMDSv2): the subject is a signed request."""
    place = "http://169.254.169.254/latest"
    source = {
        "environment_id": "aws1",
        "region_url": f"{place}/meta-data/placement/availability-zone",
        "url": f"{place}/meta-data/iam/security-credentials",
        "imdsv2_session_token_url": f"{place}/api/token",
        "regional_cred_verification_url": "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity",
    }
    server.checks_subject = False
    kind = "urn:ietf:params:aws:token-type:aws4_request"
    return saved(folder, {**workload_info(server, source), "subject_token_type": kind})


def workload_impersonated(server: TokenServer, folder: Path) -> Any:
    (folder / "subject").write_text(server.subject)
    info = workload_info(server, {"file": str(folder / "subject")})
    return saved(folder, {**info, "service_account_impersonation_url": IMPERSONATION})


def compute_engine(server: TokenServer, folder: Path) -> Any:
    from google.auth import compute_engine as google_compute

    made: Any = google_compute.Credentials
    return made()


def workforce_user(server: TokenServer, folder: Path) -> Any:
    """A person of another identity provider, signed in through a workforce pool."""
    info = {
        "type": "external_account_authorized_user",
        "audience": "//iam.googleapis.com/locations/global/workforcePools/a/providers/b",
        "token_url": f"{server.url}/token",
        "client_id": "c",
        "client_secret": f"GOCSPX-{SECRET}",
        "refresh_token": server.refresh_token,
    }
    return saved(folder, info)


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
    (workload_of_amazon, ["/latest/api/token"], STARTS),
    (
        workload_impersonated,
        ["/v1/token", f"/v1/projects/-/serviceAccounts/{TARGET}:generateAccessToken"],
        STARTS,
    ),
    (compute_engine, ["/computeMetadata/v1/instance/service-accounts/default/"], STARTS),
    (workforce_user, ["/token"], ""),
    (static, [], STARTS),
    (expired, ["/token"], ""),
]
every_kind = pytest.mark.parametrize(
    ("kind", "asks", "scope"), KINDS, ids=[kind[0].__name__ for kind in KINDS]
)


def shown(error: BaseException) -> str:
    """Everything that is printed or stored of an error."""
    text = "".join(traceback.format_exception(error))
    return f"{error} {error!r} {vars(error)} {text} {pickle.dumps(error)!r}"


def assert_hidden(text: str, *others: object) -> None:
    whole = text + " ".join(f"{other!r} {other}" for other in others)
    key = private_pem().splitlines()[1]
    assert SECRET not in whole
    assert key not in whole
    assert "eyJ" not in whole, "a signed JWT"
