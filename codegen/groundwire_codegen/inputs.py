"""What the output of a run is decided by."""

from __future__ import annotations

from keyword import iskeyword
from pathlib import Path

from attrs import frozen

from .jsontext import MAX_BYTES as DOCUMENT_BYTES
from .lock import digest, generator_digest
from .overlay import MAX_BYTES as OVERLAY_BYTES
from .overlay import read_overlay

__all__ = ["DOCUMENT_BYTES", "OVERLAY_BYTES", "Inputs", "is_package_name", "package_name", "read_input"]


@frozen(kw_only=True)
class Inputs:
    """Everything that decides the output. `name` is the document's file name, without its folder."""

    name: str
    document: bytes
    overlay: bytes | None = None
    package: str
    methods: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()

    def digests(self) -> dict[str, str]:
        """What the lock keeps of the inputs."""
        return {
            "document": digest(self.document),
            "generator": generator_digest(),
            "options": digest(
                "\0".join([self.name, self.package, *sorted(self.methods), "", *sorted(self.allow_hosts)])
            ),
            "overlay": digest(self.overlay) if self.overlay is not None else "",
        }


def read_input(path: Path, limit: int) -> bytes:
    """A file of the command line, or as much of it as shows that it is larger than the limit. Raises OSError."""
    with path.open("rb") as file:
        return file.read(limit + 1)


def package_name(name: str | None, overlay: bytes | None, folder: str) -> str:
    """The package's name: the one given, else the overlay's, else the folder's."""
    if name is not None:
        return name
    said = read_overlay(overlay)[0].package if overlay is not None else None
    return said or folder


def is_package_name(name: str) -> bool:
    """Whether a name can be imported."""
    return all(part.isidentifier() and not iskeyword(part) for part in name.split("."))
