"""Encoding and decoding, beside json, cattrs, msgspec, pydantic and the classes of openapi-python-client."""

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
    """Rows of (what, against, ratio)."""
    plain = graph(20_000)
    text = json.dumps(plain).encode()
    message = groundwire.decode(groundwire.Expression, text)
    rows = _encoding("encode 20,000 nodes", plain, lambda: groundwire.encode(message))
    rows += _decoding("decode 20,000 nodes", text, groundwire.Expression)
    rows += [("  the same, collector off", "json.loads", _without_collector(text))]
    request = recorded()
    if request is not None:
        body = json.dumps(request).encode()
        sent = groundwire.decode(groundwire.ExportImageRequest, body)
        rows += _encoding("encode a recorded request x 1,000", request, lambda: groundwire.encode(sent), 1000)
        rows += _decoding("decode a recorded request x 1,000", body, groundwire.ExportImageRequest, 1000)
    return rows


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
