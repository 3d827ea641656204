"""What is stated of a medium: its type, its size, and what cannot be one."""

from __future__ import annotations

import io
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from groundwire_runtime.errors import ArgumentError
from groundwire_runtime.media import UNIT, MediaUpload, is_accepted
from groundwire_runtime.media_uploads import upload_url, uploading
from groundwire_runtime.method import Method

from .state import Service
from .test_uploads import client


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("a.png", "image/png"), ("a.csv", "text/csv"), ("a", None), ("a.tar.gz", None)],
)
def test_the_type_comes_from_the_name(
    name: str, content_type: str | None, storage: ModuleType, service: Service, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    stored = client(storage, service).objects.insert("b", storage.Object(name="n"), media=MediaUpload(path))
    assert stored.content_type == (content_type or "application/octet-stream")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"chunk_size": 1}, "262,144"),
        ({"chunk_size": UNIT + 1}, "262,144"),
        ({"chunk_size": 0}, "262,144"),
        ({"chunk_size": True}, "262,144"),
        ({"content_type": "text"}, "media type"),
        ({"content_type": "text/plain\r\nx: y"}, "media type"),
    ],
)
def test_a_medium_that_cannot_be_sent_is_refused(facts: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        MediaUpload(b"", **facts)


@pytest.mark.parametrize("value", ["a.txt", b"abc", 3])
def test_a_bare_file_is_refused(value: Any, storage: ModuleType, service: Service) -> None:
    with pytest.raises(ArgumentError, match="MediaUpload"):
        client(storage, service).objects.insert("b", storage.Object(), media=value)


@pytest.mark.parametrize("value", [3, None, ["text"], [b"a", None, b"b"], io.StringIO("text")])
def test_what_is_no_medium_is_refused(value: Any, storage: ModuleType, service: Service) -> None:
    with pytest.raises(ArgumentError):
        client(storage, service).objects.insert("b", storage.Object(), media=MediaUpload(value))
    assert "b/unnamed" not in service.objects


@pytest.mark.parametrize(
    ("accept", "content_type", "stated"),
    [
        ((), None, "application/octet-stream"),
        (("message/rfc822",), None, "message/rfc822"),
        (("image/png", "application/octet-stream"), None, "application/octet-stream"),
        (("*/*",), "a/b", "a/b"),
        (("image/*",), "image/PNG; x=y", "image/PNG; x=y"),
        (("image/*",), None, None),
        (("image/*",), "text/plain", None),
        (("message/rfc822",), "message/rfc822x", None),
    ],
)
def test_a_type_is_one_that_the_method_takes(
    accept: tuple[str, ...], content_type: str | None, stated: str | None
) -> None:
    media = MediaUpload(b"", content_type)
    if stated is None:
        with pytest.raises(ArgumentError, match="does not take"):
            media.type_for(accept)
    else:
        assert media.type_for(accept) == stated
        assert is_accepted(stated, accept)


def test_a_medium_that_is_too_large_is_refused() -> None:
    method = Method[None](id="m", verb="POST", path="m")
    upload = uploading(method, MediaUpload(b"1234"), service_path="v1/", max_size=3)
    with pytest.raises(ArgumentError, match="3 that m takes"):
        upload.request({}, base_url="https://x.googleapis.com/v1/", codecs=None)
    with pytest.raises(ArgumentError, match="no resumable"):
        uploading(method, MediaUpload(b"", resumable=True), service_path="v1/")


@pytest.mark.parametrize(
    ("url", "base_url", "service_path", "expected"),
    [
        (
            "https://h/drive/v3/files",
            "https://h/drive/v3/",
            "drive/v3/",
            "https://h/upload/drive/v3/files?uploadType=x",
        ),
        ("https://h/v1/a?b=c", "https://h/", "", "https://h/upload/v1/a?b=c&uploadType=x"),
        ("https://h/p/v1/a", "https://h/p/v1/", "v1/", "https://h/p/upload/v1/a?uploadType=x"),
        ("https://h/a", "https://h/", "v1/", "https://h/upload/v1/a?uploadType=x"),
        ("https://h/other/a", "https://h/other/", "v1/", "https://h/upload/v1/a?uploadType=x"),
        ("https://h/xv1/a", "https://h/xv1/", "v1/", "https://h/upload/v1/a?uploadType=x"),
    ],
)
def test_an_upload_is_below_the_root(url: str, base_url: str, service_path: str, expected: str) -> None:
    assert upload_url(url, base_url, service_path, "x") == expected
