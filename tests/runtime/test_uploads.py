"""Bodies that are read while they are sent: over a socket, again after a fault, and in constant memory."""

from __future__ import annotations

import errno
import hashlib
import io
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO, cast

import pytest
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestAnswer, RestContent
from groundwire_runtime.errors import (
    ApiError,
    ArgumentError,
    OutcomeUnknown,
    ResourceExhausted,
    TransportError,
    Unavailable,
)
from groundwire_runtime.http import Request, Response
from groundwire_runtime.json_scalars import BINARY
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.schema import MapOf
from groundwire_runtime.styles import StyledParameter
from groundwire_runtime.uploads import FilePart

from tests.memory import NEEDS_LINUX

from .doubles import Time, rest_client
from .wire import Reply, cut, http, plain
from .wire.sink import Sink

CODECS = Codecs(SimpleNamespace(), {})
ANSWER = (RestAnswer(200, 200, (RestContent(media_type="text/plain", encoding="text"),)),)
BYTES = RestContent(media_type="application/octet-stream", encoding="bytes")
FORM = RestContent(media_type="multipart/form-data", type=MapOf(BINARY), encoding="multipart")
OK = plain("ok", content_type="text/plain")
BUSY = plain("busy", "503 Service Unavailable", content_type="text/plain")
DATA = bytes(range(256)) * 4_000


