"""Options that name documents, and the contract that is read from them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import click
from click.core import ParameterSource
from groundwire_codegen.log import echo

if TYPE_CHECKING:
    from ..contract import Contract
    from ..rest.contract import RestContract

_GOOGLE_ONLY: Final = (
    *(
        "auth",
        "tokens",
        "script",
        "speed",
        "asset",
        "assets",
        "unwritable_bucket",
        "queue_limit",
        "listing_lag",
    ),
    *("overlay", "rate"),
)
"""Options that mean nothing to an OpenAPI document."""
Command = TypeVar("Command", bound=Callable[..., Any])


def fail(message: str) -> NoReturn:
    """Print a message to stderr and exit with code 2: an invalid input, or an address that cannot be used."""
    echo(message, err=True)
    sys.exit(2)


def documents(command: Command) -> Command:
    """Add `--spec`, `--overlay` and `--root` to a command."""
    options = (
        click.option(
            "--spec", type=click.Path(path_type=Path), help="Another document, Discovery or OpenAPI."
        ),
        click.option(
            "--overlay", type=click.Path(path_type=Path), help="The overlay of a Discovery document."
        ),
        click.option(
            "--root",
            type=click.Path(path_type=Path),
            help="The folder that bounds the references of an OpenAPI document; its own otherwise.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def contract_of(
    spec: Path | None, overlay: Path | None, root: Path | None = None, *, examples: bool = False
) -> Contract | RestContract:
    """Return the contract of the named documents; exit with code 2 if they cannot be read."""
    from groundwire_codegen.problem import SpecError

    from ..contract import load, load_file
    from ..rest.contract import RestContract

    if (overlay is not None or root is not None) and spec is None:
        raise click.UsageError(f"{'--root' if overlay is None else '--overlay'} goes with --spec.")
    try:
        if spec is None:
            return load()
        contract = load_file(spec, overlay, root=root, examples=examples)
        for problem in contract.warnings if isinstance(contract, RestContract) else ():
            echo(f"warning: left out: {problem}", err=True)
        return contract
    except SpecError as error:
        fail("\n".join(map(str, error.problems)))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror or error}")
    except MemoryError:
        fail("The document takes more memory than there is.")


def served_contract(
    document: Path | None, spec: Path | None, overlay: Path | None, root: Path | None, *, examples: bool
) -> Contract | RestContract:
    """Return the contract of the document to serve, with which the other options of the command have to go."""
    from ..rest.contract import RestContract

    if document is not None and spec is not None:
        raise click.UsageError("--spec is another name of DOCUMENT: give one.")
    contract = contract_of(document or spec, overlay, root, examples=examples)
    source = click.get_current_context().get_parameter_source
    given = [name for name in _GOOGLE_ONLY if source(name) not in (None, ParameterSource.DEFAULT)]
    if isinstance(contract, RestContract) and given:
        raise click.UsageError(f"--{given[0].replace('_', '-')} goes with a Discovery document.")
    if examples and not isinstance(contract, RestContract):
        raise click.UsageError("--examples goes with an OpenAPI document.")
    return contract


def known_rules(_: click.Context, __: click.Parameter, rules: tuple[str, ...]) -> frozenset[str]:
    """Check the rule ids of an option; a click callback."""
    from ..rules.registry import RULES

    for rule in rules:
        if rule not in RULES:
            raise click.BadParameter(f"{rule!r} is no rule; `groundwire-contract rules` lists them.")
    return frozenset(rules)
