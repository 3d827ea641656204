"""openapi-python-client on the same documents: installed in an environment of its own, generated, imported, type-checked."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from attrs import frozen

from . import documents

PACKAGES: Final = (
    "openapi-python-client",
    "mypy",
    "ruff",
    "httpx",
    "python-dateutil",
    "types-python-dateutil",
)
IMPORT_ALL: Final = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(package.__path__, sys.argv[1] + "."):
    importlib.import_module(found.name)
"""


@frozen(kw_only=True)
class Peer:
    """The environment of openapi-python-client; `problem` says why there is none."""

    folder: Path
    problem: str = ""

    @property
    def binaries(self) -> Path:
        """The folder of its programs."""
        return self.folder / ("Scripts" if sys.platform == "win32" else "bin")


@frozen(kw_only=True)
class PeerResult:
    """What openapi-python-client made of a document."""

    seconds: float = 0.0
    dropped: str = ""
    imported: str = ""
    mypy: str = ""
    untyped: int = 0


def install(folder: Path) -> Peer:
    """Install the peer within three minutes, with uv where that is installed."""
    python = str(Peer(folder=folder).binaries / "python")
    uv = shutil.which("uv")
    steps = (
        [[uv, "venv", "-q", str(folder)], [uv, "pip", "install", "-q", "--python", python, *PACKAGES]]
        if uv
        else [[sys.executable, "-m", "venv", str(folder)], [python, "-m", "pip", "install", "-q", *PACKAGES]]
    )
    for step in steps:
        try:
            done = subprocess.run(step, capture_output=True, text=True, timeout=180, check=False)  # noqa: S603 - our own arguments
        except (OSError, subprocess.TimeoutExpired):
            return Peer(folder=folder, problem="not installed")
        if done.returncode:
            return Peer(folder=folder, problem="not installed")
    return Peer(folder=folder)


def generate(peer: Peer, name: str, folder: Path, operations: int, limit: float = 900) -> PeerResult:
    """Generate the client of a document with the peer, import all of it, and type-check it."""
    package = documents.package_name(name)
    document = folder / name.removesuffix(".gz")
    document.write_bytes(documents.read(name))
    out = folder / "peer" / package
    out.parent.mkdir(exist_ok=True)
    started = time.perf_counter()
    try:
        run(
            peer,
            "openapi-python-client",
            "generate",
            "--path",
            document,
            "--output-path",
            out,
            "--meta",
            "none",
            limit=limit,
        )
    except subprocess.TimeoutExpired:
        return PeerResult(seconds=limit, dropped="time is up")
    seconds = time.perf_counter() - started
    made = [path for path in (out / "api").glob("**/*.py") if path.name != "__init__.py"]
    if not out.exists() or not made:
        return PeerResult(seconds=seconds, dropped=str(operations))
    imported = run(peer, "python", "-W", "error", "-c", IMPORT_ALL, package, cwd=out.parent)
    checked = run(
        peer,
        "mypy",
        "--strict",
        "--no-error-summary",
        "--cache-dir",
        folder / ".peer_mypy",
        "-p",
        package,
        cwd=out.parent,
    )
    text = "".join(path.read_text("utf-8") for path in out.glob("**/*.py"))
    return PeerResult(
        seconds=seconds,
        dropped=str(operations - len(made)),
        imported="no" if imported.returncode else "yes",
        mypy=str(checked.stdout.count(": error: ")) if checked.returncode else "ok",
        untyped=len(re.findall(r"[:>\[|] *Any\b", text)),
    )


def run(
    peer: Peer, program: str, *arguments: object, cwd: Path | None = None, limit: float = 900
) -> subprocess.CompletedProcess[str]:
    """Run a program of the peer's environment. Raises TimeoutExpired."""
    path = {"PATH": f"{peer.binaries}:/usr/bin:/bin"}
    command = [str(peer.binaries / program), *map(str, arguments)]
    return subprocess.run(  # noqa: S603 - our own arguments
        command, cwd=cwd, env=path, capture_output=True, text=True, timeout=limit, check=False
    )
