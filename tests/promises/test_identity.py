"""Rows 26 and 27: what each request says of who calls, and who is billed."""

from __future__ import annotations

import json
import re
from itertools import product

import pytest
from google.oauth2.credentials import Credentials as UserCredentials

from ..runtime.wire import Reply, Wire, plain
from .plugin import Measured
from .shop import EXPORT, NAME, Renewed, client

AGENT = re.compile(r"([\w.-]+/[\w.-]+ )*groundwire/[\w.+-]+ \(gzip\)")
API_CLIENT = re.compile(r"gl-python/[\w.+-]+( [\w-]+/[\w.+-]+)+")


@pytest.mark.promise(26)
def test_the_nearest_quota_project_is_billed(measured: Measured, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = list(product(("called", None), ("given", None), ("environment", None), ("own", None)))
    for called, given, environment, own in cases:
        monkeypatch.delenv("GOOGLE_CLOUD_QUOTA_PROJECT", raising=False)
        if environment:
            monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", environment)
        options = {"quota_project": given} if given else {}
        credentials = Renewed(quota_project=own)
        with Wire([plain()]) as wire, client(wire.url, credentials=credentials, **options) as one:
            one.projects.operations.delete(NAME, **({"quota_project": called} if called else {}))  # type: ignore[arg-type] # one option
            expected = called or given or environment or own
            assert wire.header("x-goog-user-project") == expected
            assert wire.requests[0].lower().count(b"x-goog-user-project") == bool(expected)
    measured(f"{len(cases)} of {len(cases)} combinations: call > client > environment > credentials")


@pytest.mark.promise(27)
def test_every_request_says_who_calls(measured: Measured) -> None:
    seen: list[str] = []

    def serve(request: bytes) -> Reply:
        path = request.split(b" ")[1].decode()
        seen.append(path)
        if path == "/token":
            return plain(
                json.dumps({"access_token": f"ya29.canary-{len(seen)}", "expires_in": 3600}).encode()
            )
        if len(seen) == 2:
            return plain(b"{}", "401 No")
        if len(seen) == 5:
            return plain(b"{}", "503 Busy")
        if "pageToken" not in path and path.endswith("operations"):
            return plain(b'{"nextPageToken": "n"}')
        return plain(json.dumps({"name": NAME, "done": True, "response": {"@type": "x"}}).encode())

    with Wire(serve) as wire:
        user = UserCredentials(  # type: ignore[no-untyped-call] # google-auth is untyped here
            None,
            refresh_token="1//canary-refresh",
            token_uri=f"{wire.url}/token",
            client_id="c",
            client_secret="canary-secret",
        )
        with client(wire.url, credentials=user, user_agent="pipeline/3.1") as one:
            operation = one.projects.image.export(EXPORT)
            one.wait(operation)
            list(one.projects.operations.list())
            one.projects.operations.cancel(NAME)
            one.projects.operations.delete(NAME)
        assert seen.count("/token") == 2, "the first token, and the one after the 401"
        for index in range(len(wire.requests)):
            agent, api_client = wire.header("user-agent", index), wire.header("x-goog-api-client", index)
            assert AGENT.fullmatch(agent or ""), (seen[index], agent)
            assert (agent or "").startswith("pipeline/3.1 ")
            assert API_CLIENT.fullmatch(api_client or ""), (seen[index], api_client)
    measured(f"{len(seen)} of {len(seen)} requests: calls, repeats, pages, polls and token fetches")
