"""Print a digest of every package that this repository holds the text of, and compare: `python -m tests.codegen.digests`."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from groundwire_codegen.emit import lock_of
from groundwire_codegen.lock import FILE
from groundwire_codegen.pipeline import generate

from tests.codegen.packages import CASES, ROOT, case_inputs, earth_engine


def held(folder: Path) -> dict[str, str]:
    """What the repository holds; the lock apart, which has a hash of the generator itself."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in folder.rglob("*")
        if path.is_file() and path.name != FILE and "__pycache__" not in path.parts
    }


def digest(files: Mapping[str, str]) -> str:
    """One hash over files and their names."""
    return hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()


def main() -> int:
    """1 when a package is not what the repository holds."""
    print(f"# Python {platform.python_version()}, jinja2 {version('jinja2')}")
    client = ROOT / "generated" / "groundwire"
    found = {case / "want": generate(case_inputs(case)) for case in CASES}
    found[client] = generate(earth_engine(), lock_of(client))
    different = 0
    for folder, output in found.items():
        files = {path: text for path, text in output.files.items() if path != FILE}
        same = files == held(folder)
        different += not same
        name = folder.relative_to(ROOT).as_posix()
        print(f"{digest(files)} {name}{'' if same else ': not what the repository holds'}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
