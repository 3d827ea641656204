"""A small API in three files: its document, what all documents share, and a schema that leads back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.codegen.documents import encoded


def document(ref: str = "common.yaml", **paths: str) -> dict[str, Any]:
    """A document whose answer is `ref`'s component Hut; each of `paths` is one more path, with what its answer refers to."""
    answers = {"huts": f"{ref}#/components/schemas/Hut", **paths}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Huts", "version": "1"},
        "servers": [{"url": "https://huts.example/v1"}],
        "paths": {f"/{name}": {"get": operation(name, each)} for name, each in answers.items()},
        "components": {"schemas": {"Region": {"type": "object", "properties": {"code": {"type": "string"}}}}},
    }


def operation(name: str, ref: str) -> dict[str, Any]:
    """An operation that answers with what a reference names."""
    content = {"application/json": {"schema": {"$ref": ref}}}
    return {"operationId": name, "responses": {"200": {"description": "Found.", "content": content}}}


COMMON: dict[str, Any] = {
    "components": {
        "schemas": {
            "Hut": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "warden": {"$ref": "people/warden.json"},
                    "region": {"$ref": "api.yaml#/components/schemas/Region"},
                },
            }
        }
    }
}
WARDEN: dict[str, Any] = {
    "type": "object",
    "properties": {
        "phone": {"type": "string"},
        "hut": {"$ref": "../common.yaml#/components/schemas/Hut"},
    },
}


def text(value: Any) -> bytes:
    """A document as YAML."""
    dumped: str = yaml.safe_dump(value, sort_keys=False)
    return dumped.encode()


def write(folder: Path, api: dict[str, Any] | None = None) -> Path:
    """Write the three files into a folder, and return the document's."""
    (folder / "people").mkdir(parents=True, exist_ok=True)
    (folder / "common.yaml").write_bytes(text(COMMON))
    (folder / "people" / "warden.json").write_bytes(encoded(WARDEN))
    path = folder / "api.yaml"
    path.write_bytes(text(document() if api is None else api))
    return path
