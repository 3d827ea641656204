"""A server that answers every request with the same operation: `python -m benchmarks.answering` prints its
port."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

OPERATION = {
    "name": "projects/p/operations/AAAAAAAAAAAAAAAAAAAAAAAA",
    "metadata": {
        "@type": "type.googleapis.com/google.earthengine.v1beta.OperationMetadata",
        "state": "PENDING",
        "description": "bench",
        "createTime": "2026-01-01T00:00:00.000000Z",
        "updateTime": "2026-01-01T00:00:00.000000Z",
        "startTime": "1970-01-01T00:00:00Z",
        "type": "EXPORT_IMAGE",
    },
}
BODY = json.dumps(OPERATION).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(BODY),
    BODY,
)


@contextmanager
def answering() -> Iterator[str]:
    """Run such a server in its own process, so that it does not share the interpreter lock; yield its
    endpoint."""
    command = [sys.executable, "-m", "benchmarks.answering"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def _serve() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    """Read requests with a content length, and send the same answer to each."""
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return
            data += piece
        head, _, data = data.partition(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            ),
            0,
        )
        while len(data) < length:
            data += connection.recv(65536)
        data = data[length:]
        connection.sendall(ANSWER)


if __name__ == "__main__":
    _serve()
