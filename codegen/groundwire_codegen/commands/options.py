"""Add arguments and options to a command, from one list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Given = Callable[[Callable[..., Any]], Callable[..., Any]]


def with_options(options: Iterable[Given], command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with these, in the order in which help shows them."""
    for option in reversed([*options]):
        command = option(command)
    return command
