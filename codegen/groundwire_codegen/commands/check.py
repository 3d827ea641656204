"""`groundwire-codegen check`: compare a folder with the client that its inputs give."""

from __future__ import annotations

import click

from ..log import echo
from .inputs import STRICT, Asked
from .problems import DIFFERENT, DONE, EDITED, warn

OPTIONS = (
    STRICT,
    click.option("--full", is_flag=True, hidden=True, help="No effect: every check is full."),
)


def check(asked: Asked, *, full: bool, strict: bool) -> int:  # noqa: ARG001 - builds may pass it
    """Compare a folder with what DOCUMENT gives: exit 3 when it was edited, 1 when it is stale, with a diff.

    The client is generated for this: the lock is part of what is checked.
    """
    from .. import pipeline
    from ..emit import differences
    from ..folder import client_lock
    from ..inputs import recorded
    from ..moved import edits, gone, moved_inputs

    out = asked.out
    lock = client_lock(out)
    output = pipeline.generate(recorded(asked.inputs, lock), lock)
    warn(output, strict=strict)
    lines = list(differences(out, output.files))
    found = () if lock is None else tuple(edits(out, lock, output.files))
    if lock is not None and (lines or found):
        for key in moved_inputs(lock, output.lock.inputs):
            echo(f"moved: {key}")
            if key == "options":
                echo("    (give check the options of generate, as --methods and --package)")
        for edit in found:
            echo(f"edited by hand: {out.name}/{edit}")
        for path in gone(out, lock):
            echo(f"gone: {out.name}/{path}")
    for line in lines:
        echo(line)
    return EDITED if found else DIFFERENT if lines else DONE
