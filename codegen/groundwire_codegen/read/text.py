"""Reading a document's text, JSON or YAML, as JSON values."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, Final

from attrs import frozen

from ..problem import Problem, SpecError
from .source import read_json

_JSON: Final = re.compile(rb"[ \t\r\n]*[{\[]")

_SURROGATE: Final = re.compile(rb"\\[uU]0*[dD][89a-fA-F]")


@frozen
class Text:
    """The value of a document. `marked` says that a byte order mark stood before it; `size` is in bytes."""

    value: dict[str, Any]
    marked: bool
    size: int
    is_yaml: bool


def read_text(data: bytes, source: str) -> Text:
    """Parse a document: JSON if it starts as JSON does, else YAML. Raises SpecError as `read_json` and `read_yaml` do."""
    marked = data.startswith(codecs.BOM_UTF8)
    body = data.removeprefix(codecs.BOM_UTF8)
    is_yaml = _JSON.match(body) is None
    value = _read_yaml(body, source) if is_yaml else read_json(body, source)
    if _SURROGATE.search(body):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise SpecError([Problem(source, "", "a lone surrogate is not text")]) from None
    return Text(value, marked, len(data), is_yaml)


def _read_yaml(body: bytes, source: str) -> dict[str, Any]:
    # JSON does without the reader, which takes as long to import as a small document to read.
    from .yaml import read_yaml

    return read_yaml(body, source)
