"""The options of a vendored copy. The manifest keeps them for checks and updates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import evolve, fields, frozen

from ..folder import content, lock_of
from ..inputs import check_text, is_package_name
from ..lock import FILE, Lock
from ..problem import Problem, SpecError, escape

EXTRAS: Final = ("batch", "converter", "downloads", "exports", "oauth2")
NONE: Final = "-"
"""In place of the names of schemas: none but those that methods reach."""
_PUBLISHED: Final = b'    "converter",'
_RUNTIME: Final = re.compile(r"(\.{1,8})?([^\W\d]\w*)(\.[^\W\d]\w*)*", re.ASCII)


@frozen(kw_only=True)
class Order:
    """The options of a vendored copy. Lists are words with a space between, paths are relative to the copy."""

    client: str = "groundwire"
    """Importable package to copy, unless a document is named."""
    document: str = ""
    root: str = ""
    """The folder that references of the document may lead into; the document's own by default."""
    overlay: str = ""
    methods: str = ""
    messages: str = ""
    """Schemas besides what methods reach, or NONE."""
    constructs: str = ""
    """Unknown constructs of the document that are ignored."""
    package: str = ""
    """The name of the copy in its own documentation."""
    runtime: str = ""
    """Package to import the runtime from, in place of a copy in `_runtime`."""
    extras: str = ""

    def check(self) -> None:
        """Raise SpecError when parts of it cannot be had."""
        check_text(**self.manifest())
        wrong: list[Problem] = []
        if self.methods and not self.document:
            hint = "name the document that the client is generated from: --document FILE"
            wrong.append(Problem("options", "/methods", "an installed client has the methods it has", hint))
        for key in ("messages", "constructs"):
            if getattr(self, key) and not self.document:
                hint = "name the document too: --document FILE"
                wrong.append(
                    Problem("options", f"/{key}", "are of a document that a client is made from", hint)
                )
        if self.root and not self.document:
            hint = "name the document too: --document FILE"
            wrong.append(Problem("options", "/root", "bounds the references of a document", hint))
        if self.package and not is_package_name(self.package):
            wrong.append(Problem("options", "/package", f"{self.package!r} is not a package name"))
        if self.runtime and not (
            _RUNTIME.fullmatch(self.runtime) and is_package_name(self.runtime.lstrip("."))
        ):
            wrong.append(Problem("options", "/runtime", f"{self.runtime!r} is not a package name"))
        wrong += [
            Problem("options", "/with", f"no part {extra!r}", f"one of {', '.join(EXTRAS)}")
            for extra in self.extras.split()
            if extra not in EXTRAS
        ]
        if wrong:
            raise SpecError(wrong)

    @property
    def wanted(self) -> tuple[str, ...] | None:
        """The schemas besides what methods reach, as `Inputs` has them."""
        return () if self.messages == NONE else tuple(self.messages.split()) or None

    def manifest(self) -> dict[str, str]:
        """Return the options that the manifest keeps."""
        values: dict[str, str] = {each.name: getattr(self, each.name) for each in fields(Order)}
        return {
            key: value for key, value in values.items() if value and not (self.document and key == "client")
        }


def repository_of(folder: Path) -> Path | None:
    """Return the nearest folder above a copy that is a git repository, None without one."""
    return next((above for above in folder.resolve().parents if (above / ".git").exists()), None)


def manifest_of(folder: Path) -> Lock | None:
    """The manifest of a vendored copy, None where nothing is. Raises SpecError for a client that was generated in place."""
    lock = lock_of(folder)
    if lock is not None and not lock.vendored and "vendored_by" not in lock.inputs:
        raise SpecError([Problem(folder.name, "", "holds a generated client", "choose another DESTINATION")])
    return lock


def order_of(folder: Path) -> tuple[Lock, Order]:
    """The manifest of a vendored copy, and how it was asked for. Raises SpecError when the folder is none."""
    lock = lock_of(folder)
    if lock is None or not lock.vendored:
        hint = "make one: groundwire-codegen vendor DESTINATION"
        raise SpecError([Problem(folder.name, "", "no vendored copy that says how it was asked for", hint)])
    return lock, _with_converter(_read(lock.vendored), folder)


def _with_converter(order: Order, folder: Path) -> Order:
    """Return the order with the converter where the copy publishes one: before it was an option, every copy did."""
    entry = content(folder / "__init__.py") or b""
    extras = {*order.extras.split(), *(["converter"] if _PUBLISHED in entry else [])}
    return evolve(order, extras=" ".join(sorted(extras)))


def _read(kept: Mapping[str, str]) -> Order:
    unknown = kept.keys() - {each.name for each in fields(Order)}
    if unknown:
        raise SpecError(
            Problem(FILE, f"/vendored/{escape(key)}", "unknown option", "use the version that wrote it")
            for key in unknown
        )
    order = Order(**kept)
    order.check()
    return order
