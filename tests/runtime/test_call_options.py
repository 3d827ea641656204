from __future__ import annotations

import json
import logging
from traceback import TracebackException
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from attrs import evolve
from google.auth import credentials as google_credentials
from groundwire import Client, credentials, encode
from groundwire_runtime.errors import ApiError, ArgumentError, AuthError, FailedPrecondition, NotModified
from groundwire_runtime.http import Response

from .doubles import Script, answer


@pytest.mark.parametrize("options", [{"timout": 5}, {"timeout": 5, "retries": 3}, {"Scopes": []}])
def test_an_option_that_no_call_has_is_refused_before_any_request(options: dict[str, Any]) -> None:
    script = Script()
    client = Client(transport=script, credentials=credentials.anonymous())
    with pytest.raises(TypeError, match=r"options are fields, headers, key, .* timeout, xgafv"):
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


# --- parameters of all methods

NAME = "projects/p/operations/A"
KEY = "AIzaSyA-1234567890"


def called(script: Script, **options: Any) -> Any:
    client = Client(transport=script, credentials=credentials.anonymous())
    return client.projects.operations.get(NAME, **options)


def test_parameters_of_all_methods_are_options_of_a_call() -> None:
    script = Script([answer({"name": NAME})])
    called(script, fields="name,metadata(state)", quota_user="me", pretty_print=False, key=KEY, xgafv="2")
    assert parse_qs(urlsplit(script.urls[0]).query) == {
        "fields": ["name,metadata(state)"],
        "quotaUser": ["me"],
        "prettyPrint": ["false"],
        "key": [KEY],
        "$.xgafv": ["2"],
    }


@pytest.mark.parametrize(
    "options", [{"fields": 5}, {"pretty_print": "no"}, {"xgafv": "3"}, {"fields": "\ud800"}]
)
def test_a_parameter_of_all_methods_that_cannot_be_sent(options: dict[str, Any]) -> None:
    script = Script()
    with pytest.raises(ArgumentError):
        called(script, **options)
    assert script.requests == []


@pytest.mark.parametrize(
    "parts", [{}, {"metadata": {"state": "RUNNING"}}, {"error": {"code": 3}}, {"response": {}}]
)
def test_an_answer_of_which_only_parts_were_asked_for(parts: dict[str, Any]) -> None:
    operation = called(Script([answer(parts)]), fields=",".join(parts))
    assert operation.name is None
    assert encode(operation) == json.dumps(parts, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ("operations(name,metadata(state))", "operations(name,metadata(state)),nextPageToken"),
        ("operations/nextPageToken", "operations/nextPageToken,nextPageToken"),
        ("nextPageToken, operations/name", "nextPageToken, operations/name"),
        ("*", "*"),
    ],
)
def test_a_listing_of_parts_goes_on_to_the_next_page(fields: str, sent: str) -> None:
    pages = [{"operations": [{"name": "a"}], "nextPageToken": "t"}, {"operations": [{"name": "b"}]}]
    script = Script([answer(page) for page in pages])
    client = Client(transport=script, credentials=credentials.anonymous())
    listing = client.projects.operations.list(project="p", fields=fields, quota_user="me")
    assert [each.name for each in listing] == ["a", "b"]
    queries = [parse_qs(urlsplit(url).query) for url in script.urls]
    assert [(each["fields"], each["quotaUser"]) for each in queries] == [([sent], ["me"])] * 2


def test_a_key_of_a_call_is_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "groundwire")
    refusal = answer({"error": {"message": f"API key {KEY} is not valid for {quote(KEY)}"}}, 400)
    with pytest.raises(ApiError) as caught:
        called(Script([refusal]), key=KEY)
    lines = TracebackException.from_exception(caught.value, capture_locals=True).format()
    frames = "".join(line for line in lines if "test_call_options.py" not in line)
    assert KEY not in f"{caught.value} {caplog.text} {frames}"


@pytest.mark.parametrize("key", ["AIza secret\n", "AIzasecret\u00e9", "AIzasecret\ud800", 5])
def test_a_malformed_key_is_not_shown(key: Any) -> None:
    with pytest.raises(AuthError) as caught:
        called(Script(), key=key)
    assert "secret" not in str(caught.value)


