"""`groundwire-codegen generate`: write the client of a document into a folder."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final

from ..log import echo
from .inputs import DISCARD, STRICT, Asked
from .problems import DONE, tell_left_out, warn

OPTIONS = (STRICT, DISCARD)
_MAX_LISTED: Final = 20
"""Files that are listed one by one; more are counted."""


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
    _tell("wrote", out, done.written)
    _tell("removed", out, done.removed)
    if not done.written and not done.removed:
        echo(f"{out} is up to date")
    tell_left_out(output)
    return DONE


def _tell(verb: str, folder: Path, paths: Collection[str]) -> None:
    if len(paths) > _MAX_LISTED:
        echo(f"{verb} {len(paths)} files in {folder}")
        return
    for path in paths:
        echo(f"{verb} {folder / path}")
