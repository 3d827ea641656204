"""The normal form of a description: sorted keys, no noise, with or without prose."""

from __future__ import annotations

import json
from typing import Any, Final, cast

from ..problem import Problem, SpecError
from ..read.discovery import read_document
from ..read.source import read_json

_NOISE: Final = frozenset({"etag", "icons"})
"""Of the document as a file, not of the API."""
_PROSE: Final = {"description": str, "enumDescriptions": list}
_TYPED: Final = "A mapping with `@type`."
"""The description that is kept of a mapping that names its own type, since it is read as structure."""


def normal(data: bytes, source: str, *, prose: bool, id_: str = "") -> bytes:
    """The document as it is kept. `id_`, when given, is the one that it must have. Raises SpecError."""
    document = read_json(data, source)
    read_document(data, source=source)
    if id_ and document.get("id") != id_:
        raise SpecError([Problem(source, "/id", f"{document.get('id')!r} is not {id_!r}")])
    kept: Any = {key: value for key, value in document.items() if key not in _NOISE}
    text = json.dumps(kept if prose else _bare(kept), indent=2, sort_keys=True, ensure_ascii=False)
    return f"{text}\n".encode()


def has_prose(document: dict[str, Any]) -> bool:
    """Return True if a document has prose to lose."""
    return bool(_bare(document) != document)


def _bare(value: Any) -> Any:
    """The value without prose. A property called `description` is no prose: what stands there is an object."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        bare = {key: _bare(inner) for key, inner in members.items() if not _is_prose(key, inner)}
        extra: Any = members.get("additionalProperties")
        if isinstance(extra, dict) and "@type" in str(cast("dict[str, Any]", extra).get("description", "")):
            bare["additionalProperties"]["description"] = _TYPED
        return bare
    return list(map(_bare, value)) if value.__class__ is list else value


def _is_prose(key: str, value: Any) -> bool:
    return key in _PROSE and isinstance(value, _PROSE[key])


def revision_alone(old: bytes, new: bytes) -> bool:
    """Return True if two documents in normal form differ in nothing but their revision."""
    first, second = ({**json.loads(data), "revision": ""} for data in (old, new))
    return bool(first == second)
