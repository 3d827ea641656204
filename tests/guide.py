"""`python -m tests.guide`: do what the guides in docs/ say, line by line, and compare what comes of it.

The files of a page are written into an empty folder, and its commands run there as one script. With `--install` they run in
an empty environment, into which the project itself is installed in place of what is published.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from .audits.builds.descriptions import descriptions

ROOT: Final = Path(__file__).parent.parent
TESTING: Final = ROOT / "docs" / "testing.md"
TEAMS: Final = ROOT / "docs" / "teams.md"
STAND_IN: Final = ROOT / "docs" / "stand-in.md"
BUILDS: Final = ROOT / "docs" / "builds.md"
GEOSPATIAL: Final = ROOT / "docs" / "geospatial.md"
GOOGLE: Final = ROOT / "docs" / "google-apis.md"
PORTS: Final = ("8085", "8086")
BRINGS: Final = ("pip ", "nox ", "pre-commit ", "git commit")
"""Commands that may bring packages, from where they really are."""
_PUBLISHED: Final = re.compile(r'"groundwire\[([a-z,]+)\]"')
_FILE: Final = re.compile(r"^`([\w./-]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
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
        out = f"../out.{number}"
        if command.endswith(" &"):
            lines += [f"touch {out}", f"{command[:-2]} > {out} 2>&1 &"]
            lines.append(f"until grep -qE ' (at|on) http' {out}; do kill -0 $!; done")
        elif command.startswith("kill"):
            # A person does not notice that a process takes a moment to go.
            lines.append(f"{command}; wait || true")
        else:
            lines.append(f"( {_here(command, install=install)} ) > {out} 2>&1")
    return "\n".join(lines) + "\n"


def _here(command: str, *, install: bool) -> str:
    """A command of a page for this place: what it brings is the project itself, or is here."""
    if install and command.startswith(BRINGS):
        return f"unset HTTPS_PROXY SSL_CERT_FILE; {command}"
    if not install and command.startswith("pip "):
        return "true"
    return command if install else re.sub("^nox ", "nox --no-venv --no-install ", command)


def wrong(
    folder: Path, path: Path, environment: Mapping[str, str] = os.environ, *, install: bool = False
) -> list[str]:
    """Follow a page in an empty folder: what did not come out as it says. The script and its output stand beside the folder."""
    page = _PUBLISHED.sub(rf'"{ROOT}[\1]"', path.read_text(encoding="utf-8"))
    for port, free in zip(PORTS, free_ports(), strict=True):
        page = page.replace(port, free)
    work = folder / "work"
    # Whatever project the folder is in, its settings are not the reader's.
    for name, text in {"pytest.ini": "[pytest]\n", **files(page)}.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text, encoding="utf-8")
    steps = commands(page)
    (folder / "page.sh").write_text(script(steps, install=install), encoding="utf-8")
    done = subprocess.run(
        ["bash", "../page.sh"],  # noqa: S607 - wherever it is
        cwd=work,
        env={
            **environment,
            "PATH": f"{_tools(folder, install=install)}{os.pathsep}{environment['PATH']}",
            "PYTHONUNBUFFERED": "1",
        },
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


def _tools(folder: Path, *, install: bool) -> Path:
    """Where Python and what is installed with it are: in an empty environment, if asked for."""
    if not install:
        return Path(sys.executable).parent
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)  # noqa: S603 - our own
    return folder / "env" / "bin"


def free_ports() -> list[str]:
    """A free port for each that the page names."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in PORTS]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [str(sock.getsockname()[1]) for sock in sockets]


def main() -> None:
    """Follow the pages, and exit with 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="in an empty environment")
    install = parser.parse_args().install
    found: list[str] = []
    for page in (TESTING, TEAMS, STAND_IN, BUILDS, GEOSPATIAL, GOOGLE):
        with tempfile.TemporaryDirectory() as folder, descriptions(Path(folder)) as environment:
            found += [
                f"{page.name}: {line}" for line in wrong(Path(folder), page, environment, install=install)
            ]
    print("\n".join(found) or "the pages are right")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
