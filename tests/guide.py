"""`python -m tests.guide`: do what docs/testing.md says, line by line, and compare what comes of it.

The files of the page are written into an empty folder, and its commands run there as one script. In place of what is
published the project itself is installed, when this is asked for with `--install`.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "testing.md"
PORTS: Final = ("8085", "8086")
_FILE: Final = re.compile(r"^`([\w.]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CONSOLE: Final = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files(page: str) -> dict[str, str]:
    """The files of a page by their names."""
    return {found[1]: found[2] for found in _FILE.finditer(page)}


def commands(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """The commands of a page in order, and the lines that each is said to print."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for line in "".join(block[1] for block in _CONSOLE.finditer(page)).splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ()))
        else:
            command, printed = found.pop()
            found.append((command, (*printed, line)))
    return found


def script(steps: list[tuple[str, tuple[str, ...]]], *, install: bool) -> str:
    """The commands as one script, what each prints in a file of its own."""
    lines = ["set -e", "set -m", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for number, (command, _) in enumerate(steps):
        out = f"out.{number}"
        if command.startswith("pip install"):
            command = f"pip install -q {shlex.quote(f'{ROOT}[contract]')} pytest" if install else "true"
        if command.endswith(" &"):
            lines += [f"touch {out}", f"{command[:-2]} > {out} 2>&1 &"]
            lines.append(f"until grep -q ' at http' {out}; do kill -0 $!; done")
        elif command.startswith("kill"):
            # A person does not notice that a process takes a moment to go.
            lines.append(f"{command}; wait || true")
        else:
            lines.append(f"( {command} ) > {out} 2>&1")
    return "\n".join(lines) + "\n"


def wrong(folder: Path, path: Path = PAGE, *, install: bool = False) -> list[str]:
    """Follow a page in an empty folder: what did not come out as it says."""
    page = path.read_text(encoding="utf-8")
    for port, free in zip(PORTS, free_ports(), strict=True):
        page = page.replace(port, free)
    for name, text in files(page).items():
        (folder / name).write_text(text, encoding="utf-8")
    # Whatever project the folder is in, its settings are not the reader's.
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    steps = commands(page)
    (folder / "page.sh").write_text(script(steps, install=install), encoding="utf-8")
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "page.sh"],  # noqa: S607 - wherever it is
        cwd=folder,
        env={**os.environ, "PATH": here, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    found = [f"the script ended with {done.returncode}: {done.stderr}"] if done.returncode else []
    for number, (command, printed) in enumerate(steps):
        out = folder / f"out.{number}"
        text = out.read_text(encoding="utf-8") if out.exists() else ""
        found += [
            f"{command}: {line!r} is not in {text!r}"
            for line in printed
            if " ".join(line.split()) not in " ".join(text.split())
        ]
    return found


def free_ports() -> list[str]:
    """A free port for each that the page names."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in PORTS]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [str(sock.getsockname()[1]) for sock in sockets]


def main() -> None:
    """Follow the page, and exit with 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="install the project first, as the page says")
    with tempfile.TemporaryDirectory() as folder:
        found = wrong(Path(folder), install=parser.parse_args().install)
    print("\n".join(found) or "the page is right")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
