"""A transport that prints a request before sending it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from attrs import define
from groundwire_runtime.http import Request, Response, Transport
from rich.console import Console

SECRET = frozenset({"authorization", "x-goog-api-key"})


@define
class PrintFirstRequest:
    """Prints the first request: its request line, its headers without secrets, and its body, one node a line."""

    console: Console
    inner: Transport
    shown: bool = False

    def send(self, request: Request) -> Response:
        """Send a request, after printing it if it is the first with a body."""
        if isinstance(request.body, bytes) and request.method_id != "token" and not self.shown:
            self.shown = True
            self.console.print("\n".join(_lines(request, request.body)), markup=False)
        return self.inner.send(request)


def _lines(request: Request, body: bytes) -> Iterator[str]:
    yield f"  {request.verb} {request.url}"
    for name, value in request.headers.items():
        yield f"  {name}: {'...' if name in SECRET else value}"
    yield f"  content-length: {len(body)}"
    yield "  {"
    members: dict[str, Any] = json.loads(body)
    for key, value in members.items():
        if key != "expression":
            yield f"    {_text(key)}: {_text(value)},"
            continue
        nodes: dict[str, Any] = value["values"]
        yield f'    {_text(key)}: {{"result": {_text(value["result"])}, "values": {{'
        yield from (f"      {_text(name)}: {_text(node)}," for name, node in nodes.items())
        yield "    }},"
    yield "  }"


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ": "))
