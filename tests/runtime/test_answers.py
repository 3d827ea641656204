"""The headers of an answer, and bodies that go to a file."""

from __future__ import annotations

import errno
import io
import pickle
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve
from groundwire import Client, credentials
from groundwire_runtime.auth import Bearer
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestAnswer, RestContent
from groundwire_runtime.downloads import Saved, SaveTo
from groundwire_runtime.errors import (
    ApiError,
    ArgumentError,
    DeadlineReached,
    NotFound,
    ProtocolError,
    TransportError,
)
from groundwire_runtime.http import FunctionTransport, Request, Response
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.retry import RetryPolicy

from tests.memory import NEEDS_LINUX

from .doubles import Time, rest_client
from .wire import Reply, Wire, cut, http, plain, zipped

ANSWERS = (
    RestAnswer(200, 200, (RestContent(media_type="image/png", encoding="bytes"),)),
    RestAnswer(204, 204),
)
IMAGE = RestMethod[Any](id="image", verb="GET", path="/image", answers=ANSWERS)
DATA = bytes(range(256)) * 1_000
HEADERS: dict[str, Any] = {"content_type": "image/png", "accept_ranges": "bytes", "etag": '"1"'}


class Images:
    """A client with a method that returns bytes."""

    def __init__(self, **options: Any) -> None:
        self.client = rest_client(Codecs(SimpleNamespace(), {}), **options)

    def image(self, **options: Any) -> bytes:
        found: bytes = self.client.call(IMAGE, {}, None, options)  # type: ignore[arg-type] # any options
        return found

    def save(self, to: Any, **options: Any) -> Saved:
        return self.client.save(to, self.image, **options)


def images(wire: Wire, **options: Any) -> Images:
    return Images(**{"endpoint": wire.url, "clock": Time().clock(), **options})


# --- headers


def test_the_headers_of_an_answer_are_given_with_its_value() -> None:
    headers = {
        "content-type": "image/png",
        "etag": '"1"',
        "set-cookie": "id=secret",
        "x-echo": "key-12345678",
    }
    send = FunctionTransport(lambda request: Response(status=200, headers=headers, body=b"x"))
    found = Images(endpoint="https://a.example", transport=send, auth=None)
    answer = found.client.with_response(found.image)
    assert (answer.value, answer.status, answer.headers["etag"]) == (b"x", 200, '"1"')
    assert answer.headers["set-cookie"] == "..."
    assert "secret" not in repr(answer)


def test_an_answer_of_a_discovery_document_has_headers_too() -> None:
    token = "token-1234567890"
    headers = {"content-type": "application/json", "etag": "W/1", "x-echo": f"Bearer {token}"}
    send = FunctionTransport(
        lambda request: Response(status=200, headers=headers, body=b'{"name": "projects/p/operations/A"}')
    )
    client = Client(credentials=credentials.Token(token), transport=send)
    answer = client.with_response(client.projects.operations.get, "projects/p/operations/A")
    assert (answer.value.name, answer.headers["etag"]) == ("projects/p/operations/A", "W/1")
    assert answer.headers["x-echo"] == "Bearer ..."
    with pytest.raises(ArgumentError, match="made no call"):
        client.with_response(client.projects.operations.list)


def test_an_error_has_the_headers_of_its_answer() -> None:
    headers = {"x-ratelimit-remaining": "0", "set-cookie": "id=secret"}
    send = FunctionTransport(lambda request: Response(status=404, headers=headers))
    with pytest.raises(NotFound) as caught:
        Images(endpoint="https://a.example", transport=send).image()
    assert caught.value.headers == {"x-ratelimit-remaining": "0", "set-cookie": "..."}
    assert pickle.loads(pickle.dumps(caught.value)).headers == caught.value.headers  # noqa: S301 - our own


def test_lines_of_a_list_are_one_value() -> None:
    head = http(b"x", content_type="image/png", link="</2>; rel=next", Link="</9>; rel=last", X="1", x="2")
    with Wire([Reply(pieces=[head])]) as wire:
        found = images(wire)
        headers = found.client.with_response(found.image).headers
    assert (headers["link"], headers["x"]) == ("</2>; rel=next, </9>; rel=last", "2")


# --- files


