"""`--methods ID ...`: an option that takes several values."""

from __future__ import annotations

import click


class Methods(click.Command):
    """A command whose `--methods` takes every word up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, each method behind an option of its own."""
        spread: list[str] = []
        inside = False
        for word in args:
            if word.startswith("-"):
                inside = word == "--methods"
                if not inside:
                    spread.append(word)
            elif inside:
                spread += ["--methods", word]
            else:
                spread.append(word)
        return super().parse_args(ctx, spread)
