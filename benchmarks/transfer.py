"""Memory and time of files of 1 GB: an answer that is cut ten times, and a form with a file, beside bare urllib3; and media.

Media go to a stand-in of Cloud Storage and come back, each way cut 20 times at random; the bytes are compared.

`python -m benchmarks.transfer serve` runs the server; `get`, `get-urllib3`, `post`, `post-urllib3` are one run of a client.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any, Final

import urllib3
from groundwire_runtime.codec import Codecs
from groundwire_runtime.contents import RestAnswer, RestContent
from groundwire_runtime.json_scalars import BINARY
from groundwire_runtime.rest_client import RestClient
from groundwire_runtime.rest_method import RestMethod
from groundwire_runtime.schema import MapOf
from groundwire_runtime.uploads import FilePart

from tests.media.transfer import transferred

SIZE: Final = 1_000_000_000
CUTS: Final = 10
MEDIA_CUTS: Final = 20
RUNS: Final = 3
ALLOWED: Final = 64 * 1024 * 1024
"""Bytes over the start that a transfer may hold."""
_PIECE: Final = bytes(range(256)) * 4096
_TIFF: Final = (RestAnswer(200, 200, (RestContent(media_type="image/tiff", encoding="bytes"),)),)
_TEXT: Final = (RestAnswer(200, 200, (RestContent(media_type="text/plain", encoding="text"),)),)
_FORM: Final = RestContent(media_type="multipart/form-data", type=MapOf(BINARY), encoding="multipart")
GET: Final = RestMethod[Any](id="get", verb="GET", path="/image", answers=_TIFF)
POST: Final = RestMethod[Any](id="post", verb="POST", path="/image", bodies=(_FORM,), answers=_TEXT)


def run() -> list[tuple[str, str, float]]:
    """Return rows of (figure, peer, ratio)."""
    with tempfile.TemporaryDirectory() as folder, _serving() as endpoint:
        sent, got = Path(folder) / "sent", Path(folder) / "got"
        with sent.open("wb") as file:
            file.truncate(SIZE)
        rows: list[tuple[str, str, float]] = []
        for verb, what in (
            ("get", f"an answer of 1 GB, cut {CUTS} times"),
            ("post", "a form with a file of 1 GB"),
        ):
            file = got if verb == "get" else sent
            runs = [
                [_measured(name, endpoint, file) for name in (verb, f"{verb}-urllib3")] for _ in range(RUNS)
            ]
            rows += [
                (
                    f"{what}: memory over the start",
                    "64 MiB",
                    max(ours["memory"] for ours, _ in runs) / ALLOWED,
                ),
                (f"{what}: time", "bare urllib3, uncut", _median(runs, 0) / _median(runs, 1)),
            ]
        return [*rows, _media()]


def _media() -> tuple[str, str, float]:
    """Return the row of an upload and a download of media."""
    figures = transferred(SIZE, MEDIA_CUTS)
    assert figures.equal
    assert figures.cuts == 2 * MEDIA_CUTS
    what = f"media of 1 GB sent and got, cut {MEDIA_CUTS} times each: memory over the start"
    return what, "64 MiB", figures.memory / ALLOWED


def _median(runs: list[list[dict[str, float]]], index: int) -> float:
    return median(run[index]["seconds"] for run in runs)


def _measured(name: str, endpoint: str, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.transfer", name, endpoint, str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _transfer(name: str, endpoint: str, path: Path) -> int:
    """Make one transfer; return how many bytes passed."""
    if name == "get-urllib3":
        with (
            path.open("wb") as file,
            urllib3.request("GET", f"{endpoint}/whole", preload_content=False) as answer,
        ):
            for piece in answer.stream(65_536):
                file.write(piece)
        return path.stat().st_size
    if name == "post-urllib3":
        with path.open("rb") as body:
            headers = {"content-length": str(SIZE)}
            return int(urllib3.request("POST", f"{endpoint}/image", body=body, headers=headers).data)
    options: dict[str, Any] = {"servers": (), "methods": {}, "schemes": {}, "held": {}}
    with RestClient(Codecs(SimpleNamespace(), {}), endpoint=endpoint, **options) as client:
        if name == "get":
            return client.save(path, client.call, GET, {}, None, {"timeout": 600}).size
        return int(client.call(POST, {}, {"file": FilePart(path)}, {"timeout": 600}))


class _Handler(BaseHTTPRequestHandler):
    """Answers with ranges, of which it cuts each after a tenth of the whole, and counts what is sent to it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
        start = int(found[1]) if found else 0
        self.send_response(206 if found else 200)
        facts = {"content-type": "image/tiff", "accept-ranges": "bytes", "etag": '"1"'}
        if found:
            facts["content-range"] = f"bytes {start}-{SIZE - 1}/{SIZE}"
        for name, value in {**facts, "content-length": str(SIZE - start)}.items():
            self.send_header(name, value)
        self.end_headers()
        whole = self.path == "/whole"
        self._write(SIZE - start if whole else min(SIZE - start, SIZE // CUTS + 1))
        self.close_connection = True

    def _write(self, size: int) -> None:
        while size > 0:
            self.wfile.write(_PIECE[:size])
            size -= len(_PIECE)

    def do_POST(self) -> None:
        left = size = int(self.headers["content-length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, len(_PIECE))))
        body = str(size).encode()
        self.send_response(200)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _serving() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.transfer", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def _peak() -> int:
    """Return the most bytes of memory that this process ever held (Linux)."""
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))[0]) * 1024


def main(name: str, *arguments: str) -> None:
    """Serve, or make one transfer and print its figures."""
    if name == "serve":
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        print(server.server_address[1], flush=True)
        server.serve_forever()
    else:
        start, began = _peak(), time.perf_counter()
        size = _transfer(name, arguments[0], Path(arguments[1]))
        assert size >= SIZE, f"{size} bytes of {SIZE}"
        print(json.dumps({"memory": _peak() - start, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:])
