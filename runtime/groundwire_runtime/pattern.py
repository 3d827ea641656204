"""Patterns of a description, run over a text of bounded length."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

CAP: Final = 2_048
"""Characters that a pattern is ever run over."""
_END: Final = re.compile(r"(?<!\\)((?:\\\\)*)\$\Z")


@cache
def matcher(pattern: str) -> re.Pattern[str]:
    """A pattern that the generator found linear. A last `$` means the very end, as in JSON Schema.

    Python's own also stands before a last newline.
    """
    return re.compile(_END.sub(r"\1\\Z", pattern), re.ASCII)
