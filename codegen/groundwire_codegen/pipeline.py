"""The pipeline: document + overlay -> lower -> compile -> check -> render -> emit, in one pure step before emit."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from .compile import compile_types
from .gate import check_files
from .inputs import Inputs
from .lock import FILE, Lock, digest
from .reader import read_lowered
from .render import render
from .render.layout import quoted


@frozen
class Output:
    """The files of a package with their lock, by path relative to the package."""

    files: Mapping[str, str]
    lock: Lock


def generate(inputs: Inputs, before: Lock | None = None, *, runtime: str = "groundwire_runtime") -> Output:
    """Generate a package. Names that `before` published stay. Raises SpecError with every problem."""
    lowered = read_lowered(
        inputs.document,
        inputs.overlay,
        methods=inputs.methods or None,
        published=before.names if before is not None else None,
        allow_hosts=inputs.allow_hosts,
    )
    api = lowered.api
    files = render(
        api,
        compile_types(api),
        package=inputs.package,
        origin=inputs.name,
        provenance=_provenance(inputs, api.id, api.revision),
        runtime=runtime,
    )
    check_files(files)
    hashes = {path: digest(text) for path, text in files.items()}
    lock = Lock(inputs=inputs.digests(), files=hashes, names=lowered.published)
    return Output({**files, FILE: lock.text()}, lock)


def _provenance(inputs: Inputs, document: str, revision: str) -> dict[str, str]:
    """The constants of `provenance.py`, as literals: the only place that a revision shows."""
    return {
        "DOCUMENT": quoted(document),
        "REVISION": quoted(revision),
        "DOCUMENT_SHA256": quoted(digest(inputs.document)),
        "OVERLAY_SHA256": quoted(digest(inputs.overlay) if inputs.overlay is not None else ""),
    }
