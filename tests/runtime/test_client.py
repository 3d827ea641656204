from __future__ import annotations

import json
import logging
import math
import re
from typing import Any

import pytest
from attrs import evolve
from groundwire import (
    Client,
    CloudStorageDestination,
    DriveDestination,
    Empty,
    ExportImageRequest,
    Expression,
    ImageFileExportOptions,
    ImageFileFormat,
    Operation,
    ValueNode,
    credentials,
)
from groundwire_runtime.errors import ArgumentError, DecodeError, EncodeError, GroundwireError, Unavailable
from groundwire_runtime.http import Request, Response
from groundwire_runtime.options import NO_TIMEOUT
from groundwire_runtime.transport import UrllibTransport

from .doubles import Script, Time, answer, refusal

NAME = "projects/p/operations/A"
SECRET = "canary-5f3a9c"
AUTH = "https://www.googleapis.com/auth/"


def client(script: Any = None, **options: Any) -> Client:
    facts: dict[str, Any] = {"credentials": credentials.anonymous(), "clock": Time().clock()}
    return Client(transport=Script(forever=answer()) if script is None else script, **{**facts, **options})


def export(destination: DriveDestination | CloudStorageDestination | None = None) -> ExportImageRequest:
    return ExportImageRequest(
        expression=Expression(result="0", values={"0": ValueNode.ConstantValue(1)}),
        export_options=ImageFileExportOptions(
            file_format=ImageFileFormat.GEO_TIFF, destination=destination or DriveDestination(folder="f")
        ),
    )


@pytest.mark.parametrize(
    ("endpoint", "base"),
    [
        ("https://shop.test", "https://shop.test/"),
        ("https://shop.test/", "https://shop.test/"),
        ("https://shop.test:8443//", "https://shop.test:8443/"),
        ("http://localhost:8080", "http://localhost:8080/"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("http://[::1]:8080", "http://[::1]:8080/"),
    ],
)
def test_an_endpoint_replaces_the_services_own(endpoint: str, base: str) -> None:
    script = Script([answer({"name": NAME})])
    client(script, endpoint=endpoint).projects.operations.get(NAME)
    assert script.urls == [f"{base}v1beta/{NAME}"]


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "shop.test",
        "//shop.test",
        "http://shop.test",
        "http://localhost.evil.test",
        "http://127.0.0.1.evil.test",
        "http://2130706433",
        "ftp://localhost",
        "file:///etc/passwd",
        "https://",
        "https://user@shop.test",
        "https://user:secret@shop.test",
        "https://shop.test@evil.test",
        "https://shop.test?x=1",
        "https://shop.test?",
        "https://shop.test#x",
        "https://shop.test#",
        "https://shop.test:port",
        "https://[::1",
        "http://[::1]evil.test",
        "http://evil.test[::1]",
        "http://[127.0.0.1]",
        "http://[localhost]:80",
        "https://[shop.test]",
        "https://shop.test\r\nx-evil: 1",
        "https://shop.test\n",
        " https://shop.test",
        "https://shop .test",
        "https://shop.test\\@evil.test",
        b"https://shop.test",
        5,
    ],
)
def test_an_endpoint_that_could_leak_or_mislead_is_refused(endpoint: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^endpoint: ") as caught:
        client(endpoint=endpoint)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("timeout", [0, 0.0, -1, math.inf, math.nan, "5", True, None, [1]])
def test_a_timeout_is_finite_seconds_above_zero(timeout: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^timeout: "):
        client(timeout=timeout)
    script = Script()
    with pytest.raises(ArgumentError, match=r"^timeout: "):
        client(script).projects.operations.get(NAME, timeout=timeout)
    assert script.requests == []


@pytest.mark.parametrize(
    ("options", "call", "deadline"),
    [
        ({}, {}, 1_060),
        ({"timeout": 5}, {}, 1_005),
        ({"timeout": 5}, {"timeout": 0.5}, 1_000.5),
        ({"timeout": NO_TIMEOUT}, {}, None),
        ({}, {"timeout": NO_TIMEOUT}, None),
        ({"timeout": NO_TIMEOUT}, {"timeout": 7}, 1_007),
    ],
)
def test_the_deadline_is_the_calls_own_or_the_clients(
    options: dict[str, Any], call: dict[str, Any], deadline: float | None
) -> None:
    script = Script([answer({"name": NAME})])
    client(script, **options).projects.operations.get(NAME, **call)
    assert [request.deadline for request in script.requests] == [deadline]


@pytest.mark.parametrize(
    ("held", "given", "path"),
    [
        ("p", None, "projects/p"),
        ("projects/p", None, "projects/p"),
        ("p", "q", "projects/q"),
        ("p", "projects/q", "projects/q"),
        (None, "q", "projects/q"),
        ("example.com:p", None, "projects/example.com%3Ap"),
    ],
)
def test_a_held_project_stands_in_with_or_without_its_prefix(
    held: str | None, given: str | None, path: str
) -> None:
    script = Script([answer()])
    assert list(client(script, project=held).projects.operations.list(project=given)) == []
    assert script.urls == [f"https://earthengine.googleapis.com/v1beta/{path}/operations"]


@pytest.mark.parametrize(
    "project",
    [None, "", "projects/", "a/b", "projects/a/../b", "..", "a?b", "a#b", "a%2Fb", "a\nb", "\ud800", 5],
)
def test_a_project_that_is_none_is_refused_before_sending(project: Any) -> None:
    script = Script()
    with pytest.raises(ArgumentError, match=r"^(project|name): "):
        client(script, project=project).projects.image.export(export())
    assert script.requests == []


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (None, ArgumentError),
        ({}, ArgumentError),
        (DriveDestination(), ArgumentError),
        (evolve(export(), request_id="a" * 61), EncodeError),
        (evolve(export(), request_id="a_b"), EncodeError),
        (evolve(export(), request_id="a\n"), EncodeError),
        (evolve(export(), request_id=5), EncodeError),  # type: ignore[arg-type] # on purpose
    ],
)
def test_a_body_that_cannot_be_sent_is_refused(request_: Any, kind: type[GroundwireError]) -> None:
    script = Script()
    with pytest.raises(kind):
        client(script, project="p").projects.image.export(request_)
    assert script.requests == []


