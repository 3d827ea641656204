"""`--methods ID ...` and `--messages NAME ...`: options that take several values."""

from __future__ import annotations

from typing import Final

import click

_SEVERAL: Final = ("--methods", "--messages")


class Methods(click.Command):
    """A command whose `--methods` and `--messages` take every word up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, each value behind an option of its own."""
        spread: list[str] = []
        inside = ""
        for word in args:
            if word.startswith("-"):
                inside = word if word in _SEVERAL else ""
                if not inside:
                    spread.append(word)
            elif inside:
                spread += [inside, word]
            else:
                spread.append(word)
        return super().parse_args(ctx, spread)
