"""`groundwire-codegen generate`: write the client of a document into a folder."""

from __future__ import annotations

from ..log import echo
from .inputs import DISCARD, STRICT, Asked
from .problems import DONE, tell_left_out, warn

OPTIONS = (STRICT, DISCARD)


def generate(asked: Asked, *, strict: bool, discard_edits: bool) -> int:
    """Write the client of DOCUMENT into a folder. What was edited there by hand is refused, with exit code 3."""
    from .. import pipeline
    from ..emit import emit
    from ..folder import client_lock
    from ..shadowing import check_package

    out = asked.out
    check_package(out, asked.inputs.package)
    output = pipeline.generate(asked.inputs, client_lock(out))
    warn(output, strict=strict)
    done = emit(out, output.files, discard_edits=discard_edits)
    for path in done.written:
        echo(f"wrote {out / path}")
    for path in done.removed:
        echo(f"removed {out / path}")
    if not done.written and not done.removed:
        echo(f"{out} is up to date")
    tell_left_out(output)
    return DONE
