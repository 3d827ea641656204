"""Requests beside those of google-api-python-client, on the wire."""

from __future__ import annotations

import email
import email.policy
import io
import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.message import Message
from types import ModuleType
from typing import Any, cast

import pytest
from groundwire_runtime.media import UNIT, MediaUpload

from tests.audits.corpus import documents

from .state import Sent, Service
from .test_uploads import client

DATA = random.Random(8).randbytes(3 * UNIT + 5)  # noqa: S311 - the same bytes each time
COMPARED = {
    "content-length",
    "content-range",
    "content-type",
    "range",
    "x-upload-content-length",
    "x-upload-content-type",
}


@pytest.fixture
def official(service: Service) -> Iterator[Callable[[str], Any]]:
    """Make clients of google-api-python-client."""
    discovery: Any = pytest.importorskip("googleapiclient.discovery")
    http: Any = pytest.importorskip("googleapiclient.http")
    with ExitStack() as stack:

        def made(name: str) -> Any:
            document = {**json.loads(documents.read(name)), "rootUrl": f"{service.url}/"}
            built = discovery.build_from_document(document, http=http.build_http())
            stack.callback(built.close)
            return built

        yield made


def official_media(data: bytes, content_type: str, **options: Any) -> Any:
    http: Any = pytest.importorskip("googleapiclient.http")
    return http.MediaIoBaseUpload(io.BytesIO(data), mimetype=content_type, **options)


def facts(sent: Sent) -> tuple[object, ...]:
    """Return what of a request is compared: the parts of a multipart body in place of its bytes."""
    headers = {name: text for name, text in sent.headers.items() if name in COMPARED}
    body: object = sent.body
    if sent.verb == "GET":
        headers.pop("content-length", None)  # 0
    if headers.get("content-type", "").startswith("multipart/related"):
        head = f"content-type: {headers.pop('content-type')}\r\n\r\n".encode()
        message = email.message_from_bytes(head + sent.body, policy=email.policy.HTTP)
        body = [_part(each) for each in message.iter_parts()]
        del headers["content-length"]
    elif headers.get("content-type") == "application/json":
        body = json.loads(sent.body)
        del headers["content-length"]
    query = sorted(pair for pair in sent.query if pair not in (("alt", "json"), ("upload_id", "")))
    return sent.verb, sent.path, [pair for pair in query if pair[0] != "upload_id"], headers, body


def _part(part: Message[str, str]) -> tuple[str, object]:
    data = part.get_payload(decode=True)
    is_json = part.get_content_type() == "application/json"
    return part.get_content_type(), json.loads(cast("bytes", data)) if is_json else data


Calls = Callable[[Any, Any, ModuleType], tuple[Callable[[], object], Callable[[], object]]]


def _insert(**options: Any) -> Calls:
    def calls(
        ours: Any, theirs: Any, package: ModuleType
    ) -> tuple[Callable[[], object], Callable[[], object]]:
        own = {name: value for name, value in options.items() if name != "chunksize"}
        chunk = options.get("chunksize", -1)
        metadata = {"name": "n", "contentType": "image/png"}
        return (
            lambda: ours.objects.insert(
                "b",
                package.Object(name="n", content_type="image/png"),
                if_generation_match=0,
                media=MediaUpload(DATA, "image/png", chunk_size=None if chunk == -1 else chunk, **own),
            ),
            lambda: (
                theirs.objects()
                .insert(
                    bucket="b",
                    body=metadata,
                    ifGenerationMatch=0,
                    media_body=official_media(DATA, "image/png", chunksize=chunk, **own),
                )
                .execute()
            ),
        )

    return calls


def _alone(resumable: bool) -> Calls:
    def calls(ours: Any, theirs: Any, _: ModuleType) -> tuple[Callable[[], object], Callable[[], object]]:
        text = b"first\r\nsecond\n"
        media = official_media(text, "text/plain", resumable=resumable)
        return (
            lambda: ours.objects.insert(
                "b", name="n/m x", media=MediaUpload(text, "text/plain", resumable=resumable)
            ),
            lambda: theirs.objects().insert(bucket="b", name="n/m x", media_body=media).execute(),
        )

    return calls


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param(_insert(resumable=False), id="multipart"),
        pytest.param(_insert(resumable=True), id="resumable"),
        pytest.param(_insert(resumable=True, chunksize=UNIT), id="resumable in chunks"),
        pytest.param(_alone(resumable=False), id="simple"),
        pytest.param(_alone(resumable=True), id="resumable without metadata"),
    ],
)
def test_an_upload_to_cloud_storage_is_sent_as_by_googles_client(
    calls: Calls, storage: ModuleType, service: Service, official: Callable[[str], Any]
) -> None:
    ours, theirs = calls(client(storage, service), official("storage.v1"), storage)
    assert _both(service, ours, theirs)


@pytest.mark.parametrize("resumable", [True, False])
def test_an_upload_to_drive_is_sent_as_by_googles_client(
    resumable: bool, drive: ModuleType, service: Service, official: Callable[[str], Any]
) -> None:
    service.put("id-1", b"old")
    own, other = client(drive, service), official("drive.v3")
    media = official_media(DATA, "image/png", resumable=resumable, chunksize=-1)
    assert _both(
        service,
        lambda: own.files.create(
            drive.File(name="n", parents=["p"]), media=MediaUpload(DATA, "image/png", resumable=resumable)
        ),
        lambda: other.files().create(body={"name": "n", "parents": ["p"]}, media_body=media).execute(),
    )
    assert _both(
        service,
        lambda: own.files.update(
            "id-1",
            drive.File(name="m"),
            add_parents="q",
            media=MediaUpload(DATA, "image/png", resumable=resumable),
        ),
        lambda: (
            other.files()
            .update(fileId="id-1", body={"name": "m"}, addParents="q", media_body=media)
            .execute()
        ),
    )


def test_a_download_is_asked_for_as_by_googles_client(
    storage: ModuleType, drive: ModuleType, service: Service, official: Callable[[str], Any]
) -> None:
    service.put("b/n", DATA)
    service.put("id-1", DATA)
    own, other = client(storage, service), official("storage.v1")
    assert _both(
        service,
        lambda: own.objects.get_media("b", "n", generation=1),
        lambda: other.objects().get_media(bucket="b", object="n", generation="1").execute(),
    )
    files, theirs = client(drive, service).files, official("drive.v3").files()
    assert _both(
        service,
        lambda: files.export("id-1", "text/csv"),
        lambda: theirs.export_media(fileId="id-1", mimeType="text/csv").execute(),
    )


def _both(service: Service, ours: Callable[[], object], theirs: Callable[[], object]) -> bool:
    """Make both calls, and compare what they sent."""
    service.sent.clear()
    ours()
    own = [facts(each) for each in service.sent]
    service.sent.clear()
    theirs()
    assert own == [facts(each) for each in service.sent]
    return bool(own)