class NoSeek(io.RawIOBase):
    """A stream without a place, as a pipe is one."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._inner = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._inner.readinto(buffer)


def put(sink: Sink, value: object, content: RestContent = BYTES, verb: str = "PUT", **options: Any) -> Any:
    method = RestMethod[Any](id="put", verb=verb, path="/x", bodies=(content,), answers=ANSWER)
    with rest_client(CODECS, endpoint=sink.url, clock=Time().clock(), **options) as client:
        return client.call(method, {}, value, {})


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("kind", ["path", "text", "file", "from its middle", "pipe", "bytes"])
def test_a_file_is_sent_as_it_is(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(DATA)
    middle = io.BytesIO(b"before" + DATA)
    middle.seek(6)
    with path.open("rb") as file, Sink() as sink:
        sink.answers = [OK]
        source: Any = {
            "path": path, "text": str(path), "file": file, "from its middle": middle, "pipe": NoSeek(DATA), "bytes": DATA,
        }[kind]  # fmt: skip
        assert put(sink, FilePart(source)) == "ok"
        assert (sink.received[0].size, sink.received[0].sha256) == (len(DATA), digest(DATA))
        framing = "transfer-encoding: chunked" if kind == "pipe" else f"content-length: {len(DATA)}"
        assert framing in sink.received[0].head.lower()


@pytest.mark.parametrize("kind", ["path", "file"])
def test_a_body_is_read_from_its_start_for_each_send(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"-" + DATA)
    with path.open("rb") as file, Sink(answers=[BUSY, Reply(then="close"), OK]) as sink:
        file.read(1)
        assert put(sink, FilePart(path if kind == "path" else file)) == "ok"
        assert len({each.sha256 for each in sink.received}) == 1
        assert len(sink.received) == 3


@pytest.mark.parametrize("answer", [BUSY, plain("slow", "429 Too Many Requests", content_type="text/plain")])
def test_a_body_that_cannot_be_read_again_is_sent_once(answer: Reply) -> None:
    with Sink(answers=[answer, OK]) as sink, pytest.raises((Unavailable, ResourceExhausted)):
        put(sink, FilePart(cast("BinaryIO", NoSeek(DATA))))
    assert len(sink.received) == 1


def test_a_lost_call_is_repeated_only_where_it_is_idempotent(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(DATA)
    part = {"file": FilePart(path)}
    with Sink(answers=[Reply(then="close"), OK]) as sink, pytest.raises(TransportError) as caught:
        put(sink, part, FORM, verb="POST")
    assert (caught.value.sent, len(sink.received)) == (True, 1)
    with Sink(answers=[Reply(then="close"), OK]) as sink:
        assert put(sink, part, FORM) == "ok"
        bodies = [each.size for each in sink.received]
        assert bodies == [bodies[0], bodies[0]]
        assert bodies[0] > len(DATA)


def test_an_answer_that_comes_before_the_end_of_the_body_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    refusal = cut(http("too large", "413 Content Too Large", content_type="text/plain"))
    for body in (FilePart(path), bytes(64 * 1024 * 1024)):
        with (
            Sink(answers=[refusal, OK], stops=[100_000]) as sink,
            pytest.raises(ApiError, match="413: too large"),
        ):
            put(sink, body, retry=None)


def test_a_file_that_shrinks_ends_the_call(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(DATA)
    with path.open("rb") as file, Sink(answers=[BUSY]) as sink:

        class Shrinks(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                return b"" if self.tell() else super().read(1_000)

        with pytest.raises(ArgumentError, match="became shorter"):
            put(sink, FilePart(Shrinks(DATA)))
        file.close()
        with pytest.raises(ArgumentError, match="closed file"):
            put(sink, FilePart(file))


def test_a_file_that_cannot_be_read_again_leaves_a_lost_call_unknown() -> None:
    class Once(io.BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            if self.tell() and not whence and not offset and self.tell() < len(DATA):
                raise OSError(errno.EIO, "gone")
            return super().seek(offset, whence)

    class Lost:
        def __init__(self) -> None:
            self.sends = 0

        def send(self, request: Request) -> Response:
            self.sends += 1
            for _ in request.body or ():
                break
            raise TransportError("lost", sent=True)

    lost = Lost()
    client = rest_client(CODECS, endpoint="https://a.example", clock=Time().clock(), transport=lost)
    method = RestMethod[Any](
        id="put",
        verb="POST",
        path="/x",
        parameters=(StyledParameter(name="Idempotency-Key", location="header"),),
        idempotency_key="Idempotency-Key",
        bodies=(BYTES,),
        answers=ANSWER,
    )
    with pytest.raises(OutcomeUnknown, match="gone"):
        client.call(method, {}, FilePart(Once(DATA)), {})
    assert lost.sends == 2


def test_a_file_may_come_from_another_call() -> None:
    class Chain(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            with Sink(answers=[OK]) as other:
                put(other, b"")
            return super().read(size)

    # That something was sent, and how long an answer is waited for, is known after the other call.
    with Sink(answers=[Reply()]) as sink, pytest.raises(TransportError, match="waited too long") as caught:
        put(sink, FilePart(Chain(b"x")), verb="POST", timeout=1.0)
    assert caught.value.sent
    assert len(sink.received) == 1


def test_a_text_file_is_refused() -> None:
    with Sink() as sink, pytest.raises(ArgumentError, match="binary file"):
        put(sink, FilePart(cast("BinaryIO", io.StringIO("text"))))


PROGRAM = """
import sys
from pathlib import Path
from groundwire_runtime.uploads import FilePart
from tests.memory import peak
from tests.runtime.test_uploads import FORM, OK, put
from tests.runtime.wire.sink import Sink
with Sink(answers=[OK]) as sink:
    put(sink, {"file": FilePart(b"small")}, FORM)
    start = peak()
    put(sink, {"file": FilePart(Path(sys.argv[1]))}, FORM, timeout=60)
    print(sink.received[-1].size, (peak() - start) // 2**20)
"""


@NEEDS_LINUX
def test_a_large_body_passes_in_constant_memory(tmp_path: Path) -> None:
    path, size = tmp_path / "f", 200 * 1024 * 1024
    with path.open("wb") as file:
        file.truncate(size)
    done = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    found = re.fullmatch(r"(\d+) (\d+)\n", done.stdout)
    assert found is not None, done.stderr
    assert int(found[1]) > size
    assert int(found[2]) < 32
