"""Original names of proto fields (`max_pixels`), which proto3 JSON also takes for the JSON names (`maxPixels`).

Source: https://protobuf.dev/programming-guides/json/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .errors import DecodeError
from .messages import EMPTY


def with_json_names(data: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any] | None:
    """Return the object with known fields in their JSON names, where proto3 JSON also takes the original ones.

    None when it has no original name. Raises DecodeError when a field is there under two names.
    """
    names = {
        key: name for key in data if "_" in key and key not in known and (name := json_name(key)) in known
    }
    if not names:
        return None
    renamed: dict[str, Any] = {}
    for key, value in data.items():
        name = names.get(key, key)
        if renamed.get(name) is not None and value is not None:
            raise _repeated(value, name)
        if name not in renamed or value is not None:
            renamed[name] = value
    return renamed


def json_name(original: str) -> str:
    """Return the JSON name of a proto field: without underscores, the letter after one in upper case."""
    first, *rest = original.split("_")
    return first + "".join([part[:1].upper() + part[1:] for part in rest])


def _repeated(value: object, name: str) -> DecodeError:
    return DecodeError("", value, f"{name} is set more than once").under(name)


def joined(first: Any, second: Any) -> Any:
    """Join a message that came in two parts: fields in their JSON names, and fields in their original ones."""
    changes: dict[str, Any] = {"unknown_fields": second.unknown_fields}
    cls: type[Any] = first.__class__
    for field in attrs.fields(cls):
        value = getattr(second, field.name)
        if field.name == "unknown_fields" or value is field.default or value is EMPTY:
            continue
        if getattr(first, field.name) is not field.default and getattr(first, field.name) is not EMPTY:
            raise _repeated(value, field.name)
        changes[field.name] = value
    return attrs.evolve(first, **changes)
