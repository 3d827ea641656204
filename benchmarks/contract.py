"""The contract server in a process of its own: until it is ready, under load, with large bodies and many connections.

The load comes from wrk, an outside tool, where it is installed.
"""

from __future__ import annotations

import http.client
import json
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen
from groundwire_contract.fixture import running

EXPORT: Final = "/v1beta/projects/p/image:export"
OPERATIONS: Final = "/v1beta/projects/p/operations"
CONNECTIONS: Final = 5000
STARTED: Final = 10_000
SECONDS: Final = 5
SCRIPT: Final = """
local prefix, count = "", 0
function init() math.randomseed(os.time()); prefix = tostring(math.random(1, 1e9)) end
function request()
  count = count + 1
  return wrk.format("POST", "%s", {["Content-Type"] = "application/json"}, (%s):gsub("ID", prefix .. "-" .. count))
end
"""


@frozen
class Serving:
    """A server process, where it listens, and the seconds until it said so."""

    process: subprocess.Popen[str] | None
    place: str
    ready: float

    def memory(self, name: str = "VmRSS") -> float:
        """Megabytes of the process: resident now, or (`VmHWM`) at the most."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.findall(rf"{name}:\s+(\d+)", status)[0]) / 1024

    def ask(self, verb: str, path: str, body: bytes | None = None) -> bytes:
        """What the server answers with 200."""
        connection = http.client.HTTPConnection(self.place, timeout=60)
        connection.request(verb, path, body, {"content-type": "application/json"})
        answer = connection.getresponse()
        found = answer.read()
        connection.close()
        assert answer.status == 200, found[:200]
        return found


def run() -> list[tuple[str, str, float]]:
    """Rows of (what, against, ratio)."""
    with serving():
        pass  # For a warm disk.
    starts: list[float] = []
    for _ in range(7):
        with serving() as server:
            starts.append(server.ready)
    rows = [("contract server: ready", "s", statistics.median(starts))]
    if shutil.which("wrk") is None:
        print("wrk is not installed: the load is not measured")
    else:
        rows.append(("contract server: 1,000 exports, 8 connections", "s", 1000 / _exports_a_second()))
    return [*rows, *_reset(), *_large(), *_listed(), *_crowded()]


@contextmanager
def serving(*options: str) -> Iterator[Serving]:
    """A server process."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "groundwire_contract", "serve", "--speed", "100", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        place = process.stdout.readline().split()[-1].removeprefix("http://")
        server = Serving(process, place, time.perf_counter() - begun)
        server.ask("GET", OPERATIONS)
        try:
            yield server
        finally:
            process.terminate()


def _exports_a_second() -> float:
    body = json.dumps(small())
    with serving() as server, tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "export.lua"
        script.write_text(SCRIPT % (EXPORT, json.dumps(body)), encoding="ascii")
        command = ["wrk", "-t1", "-c8", f"-d{SECONDS}s", "-s", str(script), f"http://{server.place}"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert "Non-2xx" not in said, said
        return float(re.findall(r"Requests/sec:\s+([0-9.]+)", said)[0])


def small() -> dict[str, object]:
    """A minimal export; `ID` is to be replaced."""
    return {
        "expression": {"result": "0", "values": {"0": {"constantValue": 1}}},
        "description": "d",
        "fileExportOptions": {"fileFormat": "GEO_TIFF", "driveDestination": {"filenamePrefix": "p"}},
        "requestId": "ID",
    }


def _reset() -> list[tuple[str, str, float]]:
    """What the pytest fixture does before every test, after a hundred exports."""
    contract = running()
    server = Serving(None, contract.endpoint.removeprefix("http://"), 0.0)
    body = json.dumps({name: value for name, value in small().items() if name != "requestId"}).encode()
    taken: list[float] = []
    try:
        for _ in range(9):
            for _ in range(100):
                server.ask("POST", EXPORT, body)
            begun = time.perf_counter()
            contract.reset()
            taken.append(time.perf_counter() - begun)
    finally:
        contract.stop()
    return [("contract server: reset", "s", statistics.median(taken))]


def _large() -> list[tuple[str, str, float]]:
    """A body of 10 MB that is all nodes."""
    nodes: list[dict[str, object]] = [
        {"constantValue": 1.5},
        {"valueReference": "0"},
        {"arrayValue": {"values": [{"constantValue": "x" * 10}, {"valueReference": "0"}]}},
        {
            "functionInvocationValue": {
                "functionName": "Image.add",
                "arguments": {"image1": {"valueReference": "0"}, "image2": {"constantValue": 2}},
            }
        },
    ]
    values = {str(number): nodes[number % 4] for number in range(115_000)}
    body = json.dumps({**small(), "expression": {"result": "0", "values": values}}).encode()
    assert 9e6 < len(body) <= 10_485_760, len(body)
    with serving() as server:
        begun = time.perf_counter()
        server.ask("POST", EXPORT, body)
        taken = time.perf_counter() - begun
        peak = server.memory("VmHWM")
    return [
        ("contract server: a body of 10 MB", "s", taken),
        ("contract server: peak with 10 MB", "200 MB", peak / 200),
    ]


def _listed() -> list[tuple[str, str, float]]:
    body = {name: value for name, value in small().items() if name != "requestId"}
    with serving() as server:
        for _ in range(STARTED):
            server.ask("POST", EXPORT, json.dumps(body).encode())
        _walk(server)
        before = server.memory()
        for _ in range(5):
            assert _walk(server) == STARTED
        return [("contract server: 10,000 listed five times", "before", server.memory() / before)]


def _walk(server: Serving) -> int:
    """How many operations all pages have."""
    count, token = 0, ""
    while True:
        page = json.loads(server.ask("GET", f"{OPERATIONS}?pageToken={token}"))
        count += len(page.get("operations", ()))
        token = page.get("nextPageToken", "")
        if not token:
            return count


def _crowded() -> list[tuple[str, str, float]]:
    """The slowest of 20 answers beside connections that say nothing, half a head, or half a body."""
    beginnings = (
        b"",
        f"GET {OPERATIONS} HTTP/1.1\r\nHost: x\r\n".encode(),
        (
            f"POST {EXPORT} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            "Content-Length: 9\r\n\r\n{"
        ).encode(),
    )
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < CONNECTIONS + 100:
        print(f"{hard} descriptors are too few for {CONNECTIONS:,} connections: they are not measured")
        return []
    resource.setrlimit(resource.RLIMIT_NOFILE, (CONNECTIONS + 100, hard))
    with serving() as server, ExitStack() as stack:
        host, _, port = server.place.rpartition(":")
        for number in range(CONNECTIONS):
            sock = stack.enter_context(socket.create_connection((host, int(port))))
            sock.sendall(beginnings[number % 3])
        server.ask("GET", OPERATIONS)
        slowest = 0.0
        for _ in range(20):
            begun = time.perf_counter()
            server.ask("GET", OPERATIONS)
            slowest = max(slowest, time.perf_counter() - begun)
    return [("contract server: an answer beside 5,000 connections", "s", slowest)]
