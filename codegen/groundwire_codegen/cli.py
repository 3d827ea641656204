"""`groundwire-codegen`: generate, check, vendor, diff, fetch. Exit codes: 0 done, 1 different, 2 a bad input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from .commands import diff as diffing
from .commands import fetch as fetching
from .commands.options import with_options
from .inputs import DOCUMENT_BYTES, OVERLAY_BYTES, Inputs, is_package_name, package_name, read_input
from .problem import Problem, SpecError

P = ParamSpec("P")


def _reported(command: Callable[P, int]) -> Callable[P, None]:
    """Print every problem of a bad input, one a line, and exit with 2."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except SpecError as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
            click.echo(f"{len(error.problems)} problem(s); nothing was written.", err=True)
            code = 2
        except OSError as error:
            click.echo(
                f"{error.filename or 'file'}: {error.strerror or error}; nothing was written.", err=True
            )
            code = 2
        sys.exit(code)

    return run


class _Methods(click.Command):
    """A command whose `--methods` takes every word up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
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


def _with_inputs(command: Callable[..., int]) -> Callable[..., None]:
    """Give a command the inputs that its options name, and the folder of the package, and report its problems."""
    options = (
        click.argument("document", type=click.Path(path_type=Path)),
        click.option("--overlay", type=click.Path(path_type=Path), help="TOML beside the document."),
        click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the package."),
        click.option("--package", help="Package name; the overlay's, or the folder's, by default."),
        click.option("--methods", multiple=True, metavar="ID", help="Methods to generate: ID ..."),
        click.option(
            "--allow-host", multiple=True, metavar="HOST", help="Accept a document that calls this host."
        ),
    )

    @wraps(command)
    def run(
        document: Path,
        overlay: Path | None,
        out: Path,
        package: str | None,
        methods: tuple[str, ...],
        allow_host: tuple[str, ...],
        **others: bool,
    ) -> int:
        said = read_input(overlay, OVERLAY_BYTES) if overlay is not None else None
        name = package_name(package, said, out.resolve().name)
        if not is_package_name(name):
            raise SpecError([Problem("options", "/package", f"{name!r} is not a package name")])
        inputs = Inputs(
            name=document.name,
            document=read_input(document, DOCUMENT_BYTES),
            overlay=said,
            package=name,
            methods=methods,
            allow_hosts=tuple(host.lower() for host in allow_host),
        )
        return command(inputs, out, **others)

    reported = _reported(run)
    for option in reversed(options):
        reported = option(reported)
    return reported


@click.group()
@click.version_option(package_name="groundwire")
def main() -> None:
    """Generate typed clients from Google Discovery documents."""


@main.command(cls=_Methods)
@_with_inputs
def generate(inputs: Inputs, out: Path) -> int:
    """Write the client of DOCUMENT into a folder."""
    from . import pipeline
    from .emit import emit, lock_of

    output = pipeline.generate(inputs, lock_of(out))
    done = emit(out, output.files)
    _warn(output.warnings)
    for path in done.written:
        click.echo(f"wrote {out / path}")
    for path in done.removed:
        click.echo(f"removed {out / path}")
    if not done.written and not done.removed:
        click.echo(f"{out} is up to date")
    return 0


@main.command(cls=_Methods)
@_with_inputs
@click.option("--full", is_flag=True, help="Generate even when the lock says that nothing changed.")
def check(inputs: Inputs, out: Path, *, full: bool) -> int:
    """Compare a folder with what DOCUMENT gives: exit 1 and a diff when it is stale or was edited.

    A lock whose hashes agree is taken at its word; --full generates anyway.
    """
    from .emit import differences, lock_of, unchanged

    if not full and unchanged(out, inputs.digests()):
        return 0
    from . import pipeline

    output = pipeline.generate(inputs, lock_of(out))
    _warn(output.warnings)
    lines = list(differences(out, output.files))
    for line in lines:
        click.echo(line)
    return 1 if lines else 0


@main.command()
@click.argument("destination", type=click.Path(path_type=Path))
@click.option(
    "--with", "extras", multiple=True, type=click.Choice(["exports"]), help="Add hand-written parts."
)
@click.option("--client", default="groundwire", help="Importable package to copy; the Earth Engine client.")
@_reported
def vendor(destination: Path, extras: tuple[str, ...], client: str) -> int:
    """Copy a generated client with its runtime into DESTINATION: one folder, no dependency on Groundwire."""
    from .emit import emit
    from .vendor import vendored

    done = emit(destination, vendored(client, with_exports="exports" in extras))
    click.echo(f"{len(done.written)} file(s) written to {destination}, {len(done.removed)} removed")
    return 0


main.command("diff", cls=_Methods)(with_options(diffing.OPTIONS, _reported(diffing.diff)))
main.command("fetch")(with_options(fetching.OPTIONS, _reported(fetching.fetch)))


def _warn(warnings: Iterable[Problem]) -> None:
    """Print what stops nothing, one a line."""
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
