"""The inputs that decide a run's output: document, overlay and options."""

from __future__ import annotations

from collections.abc import Mapping
from keyword import iskeyword
from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

from .lock import Lock, digest, file_digest, generator_digest
from .problem import Problem, SpecError
from .read.overlay import MAX_BYTES as OVERLAY_BYTES
from .read.overlay import read_overlay
from .read.source import MAX_BYTES as DOCUMENT_BYTES
from .regular import read_regular

__all__ = [
    "DOCUMENT_BYTES",
    "OVERLAY_BYTES",
    "Inputs",
    "check_text",
    "inputs_from",
    "is_package_name",
    "package_name",
    "read_input",
    "recorded",
]

LARGE_ABOVE: Final = 200
"""Types, or methods, above which a client gets a module for each schema and each resource."""
_OWN_PIPES: Final = Path("/dev/fd")
_LOCALE: Final = "use another name, or UTF-8: PYTHONUTF8=1"


@frozen(kw_only=True)
class Inputs:
    """Everything that decides the output. `name` is the document's file name, without its folder."""

    name: str
    document: bytes
    overlay: bytes | None = None
    package: str
    methods: tuple[str, ...] = ()
    messages: tuple[str, ...] | None = None
    """Schemas to generate besides those that methods reach; None: the overlay's, else all where no methods are chosen."""
    allow_constructs: tuple[str, ...] = ()
    """Constructs that the reader does not know and ignores."""
    allow_hosts: tuple[str, ...] = ()
    references: Mapping[str, bytes] = field(factory=dict[str, bytes])
    """The other documents that an OpenAPI document refers to, by URI."""
    large_above: int = LARGE_ABOVE
    """Types, or methods, above which a new client is large. It is no option of a command: the lock keeps the layout."""
    base: str = ""
    """The URI that references are relative to: the document's URL, or its path below the folder that bounds them."""

    def __attrs_post_init__(self) -> None:
        """Raise SpecError for text that came in bytes which the locale cannot decode."""
        check_text(
            document=self.name,
            package=self.package,
            methods=" ".join(self.methods),
            messages=" ".join(self.messages or ()),
            allow_construct=" ".join(self.allow_constructs),
            allow_host=" ".join(self.allow_hosts),
            root=self.base,
        )

    def digests(self) -> dict[str, str]:
        """The hashes of the inputs that the lock keeps; one of all references, where there are any."""
        options = [self.name, self.package, *sorted(self.methods), "", *sorted(self.allow_hosts)]
        if self.messages is not None:
            options += ["messages", *sorted(self.messages)]
        if self.allow_constructs:
            options += ["constructs", *sorted(self.allow_constructs)]
        references = [f"{uri}\0{file_digest(data)}" for uri, data in sorted(self.references.items())]
        return {
            **({"references": digest("\0".join([self.base, *references]))} if references else {}),
            "document": file_digest(self.document),
            "generator": generator_digest(),
            "options": digest("\0".join(options)),
            "overlay": file_digest(self.overlay) if self.overlay is not None else "",
        }


def recorded(inputs: Inputs, lock: Lock | None) -> Inputs:
    """Return inputs with the options that a lock keeps, where they are not given."""
    if lock is None:
        return inputs
    return evolve(
        inputs,
        messages=lock.messages if inputs.messages is None else inputs.messages,
        allow_constructs=tuple(sorted({*inputs.allow_constructs, *lock.allowed})),
    )


def inputs_from(
    document: Path,
    overlay: Path | None,
    *,
    package: str,
    methods: tuple[str, ...] = (),
    messages: tuple[str, ...] | None = None,
    allow_constructs: tuple[str, ...] = (),
    allow_hosts: tuple[str, ...] = (),
    root: Path | None = None,
) -> Inputs:
    """Read a document, its overlay, and the documents that it refers to. Raises SpecError and OSError."""
    from .references import read_references

    data = read_input(document, DOCUMENT_BYTES)
    references = read_references(document, data, root)
    return Inputs(
        name=document.name,
        document=data,
        overlay=None if overlay is None else read_input(overlay, OVERLAY_BYTES),
        package=package,
        methods=methods,
        messages=messages,
        allow_constructs=allow_constructs,
        allow_hosts=tuple(host.lower() for host in allow_hosts),
        references=references.contents,
        base=references.base,
    )


def read_input(path: Path, limit: int) -> bytes:
    """Return a file of the command line, or as much of it as shows that it is larger than the limit.

    A pipe is read only if this process was started with it, as `<(command)` is. Raises SpecError and OSError.
    """
    if path.parent == _OWN_PIPES:
        with path.open("rb") as file:
            return file.read(limit + 1)
    return read_regular(path, limit)


def check_text(**values: str) -> None:
    """Raise SpecError for a value that came in bytes that the locale cannot decode: it becomes text of a file."""
    wrong = [
        Problem("options", f"/{key}", f"{value!a} is not text in this locale", _LOCALE)
        for key, value in values.items()
        if any("\ud800" <= character <= "\udfff" for character in value)
    ]
    if wrong:
        raise SpecError(wrong)


def package_name(name: str | None, overlay: bytes | None, folder: str) -> str:
    """The package's name: the one given, else the overlay's, else the folder's."""
    if name is not None:
        return name
    said = read_overlay(overlay)[0].package if overlay is not None else None
    return said or folder


def is_package_name(name: str) -> bool:
    """Return True if a name can be imported."""
    return all(part.isidentifier() and not iskeyword(part) for part in name.split("."))
