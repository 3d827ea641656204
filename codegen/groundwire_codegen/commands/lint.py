"""`groundwire-codegen lint`: advice on a document, and candidates for its overlay."""

from __future__ import annotations

from pathlib import Path

import click

from ..inputs import DOCUMENT_BYTES, OVERLAY_BYTES, read_input
from ..log import echo
from .inputs import ALLOW_CONSTRUCT, ALLOW_HOST, DOCUMENT, OVERLAY, ROOT, constructs
from .problems import DONE

OPTIONS = (
    DOCUMENT,
    OVERLAY,
    ALLOW_CONSTRUCT,
    ALLOW_HOST,
    ROOT,
    click.option(
        "--no-validator", is_flag=True, help="Do not run openapi-spec-validator, which takes its time."
    ),
)


def lint(
    document: Path,
    *,
    overlay: Path | None,
    allow_construct: tuple[str, ...],
    allow_host: tuple[str, ...],
    root: Path | None,
    no_validator: bool,
) -> int:
    """Print advice on DOCUMENT: warnings, what is refused and why, and rules that its overlay may need.

    A candidate is what names and types suggest, as lines of TOML: confirm it before you add it. Findings of
    openapi-spec-validator are printed where that is installed. Exits with 0, with 2 for what cannot be read.
    """
    from ..lint import Linted, advise
    from ..references import read_references

    data = read_input(document, DOCUMENT_BYTES)
    references = read_references(document, data, root)
    advice = advise(
        Linted(
            name=document.name,
            document=data,
            overlay=None if overlay is None else read_input(overlay, OVERLAY_BYTES),
            allow_constructs=constructs(allow_construct),
            allow_hosts=tuple(host.lower() for host in allow_host),
            references=references.contents,
            base=references.base,
        ),
        validates=not no_validator,
    )
    pieces = list(advice.labelled)
    for label, problem in pieces:
        echo(f"{label}: {problem}")
    if advice.lacks_text:
        echo(
            "note: the document has no descriptions, which tell of unions and request ids: fetch it with --prose"
        )
    echo(f"{len(pieces)} piece(s) of advice on {document.name}")
    return DONE
