"""Write output that a CI cannot take for commands, whatever text an input holds.

GitHub Actions takes `::command::` at the start of a line, blanks before it aside, and `##[command]` anywhere in it; Azure
Pipelines `##vso[`, TeamCity `##teamcity[`. A lone CR starts a new line, and escape sequences hide what stands there.
"""

from __future__ import annotations

import re
from typing import Final

import click

from .problem import visible

_ANYWHERE: Final = re.compile(r"##(?=\w*\[)")
"""The start of a CI command anywhere in a line."""
_AT_START: Final = re.compile(r"((?:\s|\x1b\[[0-9;]*m)*):(?=:)")


def inert(text: str, *, styled: bool = False) -> str:
    """Text whose lines are no commands: two characters of each command are written as escapes.

    What is not printable is escaped too, but for line feeds, and for the colours of text that is `styled`.
    """
    return "\n".join(map(_inert_line, text.split("\n") if styled else map(visible, text.split("\n"))))


def inert_json(text: str) -> str:
    """JSON text whose lines are no commands; it says the same."""
    return _ANYWHERE.sub(r"#\\u0023", text)


def inert_html(text: str) -> str:
    """HTML text whose lines are no commands; it says the same."""
    return _ANYWHERE.sub("#&#35;", text)


def echo(text: str, *, err: bool = False, nl: bool = True, styled: bool = False) -> None:
    """Print text of which any part may come from an input."""
    click.echo(inert(text, styled=styled), err=err, nl=nl, color=True if styled else None)


def _inert_line(line: str) -> str:
    started = _AT_START.match(line)
    if started is not None:
        line = rf"{started[1]}\x3a{line[started.end() :]}"
    return _ANYWHERE.sub(r"#\\x23", line)
