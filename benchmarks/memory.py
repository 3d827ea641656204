"""Peak memory of encoding and decoding 10 MB, and memory left after a million cycles."""

from __future__ import annotations

import json
import resource
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import groundwire

from .answering import answering
from .call import small_request
from .graphs import graph


def run(*, cycles: int = 1_000_000, calls: int = 10_000) -> list[tuple[str, str, float]]:
    """Return rows of (figure, peer, ratio)."""
    text = json.dumps(graph(235_000)).encode()
    message = groundwire.decode(groundwire.Expression, text)
    size = len(groundwire.encode(message))
    peak = _peak(lambda: groundwire.encode(message))
    rows = [("peak of encoding 10 MB", "the output", peak / size)]
    ours = _peak(lambda: groundwire.decode(groundwire.Expression, text))
    theirs = _peak(lambda: json.loads(text))
    rows.append(("peak of decoding 10 MB", "json.loads", ours / theirs))
    rows.append((f"resident size over {cycles:,} cycles", "before them", _growth(_cycle(), cycles)))
    with answering() as endpoint, _client(endpoint) as client:
        request = small_request()
        grown = _growth(lambda: client.projects.image.export(request), calls)
    rows.append((f"resident size over {calls:,} calls", "before them", grown))
    return rows


def _client(endpoint: str) -> groundwire.Client:
    return groundwire.Client(project="p", endpoint=endpoint, credentials=groundwire.credentials.anonymous())


def _peak(function: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        kept = function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        kept = None  # noqa: F841 - the result counts as used until here


def _growth(function: Callable[[], object], times: int) -> float:
    for _ in range(times // 20):
        function()
    before = _resident()
    for _ in range(times):
        function()
    return _resident() / before


def _cycle() -> Callable[[], object]:
    request = groundwire.ExportImageRequest(
        expression=groundwire.Expression(result="0", values={"0": groundwire.ValueNode.ConstantValue(1)}),
        description="memory",
        max_pixels=10**9,
    )
    return lambda: groundwire.decode(groundwire.ExportImageRequest, groundwire.encode(request))


def _resident() -> int:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
