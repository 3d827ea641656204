"""JSON text in UTF-8, read strictly."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ..errors import DecodeError
from .values import MAX_LEVELS

_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_PAIRED: Final = re.compile(
    r"(?:[^\\]|\\[^u]|\\u(?![dD][89a-fA-F])|\\u[dD][89abAB]..\\u[dD][c-fC-F])*+", re.DOTALL
)
"""Text up to the first escape of a lone surrogate."""


def _not_json(token: str) -> Any:
    raise ValueError(f"{token} is not JSON")


_read: Final = json.JSONDecoder(parse_constant=_not_json).decode


def parse(data: bytes) -> Any:
    """Parse strict JSON in UTF-8; of a repeated key the last wins.

    Raises DecodeError for another encoding, a byte order mark, `NaN` and `Infinity` tokens, lone surrogates,
    numbers of more than 4,300 digits, and nesting that Python cannot follow.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DecodeError("", data[:200], f"not UTF-8 at byte {error.start}") from None
    except AttributeError:
        raise DecodeError("", data, "expected bytes") from None
    try:
        value = _read(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno} (offset {error.pos})"
        raise DecodeError("", text[:200], f"not JSON at {where}: {error.msg}") from None
    except RecursionError:
        raise DecodeError("", text[:200], f"nested deeper than {MAX_LEVELS} JSON levels") from None
    except ValueError as error:
        digits = "digits" in str(error)
        rule = "a number of more digits than Python reads" if digits else f"not JSON: {error}"
        raise DecodeError("", text[:200], rule) from None
    if "\\" in text and _SURROGATE.search(text) is not None:
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            offset = len(text) - len(_PAIRED.sub("", text, 1))
            raise DecodeError("", text[:200], f"a lone surrogate is not text (offset {offset})") from None
    return value
