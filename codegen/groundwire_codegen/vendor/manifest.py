"""Compare a vendored copy with its manifest, and its client with the next one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from attrs import frozen

from ..diff import Diff, Given, compare, read_sides
from ..fetch.normal import normal
from ..folder import contents_of
from ..inputs import Inputs
from ..lock import FILE as LOCK
from ..lock import MAX_BYTES, Lock, file_digest, with_lf
from ..lower.selection import EVERY, wanted_schemas
from ..moved import edits, first_difference
from ..problem import Problem, SpecError
from ..read.overlay import Overlay, read_overlay
from ..read.text import read_text
from ..reader import is_openapi
from ..shipped import spec_folder
from .cut_openapi import cut

FILE: Final = "description.json"
_HINT: Final = "take the copy's own from version control"


def description(inputs: Inputs) -> str:
    """The file's content: JSON of the document, of the overlay, of the methods, and of the references if there are any.

    The document is cut to what the client needs; one of Discovery has no prose. Raises SpecError for one that is too large.
    """
    overlay = Overlay() if inputs.overlay is None else read_overlay(inputs.overlay)[0]
    wanted = inputs.methods or overlay.generate
    names = wanted_schemas(overlay, inputs.methods, inputs.messages)
    references: dict[str, Any] = {}
    if is_openapi(inputs.document):
        whole = read_text(inputs.document, inputs.name).value
        document, references = cut(
            whole, inputs.document, inputs.references, inputs.base, overlay, wanted, names
        )
    else:
        document = json.loads(normal(inputs.document, inputs.name, prose=False))
        document = _cut(document, overlay, wanted, names)
    value = {
        "document": document,
        "methods": sorted(inputs.methods),
        **({} if inputs.messages is None else {"messages": sorted(inputs.messages)}),
        **({"constructs": sorted(inputs.allow_constructs)} if inputs.allow_constructs else {}),
        "overlay": None if inputs.overlay is None else with_lf(inputs.overlay).decode(),
    }
    if references:
        value["references"] = references
        value["base"] = inputs.base
    # The order of media types and of alternatives counts in OpenAPI.
    in_order = is_openapi(inputs.document)
    text = json.dumps(value, separators=(",", ":"), sort_keys=not in_order, ensure_ascii=True) + "\n"
    if len(text) > MAX_BYTES:
        words = f"with what it refers to, larger than {MAX_BYTES} bytes as JSON"
        raise SpecError([Problem(inputs.name, "", words, "vendor fewer documents")])
    return text


def shipped(lock: Lock, package: str) -> Inputs | None:
    """Return the inputs of an installed client that Groundwire ships; None for any other."""
    folder = spec_folder()
    found: dict[str, Path] = {file_digest(path.read_bytes()): path for path in sorted(folder.glob("*.*"))}
    document, overlay = (found.get(lock.inputs.get(key, "")) for key in ("document", "overlay"))
    if document is None:
        return None
    return Inputs(
        name=document.name,
        document=document.read_bytes(),
        overlay=None if overlay is None else overlay.read_bytes(),
        package=package,
    )


def between(old: str, new: str, names: Mapping[str, str]) -> Diff:
    """Return the changes from one copy to the next; `names` are those that the old one published. Raises SpecError."""
    before, after = _read(old), _read(new)
    stated = [each.messages for each in (before, after) if each.messages is not None]
    sides = read_sides(
        before.given,
        after.given,
        methods=(*before.methods, *after.methods),
        messages=tuple({name for each in stated for name in each}) if len(stated) == 2 else None,
        published=names,
        allow_constructs=(*before.constructs, *after.constructs),
    )
    return compare(sides.old, sides.new)


@frozen
class _Description:
    """The document and the overlay of a copy, and the options that it was made with."""

    given: Given
    methods: tuple[str, ...]
    messages: tuple[str, ...] | None
    constructs: tuple[str, ...]


def _read(text: str) -> _Description:
    """Read the description of a copy. Raises SpecError for anything else."""
    try:
        value: Any = json.loads(text)
        document = json.dumps(value["document"]).encode()
        references = {
            str(uri): json.dumps(each).encode() for uri, each in value.get("references", {}).items()
        }
        base = str(value.get("base", ""))
        methods = tuple(map(str, value["methods"]))
        messages = tuple(map(str, value["messages"])) if "messages" in value else None
        constructs = tuple(map(str, value.get("constructs", ())))
        overlay = None if value["overlay"] is None else str(value["overlay"]).encode()
    except (AttributeError, ValueError, KeyError, TypeError, RecursionError):
        raise SpecError([Problem(FILE, "", "no description of a copy", _HINT)]) from None
    given = Given(name=FILE, document=document, overlay=overlay, references=references, base=base)
    return _Description(given, methods, messages, constructs)


def _cut(
    document: dict[str, Any], overlay: Overlay, wanted: Sequence[str], names: Sequence[str]
) -> dict[str, Any]:
    """The document with the wanted methods and schemas, and what they and the overlay name."""
    if not wanted:
        return document
    held = (pair.partition(":")[0] for rule in overlay.client.values() for pair in rule.fills)
    methods = {*wanted, *overlay.methods, *held}
    kept = _with_methods(document, methods)
    schemas: dict[str, Any] = document.get("schemas", {})
    own = schemas if EVERY in names else names
    reached = _closure([*_references(kept), *_named(overlay), *own], schemas)
    return {**kept, "schemas": {name: schema for name, schema in schemas.items() if name in reached}}


def _with_methods(node: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    """A document, or a resource, without other methods and without the resources that have none."""
    rest = {key: value for key, value in node.items() if key not in ("methods", "resources", "schemas")}
    methods: dict[str, Any] = node.get("methods", {})
    methods = {name: method for name, method in methods.items() if method.get("id") in wanted}
    below: dict[str, Any] = node.get("resources", {})
    below = {name: _with_methods(each, wanted) for name, each in below.items()}
    below = {name: each for name, each in below.items() if each.keys() & {"methods", "resources"}}
    return {
        **rest,
        **({"methods": methods} if methods else {}),
        **({"resources": below} if below else {}),
    }


def _named(overlay: Overlay) -> Iterator[str]:
    """The schemas that an overlay names."""
    for name, rule in overlay.messages.items():
        yield name
        for pairs in rule.packed.values():
            yield from (schema for schema in pairs.values())
    for said in overlay.methods.values():
        stated = (said.operation_metadata, "" if said.operation is None else said.operation.response)
        yield from (schema for schema in stated if schema)
    yield from (rule.field.partition(".")[0] for rule in overlay.scopes.extra)


def _references(value: Any) -> Iterator[str]:
    """Every `$ref` in a part of a document."""
    waiting = [value]
    while waiting:
        each: Any = waiting.pop()
        if isinstance(each, dict):
            members = cast("dict[str, Any]", each)
            if isinstance(members.get("$ref"), str):
                yield members["$ref"]
            waiting += members.values()
        elif isinstance(each, list):
            waiting += each


def _closure(roots: Sequence[str], schemas: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(schemas.get(name))
    return found


@frozen
class Finding:
    """A line for a file, with the first line that differs, where that is known."""

    text: str
    is_edit: bool = False
    is_note: bool = False
    """Nothing is wrong."""


def findings(folder: Path, manifest: Lock, want: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is wrong, by path. A file that is gone is stale: nothing is lost, the next update puts it back."""
    have = contents_of(folder, manifest)
    edited = {edit.path: edit for edit in edits(folder, manifest, want)}
    for path in sorted({*manifest.files, *want, *edited} - {LOCK}):
        if path in edited:
            yield Finding(f"edited: {folder.name}/{edited[path]}", is_edit=True)
        reason = _staleness(path, manifest, want, have.get(path), is_edited=path in edited)
        if reason:
            yield Finding(f"stale: {folder.name}/{path}{reason}")


def _staleness(
    path: str, manifest: Lock, want: Mapping[str, str], content: bytes | None, *, is_edited: bool
) -> str:
    """Return why a file is not what would be copied now; empty if it is, or is no file of the copy."""
    new, hashed = want.get(path), manifest.files.get(path)
    if new is None:
        return " is no longer part of it" if hashed is not None else ""
    if hashed is None:
        return " is new"
    if content is None:
        return "" if is_edited else " is gone"
    if file_digest(new) == hashed:
        return ""
    return f", line {first_difference(with_lf(content), new.encode())}"
