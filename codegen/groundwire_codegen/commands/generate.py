"""`groundwire-codegen generate`: write the client of a document into a folder."""

from __future__ import annotations

from ..log import echo
from .inputs import STRICT, Asked
from .problems import warn

OPTIONS = (STRICT,)


def generate(asked: Asked, *, strict: bool) -> int:
    """Write the client of DOCUMENT into a folder."""
    from .. import pipeline
    from ..emit import emit, lock_of

    out = asked.out
    output = pipeline.generate(asked.inputs, lock_of(out))
    warn(output, strict=strict)
    done = emit(out, output.files)
    for path in done.written:
        echo(f"wrote {out / path}")
    for path in done.removed:
        echo(f"removed {out / path}")
    if not done.written and not done.removed:
        echo(f"{out} is up to date")
    return 0
