"""One export call over loopback, beside bare urllib3 and google-api-python-client with the same bytes."""

from __future__ import annotations

import importlib.util
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import groundwire
import urllib3

from .measure import interleaved

CALLS = 300
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


def run() -> list[tuple[str, str, float]]:
    """Rows of (what, against, ratio)."""
    port = _serve()
    endpoint = f"http://127.0.0.1:{port}"
    client = groundwire.Client(project="p", endpoint=endpoint, credentials=groundwire.credentials.anonymous())
    request = _request()
    body = groundwire.encode(request)
    pool = urllib3.PoolManager(retries=False)
    url = f"{endpoint}/v1beta/projects/p/image:export"
    headers = {"content-type": "application/json"}
    runs: dict[str, Callable[[], object]] = {
        "ours": lambda: client.projects.image.export(request),
        "bare urllib3": lambda: json.loads(pool.request("POST", url, body=body, headers=headers).data),
    }
    if importlib.util.find_spec("googleapiclient") is not None:
        runs["google-api-python-client"] = _official(endpoint, json.loads(body))
    found = interleaved({name: _repeat(call) for name, call in runs.items()})
    return [
        ("one export call", peer, found["ours"] / taken) for peer, taken in found.items() if peer != "ours"
    ]


def _repeat(call: Callable[[], object]) -> Callable[[], object]:
    def repeat() -> None:
        for _ in range(CALLS):
            call()

    return repeat


def _request() -> groundwire.ExportImageRequest:
    node = groundwire.ValueNode
    values = {
        str(number): node.FunctionInvocationValue(
            groundwire.FunctionInvocation(
                function=groundwire.FunctionInvocation.FunctionName("Image.add"),
                arguments={"image1": node.ConstantValue(number), "image2": node.ValueReference("0")},
            )
        )
        for number in range(8)
    }
    return groundwire.ExportImageRequest(
        expression=groundwire.Expression(result="7", values=values),
        request_id="bench-0001",
        export_options=groundwire.ImageFileExportOptions(
            file_format=groundwire.ImageFileFormat.GEO_TIFF,
            destination=groundwire.CloudStorageDestination(bucket="b", filename_prefix="p"),
        ),
    )


def _official(endpoint: str, body: dict[str, Any]) -> Callable[[], object]:
    import google_auth_httplib2  # noqa: F401 - what googleapiclient needs for its transport
    import httplib2
    from googleapiclient.discovery import build_from_document

    document = (Path(__file__).parent.parent / "spec" / "earthengine.v1beta.json").read_text(encoding="utf-8")
    changed = {**json.loads(document), "rootUrl": f"{endpoint}/", "baseUrl": f"{endpoint}/"}
    service = build_from_document(changed, http=httplib2.Http())
    image = service.projects().image()
    return lambda: image.export(project="projects/p", body=body).execute()


def _serve() -> int:
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener,), daemon=True).start()
    return int(listener.getsockname()[1])


def _accept(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    """Read requests with a length, and answer each with the same bytes."""
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
