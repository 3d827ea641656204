"""Downloads: bytes and files, parts, cuts, objects that change meanwhile, and checksums."""

from __future__ import annotations

import io
import json
import random
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from attrs import frozen
from groundwire_runtime import credentials
from groundwire_runtime.checksums import ChecksumError
from groundwire_runtime.downloads import SaveTo
from groundwire_runtime.errors import ArgumentError, NotFound, ProtocolError, TransportError
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.runtime.doubles import Time

from .packages import built, written
from .state import Service
from .test_uploads import client


@frozen
class Stream:
    """The body of an answer, which is read as it comes."""

    pieces: Iterator[bytes]

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces

    def close(self) -> None:
        """Leave the rest."""


CASES: Final = Path(__file__).parents[1] / "codegen" / "cases"
DATA = random.Random(6).randbytes(3_000_017)  # noqa: S311 - the same bytes each time


def test_bytes_come_with_their_type(storage: ModuleType, drive: ModuleType, service: Service) -> None:
    service.put("b/n", DATA, "image/png")
    service.put("id-1", b"a,b", "text/csv")
    got = client(storage, service).objects.get_media("b", "n")
    assert (got, got.content_type) == (DATA, "image/png")
    files = client(drive, service).files
    assert files.get_media("id-1") == b"a,b"
    exported = files.export("id-1", "text/csv")
    assert (exported, exported.content_type) == (b"a,b", "text/csv")
    assert [dict(each.query).get("alt") for each in service.sent] == ["media"] * 3
    assert files.get("id-1").mime_type == "text/csv"


@pytest.mark.parametrize("byte_range", [(0, 0), (5, 9), (5, None), (0, None), (3_000_000, 3_000_016)])
def test_a_part_is_what_was_asked_for(
    byte_range: tuple[int, int | None], storage: ModuleType, service: Service, tmp_path: Path
) -> None:
    service.put("b/n", DATA)
    objects = client(storage, service)
    last = len(DATA) if byte_range[1] is None else byte_range[1] + 1
    wanted = DATA[byte_range[0] : last]
    assert objects.objects.get_media("b", "n", byte_range=byte_range) == wanted
    service.cuts = deque([2] if len(wanted) > 2 else [])
    objects.save(tmp_path / "part", objects.objects.get_media, "b", "n", byte_range=byte_range)
    assert (tmp_path / "part").read_bytes() == wanted


@pytest.mark.parametrize("byte_range", [(-1, 3), (3, 2), (1,), 5, (True, 3), ("a", None), (1.0, 2)])
def test_a_part_that_is_none_is_refused(byte_range: Any, storage: ModuleType, service: Service) -> None:
    with pytest.raises(ArgumentError, match="byte_range"):
        client(storage, service).objects.get_media("b", "n", byte_range=byte_range)
    assert not service.sent


def test_a_folder_that_is_not_there_is_named_and_nothing_is_sent(
    storage: ModuleType, service: Service, tmp_path: Path
) -> None:
    objects, path = client(storage, service), tmp_path / "none" / "copy.csv"
    with pytest.raises(FileNotFoundError) as caught:
        objects.save(path, objects.objects.get_media, "b", "n")
    assert caught.value.filename == str(path)
    assert not service.sent


@pytest.mark.parametrize("names_version", [True, False])
def test_a_file_continues_where_it_was_cut(
    names_version: bool, storage: ModuleType, service: Service, tmp_path: Path
) -> None:
    service.put("b/n", DATA)
    service.names_version = names_version
    service.cuts = deque([1_000_000, 3, 1_500_000])
    seen: list[tuple[int, int | None]] = []
    to = SaveTo(tmp_path / "n", on_progress=lambda size, total: seen.append((size, total)))
    downloads = client(storage, service)
    saved = downloads.save(to, downloads.objects.get_media, "b", "n")
    assert (saved.size, (tmp_path / "n").read_bytes()) == (len(DATA), DATA)
    assert [each.headers.get("range") for each in service.sent] == [
        None,
        "bytes=1000000-",
        "bytes=1000003-",
        "bytes=2500003-",
    ]
    assert seen[-1] == (len(DATA), len(DATA))
    assert [path.name for path in tmp_path.iterdir()] == ["n"]