USUAL = (AUTH + "earthengine", AUTH + "cloud-platform", AUTH + "devstorage.full_control")


@pytest.mark.parametrize(
    ("options", "call", "destination", "scopes"),
    [
        ({}, {}, CloudStorageDestination(bucket="b"), USUAL),
        ({}, {}, DriveDestination(), (*USUAL, AUTH + "drive")),
        ({"scopes": ["a"]}, {}, DriveDestination(), ("a",)),
        ({"scopes": ["a"]}, {"scopes": ("b",)}, DriveDestination(), ("b",)),
        ({}, {"scopes": []}, DriveDestination(), ()),
    ],
)
def test_scopes_are_the_methods_and_its_destinations_unless_the_caller_says_otherwise(
    options: Any, call: Any, destination: Any, scopes: tuple[str, ...]
) -> None:
    script = Script([answer({"name": NAME})])
    client(script, project="p", **options).projects.image.export(export(destination), **call)
    assert [request.scopes for request in script.requests] == [scopes]


def test_one_text_is_not_a_list_of_scopes() -> None:
    with pytest.raises(ArgumentError, match=r"^scopes: "):
        client(scopes="a")
    with pytest.raises(ArgumentError, match=r"^scopes: "):
        client().projects.operations.get(NAME, scopes="a")


