"""Put the new document, its client and the changelog in place, together or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..emit import Emitted, emit
from ..whole import replaced


def replace(
    out: Path, files: Mapping[str, str], contents: Mapping[Path, bytes], *, discard_edits: bool = False
) -> Emitted:
    """Write the files of the client, and others with their contents; on a failure all are what they were.

    All are ready before the first takes its place, the client first, the document as the last of `contents`: a run that is
    killed between them is done again from the start, and ends in the same. Raises SpecError or OSError.
    """
    with replaced(contents) as put:
        return emit(out, files, put, discard_edits=discard_edits)
