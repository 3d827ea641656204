"""`groundwire-codegen openapi`: write a document as OpenAPI 3.1."""

from __future__ import annotations

from pathlib import Path

import click

from ..ir import Api, ErrorShape
from ..log import echo, inert_json
from ..problem import Problem, SpecError
from .problems import DONE
from .schema_inputs import write_file

OPTIONS = (click.option("--out", type=click.Path(path_type=Path), help="File to write; printed by default."),)
_START = '{ "openapi": "3.1.0",'


def openapi(api: Api, *, out: Path | None) -> int:
    """Write a Discovery DOCUMENT, with its overlay, as an OpenAPI 3.1 document in JSON."""
    from ..schema import AmbiguousPathError, document, json_text

    if api.errors is ErrorShape.BY_STATUS:
        hint = "`models` writes its types; `generate` its client"
        raise SpecError([Problem("document", "/openapi", "it is OpenAPI already", hint)])
    try:
        text = json_text(document(api))
    except AmbiguousPathError as error:
        hint = "choose one of them with --methods"
        raise SpecError([Problem("document", "", str(error), hint)]) from None
    if out is None:
        click.echo(inert_json(text), nl=False)
    else:
        write_file(out, text, _START)
        echo(f"wrote {out}")
    return DONE
