"""Request files: the body of `image:export` as JSON or YAML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from attrs import fields, has
from groundwire import ExportImageRequest, Expression, decode, encode
from groundwire_runtime.errors import DecodeError, GroundwireError

from .problem import InputError

SUFFIXES: Final = (".json", ".yaml", ".yml")
_MAX_BYTES: Final = 64 * 2**20
"""Bytes of a file: the service takes less."""


def read_text(path: Path) -> str:
    """Return the text of a file. Raises InputError."""
    try:
        if not path.is_file():
            raise InputError(path, "", "no file")
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(path, "", f"larger than {_MAX_BYTES:,} bytes")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(path, f"byte {error.start}", "not UTF-8", hint="Save it as UTF-8.") from None
    except OSError as error:
        raise InputError(path, "", error.strerror or "cannot be read") from None


def read_request(path: Path) -> ExportImageRequest:
    """Return the request in a JSON or YAML file. Raises InputError."""
    text = read_text(path)
    value = _yaml(path, text) if path.suffix in (".yaml", ".yml") else parse_json(path, text)
    if not isinstance(value, dict):
        raise InputError(
            path, "", "expected an object", hint="The body of image:export: expression, exportOptions ..."
        )
    return checked_request(path, cast("dict[str, Any]", value))


def checked_request(path: Path, value: Mapping[str, Any]) -> ExportImageRequest:
    """Return the request of a parsed body. Raises InputError with a JSON pointer."""
    try:
        request = decode(ExportImageRequest, json.dumps(value).encode())
    except DecodeError as error:
        problem = error.message.partition(": ")[2] or error.message
        raise InputError(path, error.path or "/", problem, hint=error.hint) from None
    unknown = next(_unknown_fields(request, ""), None)
    if unknown is not None:
        raise InputError(
            path,
            unknown,
            "no such field",
            hint="Names are those of the REST reference, such as exportOptions.",
        )
    return checked_by_client(path, "", request)


def checked_by_client(path: Path, place: str, request: ExportImageRequest) -> ExportImageRequest:
    """Return a request that can be sent. Raises InputError."""
    try:
        encode(request)
    except GroundwireError as error:
        raise InputError(path, place, error.message, hint=error.own_hint) from None
    return request


def parse_json(path: Path, text: str) -> Any:
    """Return the value of a JSON text. Raises InputError with the line."""
    try:
        return json.loads(text, object_pairs_hook=_unique_members)
    except json.JSONDecodeError as error:
        raise InputError(
            path, f"line {error.lineno} column {error.colno}", f"not JSON: {error.msg}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(path, "", f"not JSON: {error}") from None


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of a JSON object. Raises ValueError for a name that is there twice (RFC 8259 4)."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice!r} is there twice")
    return members


def _yaml(path: Path, text: str) -> Any:
    try:
        import yaml

        from .core_schema import LOADER
    except ImportError:
        raise InputError(
            path, "", "YAML needs PyYAML", hint="Install it: pip install pyyaml. Or write JSON."
        ) from None
    try:
        twice = _repeated_key(cast("Any", yaml).compose(text, Loader=LOADER))
        if twice is not None:
            line, column = twice.start_mark.line + 1, twice.start_mark.column + 1
            problem = f"the key {twice.value!r} is there twice"
            raise InputError(path, f"line {line} column {column}", f"not YAML: {problem}")
        value: Any = cast("Any", yaml).load(text, Loader=LOADER)
        size = 0
        # Aliases make gigabytes of a few lines, so the size is counted piece by piece.
        for piece in json.JSONEncoder().iterencode(value):
            size += len(piece)
            if size > _MAX_BYTES:
                raise InputError(path, "", f"larger than {_MAX_BYTES:,} bytes with its aliases written out")
    except InputError:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1} column {mark.column + 1}" if mark else ""
        raise InputError(path, place, f"not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise InputError(path, "", f"not YAML: {error}") from None
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError(
            path,
            "",
            f"a value that JSON has not: {error}",
            hint="Write numbers as JSON has them, and quote other words.",
        ) from None
    return value


def _repeated_key(root: Any) -> Any:
    """Return a node of a key that its YAML mapping has twice; None if there is none. `0` and `"0"` are one key in JSON."""
    waiting, seen = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen or isinstance(node.value, str):
            continue
        # Aliases lead to the same node again.
        seen.add(id(node))
        names: set[str] = set()
        for each in node.value:
            key, value = cast("tuple[Any, Any]", each) if isinstance(each, tuple) else (None, each)
            waiting.append(value)
            if key is not None and isinstance(key.value, str):
                if key.value in names:
                    return key
                names.add(key.value)
    return None


def _unknown_fields(value: object, pointer: str) -> Any:
    """Iterate over pointers of fields that the API does not have."""
    if isinstance(value, Expression):
        return
    if isinstance(value, Sequence) and not isinstance(value, str):
        for index, each in enumerate(cast("Sequence[object]", value)):
            yield from _unknown_fields(each, f"{pointer}/{index}")
    elif has(type(value)):
        for name in getattr(value, "unknown_fields", ()):
            yield f"{pointer}/{name}"
        attributes: Any = type(value)
        for attribute in fields(attributes):
            if attribute.name != "unknown_fields":
                yield from _unknown_fields(
                    getattr(value, attribute.name), f"{pointer}/{_camel(attribute.name)}"
                )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
