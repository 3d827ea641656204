"""Find the type errors that a new client brings to a user's code."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from .problem import Problem, SpecError, visible

SECONDS: Final = 900
"""For one run of the checker."""
_OPTIONS: Final = ("--output=json", "--no-error-summary", "--check-untyped-defs")
_UNSEEN: Final = (
    "name code that imports it; settings of mypy may lead the import elsewhere, or leave the code out"
)
_SHOWN: Final = 2_000
"""Characters that are shown of what a checker says when it cannot check."""


@frozen(order=True)
class Finding:
    """An error of a checker: the file, the line and the column from 1, the code, the message."""

    file: str
    line: int
    column: int
    code: str
    message: str

    def __str__(self) -> str:
        code = f" [{self.code}]" if self.code else ""
        return visible(f"{self.file}:{self.line}:{self.column}: error: {self.message}{code}")

    @property
    def place(self) -> tuple[str, int, int, str]:
        """The part of an error that is compared, since its message may name a type that changed."""
        return self.file, self.line, self.column, self.code


def errors_brought(paths: Sequence[Path], out: Path, files: Mapping[str, str]) -> tuple[Finding, ...]:
    """Check code with mypy, by the settings of the working directory, against the client in `out` and the one in `files`.

    Untyped functions are checked too. Raises SpecError when mypy is missing, cannot check the code, or does not see the
    client in it.
    """
    if find_spec("mypy") is None:
        raise SpecError([Problem("options", "/against", "mypy is not installed", "pip install mypy")])
    wrong = [Problem(str(path), "", "no such file or folder") for path in paths if not path.exists()]
    if wrong:
        raise SpecError(wrong)
    targets = [*paths, *([] if any(_holds(path, out) for path in paths) else [out])]
    with tempfile.TemporaryDirectory(prefix="groundwire-") as folder:

        def checked(name: str, texts: Mapping[str, str]) -> tuple[Finding, ...]:
            cache = f"--cache-dir={Path(folder) / 'cache'}"
            return _checked(targets, out, [cache, *_shadowed(Path(folder) / name, out, texts)])

        before = checked("old", {})
        found = brought(before, checked("new", files))
        # No error says something only where the client's absence would be one.
        if not found and not brought(before, checked("none", dict.fromkeys(files, ""))):
            raise SpecError(
                [Problem("options", "/against", f"mypy sees no use of {out.name} there", _UNSEEN)]
            )
    return found


def _shadowed(folder: Path, out: Path, texts: Mapping[str, str]) -> list[str]:
    """Options by which the checker reads other texts for the files of the client; of one that is not there yet it cannot."""
    options: list[str] = []
    for path, text in sorted(texts.items()):
        if path.endswith(".py") and (out / path).is_file():
            shadow = folder / path
            shadow.parent.mkdir(parents=True, exist_ok=True)
            shadow.write_text(text, "utf-8")
            options += ["--shadow-file", str(out / path), str(shadow)]
    return options


def brought(before: Sequence[Finding], after: Sequence[Finding]) -> tuple[Finding, ...]:
    """The errors that are new. One that stood in the same place with the same code is an old one, whatever it says."""
    known = Counter(finding.place for finding in before)
    new: list[Finding] = []
    for finding in sorted(after):
        if known[finding.place]:
            known[finding.place] -= 1
        else:
            new.append(finding)
    return tuple(new)


def _holds(path: Path, out: Path) -> bool:
    return out.resolve().is_relative_to(path.resolve())


def _checked(targets: Sequence[Path], out: Path, more: Sequence[str]) -> tuple[Finding, ...]:
    """The errors in the code, without those in the client itself."""
    command = [sys.executable, "-P", "-m", "mypy", *_OPTIONS, *more, "--", *map(str, targets)]
    try:
        done = subprocess.run(  # noqa: S603 - the checker that is installed here
            command,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SpecError([Problem("mypy", "", f"not done after {SECONDS} s")]) from None
    if done.returncode not in (0, 1):
        said = " ".join((done.stdout + done.stderr).split())[:_SHOWN]
        raise SpecError([Problem("mypy", "", f"cannot check the code: {said}")])
    found = filter(None, map(_finding, done.stdout.splitlines()))
    own = out.resolve()
    return tuple(each for each in found if not Path(each.file).resolve().is_relative_to(own))


def _finding(line: str) -> Finding | None:
    try:
        value: Any = json.loads(line)
    except ValueError:
        return None
    if value.get("severity") != "error":
        return None
    return Finding(
        file=value["file"],
        line=value["line"],
        column=value["column"] + 1,
        code=value["code"] or "",
        message=value["message"],
    )
