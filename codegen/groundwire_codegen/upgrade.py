"""Upgrading: a new document takes the old one's place, with the client that it gives and a line of the changelog, or nothing does."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .emit import Emitted, emit, lock_of
from .inputs import Inputs
from .lock import Lock
from .pipeline import Output, generate
from .problem import Problem, SpecError
from .whole import write_whole

_UNRELEASED: Final = re.compile(r"^## \[?Unreleased\]?.*\n", re.MULTILINE | re.IGNORECASE)
_RELEASE: Final = re.compile(r"^## ", re.MULTILINE)
_CHANGED: Final = re.compile(r"^### Changed[ \t]*\n+", re.MULTILINE)


def upgraded(inputs: Inputs, out: Path) -> Output:
    """What the folder becomes with a new document. Raises SpecError, also when the folder holds no client."""
    before = lock_of(out)
    if before is None:
        raise SpecError([Problem(out.name, "", "holds no generated client", "generate it first")])
    return generate(inputs, before)


def upgrade(document: Path, inputs: Inputs, out: Path, output: Output, changelog: Path | None) -> Emitted:
    """Write the new document, the client and the changelog; on a failure all are what they were.

    The client comes last: a run that is killed leaves the old one, which `check` finds stale, and can be run again.
    Raises SpecError or OSError.
    """
    contents = {document: inputs.document}
    if changelog is not None:
        text = _text(changelog)
        line = entry(inputs.package, lock_of(out) or Lock(), output.lock)
        contents[changelog] = with_entry(text, line, changelog.name).encode()
    with _replaced(contents):
        return emit(out, output.files)


def _text(changelog: Path) -> str:
    try:
        return changelog.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SpecError([Problem(changelog.name, "", f"not UTF-8 at byte {error.start}")]) from None


def entry(package: str, before: Lock, now: Lock) -> str:
    """The line of the changelog."""
    joined = len(now.names.keys() - before.names.keys())
    gone = len(before.names.keys() - now.names.keys())
    moved = sum(now.names.get(key, name) != name for key, name in before.names.items())
    names = f"{joined} names joined, {gone} went, {moved} moved"
    return f"- `{package}` follows revision {now.revision or '?'} of the description, after {before.revision or '?'}: {names}."


def with_entry(text: str, line: str, name: str) -> str:
    """A changelog with a line under Unreleased, Changed; unchanged when it is there. Raises SpecError without such a part."""
    start = _UNRELEASED.search(text)
    if start is None:
        raise SpecError([Problem(name, "", "no heading `## [Unreleased]`", "add one")])
    release = _RELEASE.search(text, start.end())
    end = len(text) if release is None else release.start()
    part = text[start.end() : end]
    if line in part.splitlines():
        return text
    changed = _CHANGED.search(part)
    if changed is not None:
        part = f"{part[: changed.end()]}{line}\n{part[changed.end() :]}"
    else:
        above = f"{body}\n" if (body := part.rstrip("\n")) else ""
        below = "" if release is None else "\n"
        part = f"{above}\n### Changed\n\n{line}\n{below}"
    return f"{text[: start.end()]}{part}{text[end:]}"


@contextmanager
def _replaced(contents: Mapping[Path, bytes]) -> Generator[None]:
    """Files with other contents, each replaced in one step; what they were again when the body fails."""
    # What a link leads to is replaced, and not the link.
    after = {path.resolve(): data for path, data in contents.items()}
    before = {path: path.read_bytes() for path in after}
    try:
        for path, data in after.items():
            if before[path] != data:
                write_whole(path, data)
        yield
    except BaseException:
        for path, data in before.items():
            if path.read_bytes() != data:
                write_whole(path, data)
        raise
