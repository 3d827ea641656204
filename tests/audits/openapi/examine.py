"""`python -m tests.audits.openapi.examine NAME FOLDER`: one document, in a process of its own, as a line of JSON.

The client is generated into the folder, imported with warnings as errors, called, and fed the document's examples.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import asdict, frozen
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.ir import Api, Kind, ListOf, MapOf, Nullable, Scalar, TypeRef
from groundwire_codegen.pipeline import generate
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_draft, read_lowered

from . import documents, examples, validity
from .echo import Echo

TYPING: Final = (
    "type",
    "$ref",
    "oneOf",
    "anyOf",
    "allOf",
    "properties",
    "items",
    "enum",
    "const",
    "prefixItems",
)
"""Keywords that give a value a type."""


@frozen(kw_only=True)
class Examination:
    """What was found, in figures; `faults` holds everything that is wrong."""

    name: str
    skipped: str = ""
    operations: int = 0
    messages: int = 0
    seconds: float = 0.0
    calls: int = 0
    answers: int = 0
    errors: int = 0
    kept: int = 0
    refused: int = 0
    untyped: int = 0
    dropped: int = 0
    without: tuple[str, ...] = ()
    unfitted: tuple[str, ...] = ()
    """Examples with a value that fits no member of its union."""
    unjudged: tuple[str, ...] = ()
    """Schemas that the validator cannot follow."""
    faults: tuple[str, ...] = ()


def _methods(data: bytes, references: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the methods that need no document which is not at hand."""
    draft = read_draft(data, references=references)
    return tuple(id_ for id_ in draft.api.methods if id_ not in draft.faults)


def examine(name: str, folder: Path, seed: str = "") -> Examination:
    """Generate the client of a document into `folder` and use all of it."""
    data = documents.read(name)
    document = documents.parsed(data)
    references = documents.outside(document) if documents.external(document) else {}
    document = documents.bundled(document, references)
    package_name = documents.package_name(name)
    methods = _methods(data, references) if documents.external(document) else ()
    if methods == () and documents.external(document):
        return Examination(name=name, skipped="external references")
    started = time.perf_counter()
    try:
        inputs = Inputs(
            name=name.removesuffix(".gz"),
            document=data,
            package=package_name,
            references=references,
            methods=methods,
        )
        files = generate(inputs).files
    except SpecError as error:
        return Examination(name=name, faults=(f"{name}: refused: {error.problems[0]}",))
    seconds = time.perf_counter() - started
    place = folder / package_name
    place.mkdir(parents=True)
    for path, text in files.items():
        (place / path).parent.mkdir(exist_ok=True)
        (place / path).write_text(text, "utf-8", newline="")
    faults = [f"{name}: {fault}" for fault in _import_faults(package_name, folder)]
    sys.path.insert(0, str(folder))
    package: Any = importlib.import_module(package_name)
    importlib.import_module(f"{package_name}.client")
    api = read_lowered(data, references=references, methods=methods or None).api
    pointers = {method.pointer for method in api.methods.values()}
    whole = len(list(documents.operations(document)))
    if methods:
        document = documents.with_operations(document, pointers)
    stated = list(documents.operations(document))
    left = whole - len(stated)
    dropped = [each.name for each in stated if each.pointer not in pointers]
    untyped = [*_untyped(api, document), *_annotations_of_any(files)]
    said = Echo(document, api, package, name + seed).all()
    read = examples.check(document, api, package)
    verdicts = validity.check(document, api, package, name + seed)
    found = [
        *(f"{each} is dropped" for each in dropped),
        *untyped,
        *said.faults,
        *read.faults,
        *verdicts.faults,
    ]
    return Examination(
        name=name,
        operations=len(stated),
        messages=len(api.messages),
        seconds=seconds,
        calls=said.calls,
        answers=said.answers,
        errors=said.errors,
        kept=read.kept,
        refused=read.refused,
        untyped=len(untyped),
        dropped=len(dropped),
        without=(*said.without, *([f"{left} that refer to documents which are not at hand"] if left else [])),
        unfitted=tuple(read.unfitted),
        unjudged=tuple(dict.fromkeys([*read.unjudged, *verdicts.unjudged])),
        faults=(*faults, *(f"{name}: {fault}" for fault in found)),
    )


def _import_faults(package: str, folder: Path) -> list[str]:
    program = f"from {package} import *; import {package}.client, {package}.provenance"
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our own arguments
    return [f"import: {done.stderr[-500:]}"] if done.returncode or done.stderr else []


def _untyped(api: Api, document: Any) -> Iterator[str]:
    """Yield the properties that may be anything in the client, and have a type in the document."""
    for message in api.messages.values():
        for field in message.wire_fields:
            try:
                node = documents.at(document, field.pointer)
            except (KeyError, IndexError, ValueError):
                continue
            if _loses_type(field.type, node, document):
                yield f"{field.pointer} has a type in the document, and none in {message.name}.{field.name}"


def _loses_type(type_: TypeRef, node: Any, document: Any) -> bool:
    node = documents.resolved(document, node)
    match type_:
        case Nullable(inner):
            return _loses_type(inner, node, document)
        case ListOf(item):
            return isinstance(node, dict) and _loses_type(item, node.get("items"), document)
        case MapOf(item):
            return isinstance(node, dict) and _loses_type(item, node.get("additionalProperties"), document)
        case Scalar(Kind.ANY):
            return isinstance(node, dict) and _states_type(node, document)
        case _:
            return False


def _states_type(node: Any, document: Any) -> bool:
    node = documents.resolved(document, node)
    if not isinstance(node, dict) or not any(key in node for key in TYPING):
        return False
    branches = [each for key in ("oneOf", "anyOf", "allOf") for each in node.get(key, ())]
    if branches and not ({"type", "properties", "enum"} & node.keys()):
        # One branch of any type makes a union any type; one of a type gives it to all of `allOf`.
        states = [_states_type(each, document) for each in branches]
        return any(states) if "allOf" in node else all(states)
    return not (isinstance(node.get("type"), list) and len(node["type"]) > 4)


def _annotations_of_any(files: Any) -> Iterator[str]:
    """Yield the annotations of generated attributes and stubs that say `Any`."""
    for path in (each for each in files if re.match(r"(messages|client)(\.py|/.*\.py)$", each)):
        for statement in ast.walk(ast.parse(files[path])):
            if not isinstance(statement, ast.ClassDef):
                continue
            for node in ast.walk(statement):
                said = [node.annotation] if isinstance(node, (ast.AnnAssign, ast.arg)) else []
                said += [node.returns] if isinstance(node, ast.FunctionDef) else []
                if any(
                    isinstance(part, ast.Name) and part.id == "Any"
                    for each in said
                    if each
                    for part in ast.walk(each)
                ):
                    yield f"{path}:{node.lineno}: Any"


if __name__ == "__main__":
    print(json.dumps(asdict(examine(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))))
