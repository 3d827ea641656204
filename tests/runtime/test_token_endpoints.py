"""Which URLs are token endpoints: exact hosts and paths, on port 443."""

from __future__ import annotations

import pytest
from groundwire_runtime.token_endpoints import is_token_endpoint

from .test_credentials import GOOGLE
from .token_server import TARGET
from .token_sources import IMPERSONATION

IAM = f"/v1/projects/-/serviceAccounts/{TARGET}:generateAccessToken"
GOOD = [
    GOOGLE,
    "https://oauth2.googleapis.com:443/token",
    "https://OAuth2.GoogleAPIs.com/token",
    "https://oauth2.mtls.googleapis.com/token",
    "https://accounts.google.com/o/oauth2/token",
    "https://www.googleapis.com/oauth2/v4/token",
    "https://sts.googleapis.com/v1/token",
    "https://sts.googleapis.com/v1beta/token",
    "https://sts.googleapis.com/v1/oauthtoken",
    "https://sts.googleapis.com/v1/introspect",
    "https://sts.mtls.googleapis.com/v1/token",
    "https://sts.us-east1.rep.googleapis.com/v1/token",
    "https://sts.northamerica-northeast2.rep.googleapis.com:443/v1/token",
    "https://sts.us-west1.rep.mtls.googleapis.com/v1/token",
    "https://sts.europe-west12.googleapis.com/v1/token",
    "https://us-east1-sts.googleapis.com/v1/token",
    "https://us-east1.sts.googleapis.com/v1/token",
    IMPERSONATION,
    IMPERSONATION.replace("@", "%40"),
    f"https://iamcredentials.us-east1.rep.googleapis.com{IAM}",
    f"https://iamcredentials.mtls.googleapis.com{IAM}",
    "http://127.0.0.1:8080/any?thing=1",
    "https://[::1]:9/token",
    "http://localhost/token",
]
BAD: list[object] = [
    # Hosts of Google's that take uploads from strangers, and what looks like a region but is a bucket.
    "https://storage.googleapis.com/upload/storage/v1/b/evil/o?uploadType=media&name=x",
    "https://storage.googleapis.com/evil/token",
    "https://firebasestorage.googleapis.com/v0/b/evil/o?name=x",
    "https://www.googleapis.com/upload/storage/v1/b/evil/o?uploadType=media&name=x",
    "https://www.googleapis.com/upload/drive/v3/files",
    "https://sts.storage.googleapis.com/v1/token",
    "https://iamcredentials.storage.googleapis.com" + IAM,
    "https://sts.commondatastorage.googleapis.com/v1/token",
    "https://storage-sts.googleapis.com/v1/token",
    "https://sts.us-east1.storage.googleapis.com/v1/token",
    "https://storage.us-east1.rep.googleapis.com/v1/token",
    "https://evil.sts.us-east1.rep.googleapis.com/v1/token",
    "https://googleapis.com/token",
    # Paths.
    "https://oauth2.googleapis.com/",
    "https://oauth2.googleapis.com//token",
    "https://oauth2.googleapis.com/token/",
    "https://oauth2.googleapis.com/token?a=b",
    "https://oauth2.googleapis.com/token#a",
    "https://oauth2.googleapis.com/token;a",
    "https://oauth2.googleapis.com/Token",
    "https://oauth2.googleapis.com/%74oken",
    "https://oauth2.googleapis.com/a/../token",
    "https://accounts.google.com/token",
    "https://www.googleapis.com/oauth2/v4/token/../../../upload",
    "https://sts.googleapis.com/v1/token/x",
    IMPERSONATION + "?a=b",
    IMPERSONATION.replace("/v1/", "/v1/../upload/"),
    IMPERSONATION.replace(TARGET, "a/b"),
    IMPERSONATION.replace(TARGET, "a%2fb"),
    IMPERSONATION.replace("generateAccessToken", "setIamPolicy"),
    # Ports and schemes.
    "https://oauth2.googleapis.com:80/token",
    "https://oauth2.googleapis.com:8443/token",
    "https://oauth2.googleapis.com:/token",
    "http://oauth2.googleapis.com/token",
    "http://oauth2.googleapis.com:443/token",
    "ftp://127.0.0.1/token",
    "file:///etc/passwd",
    # One URL, two readers.
    "https://oauth2.googleapis.com./token",
    "https://oauth2%2egoogleapis.com/token",
    "https://oauth2.googleapis.com%2f@evil.example/token",
    "https://oauth2.googleapis.com@evil.example/token",
    "https://oauth2.googleapis.com:443@evil.example/token",
    "https://a@oauth2.googleapis.com/token",
    "https://oauth2.googleapis.com\\@evil.example/token",
    "https://evil.example\\oauth2.googleapis.com/token",
    "https://evil.example#@oauth2.googleapis.com/token",
    "https://oauth2.googleapis.com.evil.example/token",
    "https://oauth2.googleapis.com\t/token",
    "https://oauth2.googleapis.com/to\nken",
    "https://oauth2.googleapis.com/token\n",
    " https://oauth2.googleapis.com/token",
    "https:/oauth2.googleapis.com/token",
    "https:oauth2.googleapis.com/token",
    "https://oauth2。googleapis。com/token",
    "https://oauth2.googleapiſ.com/token",  # noqa: RUF001 - a letter that IDNA reads as s
    "httpſ://oauth2.googleapis.com/token",  # noqa: RUF001 - as above
    "http://127.0.0.1\\@evil.example/token",
    "http://[::1]evil.example/token",
    "http://[::1].evil.example:80/token",
    "http://evil.example[::1]/token",
    "http://[::1][::1]/token",
    "http://[127.0.0.1]/token",
    "http://[localhost]/token",
    "http://[::1%25]/token",
    "http://::1/token",
    "http://[::1]:8x/token",
    "http://127.0.0.1 @evil.example/token",
    "http://127.0.0.1.evil.example/token",
    "https://{universe_domain}/token",
    "https://sts.{universe_domain}/v1/token",
    # Metadata servers answer, and take nothing.
    "http://169.254.169.254/token",
    "http://metadata.google.internal/computeMetadata/v1/token",
    "",
    5,
    None,
    [GOOGLE],
    GOOGLE.encode(),
]


@pytest.mark.parametrize("url", GOOD)
def test_a_published_token_endpoint_and_this_machine_are_allowed(url: str) -> None:
    assert is_token_endpoint(url)


@pytest.mark.parametrize("url", BAD)
def test_any_other_place_is_no_token_endpoint(url: object) -> None:
    assert not is_token_endpoint(url)


def test_a_universe_has_token_endpoints_of_the_same_names() -> None:
    own = "cloud.example-universe.test"
    for url in (
        GOOGLE,
        "https://sts.googleapis.com/v1/token",
        "https://sts.u-germany-northeast1.rep.googleapis.com/v1/token",
        IMPERSONATION,
    ):
        assert is_token_endpoint(url.replace("googleapis.com", own), own)
        assert not is_token_endpoint(url.replace("googleapis.com", own))
        assert not is_token_endpoint(url.replace("sts.u-germany-northeast1.rep", "sts"), own)
    assert not is_token_endpoint(f"https://storage.{own}/v1/token", own)
    assert not is_token_endpoint("https://oauth2.cloudxexample-universe.test/token", own)
