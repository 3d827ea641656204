"""The state of a stand-in of Cloud Storage and Drive: objects, uploads in progress, and what it was told to break."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import define, field

PIECE: Final = 1024 * 1024


@define(eq=False)
class Stored:
    """An object: its metadata, and the file with its bytes."""

    metadata: dict[str, Any]
    content_type: str
    file: Path
    generation: int = 1

    _sums: tuple[int, bytes] | None = None

    def sums(self) -> tuple[int, bytes]:
        """Return the size of the object and its MD5."""
        if self._sums is None:
            md5, size = hashlib.md5(usedforsecurity=False), 0
            with self.file.open("rb") as file:
                while piece := file.read(PIECE):
                    md5.update(piece)
                    size += len(piece)
            self._sums = size, md5.digest()
        return self._sums

    def resource(self, *, is_drive: bool) -> dict[str, Any]:
        """Return the JSON of the object."""
        size, digest = self.sums()
        name = self.metadata.get("name", "")
        if is_drive:
            facts = {"kind": "drive#file", "id": name, "mimeType": self.content_type}
            return {**self.metadata, **facts, "size": str(size), "md5Checksum": digest.hex()}
        md5 = base64.b64encode(digest).decode()
        facts = {"kind": "storage#object", "contentType": self.content_type, "md5Hash": md5}
        return {**self.metadata, **facts, "size": str(size), "generation": str(self.generation)}


@define(eq=False)
class Session:
    """A resumable upload in progress."""

    target: str
    metadata: dict[str, Any]
    content_type: str
    file: Path
    kept: int = 0


@define(eq=False)
class Sent:
    """A request that came. `body` is what of it was read, of a large one its start."""

    verb: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = b""


@define(eq=False)
class Service:
    """The state of a stand-in.

    `cuts`: bytes of media after which a connection is cut, one for each request that carries some, or with the status of an
    answer that comes in place of a cut; None: not cut. `faults`: statuses that requests get in place of an answer, one each; 0: the connection is cut, None: no fault.
    """

    folder: Path
    cuts: deque[int | tuple[int, int] | None] = field(factory=deque["int | tuple[int, int] | None"])
    faults: deque[int | None] = field(factory=deque["int | None"])
    location: Callable[[str], str] = str
    """Makes the address of a session of the one that the stand-in would give."""
    hash_of: Callable[[str], str] = str
    """Makes the checksums that are stated of the right ones."""
    names_version: bool = True
    answers_all: bool = False
    """It answers every other method with an empty object."""
    has_conditions: bool = True
    """It heeds `if-range`."""
    objects: dict[str, Stored] = field(factory=dict[str, Stored])
    sessions: dict[str, Session] = field(factory=dict[str, Session])
    sent: list[Sent] = field(factory=list[Sent])
    cut: int = 0
    """Connections that were cut."""
    url: str = ""
    lock: threading.Lock = field(factory=threading.Lock)

    def put(self, key: str, data: bytes | Path, content_type: str = "text/plain") -> Stored:
        """Store an object; the key is `bucket/name`, or the id of a file of Drive."""
        path = self.new_file()
        if isinstance(data, Path):
            path = data
        else:
            path.write_bytes(data)
        before = self.objects.get(key)
        generation = 1 if before is None else before.generation + 1
        metadata = {"name": key.partition("/")[2] or key}
        stored = self.objects[key] = Stored(metadata, content_type, path, generation)
        return stored

    def listed(self, bucket: str) -> list[dict[str, Any]]:
        """Return the JSON of the objects of a bucket, or for "" of the files of Drive."""
        return [
            stored.resource(is_drive=not bucket)
            for key, stored in sorted(self.objects.items())
            if ("/" in key) == bool(bucket) and key.startswith(f"{bucket}/" if bucket else "")
        ]

    def patch(self, key: str, changes: Mapping[str, Any]) -> Stored:
        """Change the metadata of an object as a merge patch does (RFC 7396)."""
        stored = self.objects[key]
        stored.metadata = _patched(stored.metadata, changes)
        return stored

    def data(self, key: str) -> bytes:
        """Return the bytes of an object."""
        return self.objects[key].file.read_bytes()

    def new_file(self) -> Path:
        """Return the path of a new file."""
        with self.lock:
            number = len([*self.folder.iterdir()])
            path = self.folder / f"{number}"
            path.touch()
            return path


def _patched(value: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    patched = dict(value) if isinstance(value, dict) else {}
    for name, change in changes.items():
        if change is None:
            patched.pop(name, None)
        else:
            patched[name] = _patched(patched.get(name), change) if isinstance(change, dict) else change
    return patched
