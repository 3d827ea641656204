"""Uploads: where their bytes and their secrets go."""

from __future__ import annotations

import logging
from collections import deque
from types import ModuleType
from typing import Any

import pytest
from groundwire_runtime import credentials
from groundwire_runtime.errors import ApiError, ProtocolError
from groundwire_runtime.http import FunctionTransport, Request, Response
from groundwire_runtime.media import MediaUpload

from .state import Service
from .test_uploads import DATA, TOKEN, client


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/s?upload_id=1",
        "http://127.0.0.1:9/s",
        "//evil.example/s",
        "https://storage.googleapis.com@evil.example/",
        "https://storage.googleapis.com/s",
        "file:///etc/passwd",
        "http://[::1]evil/",
        "",
        "a b",
        "http://127.0.0.1:1/\x7f",
    ],
)
def test_bytes_go_to_no_other_host(location: str, storage: ModuleType, service: Service) -> None:
    service.location = lambda _: location
    with pytest.raises(ProtocolError):
        client(storage, service).objects.insert(
            "b", storage.Object(name="n"), media=MediaUpload(DATA, resumable=True)
        )
    assert [each.verb for each in service.sent] == ["POST"]


@pytest.mark.parametrize(
    ("location", "has_token"),
    [
        ("https://storage.googleapis.com/upload/s?upload_id=12345678", True),
        ("/upload/s?upload_id=12345678", True),
        ("https://storage.googleapis.com:443/upload/s?upload_id=12345678", True),
        ("https://uploads.googleapis.com/s?upload_id=12345678", False),
        ("http://storage.googleapis.com/s?upload_id=12345678", None),
        ("https://googleapis.com.evil.example/s", None),
        ("https://evilgoogleapis.com/s", None),
        ("https://uploads.googleapis.com:8443/s", None),
    ],
)
def test_a_session_of_google_gets_the_token_on_the_own_origin_alone(
    location: str, has_token: bool | None, storage: ModuleType
) -> None:
    puts: list[Request] = []

    def answer(request: Request) -> Response:
        if request.verb == "POST":
            return Response(status=200, headers={"location": location})
        puts.append(request)
        return Response(status=200, body=b"{}")

    uploaded = storage.Client(transport=FunctionTransport(answer), credentials=credentials.Token(TOKEN))
    media = MediaUpload(b"abc", resumable=True)
    if has_token is None:
        with pytest.raises(ProtocolError):
            uploaded.objects.insert("b", storage.Object(), media=media)
        assert not puts
    else:
        uploaded.objects.insert("b", storage.Object(), media=media)
        assert ["authorization" in each.headers for each in puts] == [has_token]


@pytest.mark.parametrize(("host", "has_secrets"), [("storage", True), ("uploads", False)])
def test_secrets_of_the_caller_go_to_the_own_origin_alone(
    host: str, has_secrets: bool, storage: ModuleType
) -> None:
    puts: list[Request] = []

    def answer(request: Request) -> Response:
        if request.verb == "POST":
            location = f"https://{host}.googleapis.com/upload/s?upload_id=12345678"
            return Response(status=200, headers={"location": location})
        puts.append(request)
        return Response(status=200, body=b"{}")

    uploaded = storage.Client(transport=FunctionTransport(answer), credentials=credentials.anonymous())
    headers = {"x-own-token": TOKEN, "x-goog-encryption-key": "a2V5", "x-reason": "June"}
    uploaded.objects.insert("b", storage.Object(), media=MediaUpload(b"abc", resumable=True), headers=headers)
    sent = puts[0].headers
    assert ("x-own-token" in sent, sent["x-goog-encryption-key"], sent["x-reason"]) == (
        has_secrets,
        "a2V5",
        "June",
    )


def test_the_id_of_an_upload_is_a_secret(
    storage: ModuleType, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.faults = deque([None, 503, None, None, 400])
    events: list[Any] = []
    uploaded = client(storage, service, on_event=events.append)
    media = MediaUpload(DATA, resumable=True)
    uploaded.objects.insert("b", storage.Object(name="n"), media=media)
    with pytest.raises(ApiError) as caught:
        uploaded.objects.insert("b", storage.Object(name="n"), media=media)
    text = f"{caplog.text} {events} {[vars(each) for each in caplog.records]} {caught.value!r} {vars(caught.value)}"
    assert "session-" not in text
    assert TOKEN not in text
    assert [each.kind for each in events].count("call") == 2
    assert "/upload/storage/v1/b/b/o" in text


def test_an_answer_that_repeats_the_id_is_redacted(storage: ModuleType) -> None:
    def answer(request: Request) -> Response:
        if request.verb == "POST":
            return Response(status=200, headers={"location": f"{request.url}&upload_id=very-secret-id"})
        body = b'{"error": {"code": 400, "message": "no session very-secret-id"}}'
        return Response(status=400, headers={"x-guploader-uploadid": "very-secret-id"}, body=body)

    uploaded = storage.Client(transport=FunctionTransport(answer), credentials=credentials.anonymous())
    with pytest.raises(ApiError) as caught:
        uploaded.objects.insert("b", storage.Object(), media=MediaUpload(b"abc", resumable=True))
    assert "very-secret-id" not in f"{caught.value} {vars(caught.value)}"


def test_an_upload_that_is_told_to_move_stays_where_it_began(storage: ModuleType) -> None:
    puts: list[str] = []

    def answer(request: Request) -> Response:
        if request.verb == "POST":
            return Response(status=200, headers={"location": f"{request.url}&upload_id=12345678"})
        puts.append(request.url.partition("/upload/")[0])
        if len(puts) > 1:
            return Response(status=200, body=b"{}")
        return Response(status=308, headers={"location": "https://evil.example/", "range": "bytes=0-1"})

    uploaded = storage.Client(transport=FunctionTransport(answer), credentials=credentials.Token(TOKEN))
    uploaded.objects.insert("b", storage.Object(), media=MediaUpload(b"abc", resumable=True))
    assert puts == ["https://storage.googleapis.com"] * 2


def test_the_headers_of_an_answer_have_no_id_of_an_upload(storage: ModuleType, service: Service) -> None:
    uploaded = client(storage, service)
    media = MediaUpload(DATA, resumable=True)
    answer = uploaded.with_response(uploaded.objects.insert, "b", storage.Object(name="n"), media=media)
    assert answer.value.name == "n"
    assert "session-" not in str(answer.headers)
