"""What moved since a lock was written: the inputs that differ, and the files that were edited by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from .lock import Lock, digest


@frozen
class Edit:
    """A file that is not what the lock says. `line` is the first that differs, where the original is known."""

    path: str
    line: int | None = None
    gone: bool = False

    def __str__(self) -> str:
        if self.gone:
            return f"{self.path} is gone"
        return self.path if self.line is None else f"{self.path}, line {self.line}"


def moved_inputs(lock: Lock, digests: Mapping[str, str]) -> tuple[str, ...]:
    """The inputs that are not those of the lock: document, generator, options, overlay."""
    return tuple(key for key in sorted(digests) if lock.inputs.get(key) != digests[key])


def edits(lock: Lock, have: Mapping[str, bytes | None], want: Mapping[str, str]) -> Iterator[Edit]:
    """The files of a lock that were edited or are gone, beside what generating gives now."""
    for path, hashed in sorted(lock.files.items()):
        content = have.get(path)
        if content is not None and digest(content) == hashed:
            continue
        original = want.get(path)
        known = content is not None and original is not None and digest(original) == hashed
        line = first_difference(content or b"", (original or "").encode()) if known else None
        yield Edit(path, line, gone=content is None)


def first_difference(one: bytes, other: bytes) -> int:
    """The number of the first line that differs; the last, when only the end of the file does."""
    lines, others = one.split(b"\n"), other.split(b"\n")
    for number, (line, its) in enumerate(zip(lines, others, strict=False), 1):
        if line != its:
            return number
    return min(len(lines), len(others))
