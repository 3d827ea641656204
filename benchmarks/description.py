"""Generation of a client from a large OpenAPI document, beside openapi-python-client."""

from __future__ import annotations

import gzip
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

LIMIT = 1_800
"""Seconds that one run may take."""


def run() -> list[tuple[str, str, float]]:
    """Return rows of (figure, peer, ratio): one run of each, since the peer takes minutes."""
    packed = Path(os.environ.get("GROUNDWIRE_VECTORS") or "") / "openapi" / "github.json.gz"
    if not packed.is_file():
        print("not measured: GROUNDWIRE_VECTORS names no folder with openapi/github.json.gz")
        return []
    if importlib.util.find_spec("openapi_python_client") is None:
        print("not measured: openapi-python-client is not installed")
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        document, settings = folder / "github.json", folder / "settings.yaml"
        document.write_bytes(gzip.decompress(packed.read_bytes()))
        settings.write_text("post_hooks: []\n", "utf-8")  # neither formats what it wrote
        ours = _seconds("groundwire_codegen", "generate", document, "--out", folder / "ours")
        theirs = _seconds(
            *("openapi_python_client", "generate", "--path", document, "--output-path", folder / "theirs"),
            *("--meta", "none", "--config", settings),
        )
    print(f"CPU seconds for github.json: {ours:.1f}, openapi-python-client {theirs:.1f}")
    return [("generate 1,223 operations", "openapi-python-client", ours / theirs)]


def _seconds(module: str, *arguments: object) -> float:
    """Return the CPU seconds of a run; both have one thread, and a busy machine does not count."""
    before = os.times()
    command = [sys.executable, "-m", module, *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True, timeout=LIMIT)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
