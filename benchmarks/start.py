"""Start-up costs: import, generate, check."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path

from .measure import processes, python

ROOT = Path(__file__).parent.parent
OURS = """
import groundwire as g
request = g.ExportImageRequest(
    expression=g.Expression(result="0", values={"0": g.ValueNode.ConstantValue(1)}),
    export_options=g.ImageFileExportOptions(destination=g.CloudStorageDestination(bucket="b")),
)
g.encode(request)
"""


def run() -> list[tuple[str, str, float]]:
    """Return rows of (figure, peer, ratio), or (figure, "s", seconds)."""
    commands = {"ours": python(OURS), "nothing": python("pass")}
    for name, module in (("googleapiclient.discovery", "googleapiclient"), ("ee", "ee")):
        if importlib.util.find_spec(module) is not None:
            commands[name] = python(f"import {name}")
        else:
            print(f"not measured: {name} is not installed")
    found = processes(commands)
    idle = found.pop("nothing")
    ours = found.pop("ours") - idle
    rows = [
        ("import, build, encode", f"import {name}", ours / (taken - idle)) for name, taken in found.items()
    ]
    return rows + _generator()


def _generator() -> list[tuple[str, str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "groundwire"
        inputs = [
            str(ROOT / "spec" / "earthengine.v1beta.json"),
            *("--overlay", str(ROOT / "spec" / "earthengine.v1beta.overlay.toml"), "--out", str(out)),
        ]
        command = [sys.executable, "-m", "groundwire_codegen"]
        fresh = f"import shutil; shutil.rmtree({str(out)!r}, ignore_errors=True)"
        generate = python(
            f"{fresh}; import sys; sys.argv[1:] = {['generate', *inputs]!r}; from groundwire_codegen.__main__ import run; run()"
        )
        found = processes({"generate": generate, "check": [*command, "check", *inputs]}, rounds=7)
    return [(name, "s", seconds) for name, seconds in found.items()]
