"""Classes generated from a document in memory, with what the IR says of them."""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from attrs import frozen
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.ir import Api, Field, Message
from groundwire_codegen.lock import FILE
from groundwire_codegen.pipeline import generate
from groundwire_codegen.reader import read_lowered

HOST = "conformance.invalid"
_numbers = itertools.count()


@frozen(eq=False)
class Classes:
    """A generated package and its IR."""

    package: ModuleType
    api: Api

    def cls(self, message: str) -> type[Any]:
        """The class of a message."""
        return getattr(self.package, message)  # type: ignore[no-any-return] # a class, by its name

    def read(self, message: str, body: bytes) -> Any:
        """Decode a message."""
        return self.package.decode(self.cls(message), body)

    def written(self, value: object) -> Any:
        """What a message is encoded as, parsed."""
        return json.loads(self.package.encode(value))


def wire_fields(message: Message) -> dict[str, tuple[Field, bool]]:
    """Every field by its JSON name, and whether it is a member of a union."""
    plain = {field.wire: (field, False) for field in message.fields}
    return plain | {
        variant.field.wire: (variant.field, True) for union in message.groups for variant in union.variants
    }


def overlay(document: Mapping[str, Any], required: Collection[str] = ()) -> str:
    """What the marks of a conformance document say, as an overlay: `x-oneof` unions, and wrapper fields."""
    lines: list[str] = []
    for name, schema in document["schemas"].items():
        unions: dict[str, list[str]] = {}
        for wire, inner in schema["properties"].items():
            if "x-oneof" in inner:
                unions.setdefault(inner["x-oneof"], []).append(wire)
            if wire.endswith("Wrapper") and inner["type"] != "array":
                lines += [f"[messages.{name}.fields.{wire}]", "wrapper = true"]
        for union, members in unions.items():
            lines += [f"[messages.{name}.unions.{union}]", f"members = {json.dumps(members)}"]
            lines += ["required = true"] if union in required else []
    return "\n".join(lines)


def without_marks(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with no more than what Discovery knows."""
    schemas = {
        name: {
            **schema,
            "properties": {
                wire: {key: value for key, value in inner.items() if key != "x-oneof"}
                for wire, inner in schema["properties"].items()
            },
        }
        for name, schema in document["schemas"].items()
    }
    return {**document, "schemas": schemas}


def classes(document: Mapping[str, Any], folder: Path, required: Collection[str] = ()) -> Classes:
    """Generate the package below `folder` and import it under a name of its own."""
    data, said = json.dumps(without_marks(document)).encode(), overlay(document, required).encode()
    name = f"conformance_{next(_numbers)}"
    made = generate(Inputs(name="spec.json", document=data, overlay=said, package=name, allow_hosts=(HOST,)))
    (folder / name).mkdir()
    for path, text in made.files.items():
        if path != FILE:
            (folder / name / path).write_text(text, "utf-8")
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        package = importlib.import_module(name)
        importlib.import_module(f"{name}.codecs")
    finally:
        sys.path.remove(str(folder))
    return Classes(package, read_lowered(data, said, allow_hosts=(HOST,)).api)
