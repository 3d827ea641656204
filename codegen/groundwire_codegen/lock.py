"""`groundwire.lock`: hashes of the inputs and the output, published names, and decisions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from keyword import iskeyword
from typing import Any, Final, cast

from attrs import field, frozen

from .problem import Problem, SpecError, escape

FILE: Final = "groundwire.lock"
FORMAT: Final = 1
OPTIONAL: Final = ("decisions", "reviewed", "vendored", "constructs", "options")
"""Parts that are left out when there is nothing to say."""
ALLOWED: Final = "allowed"
"""In place of a place: the construct is taken although it is inside of what is generated."""
MESSAGES: Final = "messages"
ARROW: Final = " -> "
"""Between what a document said when a rule was last looked at, and what it says now."""
MAX_BYTES: Final = 64 * 1024 * 1024
"""A lock larger than this is refused; that of Google's largest API has 4 MB."""
_CLASS: Final = re.compile(r"[A-Z][A-Za-z0-9]*", re.ASCII)
_LOWER: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_UPPER: Final = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_SHAPES: Final = {
    **dict.fromkeys(("alias", "class", "enum", "message"), _CLASS),
    "variant": re.compile(r"[A-Z][A-Za-z0-9]*_?[0-9]*", re.ASCII),
    **dict.fromkeys(("field", "method", "parameter", "resource"), _LOWER),
    **dict.fromkeys(("constant", "value"), _UPPER),
    "family": re.compile("yes|no"),
}
"""The shapes of names by what they name. A lock is untrusted input, and its names become code."""


@frozen(kw_only=True)
class Lock:
    """A lock file. The empty one freezes nothing."""

    inputs: Mapping[str, str] = field(factory=dict[str, str])
    """SHA-256 of the document and the overlay, the options, and the generator."""
    files: Mapping[str, str] = field(factory=dict[str, str])
    """SHA-256 of every generated file, by path."""
    names: Mapping[str, str] = field(factory=dict[str, str])
    """Published names by what they name."""
    revision: str = ""
    """Of the document."""
    decisions: Mapping[str, str] = field(factory=dict[str, str])
    """Decisions that callers see, as first published: positional arguments, optional bodies, pagers, polls."""
    reviewed: Mapping[str, str] = field(factory=dict[str, str])
    """The document's statements on each place of an overlay rule, when the rule was last changed."""
    vendored: Mapping[str, str] = field(factory=dict[str, str])
    """The options of a vendored copy; empty for a client that was generated in place."""
    constructs: Mapping[str, str] = field(factory=dict[str, str])
    """Constructs of the document that the generator does not know, by name: the first place of one that is ignored outside
    of schemas, or `allowed` for one that the caller takes."""
    options: Mapping[str, str] = field(factory=dict[str, str])
    """Options that `check` and `upgrade` take from here where they are not given."""

    @property
    def messages(self) -> tuple[str, ...] | None:
        """The schemas of the option `messages`; None where it was not given."""
        stated = self.options.get(MESSAGES)
        return None if stated is None else tuple(stated.split("\n")) if stated else ()

    @property
    def allowed(self) -> tuple[str, ...]:
        """The constructs that the caller took."""
        return tuple(name for name, where in self.constructs.items() if where == ALLOWED)

    @property
    def awaits_review(self) -> bool:
        """Return True if the document has changed under a rule that nobody has reviewed since."""
        return any(ARROW in mark for mark in self.reviewed.values())

    def text(self) -> str:
        """The file's content."""
        value: dict[str, object] = {
            "lock": FORMAT,
            "revision": self.revision,
            "inputs": dict(sorted(self.inputs.items())),
            "files": dict(sorted(self.files.items())),
            "names": dict(sorted(self.names.items())),
        }
        for key in OPTIONAL:
            part: Mapping[str, str] = getattr(self, key)
            if part:
                value[key] = dict(sorted(part.items()))
        return json.dumps(value, indent=1, ensure_ascii=True) + "\n"


def read_lock(text: str) -> Lock:
    """Read a lock file. Raises SpecError when it is not one."""
    if text.startswith("\ufeff"):
        raise SpecError([Problem(FILE, "", "starts with a byte order mark", "save it as UTF-8 without one")])
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise SpecError([Problem(FILE, "", "not JSON", "restore it from version control")]) from None
    root = _object(value)
    if root is None or root.get("lock") != FORMAT:
        raise SpecError([Problem(FILE, "/lock", f"not a lock of format {FORMAT}", "restore it")])
    parts: dict[str, dict[str, str]] = {}
    for key in ("inputs", "files", "names", *OPTIONAL):
        part = _object(root.get(key, {} if key in OPTIONAL else None))
        if part is None or not all(isinstance(each, str) for each in part.values()):
            raise SpecError([Problem(FILE, f"/{key}", "expected an object of strings", "restore it")])
        parts[key] = part
    odd = [key for key, name in parts["names"].items() if not is_published_name(key, name)]
    if odd:
        raise SpecError(
            Problem(
                FILE, f"/names/{escape(key)}", f"{parts['names'][key][:80]!r} is not a name", "restore it"
            )
            for key in odd
        )
    revision = root.get("revision", "")
    if not isinstance(revision, str):
        raise SpecError([Problem(FILE, "/revision", "expected a string", "restore it")])
    return Lock(**parts, revision=revision)


def is_published_name(key: str, name: str) -> bool:
    """Return True if a name has the shape that the allocator gives to names of this kind."""
    return _has_shape(key.partition(":")[0], name)


@lru_cache(maxsize=50_000)
def _has_shape(kind: str, name: str) -> bool:
    shape = _SHAPES.get(kind)
    return shape is not None and shape.fullmatch(name) is not None and not iskeyword(name)


def _object(value: Any) -> dict[str, Any] | None:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def is_older(revision: str, other: str) -> bool:
    """Return True if one revision of a document came before another; revisions are dates, or numbers that grow."""
    if not (revision.isdecimal() and other.isdecimal()):
        return False
    return (len(revision), revision) < (len(other), other)


def digest(data: bytes | str) -> str:
    """Return the SHA-256 in hex."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def with_lf(data: bytes) -> bytes:
    """Return a text file with LF as its line end: a checkout may have made it CRLF."""
    return data.replace(b"\r\n", b"\n")


def file_digest(data: bytes | str) -> str:
    """Return the SHA-256 of a text file in hex, the same for LF and CRLF."""
    return digest(with_lf(data.encode() if isinstance(data, str) else data))


@cache
def generator_digest() -> str:
    """Return the SHA-256 over the generator's own files: another generator may give another output."""
    whole = hashlib.sha256()
    for path, content in sorted(_sources(resources.files(__package__ or ""), "")):
        whole.update(f"{path}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def _sources(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        path = f"{prefix}{entry.name}"
        if entry.is_dir() and entry.name != "__pycache__":
            found += _sources(entry, f"{path}/")
        elif entry.name.endswith((".py", ".jinja")):
            found.append((path, with_lf(entry.read_bytes())))
    return found
