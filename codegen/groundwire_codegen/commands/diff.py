"""`groundwire-codegen diff`: list the changes between two documents, with a verdict for callers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..log import echo
from .inputs import ALLOW_CONSTRUCT, MESSAGES, ROOT, chosen, constructs

if TYPE_CHECKING:
    from ..diff import Diff, Given
    from ..lock import Lock

FORMATS = ("terminal", "markdown", "html", "json", "github")
LEVELS = ("type-check", "run-time", "behaviour", "compatible", "never")
_PATH = click.Path(path_type=Path)
OPTIONS = (
    click.argument("old", type=_PATH),
    click.argument("new", type=_PATH),
    click.option("--overlay", type=_PATH, help="TOML beside the documents."),
    click.option("--old-overlay", type=_PATH, help="That of OLD, where it is another."),
    ROOT,
    click.option("--old-root", type=_PATH, help="That of OLD, where it is another."),
    click.option("--lock", type=_PATH, help="groundwire.lock whose names OLD has."),
    click.option("--methods", multiple=True, metavar="ID", help="Methods to look at: ID ..."),
    click.option(
        "--all", "every_method", is_flag=True, help="Look at all methods, whatever the overlay says."
    ),
    click.option("--format", "form", type=click.Choice(FORMATS), default="terminal", show_default=True),
    click.option(
        "--fail-on",
        type=click.Choice(LEVELS),
        default="run-time",
        show_default=True,
        help="Exit with 1 when a change is as bad as this, or worse.",
    ),
    click.option("--out", type=_PATH, help="Write there instead of to the screen."),
    *MESSAGES,
    ALLOW_CONSTRUCT,
    click.option(
        "--allow-host", multiple=True, metavar="HOST", help="Accept a document that calls this host."
    ),
)


def diff(
    old: Path,
    new: Path,
    *,
    overlay: Path | None,
    old_overlay: Path | None,
    root: Path | None,
    old_root: Path | None,
    lock: Path | None,
    methods: tuple[str, ...],
    every_method: bool,
    messages: tuple[str, ...],
    only_reached: bool,
    allow_construct: tuple[str, ...],
    form: str,
    fail_on: str,
    out: Path | None,
    allow_host: tuple[str, ...],
) -> int:
    """Say what changed from OLD to NEW, and what each change does to callers of the generated client.

    Exits with 0 when nothing is as bad as --fail-on, with 1 when something is, with 2 for a bad input.
    """
    from ..diff import LEVELS, compare, read_sides

    after = _given(new, overlay, root)
    kept = None if lock is None else _lock(lock)
    sides = read_sides(
        _given(old, old_overlay or overlay, old_root or root),
        after,
        methods=methods,
        messages=_messages(kept, messages, only_reached=only_reached),
        allow_constructs=tuple(
            sorted({*constructs(allow_construct), *(() if kept is None else kept.allowed)})
        ),
        every_method=every_method,
        published=None if kept is None else kept.names,
        decisions=None if kept is None else kept.decisions,
        allow_hosts=tuple(host.lower() for host in allow_host),
    )
    for note in sides.notes:
        echo(f"note: NEW needs another overlay: {note}", err=True)
    found = compare(sides.old, sides.new)
    _write(_text(found, form, new, after.document), form, out)
    return 0 if fail_on == "never" or not found.reaches(LEVELS[fail_on]) else 1


def _messages(kept: Lock | None, messages: tuple[str, ...], *, only_reached: bool) -> tuple[str, ...] | None:
    """Return the schemas to compare besides what methods reach: those named, else those of the lock."""
    stated = chosen(messages, only_reached=only_reached)
    return kept.messages if stated is None and kept is not None else stated


def _given(document: Path, overlay: Path | None, root: Path | None) -> Given:
    from ..diff import Given
    from ..inputs import DOCUMENT_BYTES, OVERLAY_BYTES, read_input
    from ..references import read_references

    data = read_input(document, DOCUMENT_BYTES)
    references = read_references(document, data, root)
    return Given(
        name=document.name,
        document=data,
        overlay=None if overlay is None else read_input(overlay, OVERLAY_BYTES),
        references=references.contents,
        base=references.base,
    )


def _write(text: str, form: str, out: Path | None) -> None:
    from ..whole import write_whole

    if out is not None:
        write_whole(out, text.encode("utf-8"))
    elif form == "terminal":
        echo(text, nl=False, styled=True)
    else:
        # In these forms no text of an input is a command, and escapes would not be theirs.
        click.echo(text, nl=False, color=True)


def _lock(lock: Path) -> Lock:
    """Read a lock, which has the names of the old client."""
    from ..inputs import read_input
    from ..lock import MAX_BYTES, read_lock
    from ..problem import Problem, SpecError

    data = read_input(lock, MAX_BYTES)
    if len(data) > MAX_BYTES:
        raise SpecError([Problem(lock.name, "", f"larger than {MAX_BYTES} bytes")])
    try:
        return read_lock(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise SpecError([Problem(lock.name, "", "not UTF-8", "restore it from version control")]) from None


def _text(found: Diff, form: str, new: Path, document: bytes) -> str:
    """The diff in the form that was asked for; the document is what stands in NEW."""
    if form == "markdown":
        from ..diff.views.markdown import markdown

        return markdown(found)
    if form == "html":
        from ..diff.views.page import page

        return page(found)
    if form == "json":
        from ..diff.views.report import report

        return report(found)
    if form == "github":
        from ..diff.views.github import workflow_commands

        return workflow_commands(found, new.as_posix(), document.decode("utf-8"))
    return on_terminal(found)


def on_terminal(found: Diff) -> str:
    """The diff for the screen, or for what reads it in the screen's place."""
    import shutil
    import sys

    from ..diff.views.terminal import terminal

    screen = sys.stdout.isatty()
    return terminal(
        found, colour=screen, width=shutil.get_terminal_size((110, 24)).columns if screen else 110
    )
