"""A repository with its origin, and a `gh` that writes down what it is asked."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

GH: Final = """\
#!/usr/bin/env python3
import json, os, sys
from pathlib import Path
asked = Path(os.environ["GH_LOG"])
arguments = sys.argv[1:]
if "--body-file" in arguments:
    place = arguments.index("--body-file") + 1
    arguments[place] = Path(arguments[place]).read_text("utf-8")
asked.write_text(asked.read_text("utf-8") + json.dumps(arguments) + "\\n", "utf-8")
if arguments[:2] == ["pr", "list"]:
    print(os.environ.get("GH_OPEN", ""))
"""


class Origin:
    """The bare origin of a checkout, whose branch is pushed to it as it is."""

    def __init__(self, folder: Path, checkout: Path, environment: Mapping[str, str] = os.environ) -> None:
        self.checkout = checkout
        self.path = folder / "origin.git"
        self._log = folder / "gh.log"
        self._log.touch()
        for name in ("bin", "home"):
            (folder / name).mkdir()
        (folder / "bin" / "gh").write_text(GH, "utf-8")
        (folder / "bin" / "gh").chmod(0o755)
        self.environment: dict[str, str] = {
            **environment,
            "HOME": str(folder / "home"),
            "PATH": f"{folder / 'bin'}{os.pathsep}{environment['PATH']}",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GH_LOG": str(self._log),
        }
        self.git(folder, "clone", "--quiet", "--bare", str(checkout), str(self.path))
        self.git(checkout, "remote", "add", "origin", str(self.path))

    def git(self, where: Path, *arguments: str) -> str:
        """What git prints; it has to succeed."""
        return git(where, self.environment, *arguments)

    def asked(self) -> list[list[str]]:
        """What `gh` was asked since the last time, without the sign-in."""
        lines = [json.loads(line) for line in self._log.read_text("utf-8").splitlines()]
        self._log.write_text("")
        return [line for line in lines if line[0] == "pr"]


def git(where: Path, environment: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["git", *arguments],  # noqa: S607 - wherever it is
        cwd=where,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
