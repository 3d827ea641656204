"""Arguments of the commands that write one file from a document: `models` and `openapi`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from ..inputs import DOCUMENT_BYTES, OVERLAY_BYTES, check_text, read_input
from ..ir import Api
from ..problem import Problem, SpecError
from .inputs import ALLOW_HOST, DOCUMENT, OVERLAY, ROOT
from .options import with_options
from .problems import reported

OPTIONS = (
    DOCUMENT,
    OVERLAY,
    click.option("--methods", multiple=True, metavar="ID", help="Methods whose types are written: ID ..."),
    click.option(
        "--client", type=click.Path(path_type=Path), help="Folder of a client whose published names are kept."
    ),
    ALLOW_HOST,
    ROOT,
)
_FIRST_BYTES = 200


def with_api(command: Callable[..., int]) -> Callable[..., None]:
    """Give a command the Api that its arguments name, and report its problems."""

    @wraps(command)
    def run(
        document: Path,
        overlay: Path | None,
        methods: tuple[str, ...],
        client: Path | None,
        allow_host: tuple[str, ...],
        root: Path | None,
        **others: Any,
    ) -> int:
        check_text(methods=" ".join(methods), allow_host=" ".join(allow_host))
        return command(_api(document, overlay, methods, client, allow_host, root), **others)

    return with_options(OPTIONS, reported(run))


def _api(
    document: Path,
    overlay: Path | None,
    methods: tuple[str, ...],
    client: Path | None,
    allow_host: tuple[str, ...],
    root: Path | None,
) -> Api:
    from ..folder import client_lock
    from ..reader import read_lowered
    from ..references import read_references

    lock = client_lock(client) if client is not None else None
    if client is not None and lock is None:
        raise SpecError([Problem("options", "/client", f"{client} is not the folder of a client")])
    data = read_input(document, DOCUMENT_BYTES)
    references = read_references(document, data, root)
    lowered = read_lowered(
        data,
        read_input(overlay, OVERLAY_BYTES) if overlay is not None else None,
        methods=methods or None,
        published=lock.names if lock is not None else None,
        decisions=lock.decisions if lock is not None else None,
        allow_hosts=tuple(host.lower() for host in allow_host),
        references=references.contents,
        base=references.base,
    )
    return lowered.api


def write_file(path: Path, text: str, ours: str) -> None:
    """Write a file atomically, unless it exists and does not start with `ours`. Raises SpecError and OSError."""
    from ..whole import check_target, write_whole

    check_target(path)
    if path.is_file():
        with path.open("rb") as file:
            start = re.sub(rb"\s+", b" ", file.read(_FIRST_BYTES))
        if not start.startswith(re.sub(r"\s+", " ", ours).encode()):
            hint = "choose another --out, or move it away"
            raise SpecError([Problem(path.name, "", "exists and was not written by this command", hint)])
    write_whole(path, text.encode())
