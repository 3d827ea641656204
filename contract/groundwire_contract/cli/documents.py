"""Options that name documents, and the contract that is read from them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from groundwire_codegen.log import echo

if TYPE_CHECKING:
    from ..contract import Contract

Command = TypeVar("Command", bound=Callable[..., Any])


def fail(message: str) -> NoReturn:
    """Print a message to stderr and exit with code 2: an invalid input, or an address that cannot be used."""
    echo(message, err=True)
    sys.exit(2)


def documents(command: Command) -> Command:
    """Add `--spec` and `--overlay` to a command."""
    overlay = click.option("--overlay", type=click.Path(path_type=Path), help="The overlay of that document.")
    spec = click.option("--spec", type=click.Path(path_type=Path), help="Another Discovery document.")
    return spec(overlay(command))


def contract_of(spec: Path | None, overlay: Path | None) -> Contract:
    """Return the contract of the named documents; exit with code 2 if they cannot be read."""
    from groundwire_codegen.problem import SpecError

    from ..contract import load

    if overlay is not None and spec is None:
        raise click.UsageError("--overlay goes with --spec.")
    try:
        return load(
            spec.read_bytes() if spec is not None else None,
            overlay.read_bytes() if overlay is not None else None,
        )
    except SpecError as error:
        fail("\n".join(map(str, error.problems)))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror or error}")
    except MemoryError:
        fail("The document takes more memory than there is.")


def known_rules(_: click.Context, __: click.Parameter, rules: tuple[str, ...]) -> frozenset[str]:
    """Check the rule ids of an option; a click callback."""
    from ..rules.registry import RULES

    for rule in rules:
        if rule not in RULES:
            raise click.BadParameter(f"{rule!r} is no rule; `groundwire-contract rules` lists them.")
    return frozenset(rules)