def ranged(request: bytes) -> Reply:
    """The rest of DATA that is asked for, cut after 60,000 bytes."""
    found = re.search(rb"range: bytes=(\d+)-", request)
    start = int(found[1]) if found else 0
    rest = DATA[start:]
    facts = {**HEADERS, "content_length": str(len(rest))}
    if found:
        facts["content_range"] = f"bytes {start}-{len(DATA) - 1}/{len(DATA)}"
    return cut(http(rest[:60_000], "206 Partial Content" if found else "200 OK", **facts))


def test_a_body_that_is_cut_is_continued(tmp_path: Path) -> None:
    path, steps = tmp_path / "x.png", list[tuple[int, int | None]]()
    path.write_bytes(b"before")
    with Wire(ranged) as wire:
        saved = images(wire).save(SaveTo(path, on_progress=lambda *step: steps.append(step)))
        asked = [wire.header("range", index) for index in range(len(wire.requests))]
        assert {wire.header("accept-encoding", index) for index in range(5)} == {"identity"}
        assert wire.header("if-range") == '"1"'
    assert asked == [None, "bytes=60000-", "bytes=120000-", "bytes=180000-", "bytes=240000-"]
    assert (saved.size, path.read_bytes(), steps[-1]) == (len(DATA), DATA, (len(DATA), len(DATA)))
    assert [each.name for each in tmp_path.iterdir()] == ["x.png"]


def test_what_stands_beside_the_file_stays(tmp_path: Path) -> None:
    other, victim, link = tmp_path / "x.png.part", tmp_path / "victim", tmp_path / "x.png.id.part"
    other.write_bytes(b"other")
    victim.write_bytes(b"victim")
    link.symlink_to(victim)
    with Wire(ranged) as wire:
        assert images(wire).save(tmp_path / "x.png").size == len(DATA)
        with pytest.raises(FileExistsError):
            images(wire, clock=evolve(Time().clock(), new_id=lambda: "id")).save(tmp_path / "x.png")
    assert (other.read_bytes(), victim.read_bytes(), link.is_symlink()) == (b"other", b"victim", True)
    assert (tmp_path / "x.png").read_bytes() == DATA


def test_progress_allows_more_cuts_than_a_policy_has_attempts() -> None:
    file = io.BytesIO()
    with Wire(ranged) as wire:
        assert images(wire, retry=RetryPolicy(attempts=2)).save(file).size == len(DATA)
    assert file.getvalue() == DATA


@pytest.mark.parametrize(
    "facts",
    [
        {"etag": '"1"'},
        {"accept_ranges": "none", "etag": '"1"'},
        {"accept_ranges": "bytes"},
        {"accept_ranges": "bytes", "etag": 'W/"1"'},
    ],
)
def test_a_body_that_cannot_be_continued_is_an_error(facts: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    reply = cut(http(b"short", content_type="image/png", content_length="9", **facts))
    with Wire([reply]) as wire, pytest.raises(TransportError, match="cut off after 5 of 9 bytes"):
        images(wire).save(path)
    assert len(wire.requests) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_a_caller_asked_for_is_not_continued() -> None:
    with Wire(ranged) as wire, pytest.raises(TransportError, match="cut off"):
        images(wire).save(io.BytesIO(), headers={"Range": "bytes=100-"})
    assert wire.header("range") == "bytes=100-"
    assert len(wire.requests) == 1


def test_a_body_that_changed_begins_again() -> None:
    file = io.BytesIO(b"head")
    file.seek(4)
    first = cut(http(b"old", content_length="9", **HEADERS))
    with Wire([first, plain(b"new", **{**HEADERS, "etag": '"2"'})]) as wire:
        assert images(wire).save(file).size == 3
    assert file.getvalue() == b"headnew"


def test_another_part_than_the_one_that_was_asked_for() -> None:
    first = cut(http(b"old", content_length="9", **HEADERS))
    second = plain(b"x", "206 Partial Content", content_range="bytes 7-7/9", **HEADERS)
    with Wire([first, second]) as wire, pytest.raises(ProtocolError, match="another part"):
        images(wire).save(io.BytesIO())


def test_other_bodies_reach_a_file_too() -> None:
    file = io.BytesIO()
    with Wire(
        [plain(b"a", **HEADERS), Reply(pieces=[zipped(b"b" * 9_000)]), plain(b"", "204 No Content")]
    ) as wire:
        found = images(wire)
        assert [found.save(file).size for _ in range(3)] == [1, 9_000, 0]
        assert wire.connections == 1
    assert file.getvalue() == b"a" + b"b" * 9_000


def test_a_connection_is_free_after_a_file_that_cannot_be_written() -> None:
    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, "no space")

    with Wire([plain(DATA, **HEADERS)]) as wire:
        found = Images(endpoint=wire.url, connections=1, timeout=3)
        with pytest.raises(OSError, match="no space") as caught:
            found.save(Full())
        assert found.save(io.BytesIO()).size == len(DATA)
        del caught


