"""Arguments of the commands that write one file from a document: `models` and `openapi`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from ..inputs import DOCUMENT_BYTES, OVERLAY_BYTES, Inputs, check_text, read_input, recorded
from ..ir import Api
from ..problem import Problem, SpecError
from .inputs import ALLOW_CONSTRUCT, ALLOW_HOST, DOCUMENT, MESSAGES, OVERLAY, ROOT, chosen, constructs
from .options import with_options
from .problems import reported

OPTIONS = (
    DOCUMENT,
    OVERLAY,
    click.option("--methods", multiple=True, metavar="ID", help="Methods whose types are written: ID ..."),
    click.option(
        "--client", type=click.Path(path_type=Path), help="Folder of a client whose published names are kept."
    ),
    *MESSAGES,
    ALLOW_CONSTRUCT,
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
        messages: tuple[str, ...],
        only_reached: bool,
        allow_construct: tuple[str, ...],
        client: Path | None,
        allow_host: tuple[str, ...],
        root: Path | None,
        **others: Any,
    ) -> int:
        check_text(methods=" ".join(methods), messages=" ".join(messages), allow_host=" ".join(allow_host))
        inputs = Inputs(
            name=document.name,
            document=read_input(document, DOCUMENT_BYTES),
            overlay=read_input(overlay, OVERLAY_BYTES) if overlay is not None else None,
            package=document.stem,
            methods=methods,
            messages=chosen(messages, only_reached=only_reached),
            allow_constructs=constructs(allow_construct),
            allow_hosts=tuple(host.lower() for host in allow_host),
        )
        return command(_api(document, inputs, client, root), **others)

    return with_options(OPTIONS, reported(run))


def _api(document: Path, stated: Inputs, client: Path | None, root: Path | None) -> Api:
    from ..folder import client_lock
    from ..reader import read_lowered
    from ..references import read_references

    lock = client_lock(client) if client is not None else None
    if client is not None and lock is None:
        raise SpecError([Problem("options", "/client", f"{client} is not the folder of a client")])
    inputs = recorded(stated, lock)
    references = read_references(document, inputs.document, root)
    lowered = read_lowered(
        inputs.document,
        inputs.overlay,
        methods=inputs.methods or None,
        messages=inputs.messages,
        allow_constructs=inputs.allow_constructs,
        published=lock.names if lock is not None else None,
        decisions=lock.decisions if lock is not None else None,
        allow_hosts=inputs.allow_hosts,
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
