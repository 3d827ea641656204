"""A server that does the least for an export: uvicorn as it comes, and an application that reads JSON and answers JSON."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn

OPERATION = {
    "name": "projects/p/operations/ABCDEFGHIJKLMNOPQRSTUVWX",
    "metadata": {
        "@type": "type.googleapis.com/google.earthengine.v1beta.OperationMetadata",
        "state": "PENDING",
        "description": "",
        "priority": 100,
        "createTime": "2026-11-01T12:00:00.123456Z",
        "updateTime": "2026-11-01T12:00:00.123456Z",
        "startTime": "1970-01-01T00:00:00Z",
        "type": "EXPORT_IMAGE",
    },
}
Message = MutableMapping[str, Any]


async def answer(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Answer any request with an operation of its description."""
    assert scope["type"] == "http"
    parts: list[bytes] = []
    more = True
    while more:
        event = await receive()
        parts.append(event.get("body", b""))
        more = event.get("more_body", False)
    sent = json.loads(b"".join(parts) or b"{}")
    metadata = {**OPERATION["metadata"], "description": sent.get("description", "")}  # type: ignore[dict-item] # a dict
    body = json.dumps({**OPERATION, "metadata": metadata}, indent=2).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Serve on a free port until interrupted; the first line ends with the address."""
    # asyncio sends small pieces at once only through a socket that says it is TCP's.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    print(f"bare uvicorn at http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    # uvicorn logs each request to this.
    with Path("/dev/null").open("w", encoding="ascii") as sys.stdout:
        uvicorn.Server(uvicorn.Config(answer, lifespan="off", loop="asyncio")).run(sockets=[listener])


if __name__ == "__main__":
    main()
