"""Peak memory of encoding and decoding 10 MB, and what a million cycles leave behind."""

from __future__ import annotations

import json
import resource
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import groundwire

from .graphs import graph


def run(*, cycles: int = 1_000_000) -> list[tuple[str, str, float]]:
    """Rows of (what, against, ratio)."""
    text = json.dumps(graph(270_000)).encode()
    message = groundwire.decode(groundwire.Expression, text)
    size = len(groundwire.encode(message))
    peak = _peak(lambda: groundwire.encode(message))
    rows = [(f"peak of encoding {size / 1e6:.1f} MB", "the output", peak / size)]
    ours = _peak(lambda: groundwire.decode(groundwire.Expression, text))
    theirs = _peak(lambda: json.loads(text))
    rows.append((f"peak of decoding {len(text) / 1e6:.1f} MB", "json.loads", ours / theirs))
    rows.append((f"resident size over {cycles:,} cycles", "before them", _growth(cycles)))
    return rows


def _peak(function: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        kept = function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        kept = None  # noqa: F841 - the result counts as used until here


def _growth(cycles: int) -> float:
    request = groundwire.ExportImageRequest(
        expression=groundwire.Expression(result="0", values={"0": groundwire.ValueNode.ConstantValue(1)}),
        description="memory",
        max_pixels=10**9,
    )
    _cycle(request, 20_000)
    before = _resident()
    _cycle(request, cycles)
    return _resident() / before


def _cycle(request: groundwire.ExportImageRequest, times: int) -> None:
    for _ in range(times):
        groundwire.decode(groundwire.ExportImageRequest, groundwire.encode(request))


def _resident() -> int:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
