"""`groundwire-codegen`: generate, check, upgrade, vendor, diff, fetch. Exit codes: 0 done, 1 different, 2 a bad input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click
from attrs import evolve

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
        **others: Any,
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


_STRICT = click.option(
    "--strict", is_flag=True, help="Fail when the document changed under an overlay's rule."
)


@click.group()
@click.version_option(package_name="groundwire")
def main() -> None:
    """Generate typed clients from Google Discovery documents."""


@main.command(cls=_Methods)
@_with_inputs
@_STRICT
def generate(inputs: Inputs, out: Path, *, strict: bool) -> int:
    """Write the client of DOCUMENT into a folder."""
    from . import pipeline
    from .emit import emit, lock_of

    output = pipeline.generate(inputs, lock_of(out))
    _warn(output.warnings)
    if strict and output.drift:
        raise SpecError(output.drift)
    done = emit(out, output.files)
    for path in done.written:
        click.echo(f"wrote {out / path}")
    for path in done.removed:
        click.echo(f"removed {out / path}")
    if not done.written and not done.removed:
        click.echo(f"{out} is up to date")
    return 0


@main.command(cls=_Methods)
@_with_inputs
@_STRICT
@click.option("--full", is_flag=True, help="Generate even when the lock says that nothing changed.")
def check(inputs: Inputs, out: Path, *, full: bool, strict: bool) -> int:
    """Compare a folder with what DOCUMENT gives: exit 1 and a diff when it is stale or was edited.

    A lock whose hashes agree is taken at its word; --full generates anyway.
    """
    from .emit import contents_of, differences, lock_of, unchanged

    if not full and unchanged(out, inputs.digests()):
        return 0
    from . import pipeline
    from .moved import edits, moved_inputs

    lock = lock_of(out)
    output = pipeline.generate(inputs, lock)
    _warn(output.warnings)
    if strict and output.drift:
        raise SpecError(output.drift)
    lines = list(differences(out, output.files))
    if lock is not None and lines:
        for key in moved_inputs(lock, output.lock.inputs):
            click.echo(f"moved: {key}")
        for edit in edits(lock, contents_of(out, lock), output.files):
            click.echo(f"edited by hand: {out.name}/{edit}")
    for line in lines:
        click.echo(line)
    return 1 if lines else 0


@main.command(cls=_Methods)
@_with_inputs
@_STRICT
@click.option(
    "--new", required=True, type=click.Path(path_type=Path), help="Document to take DOCUMENT's place."
)
@click.option(
    "--changelog", type=click.Path(path_type=Path), help="Markdown to note it in, under Unreleased."
)
def upgrade(inputs: Inputs, out: Path, *, new: Path, changelog: Path | None, strict: bool) -> int:
    """Put a new document in the place of DOCUMENT, with the client that it gives; on any problem nothing changes."""
    from .upgrade import upgrade, upgraded

    inputs = evolve(inputs, document=read_input(new, DOCUMENT_BYTES))
    output = upgraded(inputs, out)
    _warn(output.warnings)
    if strict and output.drift:
        raise SpecError(output.drift)
    document: Path = click.get_current_context().params["document"]
    done = upgrade(document, inputs, out, output, changelog)
    for path in (*done.written, *done.removed):
        click.echo(f"changed {out / path}")
    return 0


@main.command(cls=_Methods)
@click.argument("destination", type=click.Path(path_type=Path))
@click.option(
    "--with", "extras", multiple=True, type=click.Choice(["exports"]), help="Add hand-written parts."
)
@click.option("--client", default="groundwire", help="Importable package to copy; the Earth Engine client.")
@click.option(
    "--document", type=click.Path(path_type=Path), help="Generate the client from this, copy no other."
)
@click.option("--overlay", type=click.Path(path_type=Path), help="TOML beside the document.")
@click.option("--methods", multiple=True, metavar="ID", help="Methods to generate: ID ...")
@click.option("--package", default="", help="What the copy calls itself in its documentation.")
@click.option("--runtime", default="", metavar="PACKAGE", help="Share this runtime: no copy of its own.")
@click.option("--check", "mode", flag_value="check", help="Name what was edited or is stale; exit 1 then.")
@click.option("--update", "mode", flag_value="update", help="Copy again, as the copy was asked for.")
@_reported
def vendor(
    destination: Path,
    extras: tuple[str, ...],
    client: str,
    document: Path | None,
    overlay: Path | None,
    methods: tuple[str, ...],
    package: str,
    runtime: str,
    mode: str | None,
) -> int:
    """Copy a generated client with its runtime into DESTINATION: one folder, no dependency on Groundwire.

    --check and --update take everything else from the copy's manifest. What was edited is never overwritten.
    """
    from .emit import emit
    from .vendor import Order, findings, manifest_of, order_of, ordered, refuse_edits

    folder = destination.resolve()
    asked = Order(
        client=client,
        document=_from(folder, document),
        overlay=_from(folder, overlay),
        methods=" ".join(sorted(methods)),
        package=package,
        runtime=runtime,
        extras=" ".join(sorted(set(extras))),
    )
    manifest, order = (manifest_of(folder), asked) if mode is None else order_of(folder)
    want = ordered(order, folder, manifest)
    if mode == "check" and manifest is not None:
        lines = list(findings(folder, manifest, want))
        for line in lines:
            click.echo(line)
        return 1 if lines else 0
    if manifest is not None:
        refuse_edits(folder, manifest, want)
    done = emit(folder, want)
    click.echo(f"{len(done.written)} file(s) written to {destination}, {len(done.removed)} removed")
    return 0


main.command("diff", cls=_Methods)(with_options(diffing.OPTIONS, _reported(diffing.diff)))
main.command("fetch")(with_options(fetching.OPTIONS, _reported(fetching.fetch)))


def _from(folder: Path, path: Path | None) -> str:
    """A path as it is said from a folder, which may not be there yet."""
    return "" if path is None else Path(os.path.relpath(path.resolve(), folder)).as_posix()


def _warn(warnings: Iterable[Problem]) -> None:
    """Print what stops nothing, one a line."""
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
