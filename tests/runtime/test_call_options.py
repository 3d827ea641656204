from __future__ import annotations

from typing import Any

import pytest
from google.auth import credentials as google_credentials
from groundwire import Client, credentials
from groundwire_runtime.errors import ArgumentError

from .doubles import Script, answer


@pytest.mark.parametrize("options", [{"timout": 5}, {"timeout": 5, "retries": 3}, {"Scopes": []}])
def test_an_option_that_no_call_has_is_refused_before_any_request(options: dict[str, Any]) -> None:
    script = Script()
    client = Client(transport=script, credentials=credentials.anonymous())
    with pytest.raises(TypeError, match="options are quota_project, retry, scopes, timeout"):
        client.projects.operations.get("projects/p/operations/A", **options)
    assert script.requests == []


@pytest.mark.parametrize("given", [5, {"type": "service_account"}, (None, "p"), b"credentials.json", object])
def test_credentials_of_another_kind_are_refused(given: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^credentials: expected .*, got "):
        Client(credentials=given)


def test_anonymous_credentials_of_google_auth_are_none() -> None:
    made: Any = google_credentials.AnonymousCredentials
    script = Script([answer({})])
    Client(transport=script, credentials=made()).projects.operations.get("projects/p/operations/A")
    assert "authorization" not in script.requests[0].headers