@pytest.mark.parametrize("has_conditions", [True, False])
def test_an_object_that_changed_is_read_anew(
    has_conditions: bool, storage: ModuleType, service: Service, tmp_path: Path
) -> None:
    service.put("b/n", DATA)
    service.cuts = deque([1_000_000])
    service.has_conditions = has_conditions
    other = DATA[::-1]
    changed: list[object] = []

    def change(size: int, _: int | None) -> None:
        if size >= 1_000_000 and not changed:
            changed.append(service.put("b/n", other))

    downloads = client(storage, service)
    downloads.save(SaveTo(tmp_path / "n", on_progress=change), downloads.objects.get_media, "b", "n")
    assert changed
    assert (tmp_path / "n").read_bytes() == other


def test_a_part_of_an_object_that_changed_is_an_error(
    storage: ModuleType, service: Service, tmp_path: Path
) -> None:
    service.put("b/n", DATA)
    service.cuts = deque([1_000])
    service.has_conditions = False
    downloads = client(storage, service)
    to = SaveTo(tmp_path / "n", on_progress=lambda *_: service.put("b/n", DATA[::-1]))
    with pytest.raises(ProtocolError, match="changed"):
        downloads.save(to, downloads.objects.get_media, "b", "n", byte_range=(7, 2_000))
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    "stated", ["bytes 0-9/500", "bytes 7-11/500", "bytes 7-20/500", "bytes */500", "bytes 7-16", ""]
)
def test_another_part_than_was_asked_for_is_an_error(
    stated: str, storage: ModuleType, tmp_path: Path
) -> None:
    def answer(_: Request) -> Response:
        return Response(status=206, headers={"content-range": stated}, body=bytes(10))

    downloads = storage.Client(transport=FunctionTransport(answer), credentials=credentials.anonymous())
    with pytest.raises(ProtocolError):
        downloads.objects.get_media("b", "n", byte_range=(7, 16))
    for byte_range in ((7, 16), None):
        with pytest.raises(ProtocolError):
            downloads.save(tmp_path / "n", downloads.objects.get_media, "b", "n", byte_range=byte_range)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(("stated", "is_right"), [("bytes 7-16/17", True), ("bytes 7-16/*", False)])
def test_a_part_may_end_where_the_medium_ends(stated: str, is_right: bool, storage: ModuleType) -> None:
    def answer(_: Request) -> Response:
        return Response(status=206, headers={"content-range": stated}, body=bytes(10))

    downloads = storage.Client(transport=FunctionTransport(answer), credentials=credentials.anonymous())
    assert len(downloads.objects.get_media("b", "n", byte_range=(7, None))) == 10
    if is_right:
        assert len(downloads.objects.get_media("b", "n", byte_range=(7, 99))) == 10
    else:
        with pytest.raises(ProtocolError):
            downloads.objects.get_media("b", "n", byte_range=(7, 99))


