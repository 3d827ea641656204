"""Hostile credentials files, and addresses that would like to be given a token."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.hostile.audited import Result
from tests.hostile.cases import Case, Kind
from tests.hostile.mutation import damaged, mutated
from tests.hostile.output import log_faults
from tests.hostile.payloads import ATTACKS
from tests.hostile.programs import SECRET
from tests.runtime.token_server import private_pem

GOOGLE: Final = "https://oauth2.googleapis.com/token"
UPLOADS: Final = (
    *(
        "https://storage.googleapis.com/upload/storage/v1/b/x/o",
        "https://firebasestorage.googleapis.com/v0/b/x/o",
    ),
    *("https://www.googleapis.com/upload/drive/v3/files", "https://sts.storage.googleapis.com/v1/token"),
    *("https://oauth2.googleapis.com:8443/token", "https://oauth2.googleapis.com/token/../upload"),
    *("https://oauth2.googleapis.com./token", "http://oauth2.googleapis.com/token"),
    *("https://oauth2.googleapis.com@evil.example/token", "https://evil.example/token"),
    *("https://oauth2.googleapis.com.evil.example/token", "https://sts.googleapis.com/v1/token?x=1"),
    *(
        "https://oauth2.googleapis.com%2eevil.example/token",
        "https://OAUTH2.googleapis.com\\@evil.example/token",
    ),
    *("file:///etc/passwd", "gopher://127.0.0.1/", "https://[::ffff:1.2.3.4]/token", ""),
)
"""Places that are no token endpoints, although some are Google's."""
PLACES: Final = (
    "token_uri",
    "token_url",
    "token_info_url",
    "revoke_url",
    "service_account_impersonation_url",
)


@cache
def _files() -> tuple[dict[str, Any], ...]:
    """A file of each kind, with nothing wrong with it but that its secrets are ours to look for."""
    user = {"type": "authorized_user", "client_id": "i", "client_secret": SECRET, "refresh_token": SECRET}
    robot = {
        "type": "service_account",
        "client_email": "a@p.iam.gserviceaccount.com",
        "private_key": private_pem(),
        "private_key_id": SECRET,
        "token_uri": GOOGLE,
    }
    federated = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {"url": "http://127.0.0.1:9/token"},
    }
    impersonated = {
        "type": "impersonated_service_account",
        "source_credentials": user,
        "service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/projects/-/"
        "serviceAccounts/a@p.iam.gserviceaccount.com:generateAccessToken",
    }
    return user, robot, federated, impersonated


def file(source: random.Random, number: int) -> Case:
    value = json.loads(json.dumps(_files()[number % len(_files())]))
    if number % 3 == 0:
        value = mutated(value, source)
    else:
        target = value.get("source_credentials", value) if number % 2 else value
        target[source.choice(PLACES)] = source.choice((*UPLOADS, *ATTACKS["urls"]))
        if isinstance(value.get("credential_source"), dict):
            value["credential_source"] = source.choice(
                (
                    {"url": "https://evil.example/"},
                    {"url": "https://storage.googleapis.com/x"},
                    {"executable": {"command": "touch run"}},
                )
            )
    data = json.dumps(value).encode()
    files = {"key.json": damaged(data, source) if source.random() < 0.05 else data}
    return Case(files=files, commands=[["credentials", "@/key.json"]])


def address(source: random.Random, number: int) -> Case:
    urls = (*UPLOADS, *ATTACKS["urls"])
    url: Any = urls[number % len(urls)] if number % 5 else mutated({"url": source.choice(urls)}, source)
    return Case(files={"address.json": json.dumps(url).encode()}, commands=[["endpoint", "@/address.json"]])


ALLOWED: Final = (
    GOOGLE,
    "https://sts.googleapis.com/v1/token",
    "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/",
    "https://earthengine.googleapis.com/v1beta/",
    # Loopback, where a source of subject tokens may be.
    "http://127.0.0.1:9/",
)
"""Where a credentials file may lead a call of Earth Engine's client."""
OWN: Final = ("https://", "http://127.0.0.1", "http://[::1]", "http://localhost")
"""Where an endpoint that the caller named himself may be."""


def _faults(result: Result, allowed: tuple[str, ...]) -> list[str]:
    faults = [fault for output in result.outputs for fault in log_faults(output)]
    text = "".join(result.outputs)
    if SECRET in text or "PRIVATE KEY" in text:
        faults.append("a secret is shown")
    for line in text.splitlines():
        target = line.removeprefix("sent to ")
        if target != line and not target.startswith(allowed):
            faults.append(f"sent to {target[:100]!r}")
    return faults


def judge_file(case: Case, folder: Path, result: Result) -> list[str]:
    """Nothing leaves for a place that is not allowed, and no error shows a secret."""
    return _faults(result, ALLOWED)


def judge_address(case: Case, folder: Path, result: Result) -> list[str]:
    """A token goes over TLS or loopback only, and the address is no place to fetch one."""
    return _faults(result, OWN)


KINDS = (
    Kind("credentials files", file, judge_file, full=120, sample=38),
    Kind("endpoints", address, judge_address, full=150, sample=50),
)
