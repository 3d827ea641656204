"""Uploads to the contract server: by our client, by google-api-python-client, and by hand against its rules."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from groundwire_contract import Answer, ApiContract, ContractRequest, serving
from groundwire_contract.contract import load
from groundwire_contract.exchange import Exchange, Reply
from groundwire_contract.front import ParsedRequest
from groundwire_contract.service import Service
from groundwire_contract.uploads.checksums import crc32c
from groundwire_contract.uploads.sessions import Session, Sessions
from groundwire_contract.uploads.uploads import MEDIA_LIMIT

from tests.audits.corpus import documents
from tests.media.packages import built, written

from .test_media import REST
from .wire import Answer as Got
from .wire import ask

UNIT: Final = 256 * 1024
INSERT: Final = "storage.objects.insert"
PATH: Final = "/upload/v1/sheep/Dolly/wool"
JSON: Final = "application/json"


@pytest.fixture
def herds(tmp_path: Path) -> Iterator[ApiContract]:
    document = json.loads(json.dumps(REST))
    method = document["resources"]["sheep"]["methods"]["insert"]
    method["mediaUpload"] |= {"accept": ["text/*", "image/png"], "maxSize": "1MB"}
    path = tmp_path / "herds.v1.json"
    path.write_text(json.dumps(document))
    contract = serving(path)
    contract.answers("herds.sheep.insert", lambda request: {"name": request.media.decode("latin-1")[:20]})
    yield contract
    contract.stop()


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    if documents.folder() is None:
        pytest.skip("google-api-python-client is not installed")
    folder = tmp_path_factory.mktemp("stand-in-storage")
    yield from built(folder, written(folder, "storage.v1"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiContract]:
    if documents.folder() is None:
        pytest.skip("google-api-python-client is not installed")
    path = tmp_path_factory.mktemp("document") / "storage.v1.json"
    path.write_bytes(documents.read("storage.v1"))
    contract = serving(path)
    yield contract
    contract.stop()


@pytest.fixture
def bucket(server: ApiContract) -> Iterator[dict[str, ContractRequest]]:
    """The requests that came with media, by the name of the object."""
    got: dict[str, ContractRequest] = {}

    def answer(request: ContractRequest) -> dict[str, object]:
        assert isinstance(request.body, dict)
        name = str(request.body.get("name") or request.query["name"])
        got[name] = request
        digest = hashlib.md5(request.media or b"", usedforsecurity=False).digest()
        return {
            "name": name,
            "size": str(len(request.media or b"")),
            "md5Hash": base64.b64encode(digest).decode(),
        }

    server.answers(INSERT, answer)
    yield got
    try:
        server.assert_valid()
    finally:
        server._controls.reset(1)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"resumable": True},
        {"resumable": True, "chunk_size": UNIT},
        {"resumable": True, "chunk_size": 2 * UNIT},
    ],
    ids=str,
)
@pytest.mark.parametrize("size", [0, 1, 2 * UNIT, 2 * UNIT + 1])
def test_our_client_uploads(
    server: ApiContract,
    bucket: dict[str, ContractRequest],
    storage: ModuleType,
    facts: dict[str, Any],
    size: int,
) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    client = server.client_of(storage.Client)
    media = storage.MediaUpload(data, "text/csv", **facts)
    stored = client.objects.insert("herds", storage.Object(name="a", metadata={"k": "v"}), media=media)
    assert (stored.size, bucket["a"].media, bucket["a"].media_type) == (size, data, "text/csv")
    assert bucket["a"].body == {"name": "a", "metadata": {"k": "v"}}
    assert bucket["a"].path == {"bucket": "herds"}
    alone = client.objects.insert("herds", name="b", media=storage.MediaUpload(data, "text/csv", **facts))
    assert (alone.name, bucket["b"].media, bucket["b"].query["name"]) == ("b", data, "b")


def test_pieces_of_unknown_size(
    server: ApiContract, bucket: dict[str, ContractRequest], storage: ModuleType
) -> None:
    client = server.client_of(storage.Client)
    for pieces in ([], [b"ab", b"c"], [b"x" * UNIT]):
        media = storage.MediaUpload(iter(pieces), chunk_size=UNIT)
        client.objects.insert("herds", name="a", media=media)
        assert bucket["a"].media == b"".join(pieces)


@pytest.mark.parametrize("step", [503, "503 after", "reset before", "reset after", "cut", 429])
@pytest.mark.parametrize("after", range(4))
def test_our_client_goes_on_after_faults(
    server: ApiContract, bucket: dict[str, ContractRequest], storage: ModuleType, step: str | int, after: int
) -> None:
    data = b"ab" * UNIT
    client = server.client_of(storage.Client)
    server.script([*["ok"] * after, step])
    media = storage.MediaUpload(data, chunk_size=UNIT, resumable=True)
    stored = client.objects.insert("herds", storage.Object(name="a"), if_generation_match=0, media=media)
    assert (stored.name, bucket["a"].media) == ("a", data)


def test_our_client_downloads(server: ApiContract, storage: ModuleType, tmp_path: Path) -> None:
    client = server.client_of(storage.Client)
    data = bytes(range(256)) * 400
    server.answers(
        "storage.objects.get", Answer(value=data, headers={"etag": '"1"'}, content_type="text/csv")
    )
    got = client.objects.get_media("herds", "a")
    assert (got, got.content_type) == (data, "text/csv")
    assert client.objects.get_media("herds", "a", byte_range=(3, 5)) == data[3:6]
    server.script(["cut"])
    client.save(tmp_path / "a", client.objects.get_media, "herds", "a")
    assert (tmp_path / "a").read_bytes() == data


@pytest.mark.parametrize("resumable", [False, True])
def test_the_official_client_uploads_and_downloads(
    server: ApiContract, bucket: dict[str, ContractRequest], *, resumable: bool
) -> None:
    discovery = pytest.importorskip("googleapiclient.discovery")
    http = pytest.importorskip("googleapiclient.http")
    # The official client takes the root of uploads from the document alone.
    root = server.endpoint.removesuffix("storage/v1").rstrip("/")
    document = {**json.loads(documents.read("storage.v1")), "rootUrl": f"{root}/"}
    service = discovery.build_from_document(document, http=http.build_http())
    for data in (b"", b"a\r", b"\n--a\r\n", bytes(range(256)) * 2050):
        chunk = UNIT if resumable else -1
        media = http.MediaIoBaseUpload(io.BytesIO(data), "text/csv", chunksize=chunk, resumable=resumable)
        for name, facts in (("a", {"body": {"name": "a"}}), ("b", {"name": "b"})):
            if data or not resumable:
                made = service.objects().insert(bucket="herds", media_body=media, **facts).execute()
                assert (made["size"], bucket[name].media) == (str(len(data)), data)
    server.answers("storage.objects.get", Answer(value=b"0123456789"))
    got = io.BytesIO()
    load = http.MediaIoBaseDownload(got, service.objects().get_media(bucket="herds", object="a"), chunksize=4)
    while not load.next_chunk()[1]:
        pass
    assert got.getvalue() == b"0123456789"
    service.close()


def two(head: str, json_text: str, more: str, medium: str, end: str = "\r\n") -> str:
    return end.join(["--b", head, "", json_text, "--b", more, "", medium, "--b--", ""])


GOOD: Final = two("content-type: application/json", "{}", "content-type: text/csv", "a")


def post(herds: ApiContract, query: str, body: str, **headers: str) -> Got:
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    return ask(herds.endpoint, "POST", f"{PATH}{query}", body.encode(), headers=sent)


@pytest.mark.parametrize(
    ("query", "body", "headers", "status", "rule"),
    [
        ("", "a", {"content_type": "text/csv"}, 400, "upload-type"),
        ("?uploadType=raw", "a", {"content_type": "text/csv"}, 400, "upload-type"),
        ("?uploadType=media", "a", {"content_type": "text/csv"}, 200, None),
        ("?uploadType=media", "a", {"content_type": "video/mp4"}, 400, "upload-media-type"),
        ("?uploadType=media", "a", {"content_type": ""}, 400, "upload-media-type"),
        ("?uploadType=media", "a" * (1024 * 1024 + 1), {"content_type": "text/csv"}, 413, "upload-size"),
        ("?uploadType=media&colour=red", "a", {"content_type": "text/csv"}, 400, "unknown-parameter"),
        ("?uploadType=media", "a", {"content_type": "text/csv", "content_md5": "DMF1ucDxtqgxw5niaXcmYQ=="}, 200, None),
        ("?uploadType=media", "b", {"content_type": "text/csv", "content_md5": "DMF1ucDxtqgxw5niaXcmYQ=="}, 400, "upload-checksum"),
        ("?uploadType=media", "a", {"content_type": "text/csv", "x_goog_hash": "crc32c=wdBDMA=="}, 200, None),
        ("?uploadType=media", "b", {"content_type": "text/csv", "x_goog_hash": "crc32c=wdBDMA=="}, 400, "upload-checksum"),
        ("?uploadType=media", "b", {"content_type": "text/csv", "x_goog_hash": "md5=%"}, 400, "upload-checksum"),
        ("?uploadType=multipart", GOOD, {"content_type": "multipart/related; boundary=b"}, 200, None),
        ("?uploadType=multipart", GOOD.replace("\r\n", "\n"), {"content_type": 'multipart/related; boundary="b"'}, 200, None),
        ("?uploadType=multipart", GOOD, {"content_type": "multipart/related"}, 400, "upload-parts"),
        ("?uploadType=multipart", GOOD, {"content_type": "multipart/form-data; boundary=b"}, 400, "upload-parts"),
        ("?uploadType=multipart", f"x{GOOD}", {"content_type": "multipart/related; boundary=b"}, 400, "upload-parts"),
        ("?uploadType=multipart", GOOD[:-4], {"content_type": "multipart/related; boundary=b"}, 400, "upload-parts"),
        ("?uploadType=multipart", GOOD.replace("\r\n--b--", "\r\n--b\r\n\r\nc\r\n--b--"), {"content_type": "multipart/related; boundary=b"}, 400, "upload-parts"),
        ("?uploadType=multipart", "--b\r\n\r\n{}\r\n--b--", {"content_type": "multipart/related; boundary=b"}, 400, "upload-parts"),
        ("?uploadType=multipart", two("content-type: application/json", '{"x": 1}', "content-type: text/csv", "a"), {"content_type": "multipart/related; boundary=b"}, 400, "unknown-field"),
        ("?uploadType=multipart", two("content-type: text/plain", "{}", "content-type: text/csv", "a"), {"content_type": "multipart/related; boundary=b"}, 400, "media-type"),
        ("?uploadType=multipart", two("content-type: application/json", "{}", "content-type: video/mp4", "a"), {"content_type": "multipart/related; boundary=b"}, 400, "upload-media-type"),
        ("?uploadType=multipart", two("content-type: application/json", "{}", "x: y", "a"), {"content_type": "multipart/related; boundary=b"}, 400, "upload-media-type"),
        ("?uploadType=multipart", two("content-type: application/json", "{}", "content-type: text/csv\r\ncontent-transfer-encoding: base64", "%"), {"content_type": "multipart/related; boundary=b"}, 400, "upload-parts"),
        ("?uploadType=multipart", two("content-type: application/json", "{}", "content-type: text/csv\r\ncontent-transfer-encoding: x-own", "a"), {"content_type": "multipart/related; boundary=b"}, 400, "upload-parts"),
        ("?uploadType=resumable", "{}", {"content_type": JSON, "x_upload_content_type": "video/mp4"}, 400, "upload-media-type"),
        ("?uploadType=resumable", "{}", {"content_type": JSON, "x_upload_content_length": "1048577"}, 413, "upload-size"),
        ("?uploadType=resumable", "{}", {"content_type": JSON, "x_upload_content_length": "-1"}, 400, "upload-range"),
        ("?uploadType=resumable", '{"x": 1}', {"content_type": JSON}, 400, "unknown-field"),
        ("?uploadType=resumable&upload_id=x", "", {}, 404, "upload-session-unknown"),
    ],
)  # fmt: skip
def test_what_an_upload_has_to_keep(
    herds: ApiContract, query: str, body: str, headers: dict[str, str], status: int, rule: str | None
) -> None:
    answer = post(herds, query, body, **headers)
    assert (answer.status, answer.rule) == (status, rule)


def test_a_medium_in_base64_is_decoded(herds: ApiContract) -> None:
    head = "content-type: text/csv\r\ncontent-transfer-encoding: base64"
    body = two("content-type: application/json", "{}", head, "YWJj")
    assert post(herds, "?uploadType=multipart", body, content_type="multipart/related; boundary=b").body == (
        b'{\n  "name": "abc"\n}\n'
    )


def test_other_requests_are_no_uploads(herds: ApiContract) -> None:
    answer = ask(herds.endpoint, "POST", "/v1/sheep/Dolly/wool?uploadType=media", {})
    assert (answer.status, answer.rule) == (400, "upload-type")
    for path in ("/upload/v1/sheep/a/b/wool", "/upload/v1/x", "/resumable/x"):
        assert ask(herds.endpoint, "POST", path, {}).status == 404
    answer = ask(herds.endpoint, "POST", "/resumable/upload/v1/sheep/Dolly/wool?uploadType=media", {})
    assert (answer.status, answer.rule) == (400, "upload-type")


class Chunks:
    """A session, and the requests of it by hand."""

    def __init__(self, herds: ApiContract, **headers: str) -> None:
        self.herds = herds
        begun = post(herds, "?uploadType=resumable", "{}", content_type=JSON, **headers)
        assert begun.status == 200
        self.path = begun.headers["location"].removeprefix(herds.endpoint)

    def put(self, data: bytes, stated: str | None) -> Got:
        headers = {} if stated is None else {"content-range": stated}
        return ask(
            self.herds.endpoint, "PUT", self.path, data, headers={"content-type": "text/csv", **headers}
        )


def test_chunks_of_a_session(herds: ApiContract) -> None:
    size = UNIT + 3
    chunks = Chunks(herds, x_upload_content_length=str(size))
    assert "range" not in chunks.put(b"", f"bytes */{size}").headers
    first = chunks.put(b"a" * UNIT, f"bytes 0-{UNIT - 1}/{size}")
    assert (first.status, first.headers["range"], first.body) == (308, f"bytes=0-{UNIT - 1}", b"")
    for data, stated in (
        (b"a" * UNIT, f"bytes 0-{UNIT - 1}/{size}"),
        (b"abc", f"bytes {UNIT + 1}-{UNIT + 3}/{size}"),
        (b"ab", f"bytes {UNIT}-{UNIT + 2}/{size}"),
        (b"ab", f"bytes {UNIT}-{UNIT + 1}/{size}"),
        (b"ab", f"bytes {UNIT}-{UNIT + 1}/{size + 1}"),
        (b"abcd", f"bytes {UNIT}-{UNIT + 3}/{size}"),
        (b"ab", f"bytes */{size}"),
        (b"ab", "bytes a-b/c"),
        (b"ab", None),
    ):
        refused = chunks.put(data, stated)
        assert (refused.status, refused.rule) == (400, "upload-range"), stated
    assert chunks.put(b"", f"bytes */{size}").headers["range"] == f"bytes=0-{UNIT - 1}"
    last = chunks.put(b"abc", f"bytes {UNIT}-{size - 1}/{size}")
    assert (last.status, last.body) == (200, b'{\n  "name": "aaaaaaaaaaaaaaaaaaaa"\n}\n')
    herds.answers("herds.sheep.insert", {"name": "another answer"})
    assert chunks.put(b"", f"bytes */{size}").body == last.body
    assert [each.method for each in herds.requests] == ["herds.sheep.insert"] * len(herds.requests)
    secret = chunks.path.partition("upload_id=")[2]
    assert all(("upload_id", secret) not in each.query for each in herds.requests)


def test_an_error_ends_no_session(herds: ApiContract) -> None:
    chunks = Chunks(herds)
    herds.answers("herds.sheep.insert", Answer(status=503))
    assert chunks.put(b"abc", "bytes 0-2/3").status == 503
    herds.answers("herds.sheep.insert", lambda request: {"name": request.media.decode()})
    assert b"abc" in chunks.put(b"", "bytes */3").body


def test_a_session_belongs_to_its_path(herds: ApiContract) -> None:
    chunks = Chunks(herds)
    chunks.path = chunks.path.replace("Dolly", "Molly")
    answer = chunks.put(b"abc", "bytes 0-2/3")
    assert (answer.status, answer.rule) == (404, "upload-session-unknown")


def test_bodies_and_sessions_are_bounded(server: ApiContract) -> None:
    path = "/upload/storage/v1/b/herds/o?uploadType=media&name=a"
    answer = ask(
        server.endpoint, "POST", path, b"x" * (MEDIA_LIMIT + 1), headers={"content-type": "text/csv"}
    )
    assert (answer.status, answer.rule) == (413, "upload-size")
    server._controls.reset(1)
    numbers = iter(range(5000))
    sessions = Sessions(lambda size: next(numbers).to_bytes(size))
    facts: Any = {"path": "/", "route": None, "begun": ParsedRequest(), "media_type": "", "total": None}
    for _ in range(3):
        session = Session(**facts)
        sessions.begin(session)
        sessions.keep(session, bytes(MEDIA_LIMIT))
    assert len(sessions._by_id) == 2
    for _ in range(2000):
        sessions.begin(Session(**facts))
    assert len(sessions._by_id) == 1000


def test_the_metadata_and_answers_of_sessions_are_bounded_too() -> None:
    numbers = iter(range(5000))
    sessions = Sessions(lambda size: next(numbers).to_bytes(size))
    facts: Any = {"path": "/", "route": None, "media_type": "", "total": None}
    begun, reply = ParsedRequest(sent=bytes(MEDIA_LIMIT // 8)), Reply(status=200, body=bytes(MEDIA_LIMIT))
    for _ in range(3):
        sessions.begin(Session(begun=begun, **facts))
    assert len(sessions._by_id) == 2
    sessions.clear()
    ids = [sessions.begin(Session(begun=ParsedRequest(), **facts)) for _ in range(3)]
    for id_ in ids:
        sessions.settle(Exchange(verb="PUT", path="/", query=(("upload_id", id_),)), reply)
    assert list(sessions._by_id) == ids[1:]


def test_a_checksum_holds_up_no_other_session() -> None:
    service = Service(load(json.dumps(REST).encode()))
    free: list[bool] = []

    def is_free() -> bool:
        taken = service.uploads.lock.acquire(blocking=False)
        if taken:
            service.uploads.lock.release()
        return taken

    class Headers(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            if name == "x-goog-hash":
                with ThreadPoolExecutor(1) as pool:
                    free.append(pool.submit(is_free).result())
            return super().get(name, default)

    def sent(verb: str, body: bytes, *more: tuple[str, str]) -> Reply:
        headers = Headers({"authorization": "Bearer a", "content-type": "text/plain" if body else JSON})
        query = (("uploadType", "resumable"), *more)
        exchange = Exchange(verb=verb, path=PATH, query=query, headers=headers, body=body, length=len(body))
        reply = service.handle(exchange)
        assert isinstance(reply, Reply)
        return reply

    begun = sent("POST", b"")
    sent("PUT", b"wool", ("upload_id", dict(begun.headers)["x-guploader-uploadid"]))
    assert free == [True]


def test_crc32c_is_that_of_its_definition() -> None:
    assert crc32c(b"123456789").hex() == "e3069283"


@pytest.mark.parametrize("size", [65535, 65536, 65537, 3 * 65536 + 1023, 2**17 + 1024])
def test_crc32c_of_many_bytes_is_the_one_of_a_register_that_takes_bit_by_bit(size: int) -> None:
    data = b"".join(number.to_bytes(4, "big") for number in range(size // 4 + 1))[:size]
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    assert crc32c(data) == (register ^ 0xFFFFFFFF).to_bytes(4, "big")
