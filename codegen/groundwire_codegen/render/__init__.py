"""Rendering: turn an Api into text by path, with templates. It refuses nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ..ir import Api
from .codecs import codecs_view
from .layout import folded
from .messages import messages_view
from .package import package_view, provenance_view
from .resources import client_view
from .source import Source, comment, word

if TYPE_CHECKING:
    from jinja2 import Environment, Template

RUNTIME: Final = "groundwire_runtime"


def render(api: Api, *, package: str, origin: str, runtime: str = RUNTIME) -> dict[str, str]:
    """Return the files of a client package, by path relative to it.

    `origin` names the document in the first line of each file; `runtime` is the module that generated code imports from
    (`._runtime` in a vendored copy).
    """
    views: dict[str, object] = {
        "messages.py": messages_view(api),
        "codecs.py": codecs_view(api),
        "client.py": client_view(api),
        "__init__.py": package_view(api, package),
        "provenance.py": provenance_view(api),
    }
    shared = {"origin": comment(origin), "runtime": word(runtime), "vendored": runtime.startswith(".")}
    files = {path: folded(template(path).render(view=view, **shared)) for path, view in views.items()}
    return {**files, "py.typed": ""}


def template(path: str) -> Template:
    """Return the template of a generated module."""
    return _environment().get_template(f"{path}.jinja")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("groundwire_codegen.render"),
        undefined=StrictUndefined,
        finalize=_printed,
        autoescape=False,  # noqa: S701 - Python, not HTML; what is printed is a Source
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for offered in (environment.globals, environment.filters, environment.tests):
        offered.clear()
    return environment


def _printed(value: Any) -> str:
    """Return the text of a Source, for jinja's `finalize`. Raises TypeError for any other type."""
    if type(value) is not Source:
        raise TypeError(f"a template prints a plain {type(value).__name__}: {value!a}")
    return value.text
