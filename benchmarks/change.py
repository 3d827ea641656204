"""The cost of a changed description: diff, upgrade, and type checks of callers."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from groundwire_codegen.diff import Given, compare, read_sides

from .measure import interleaved

ROOT = Path(__file__).parent.parent
SPEC = ROOT / "spec" / "earthengine.v1beta.json"
OVERLAY = ROOT / "spec" / "earthengine.v1beta.overlay.toml"
CALLER = (
    "from groundwire import ExportImageRequest\n\nprint(ExportImageRequest(description='x').description)\n"
)


def run() -> list[tuple[str, str, float]]:
    """Return rows of (figure, peer, ratio), or (figure, "s", seconds)."""
    return [*_compared(), *_compute(), *_taken()]


def changed() -> bytes:
    """Return Earth Engine's description with two additional fields."""
    document: Any = json.loads(SPEC.read_bytes())
    schemas = document["schemas"]
    schemas["ExportImageRequest"]["properties"]["label"] = {"type": "string"}
    schemas["DriveDestination"]["properties"]["shortcut"] = {"type": "boolean"}
    document["revision"] = "20991231"
    return json.dumps(document).encode()


def diffed(old: bytes, new: bytes) -> int:
    """Return the number of changes, from bytes to verdicts, over all methods."""
    sides = read_sides(Given(name="old", document=old), Given(name="new", document=new), every_method=True)
    return len(compare(sides.old, sides.new).changes)


def _compared() -> list[tuple[str, str, float]]:
    old, new = SPEC.read_bytes(), changed()
    runs = {"ours": lambda: diffed(old, new)}
    if importlib.util.find_spec("deepdiff") is not None:
        from deepdiff import DeepDiff

        runs["deepdiff"] = lambda: len(DeepDiff(json.loads(old), json.loads(new)))
    else:
        print("not measured: deepdiff is not installed")
    found = interleaved(runs, 5)
    ours = found.pop("ours")
    return [("diff, whole documents", "s", ours)] + [
        ("diff, whole documents", f"{name} of the JSON, no verdicts", ours / taken)
        for name, taken in found.items()
    ]


def _compute() -> list[tuple[str, str, float]]:
    spec = importlib.util.find_spec("googleapiclient")
    if spec is None or not spec.submodule_search_locations:
        print("not measured: google-api-python-client is not installed")
        return []
    folder = Path(spec.submodule_search_locations[0]) / "discovery_cache" / "documents"
    old, new = ((folder / f"compute.{version}.json").read_bytes() for version in ("v1", "beta"))
    return [("diff, compute.v1 to compute.beta", "s", interleaved({"": lambda: diffed(old, new)}, 3)[""])]


def _taken() -> list[tuple[str, str, float]]:
    """Run `upgrade` as a process from the old description and client each time, with and without a caller."""
    command = [sys.executable, "-m", "groundwire_codegen"]
    with tempfile.TemporaryDirectory() as place:
        old, here = Path(place) / "old", Path(place) / "here"
        old.mkdir()
        shutil.copyfile(SPEC, old / "spec.json")
        (old / "new.json").write_bytes(changed())
        (old / "caller.py").write_text(CALLER, encoding="utf-8")
        given = ["spec.json", "--overlay", str(OVERLAY), "--out", "groundwire"]
        subprocess.run([*command, "generate", *given], cwd=old, check=True, capture_output=True)
        taken = [*command, "upgrade", *given, "--new", "new.json"]

        def fresh(*more: str) -> None:
            shutil.rmtree(here, ignore_errors=True)
            shutil.copytree(old, here)
            subprocess.run([*taken, *more], cwd=here, check=True, capture_output=True)

        runs = {"upgrade": fresh, "upgrade --against": lambda: fresh("--against", "caller.py")}
        return [(name, "s", seconds) for name, seconds in interleaved(runs, 5).items()]