@pytest.mark.parametrize(("own", "start"), [(None, ""), ("pipeline/3.1", "pipeline/3.1 ")])
def test_every_send_says_who_calls(own: str | None, start: str) -> None:
    script = Script([refusal(503), answer({"name": NAME})])
    client(script, **({} if own is None else {"user_agent": own})).projects.operations.get(NAME)
    assert len(script.requests) == 2
    for request in script.requests:
        assert re.fullmatch(re.escape(start) + r"groundwire/\S+ \(gzip\)", request.headers["user-agent"])
        agent = request.headers["x-goog-api-client"]
        assert re.fullmatch(r"gl-python/3\.\d+\.\S+ groundwire/\S+", agent)
        assert request.headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("options", "call", "project"),
    [
        ({}, {}, None),
        ({"quota_project": "q"}, {}, "q"),
        ({"quota_project": "q"}, {"quota_project": "r"}, "r"),
    ],
)
def test_a_quota_project_is_the_calls_own_or_the_clients(
    options: Any, call: Any, project: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOOGLE_CLOUD_QUOTA_PROJECT", raising=False)
    script = Script([answer({"name": NAME})])
    client(script, **options).projects.operations.get(NAME, **call)
    assert script.requests[0].headers.get("x-goog-user-project") == project


@pytest.mark.parametrize("value", ["q\r\nx-evil: 1", "q\nx", "q\0", "q\r"])
@pytest.mark.parametrize("option", ["quota_project", "user_agent"])
def test_no_header_is_smuggled_in(option: str, value: str) -> None:
    one = client(UrllibTransport(), endpoint="http://127.0.0.1:9", retry=None, **{option: value})
    with pytest.raises(ArgumentError, match="header"):
        one.projects.operations.get(NAME)


@pytest.mark.parametrize(
    ("response", "rule"),
    [
        (answer(b"<html>Sign in to the network</html>", content_type="text/html"), "JSON"),
        (answer(b'{"name": "projects/p'), "JSON"),
        (answer(b"\xff\xfe"), "UTF-8"),
        (answer(b"[" * 100_000), "deep"),
        (answer(b"[]"), "object"),
    ],
)
def test_an_answer_that_cannot_be_read_says_where_it_came_from(response: Response, rule: str) -> None:
    with pytest.raises(DecodeError, match=rule) as caught:
        client(Script([response])).projects.operations.get(NAME)
    kind = response.headers.get("content-type", "no content type")
    assert caught.value.__notes__ == [f"earthengine.projects.operations.get answered 200 with {kind}"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 205])
@pytest.mark.parametrize("body", [b"", b"\n"])
def test_a_success_without_a_body_is_an_empty_message(status: int, body: bytes) -> None:
    one = client(Script(forever=answer(body, status)))
    assert one.projects.operations.get(NAME) == Operation()
    assert list(one.projects.operations.list(project="p")) == []
    assert one.projects.operations.delete(NAME) == Empty()


def test_no_secret_is_logged_shown_or_raised(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    script = Script([refusal(503), answer({"operations": [], "nextPageToken": SECRET})], forever=refusal(503))
    one = client(script, project="p", credentials=credentials.Token(SECRET))
    with pytest.raises(Unavailable) as caught:
        list(one.projects.operations.list(filter=SECRET))
    assert all(SECRET in request.headers["authorization"] for request in script.requests)
    assert SECRET in script.urls[-1]
    assert "earthengine.projects.operations.list" in caplog.text
    assert "503" in caplog.text
    shown = f"{caught.value}{caught.value!r}{vars(caught.value)}{one!r}{credentials.Token(SECRET)!r}"
    assert SECRET not in caplog.text + shown
    assert SECRET not in repr(evolve(script.requests[0], url=""))


def test_a_closed_client_works_on() -> None:
    closed: list[bool] = []

    class Closing(Script):
        def close(self) -> None:
            closed.append(True)

    with client(Closing(forever=answer({"name": NAME}))) as one:
        one.projects.operations.get(NAME)
    assert closed == [True]
    assert one.projects.operations.get(NAME).name == NAME


def test_a_cancel_sends_an_empty_object() -> None:
    def serve(request: Request) -> Response:
        assert (request.verb, request.url.rpartition("/")[2]) == ("POST", "A:cancel")
        assert json.loads(request.body or b"") == {}
        assert not request.safe_to_retry
        return answer({})

    client(Script([serve])).projects.operations.cancel(NAME)
