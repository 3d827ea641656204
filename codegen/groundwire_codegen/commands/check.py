"""`groundwire-codegen check`: compare a folder with what a document gives."""

from __future__ import annotations

import click

from ..log import echo
from .inputs import STRICT, Asked
from .problems import warn

OPTIONS = (
    STRICT,
    click.option("--full", is_flag=True, help="Generate even when the lock says that nothing changed."),
)


def check(asked: Asked, *, full: bool, strict: bool) -> int:
    """Compare a folder with what DOCUMENT gives: exit 1 and a diff when it is stale or was edited.

    A lock whose hashes agree is taken at its word; --full generates anyway.
    """
    from ..emit import contents_of, differences, lock_of, unchanged

    out = asked.out
    if not full and unchanged(out, asked.inputs.digests()):
        return 0
    from .. import pipeline
    from ..moved import edits, moved_inputs

    lock = lock_of(out)
    output = pipeline.generate(asked.inputs, lock)
    warn(output, strict=strict)
    lines = list(differences(out, output.files))
    if lock is not None and lines:
        for key in moved_inputs(lock, output.lock.inputs):
            echo(f"moved: {key}")
        for edit in edits(lock, contents_of(out, lock), output.files):
            echo(f"edited by hand: {out.name}/{edit}")
    for line in lines:
        echo(line)
    return 1 if lines else 0
