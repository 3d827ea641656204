"""`groundwire-codegen vendor`: copy a client and all that it needs into another repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..log import echo
from ..problem import Problem, SpecError
from .gate import OPTIONS as GATE
from .gate import check_gate, errors_shown, is_refused
from .inputs import ALLOW_CONSTRUCT, DISCARD, MESSAGES, OVERLAY, ROOT, chosen, constructs
from .problems import DIFFERENT, DONE, EDITED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..diff import Diff
    from ..lock import Lock

OPTIONS = (
    click.argument("destination", type=click.Path(path_type=Path)),
    click.option(
        "--with",
        "extras",
        multiple=True,
        type=click.Choice(["batch", "converter", "downloads", "exports", "oauth2"]),
        help="Add optional parts.",
    ),
    click.option(
        "--client", default="groundwire", help="Importable package to copy; the Earth Engine client."
    ),
    click.option(
        "--document", type=click.Path(path_type=Path), help="Generate the client from this, copy no other."
    ),
    ROOT,
    OVERLAY,
    click.option("--methods", multiple=True, metavar="ID", help="Methods to generate: ID ..."),
    *MESSAGES,
    ALLOW_CONSTRUCT,
    click.option("--package", default="", help="What the copy calls itself in its documentation."),
    click.option("--runtime", default="", metavar="PACKAGE", help="Share this runtime: no copy of its own."),
    click.option(
        "--check", "mode", flag_value="check", help="Name what was edited (exit 3) or is stale (exit 1)."
    ),
    click.option(
        "--update",
        "mode",
        flag_value="update",
        help="Say what changed, and copy again, as the copy was asked for.",
    ),
    *GATE,
    DISCARD,
)


def vendor(
    destination: Path,
    extras: tuple[str, ...],
    client: str,
    document: Path | None,
    root: Path | None,
    overlay: Path | None,
    methods: tuple[str, ...],
    messages: tuple[str, ...],
    only_reached: bool,
    allow_construct: tuple[str, ...],
    package: str,
    runtime: str,
    mode: str | None,
    against: tuple[Path, ...],
    fail_on: str,
    discard_edits: bool,
) -> int:
    """Copy a generated client with its runtime into DESTINATION: one folder, no dependency on Groundwire.

    --check and --update take everything else from the copy's manifest. What was edited is refused, with exit code 3.
    --against and --fail-on are for --update.
    """
    from ..emit import emit
    from ..moved import refuse_edits
    from ..shadowing import check_package
    from ..vendor import NONE, Order, findings, manifest_of, order_of, ordered, runtime_findings
    from ..whole import check_target

    if mode != "update" and (against or fail_on != "never"):
        raise SpecError([Problem("options", "/update", "--against and --fail-on go with --update")])
    check_gate(against, fail_on)
    if mode != "check":
        check_target(destination)
    folder = destination.resolve()
    asked = Order(
        client=client,
        document=_from(folder, document),
        root=_from(folder, root),
        overlay=_from(folder, overlay),
        methods=" ".join(sorted(methods)),
        messages=NONE if only_reached else " ".join(chosen(messages, only_reached=False) or ()),
        constructs=" ".join(constructs(allow_construct)),
        package=package,
        runtime=runtime,
        extras=" ".join(sorted(set(extras))),
    )
    if mode is None:
        check_package(folder, package or folder.name)
    manifest, order = (manifest_of(folder), asked) if mode is None else order_of(folder)
    want = ordered(order, folder, manifest)
    if mode == "check" and manifest is not None:
        found = [*findings(folder, manifest, want), *runtime_findings(folder, order)]
        for each in found:
            echo(each.text)
        found = [each for each in found if not each.is_note]
        return EDITED if any(each.is_edit for each in found) else DIFFERENT if found else DONE
    refuse_edits(folder, want, discard=discard_edits)
    if mode == "update" and manifest is not None:
        changes = _changes(folder, manifest, want)
        if is_refused(fail_on, changes, errors_shown(against, folder, want)):
            return DIFFERENT
    done = emit(folder, want, discard_edits=discard_edits)
    echo(f"{len(done.written)} file(s) written to {destination}, {len(done.removed)} removed")
    return DONE


def _changes(folder: Path, manifest: Lock, want: Mapping[str, str]) -> Diff | None:
    """Print and return the changes for callers of a copy; None if either copy lacks its description."""
    from ..folder import content
    from ..vendor import DESCRIPTION, between
    from .diff import on_terminal

    here = content(folder / DESCRIPTION)
    if DESCRIPTION not in manifest.files or DESCRIPTION not in want or here is None:
        echo(f"no verdict: {folder.name} or what takes its place has no {DESCRIPTION}", err=True)
        return None
    found = between(here.decode("utf-8", "replace"), want[DESCRIPTION], manifest.names)
    echo(on_terminal(found), nl=False, styled=True)
    return found


def _from(folder: Path, path: Path | None) -> str:
    """A path as it is said from a folder, which may not be there yet."""
    return "" if path is None else Path(os.path.relpath(path.resolve(), folder)).as_posix()