def test_a_file_that_takes_a_part_of_what_is_written_gets_all_of_it() -> None:
    class Part(io.BytesIO):
        most: int | None = 1_000

        def write(self, data: Any) -> int:
            return super().write(data[: self.most])

    with Wire([plain(DATA, **HEADERS)]) as wire:
        file = Part()
        assert images(wire).save(file).size == len(DATA)
        assert file.getvalue() == DATA
        file.most = 0
        with pytest.raises(OSError, match="no more bytes"):
            images(wire).save(file)


@pytest.mark.parametrize("to", ["", ".", "a\0b", 5, None])
def test_what_is_no_file_is_refused(to: Any) -> None:
    with pytest.raises(ArgumentError, match="a path or an open binary file"):
        Images(endpoint="https://a.example").save(to)


def test_a_size_that_is_no_size_is_unknown() -> None:
    headers = {"content-type": "image/png", "content-length": "9" * 5_000}
    send = FunctionTransport(lambda request: Response(status=200, headers=headers, body=b"x"))
    steps = list[tuple[int, int | None]]()
    to = SaveTo(io.BytesIO(), on_progress=lambda *step: steps.append(step))
    assert Images(endpoint="https://a.example", transport=send).save(to).size == 1
    assert steps == [(1, None)]


def test_a_call_that_fetches_a_token_is_not_the_one_that_is_saved() -> None:
    headers = {"content-type": "image/png"}
    sources = FunctionTransport(lambda request: Response(status=200, headers=headers, body=b"token-12345678"))
    other = Images(endpoint="https://tokens.example", transport=sources)
    sent: list[str] = []

    def send(request: Request) -> Response:
        sent.append(request.headers["authorization"])
        return Response(status=200, headers=headers, body=b"image")

    token = Bearer(lambda: other.image().decode())
    found = Images(endpoint="https://a.example", transport=FunctionTransport(send), auth=token)
    file = io.BytesIO()
    assert found.save(file).size == 5
    assert (file.getvalue(), sent) == (b"image", ["Bearer token-12345678"])


def test_an_error_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(b"before")
    with Wire([plain(b"{}", "404 Not Found")]) as wire, pytest.raises(ApiError):
        images(wire).save(path)
    assert path.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["x.png"]


def test_the_deadline_ends_a_download() -> None:
    slow = Reply(pieces=[http(b"", content_length="9", **HEADERS), *[b"x"] * 9], every=0.3)
    with Wire([slow]) as wire, pytest.raises(DeadlineReached):
        Images(endpoint=wire.url).save(io.BytesIO(), timeout=0.5)


PROGRAM = """
import sys
from groundwire_runtime.downloads import SaveTo
from tests.memory import peak
from tests.runtime.test_answers import HEADERS, images
from tests.runtime.wire import Reply, Wire, cut, http
import re
SIZE, PIECE = 200 * 1024 * 1024, bytes(1024 * 1024)
class Body:
    def __init__(self, start):
        self.start = start
    def __iter__(self):
        size = SIZE - self.start
        facts = {**HEADERS, "content_length": str(size)}
        status = "200 OK"
        if self.start:
            facts["content_range"], status = f"bytes {self.start}-{SIZE - 1}/{SIZE}", "206 Partial Content"
        yield http(b"", status, **facts)
        for _ in range(min(size, 25 * 1024 * 1024) // len(PIECE)):
            yield PIECE
def answer(request):
    found = re.search(rb"range: bytes=(\\d+)-", request)
    return Reply(pieces=Body(int(found[1]) if found else 0), then="close")
with Wire(answer) as wire:
    start = peak()
    saved = images(wire).save(sys.argv[1], timeout=60)
    print(saved.size == SIZE, len(wire.requests), (peak() - start) // 2**20)
"""


@NEEDS_LINUX
def test_a_large_body_that_is_cut_passes_in_constant_memory(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", PROGRAM, str(tmp_path / "x")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    found = re.fullmatch(r"True 8 (\d+)\n", done.stdout)
    assert found is not None, (done.stdout, done.stderr)
    assert int(found[1]) < 32
