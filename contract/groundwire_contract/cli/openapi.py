"""`groundwire-contract openapi`: write the contract as OpenAPI 3.1."""

from __future__ import annotations

from pathlib import Path

import click
from groundwire_codegen.log import inert_json

from .documents import contract_of, documents, fail


@click.command()
@documents
@click.option("--out", type=click.Path(path_type=Path), help="File to write; printed when there is none.")
def openapi(spec: Path | None, overlay: Path | None, root: Path | None, out: Path | None) -> None:
    """Write the contract as an OpenAPI 3.1 document, in JSON.

    The document describes the canonical form. What the service accepts besides (enum case, snake_case,
    numbers as text) is not in it.
    """
    from groundwire_codegen.schema import AmbiguousPathError, json_text

    from ..openapi import document
    from ..rest.contract import RestContract

    contract = contract_of(spec, overlay, root)
    if isinstance(contract, RestContract):
        fail(f"{spec}: it is an OpenAPI document already")
    try:
        text = json_text(document(contract.api))
    except AmbiguousPathError as error:
        fail(str(error))
    if out is None:
        click.echo(inert_json(text), nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        fail(f"{out}: {error.strerror or error}")
