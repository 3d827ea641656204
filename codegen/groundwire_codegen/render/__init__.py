"""Rendering: the IR as text, a mapping of path to content. Pure; nothing here touches a disk but its templates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2

from ..ir import Api
from .client import client_view
from .codecs import codecs_view
from .docs import comment
from .messages import messages_view
from .package import package_view

RUNTIME = "groundwire_runtime"


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("groundwire_codegen.render"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - Python text, not HTML; text from a document comes through `repr` or docstring()
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(
    api: Api,
    *,
    package: str,
    origin: str,
    provenance: Mapping[str, str],
    runtime: str = RUNTIME,
) -> dict[str, str]:
    """The files of a client package, by path relative to it.

    `origin` names the document in the first line of each file; `provenance` holds what identifies the inputs;
    `runtime` is the module that generated code imports from (`._runtime` in a vendored copy).
    """
    views: dict[str, Any] = {
        "messages.py": messages_view(api, runtime),
        "codecs.py": codecs_view(api, runtime),
        "client.py": client_view(api, runtime),
        "__init__.py": package_view(api, package, runtime),
        "provenance.py": provenance,
    }
    files = {
        path: _environment()
        .get_template(f"{path}.jinja")
        .render(view=view, origin=comment(origin))
        .lstrip("\n")
        for path, view in views.items()
    }
    return files | {"py.typed": ""}
