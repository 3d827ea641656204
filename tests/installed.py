"""Run by `nox -s build` with an environment that holds nothing but the built distribution."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import distribution, entry_points
from pathlib import Path

import groundwire
import groundwire_codegen
from groundwire_contract.fixture import running

SPEC = Path(groundwire_codegen.__file__).parent / "spec"


def client_starts_an_export() -> None:
    server = running()
    try:
        client = server.client()
        request = groundwire.ExportImageRequest(
            expression=groundwire.Expression(result="0", values={"0": groundwire.ValueNode.ConstantValue(1)}),
            export_options=groundwire.ImageFileExportOptions(
                file_format=groundwire.ImageFileFormat.GEO_TIFF,
                destination=groundwire.CloudStorageDestination(bucket="b", filename_prefix="p"),
            ),
        )
        finished = client.wait(client.projects.image.export(request), timeout=60)
        assert finished.done, finished
    finally:
        server.stop()


def commands_run() -> None:
    scripts = {point.name for point in entry_points(group="console_scripts")}
    assert {"groundwire-codegen", "groundwire-contract"} <= scripts, scripts
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "groundwire"
        generate = [
            *("generate", str(SPEC / "earthengine.v1beta.json")),
            *("--overlay", str(SPEC / "earthengine.v1beta.overlay.toml"), "--out", str(out)),
        ]
        subprocess.run([sys.executable, "-m", "groundwire_codegen", *generate], check=True, cwd=folder)  # noqa: S603 - our own command
        shipped = Path(groundwire.__file__).parent
        for path in out.glob("*.py"):
            assert path.read_bytes() == (shipped / path.name).read_bytes(), path.name


def files_are_whole() -> None:
    files = {str(path) for path in distribution("groundwire").files or ()}
    for package in ("", "_codegen", "_runtime", "_exports", "_contract", "_pages"):
        assert f"groundwire{package}/py.typed" in files, package
    assert any(name.endswith(".jinja") for name in files)
    assets = {"kit/style.css", "diff_page/diff_page.js", "status_page/status_page.js"}
    assert {f"groundwire_pages/{asset}" for asset in assets} <= files
    names = json.loads((Path(groundwire.__file__).parent / "groundwire.lock").read_text(encoding="utf-8"))[
        "names"
    ]
    assert names


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    files_are_whole()
    commands_run()
    client_starts_an_export()
    print(f"groundwire {distribution('groundwire').version}: the installed distribution works")