def test_a_key_that_the_service_refuses_is_not_taken_for_a_token() -> None:
    script = Script(forever=answer({"error": {"message": "no"}}, 401))
    with pytest.raises(AuthError, match="refused the API key"):
        called(script, key=KEY)
    client = Client(transport=script, endpoint="http://localhost:1")
    with pytest.raises(AuthError, match="refused the API key"):
        client.projects.operations.get(NAME, key=KEY)
    token = Client(transport=script, credentials=credentials.Token("ya29.abcdefgh"))
    with pytest.raises(AuthError, match="refused the credentials"):
        token.projects.operations.get(NAME, key=KEY)


def test_a_token_is_refreshed_also_beside_a_key() -> None:
    class Made(google_credentials.Credentials):
        count = 0

        def refresh(self, request: Any) -> None:
            self.count += 1
            self.token, self.expiry = f"token-{self.count}-12345678", None

    script = Script([answer({}, 401), answer({"name": NAME})])
    made: Any = Made
    client = Client(transport=script, credentials=made())
    assert client.projects.operations.get(NAME, key=KEY).name == NAME
    tokens = [request.headers["authorization"] for request in script.requests]
    assert tokens == ["Bearer token-1-12345678", "Bearer token-2-12345678"]


# --- headers


def test_headers_of_a_call_are_sent() -> None:
    script = Script([answer({"name": NAME})])
    called(script, headers={"If-None-Match": '"1"', "x-goog-encryption-key": "c2VjcmV0LWtleQ"})
    sent = script.requests[0]
    assert sent.headers["if-none-match"] == '"1"'
    assert sent.headers["accept"] == "application/json"
    assert sent.secrets == ("c2VjcmV0LWtleQ",)
    assert "c2VjcmV0LWtleQ" not in repr(sent.headers)


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "proxy-authorization", "Content-Length", "Host", "User-Agent", "content-type"),
        *("Accept", "accept-encoding", "cookie", "Transfer-Encoding", "x-goog-api-client", "X-Goog-Api-Key"),
        *("X-HTTP-Method-Override", "connection", "expect", "", "a b", "a:b", "a\r\nb", "\u00e9"),
    ],
)
def test_a_header_that_a_call_may_not_set(name: str) -> None:
    with pytest.raises(ArgumentError, match=r"headers:|no header that a caller may set"):
        called(Script(), headers={name: "secret-value"})


@pytest.mark.parametrize("value", ["a\r\nx: b", "a\nb", "\x00", " a", "\u00e9", 5, None])
def test_a_header_that_cannot_be_sent(value: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^headers: "):
        called(Script(), headers={"x-a": value})


@pytest.mark.parametrize("headers", [[("a", "b")], "a", 5, {"a": "1", "A": "2"}, {5: "a"}])
def test_headers_of_another_kind(headers: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^headers: "):
        called(Script(), headers=headers)


def test_an_update_of_the_state_that_was_read() -> None:
    script = Script(
        [
            evolve(answer({"name": NAME}), headers={"etag": '"7"'}),
            answer({"error": {"message": "changed meanwhile"}}, 412),
            Response(status=304, headers={"etag": '"7"'}),
        ]
    )
    client = Client(transport=script, credentials=credentials.anonymous())
    read = client.with_response(client.projects.operations.get, NAME, fields="name")
    assert (read.value.name, read.status, read.headers["etag"]) == (NAME, 200, '"7"')
    with pytest.raises(FailedPrecondition):
        client.projects.operations.get(NAME, headers={"if-match": read.headers["etag"]})
    with pytest.raises(NotModified) as caught:
        client.projects.operations.get(NAME, headers={"if-none-match": read.headers["etag"]})
    assert (caught.value.http_status, caught.value.headers["etag"]) == (304, '"7"')
    assert "endpoint" not in caught.value.hint


def test_the_headers_of_a_page() -> None:
    script = Script([evolve(answer({"operations": [{"name": "a"}]}), headers={"etag": '"7"'})])
    client = Client(transport=script, credentials=credentials.anonymous())
    listing = client.projects.operations.list(project="p", headers={"x-a": "b"})
    page = client.with_response(next, listing.pages())
    assert (page.value.operations[0].name, page.headers["etag"]) == ("a", '"7"')
    assert script.requests[0].headers["x-a"] == "b"
