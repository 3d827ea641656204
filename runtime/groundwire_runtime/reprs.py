"""The repr of objects that a traceback may show before they are complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs


def partial_repr(self: Any) -> str:
    """Return the repr of an attrs object without the attributes that its constructor did not set before it raised.

    For classes whose converters raise: the repr of attrs raises AttributeError then, which breaks the report of the error.
    """

    kind: Any = self.__class__

    def texts() -> Iterator[str]:
        for field in attrs.fields(kind):
            if field.repr and hasattr(self, field.name):
                value = getattr(self, field.name)
                yield f"{field.name}={field.repr(value) if callable(field.repr) else repr(value)}"

    return f"{kind.__qualname__}({', '.join(texts())})"