@pytest.mark.parametrize("size", [5, 94, 96])
def test_a_rest_that_is_not_all_of_it_leaves_no_file(size: int, storage: ModuleType, tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield bytes(5)
        raise TransportError("cut", sent=True)

    def answer(request: Request) -> Response:
        facts = {"etag": '"1"'}
        if "range" not in request.headers:
            return Response(status=200, headers={**facts, "content-length": "100"}, stream=Stream(pieces()))
        last = 9 if size == 5 else 99
        facts["content-range"] = f"bytes 5-{last}/100"
        return Response(status=206, headers=facts, body=bytes(size))

    downloads = storage.Client(
        transport=FunctionTransport(answer), credentials=credentials.anonymous(), clock=Time().clock()
    )
    with pytest.raises(ProtocolError, match="another part"):
        downloads.save(tmp_path / "n", downloads.objects.get_media, "b", "n")
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("most", [1, 7, 33])
@pytest.mark.parametrize("byte_range", [None, (3, 90), (3, None)])
@pytest.mark.parametrize("etag", ['"1"', None])
def test_a_rest_may_come_in_several_parts(
    most: int,
    byte_range: tuple[int, int | None] | None,
    etag: str | None,
    storage: ModuleType,
    tmp_path: Path,
) -> None:
    data, asked = DATA[:100], list[str]()

    def pieces() -> Iterator[bytes]:
        yield data[:5]
        raise TransportError("cut", sent=True)

    def answer(request: Request) -> Response:
        facts = {} if etag is None else {"etag": etag}
        asked.append(request.headers.get("range", ""))
        if not asked[-1]:
            return Response(status=200, headers={**facts, "content-length": "100"}, stream=Stream(pieces()))
        first, _, stop = asked[-1].removeprefix("bytes=").partition("-")
        last = min(int(first) + most - 1, int(stop or 99))
        facts["content-range"] = f"bytes {first}-{last}/100"
        return Response(status=206, headers=facts, body=data[int(first) : last + 1])

    downloads = storage.Client(
        transport=FunctionTransport(answer), credentials=credentials.anonymous(), clock=Time().clock()
    )
    downloads.save(tmp_path / "n", downloads.objects.get_media, "b", "n", byte_range=byte_range)
    first, last = byte_range or (0, None)
    want = data[first : 100 if last is None else last + 1]
    assert (tmp_path / "n").read_bytes() == want
    parts = len(want) - (0 if byte_range else 5)
    assert len(asked) == -(-parts // most) + (0 if byte_range else 1)


def test_a_method_has_its_own_alt_once(tmp_path: Path) -> None:
    document = json.loads((CASES / "media" / "spec.json").read_text())
    methods = document["resources"]["photos"]["methods"]
    name, method = next((name, each) for name, each in methods.items() if each.get("supportsMediaDownload"))
    method["parameters"] = {
        **method.get("parameters", {}),
        "alt": {"type": "string", "location": "query", "default": "json"},
        "altitude": {"type": "string", "location": "query"},
    }
    urls = list[str]()

    def answer(request: Request) -> Response:
        urls.append(request.url)
        return Response(status=200, body=b"{}")

    for album in built(tmp_path, written(tmp_path, "album", json.dumps(document).encode())):
        photos = album.Client(transport=FunctionTransport(answer), credentials=credentials.anonymous()).photos
        required = [each for each in method["parameters"].values() if each.get("required")]
        getattr(photos, f"{name}_media")(*["x"] * len(required), alt="proto", altitude="3")
        getattr(photos, name)(*["x"] * len(required), alt="proto")
    assert [urlsplit(url).query for url in urls] == ["altitude=3&alt=media", "alt=proto"]


def test_other_bytes_than_stated_leave_no_file(storage: ModuleType, service: Service, tmp_path: Path) -> None:
    service.put("b/n", DATA)
    service.hash_of = lambda _: "crc32c=AAAAAA==,md5=AAAAAAAAAAAAAAAAAAAAAA=="
    downloads = client(storage, service)
    with pytest.raises(ChecksumError):
        downloads.save(tmp_path / "n", downloads.objects.get_media, "b", "n")
    with pytest.raises(ChecksumError):
        downloads.objects.get_media("b", "n")
    assert not [*tmp_path.iterdir()]
    # A part has no checksum of its own.
    assert downloads.objects.get_media("b", "n", byte_range=(1, 3)) == DATA[1:4]


@pytest.mark.parametrize("stated", ["", "md5=???", "md5", "sha999=AAAA", "md5=AA==x"])
def test_a_checksum_that_is_none_is_left_out(stated: str, storage: ModuleType, service: Service) -> None:
    service.put("b/n", DATA)
    service.hash_of = lambda _: stated
    assert client(storage, service).objects.get_media("b", "n") == DATA


def test_a_file_of_the_caller_is_written_from_where_it_is(storage: ModuleType, service: Service) -> None:
    service.put("b/n", DATA)
    service.cuts = deque([9])
    file = io.BytesIO(b"head")
    file.seek(4)
    downloads = client(storage, service)
    downloads.save(file, downloads.objects.get_media, "b", "n")
    assert file.getvalue() == b"head" + DATA


def test_a_download_that_gives_up_leaves_no_file(
    storage: ModuleType, service: Service, tmp_path: Path
) -> None:
    service.put("b/n", DATA)
    service.cuts = deque([0] * 99)
    downloads = client(storage, service)
    with pytest.raises(TransportError):
        downloads.save(tmp_path / "n", downloads.objects.get_media, "b", "n")
    with pytest.raises(NotFound):
        downloads.save(tmp_path / "n", downloads.objects.get_media, "b", "nothing")
    assert not [*tmp_path.iterdir()]
