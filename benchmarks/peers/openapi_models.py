"""openapi-python-client: the classes that it generates from the same schemas, built on first use."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import openapi_python_client  # noqa: F401 - so that its absence shows here

NODE = {"$ref": "#/components/schemas/ValueNode"}
TEXT = {"type": "string"}
SCHEMAS: dict[str, Any] = {
    "FunctionInvocation": {
        "functionName": TEXT,
        "functionReference": TEXT,
        "arguments": {"type": "object", "additionalProperties": NODE},
    },
    "ArrayValue": {"values": {"type": "array", "items": NODE}},
    "ValueNode": {
        "constantValue": {},
        "integerValue": TEXT,
        "valueReference": TEXT,
        "argumentReference": TEXT,
        "arrayValue": {"$ref": "#/components/schemas/ArrayValue"},
        "functionInvocationValue": {"$ref": "#/components/schemas/FunctionInvocation"},
    },
    "Expression": {"values": {"type": "object", "additionalProperties": NODE}, "result": TEXT},
}


def _generate(folder: Path) -> Any:
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Expression"}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "peer", "version": "1"},
        "paths": {"/e": {"get": {"responses": {"200": {"description": "", **answer}}}}},
        "components": {
            "schemas": {name: {"type": "object", "properties": fields} for name, fields in SCHEMAS.items()}
        },
    }
    source = folder / "openapi.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    command = [
        "generate",
        "--path",
        str(source),
        "--meta",
        "none",
        "--output-path",
        str(folder / "peer_client"),
    ]
    subprocess.run([sys.executable, "-m", "openapi_python_client", *command], check=True, capture_output=True)
    sys.path.insert(0, str(folder))
    return importlib.import_module("peer_client.models")


_folder = tempfile.TemporaryDirectory()
_models = _generate(Path(_folder.name))


def read(text: bytes) -> object:
    return _models.Expression.from_dict(json.loads(text))
