"""Encoding and decoding next to json, cattrs, msgspec, pydantic and classes of openapi-python-client."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from typing import Any

import groundwire

from .graphs import graph, recorded
from .measure import interleaved
from .peers import peers


def run() -> list[tuple[str, str, float]]:
    """Return rows of (figure, peer, ratio)."""
    plain = graph(20_000)
    text = json.dumps(plain).encode()
    message = groundwire.decode(groundwire.Expression, text)
    rows = _encoding("encode 20,000 nodes", plain, lambda: groundwire.encode(message))
    rows += _decoding("decode 20,000 nodes", text, groundwire.Expression)
    rows += [("  the same, collector off", "json.loads", _without_collector(text))]
    requests = recorded()
    largest = max(requests.values(), key=_nodes)
    rows += _recorded("a recorded request x 1,000", [largest], 1000)
    return rows + _recorded(f"all {len(requests)} recorded requests", list(requests.values()), 10)


def _nodes(request: dict[str, Any]) -> int:
    """Return the number of function invocations in a request, which cost most for their size."""
    return json.dumps(request).count("functionInvocationValue")


def _recorded(name: str, requests: list[dict[str, Any]], times: int) -> list[tuple[str, str, float]]:
    bodies = [json.dumps(request).encode() for request in requests]
    sent = [groundwire.decode(groundwire.ExportImageRequest, body) for body in bodies]
    encoding = {
        "ours": _each(groundwire.encode, sent, times),
        "json": _each(json.dumps, requests, times),
    }
    decoding = {
        "ours": _each(lambda body: groundwire.decode(groundwire.ExportImageRequest, body), bodies, times),
        "json": _each(json.loads, bodies, times),
    }
    found, read = interleaved(encoding), interleaved(decoding)
    return [
        (f"encode {name}", "json.dumps", found["ours"] / found["json"]),
        (f"decode {name}", "json.loads", read["ours"] / read["json"]),
    ]


def _each(function: Callable[[Any], object], values: list[Any], times: int) -> Callable[[], object]:
    def repeat() -> None:
        for _ in range(times):
            for value in values:
                function(value)

    return repeat


def _times(function: Callable[[], object], times: int) -> Callable[[], object]:
    def repeat() -> None:
        for _ in range(times):
            function()

    return repeat


def _encoding(
    name: str, plain: Any, ours: Callable[[], bytes], times: int = 1
) -> list[tuple[str, str, float]]:
    assert json.loads(ours()) is not None
    found = interleaved({"ours": _times(ours, times), "json": _times(lambda: json.dumps(plain), times)})
    return [(name, "json.dumps", found["ours"] / found["json"])]


def _decoding(name: str, text: bytes, cls: type, times: int = 1) -> list[tuple[str, str, float]]:
    runs: dict[str, Callable[[], object]] = {
        "ours": _times(lambda: groundwire.decode(cls, text), times),
        "json.loads": _times(lambda: json.loads(text), times),
    }
    if times == 1:
        runs |= {peer: _times(read, times) for peer, read in peers(text).items()}
    found = interleaved(runs)
    return [(name, peer, found["ours"] / seconds) for peer, seconds in found.items() if peer != "ours"]


def _without_collector(text: bytes) -> float:
    gc.disable()
    try:
        found = interleaved(
            {"ours": lambda: groundwire.decode(groundwire.Expression, text), "json": lambda: json.loads(text)}
        )
    finally:
        gc.enable()
    return found["ours"] / found["json"]
