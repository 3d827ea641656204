"""`groundwire-codegen models`: write plain models of a document's types."""

from __future__ import annotations

from pathlib import Path

import click

from ..ir import Api
from ..log import echo
from .problems import DONE
from .schema_inputs import write_file

OPTIONS = (
    click.option(
        "--kind",
        required=True,
        type=click.Choice(["pydantic", "msgspec", "dataclass", "typeddict"]),
        help="Kind of class.",
    ),
    click.option("--out", required=True, type=click.Path(path_type=Path), help="Module to write."),
)


def models(api: Api, *, kind: str, out: Path) -> int:
    """Write a module of plain models of DOCUMENT's types, for code that has its own HTTP, queue or server."""
    from ..models import FIRST_LINE, ModelKind
    from ..models import models as render

    module = render(api, ModelKind(kind))
    for warning in module.warnings:
        echo(f"warning: {warning}", err=True)
    write_file(out, module.text, FIRST_LINE)
    echo(f"wrote {out}")
    return DONE
