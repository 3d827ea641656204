"""Uploads: the protocols, what cuts and faults do to them, and where their bytes and secrets go."""

from __future__ import annotations

import io
import random
from collections import deque
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from groundwire_runtime import credentials
from groundwire_runtime.checksums import ChecksumError
from groundwire_runtime.errors import (
    ApiError,
    ArgumentError,
    InvalidArgument,
    TransportError,
    Unavailable,
)
from groundwire_runtime.http import FunctionTransport, Request, Response
from groundwire_runtime.media import SMALL, UNIT, MediaUpload
from groundwire_runtime.resumable import UploadSessionError

from tests.runtime.doubles import Time

from .state import Service

TOKEN = "a-token-that-is-secret"
DATA = random.Random(5).randbytes(9 * UNIT + 17)  # noqa: S311 - the same bytes each time


class Pipe(io.RawIOBase):
    """A stream that cannot seek, and gives less than it is asked for."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._inner = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._inner.readinto(memoryview(buffer)[:70_000])


def client(package: ModuleType, service: Service, **options: Any) -> Any:
    path = "drive/v3/" if "drive" in package.__name__ else "storage/v1/"
    options.setdefault("clock", Time().clock())
    return package.Client(endpoint=f"{service.url}/{path}", credentials=credentials.Token(TOKEN), **options)


def sent(service: Service) -> list[tuple[str, str, str]]:
    return [
        (each.verb, dict(each.query)["uploadType"], each.headers.get("content-range", ""))
        for each in service.sent
    ]


def source(kind: str, folder: Path, data: bytes = DATA) -> Any:
    path = folder / "medium.bin"
    path.write_bytes(data)
    middle = io.BytesIO(b"before" + data)
    middle.seek(6)
    return {
        "bytes": data,
        "bytearray": bytearray(data),
        "path": path,
        "text of a path": str(path),
        "file": middle,
        "pipe": Pipe(data),
        "pieces": (data[start : start + 99_999] for start in range(0, len(data), 99_999)),
    }[kind]


KINDS = ("bytes", "bytearray", "path", "text of a path", "file", "pipe", "pieces")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("resumable", [True, False])
def test_a_medium_of_any_kind_arrives(
    kind: str, resumable: bool, storage: ModuleType, service: Service, tmp_path: Path
) -> None:
    media = MediaUpload(source(kind, tmp_path), "image/x-own", resumable=resumable)
    stored = client(storage, service).objects.insert("b", storage.Object(name="n"), media=media)
    assert service.data("b/n") == DATA
    assert (stored.size, stored.content_type) == (len(DATA), "image/x-own")


@pytest.mark.parametrize("size", [0, 1, SMALL, SMALL + 1])
@pytest.mark.parametrize("kind", ["bytes", "path", "pieces"])
def test_the_protocol_follows_the_size(
    size: int, kind: str, storage: ModuleType, service: Service, tmp_path: Path
) -> None:
    media = MediaUpload(source(kind, tmp_path, bytes(size)))
    client(storage, service).objects.insert("b", storage.Object(name="n"), media=media)
    is_small = size <= SMALL and kind != "pieces"
    assert sent(service)[0][1] == ("multipart" if is_small else "resumable")
    assert service.data("b/n") == bytes(size)


def test_a_medium_may_travel_alone(storage: ModuleType, service: Service) -> None:
    uploaded = client(storage, service)
    uploaded.objects.insert("b", name="n", media=MediaUpload(b"abc", "text/plain"))
    uploaded.objects.insert("b", name="m", media=MediaUpload(b"abc", "text/plain", resumable=True))
    assert [each[1] for each in sent(service)] == ["media", "resumable", "resumable"]
    assert service.sent[0].headers["content-type"] == "text/plain"
    assert "content-type" not in service.sent[1].headers
    assert service.data("b/n") == service.data("b/m") == b"abc"


def test_a_call_without_a_medium_is_as_it_was(storage: ModuleType, service: Service) -> None:
    objects = client(storage, service).objects
    with pytest.raises(ArgumentError, match="takes Object"):
        objects.insert("b")
    with pytest.raises(ApiError):
        objects.insert("b", storage.Object(name="n"))
    assert (service.sent[0].path, service.sent[0].body) == ("/storage/v1/b/b/o", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_an_upload_continues_where_it_was_cut(
    kind: str, storage: ModuleType, service: Service, tmp_path: Path
) -> None:
    service.cuts = deque([UNIT + 5, 3 * UNIT, 7, None, 0])
    media = MediaUpload(source(kind, tmp_path), resumable=True, chunk_size=4 * UNIT)
    client(storage, service).objects.insert("b", storage.Object(name="n"), media=media)
    assert service.data("b/n") == DATA
    assert service.cut == 4
    total = "*" if kind in ("pipe", "pieces") else len(DATA)
    ranges = [each[2] for each in sent(service)]
    assert ranges[1:4] == [
        f"bytes 0-{4 * UNIT - 1}/{total}",
        f"bytes */{total}",
        f"bytes {UNIT}-{5 * UNIT - 1}/{total}",
    ]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408, 0])
def test_a_fault_is_asked_about_and_survived(status: int, storage: ModuleType, service: Service) -> None:
    service.faults = deque([status, None, status, status, None])
    media = MediaUpload(DATA, resumable=True)
    client(storage, service).objects.insert("b", storage.Object(name="n"), media=media)
    assert service.data("b/n") == DATA
    unknown = f"bytes */{len(DATA)}"
    assert [each[2] for each in sent(service)][2:] == [
        f"bytes 0-{len(DATA) - 1}/{len(DATA)}",
        unknown,
        unknown,
        f"bytes 0-{len(DATA) - 1}/{len(DATA)}",
    ]


def test_an_answer_that_was_lost_is_asked_for(storage: ModuleType) -> None:
    ranges: list[str] = []

    def answer(request: Request) -> Response:
        ranges.append(request.headers.get("content-range", ""))
        if len(ranges) == 1:
            return Response(status=200, headers={"location": f"{request.url}&upload_id=12345678"})
        if len(ranges) == 2:
            raise TransportError("cut", sent=True)
        return Response(status=201, body=b'{"name": "n"}')

    uploaded = storage.Client(
        transport=FunctionTransport(answer), credentials=credentials.anonymous(), clock=Time().clock()
    )
    stored = uploaded.objects.insert("b", storage.Object(), media=MediaUpload(b"abc", resumable=True))
    assert (stored.name, ranges) == ("n", ["", "bytes 0-2/3", "bytes */3"])


def test_a_policy_of_one_attempt_raises_the_first_fault(storage: ModuleType, service: Service) -> None:
    service.faults = deque([None, 503])
    with pytest.raises(Unavailable):
        client(storage, service, retry=None).objects.insert(
            "b", storage.Object(name="n"), media=MediaUpload(DATA, resumable=True)
        )


def test_a_refusal_ends_the_upload(storage: ModuleType, service: Service) -> None:
    service.faults = deque([None, 400])
    with pytest.raises(InvalidArgument):
        client(storage, service).objects.insert(
            "b", storage.Object(name="n"), media=MediaUpload(DATA, resumable=True)
        )


def test_an_upload_that_never_moves_ends(storage: ModuleType) -> None:
    def answer(request: Request) -> Response:
        if request.verb == "POST":
            return Response(status=200, headers={"location": f"{request.url}&upload_id=12345678"})
        return Response(status=308)

    uploaded = storage.Client(
        transport=FunctionTransport(answer),
        credentials=credentials.anonymous(),
        clock=Time().clock(),
        timeout=9e9,
    )
    with pytest.raises(TransportError, match="kept no more bytes"):
        uploaded.objects.insert("b", storage.Object(), media=MediaUpload(b"abc", resumable=True))


def test_an_upload_whose_kept_bytes_come_and_go_ends(storage: ModuleType) -> None:
    puts: list[Request] = []

    def answer(request: Request) -> Response:
        if request.verb == "POST":
            return Response(status=200, headers={"location": f"{request.url}&upload_id=12345678"})
        puts.append(request)
        assert len(puts) < 100
        return Response(status=308, headers={"range": "bytes=0-0"} if len(puts) % 2 else {})

    uploaded = storage.Client(
        transport=FunctionTransport(answer),
        credentials=credentials.anonymous(),
        clock=Time().clock(),
        timeout=9e9,
    )
    with pytest.raises(TransportError, match="kept no more bytes"):
        uploaded.objects.insert("b", storage.Object(), media=MediaUpload(b"abc", resumable=True))


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("kind", ["bytes", "path", "file", "pipe", "pieces"])
def test_a_session_that_was_lost_begins_again_where_the_medium_can(
    status: int, kind: str, storage: ModuleType, service: Service, tmp_path: Path
) -> None:
    service.faults = deque([None, None, status])
    media = MediaUpload(source(kind, tmp_path), resumable=True, chunk_size=4 * UNIT)
    insert = client(storage, service).objects.insert
    if kind in ("pipe", "pieces"):
        with pytest.raises(UploadSessionError) as caught:
            insert("b", storage.Object(name="n"), media=media)
        assert (caught.value.size, caught.value.finished) == (4 * UNIT, False)
    else:
        insert("b", storage.Object(name="n"), media=media)
        assert service.data("b/n") == DATA
        assert [each[0] for each in sent(service)].count("POST") == 2


def test_a_session_that_is_always_lost_is_an_error(storage: ModuleType, service: Service) -> None:
    service.faults = deque([None, 410] * 9)
    media = MediaUpload(DATA, resumable=True, chunk_size=UNIT)
    with pytest.raises(UploadSessionError):
        client(storage, service).objects.insert("b", storage.Object(name="n"), media=media)
    assert [each[0] for each in sent(service)].count("POST") == 4


def test_a_session_that_was_lost_behind_the_last_byte_does_not_begin_again(
    storage: ModuleType, service: Service
) -> None:
    service.faults = deque([None, 503, 410])
    with pytest.raises(UploadSessionError, match="410") as caught:
        client(storage, service).objects.insert(
            "b", storage.Object(name="n"), media=MediaUpload(DATA, resumable=True)
        )
    assert caught.value.finished
    assert "before you upload again" in caught.value.hint


def test_progress_tells_the_bytes_and_continues_from_what_was_kept(
    storage: ModuleType, service: Service
) -> None:
    seen: list[tuple[int, int | None]] = []
    service.cuts = deque([3 * UNIT + 9])
    media = MediaUpload(DATA, resumable=True, on_progress=lambda size, total: seen.append((size, total)))
    client(storage, service).objects.insert("b", storage.Object(name="n"), media=media)
    assert {total for _, total in seen} == {len(DATA)}
    assert seen[-1][0] == len(DATA)
    # The last part begins behind the three units that were kept.
    units = [UNIT * count for count in range(4, 10)]
    assert [size for size, _ in seen[-7:]] == [*units, len(DATA)]


@pytest.mark.parametrize("resumable", [True, False])
@pytest.mark.parametrize("fault", [ValueError, OSError, KeyError])
def test_an_error_of_the_callers_function_ends_the_upload(
    fault: type[Exception], resumable: bool, storage: ModuleType, service: Service
) -> None:
    def stop(size: int, _: int | None) -> None:
        raise fault(size)

    media = MediaUpload(DATA, resumable=resumable, on_progress=stop)
    with pytest.raises(fault):
        client(storage, service).objects.insert(
            "b", storage.Object(name="n"), if_generation_match=0, media=media
        )
    assert len(service.sent) <= 2
    assert not service.objects


@pytest.mark.parametrize("resumable", [True, False])
def test_bytes_that_the_service_does_not_confirm_are_an_error(
    resumable: bool, storage: ModuleType, drive: ModuleType, service: Service
) -> None:
    service.hash_of = lambda _: "AAAAAAAAAAAAAAAAAAAAAA=="
    media = MediaUpload(DATA, resumable=resumable)
    with pytest.raises(ChecksumError, match="md5"):
        client(storage, service).objects.insert("b", storage.Object(name="n"), media=media)
    service.hash_of = lambda _: "0" * 32
    with pytest.raises(ChecksumError):
        client(drive, service).files.create(drive.File(name="n"), media=media)


def test_a_patch_uploads_too(drive: ModuleType, service: Service) -> None:
    service.put("id-1", b"old")
    changed = client(drive, service).files.update(
        "id-1", drive.File(description="d"), media=MediaUpload(b"new", "text/csv"), clear=("starred",)
    )
    assert (service.data("id-1"), changed.mime_type) == (b"new", "text/csv")
    assert service.sent[0].path == "/upload/drive/v3/files/id-1"
    assert b'{"description":"d","starred":null}' in service.sent[0].body
