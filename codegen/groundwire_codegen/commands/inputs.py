"""Arguments for the inputs of a package and its output folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from attrs import frozen

from ..inputs import (
    OVERLAY_BYTES,
    Inputs,
    inputs_from,
    is_package_name,
    package_name,
    read_input,
)
from ..problem import Problem, SpecError
from .options import with_options
from .problems import reported

DOCUMENT = click.argument("document", type=click.Path(path_type=Path))
OVERLAY = click.option("--overlay", type=click.Path(path_type=Path), help="TOML beside the document.")
ALLOW_HOST = click.option(
    "--allow-host",
    multiple=True,
    metavar="HOST",
    help="Accept a document that calls this host, or comes from it.",
)
ALLOW_CONSTRUCT = click.option(
    "--allow-construct",
    multiple=True,
    metavar="NAME",
    help="Ignore a construct that is unknown: a keyword, a type, a format, an HTTP method.",
)
MESSAGES = (
    click.option(
        "--messages",
        multiple=True,
        metavar="NAME",
        help="Schemas to generate besides what the methods reach: NAME ..., or '*'. All, where all methods are.",
    ),
    click.option("--only-reached", is_flag=True, help="Generate no schema that no method reaches."),
)
ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path),
    help="Folder that references may lead into; the document's own by default.",
)
OPTIONS = (
    DOCUMENT,
    OVERLAY,
    click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the package."),
    click.option("--package", help="Package name; the overlay's, or the folder's, by default."),
    click.option("--methods", multiple=True, metavar="ID", help="Methods to generate: ID ..."),
    *MESSAGES,
    ALLOW_CONSTRUCT,
    ALLOW_HOST,
    ROOT,
)
STRICT = click.option(
    "--strict", is_flag=True, help="Fail when the document changed under an overlay's rule."
)
DISCARD = click.option("--discard-edits", is_flag=True, help="Overwrite files that were edited by hand.")


@frozen
class Asked:
    """The values of the arguments: the document's file, the inputs, and the package's folder."""

    document: Path
    inputs: Inputs
    out: Path
    root: Path | None = None
    """The folder that bounds references; None for the document's own."""


def chosen(messages: tuple[str, ...], *, only_reached: bool) -> tuple[str, ...] | None:
    """Return the schemas to generate besides what methods reach; None where nothing is said. Raises SpecError."""
    if messages and only_reached:
        raise SpecError([Problem("options", "/only-reached", "goes without --messages", "leave one out")])
    return () if only_reached else tuple(sorted(set(messages))) or None


def constructs(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the constructs to ignore. Raises SpecError for a name that none can have."""
    from ..read.constructs import NAME

    wrong = [name for name in names if not NAME.fullmatch(name)]
    if wrong:
        raise SpecError(
            Problem("options", "/allow-construct", f"{name[:80]!r} is no name of a construct")
            for name in wrong
        )
    return tuple(sorted(set(names)))


def with_inputs(command: Callable[..., int]) -> Callable[..., None]:
    """Give a command what its arguments name, and report its problems."""

    @wraps(command)
    def run(
        document: Path,
        overlay: Path | None,
        out: Path,
        package: str | None,
        methods: tuple[str, ...],
        messages: tuple[str, ...],
        only_reached: bool,
        allow_construct: tuple[str, ...],
        allow_host: tuple[str, ...],
        root: Path | None,
        **others: Any,
    ) -> int:
        said = read_input(overlay, OVERLAY_BYTES) if overlay is not None else None
        name = package_name(package, said, out.resolve().name)
        if not is_package_name(name):
            raise SpecError([Problem("options", "/package", f"{name!r} is not a package name")])
        inputs = inputs_from(
            document,
            overlay,
            package=name,
            methods=methods,
            messages=chosen(messages, only_reached=only_reached),
            allow_constructs=constructs(allow_construct),
            allow_hosts=allow_host,
            root=root,
        )
        return command(Asked(document, inputs, out, root), **others)

    return with_options(OPTIONS, reported(run))
