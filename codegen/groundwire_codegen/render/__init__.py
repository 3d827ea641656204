"""Rendering: turn an Api into text by path, with templates. It refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ..ir import Api
from .codecs import codecs_view
from .layout import folded
from .messages import messages_view
from .modules import published_kinds, types_by_module
from .package import messages_package_view, package_view, provenance_view
from .resources import client_package, client_view
from .source import Source, comment, word

if TYPE_CHECKING:
    from jinja2 import Environment, Template

RUNTIME: Final = "groundwire_runtime"


def render(
    api: Api,
    *,
    package: str,
    origin: str,
    runtime: str = RUNTIME,
    is_large: bool = False,
    has_inner: bool = False,
) -> dict[str, str]:
    """Return the files of a client package, by path relative to it.

    A large client has a module for each schema and for each resource, which are imported when they are first used. `origin` names the document in the first line of each file; `runtime` is the module that generated code imports from
    (`._runtime` in a vendored copy). `has_inner`: inline classes have short names under their messages.
    """
    views: dict[str, tuple[str, object]] = {
        **(dict(_large(api, has_inner)) if is_large else _small(api, has_inner)),
        "codecs.py": ("codecs.py", codecs_view(api, is_large=is_large)),
        "__init__.py": ("__init__.py", package_view(api, package, is_large=is_large)),
        "provenance.py": ("provenance.py", provenance_view(api)),
    }
    shared = {"origin": comment(origin), "vendored": runtime.startswith(".")}
    files: dict[str, str] = {}
    for path, (kind, view) in views.items():
        own = f".{runtime}" if shared["vendored"] and "/" in path else runtime
        files[path] = folded(template(kind).render(view=view, runtime=word(own), **shared))
    return {**files, "py.typed": ""}


def _small(api: Api, has_inner: bool) -> dict[str, tuple[str, object]]:
    """Return the template and the view of the modules of messages and stubs."""
    messages = messages_view(api, has_inner=has_inner)
    return {"messages.py": ("messages.py", messages), "client.py": ("client.py", client_view(api))}


def _large(api: Api, has_inner: bool) -> Iterator[tuple[str, tuple[str, object]]]:
    """Yield the same for a large client, by path."""
    types, kinds = types_by_module(api), published_kinds(api)
    yield "messages/__init__.py", ("messages_package.py", messages_package_view(api, types))
    for module, keys in types.items():
        part = messages_view(api.with_types(keys), kinds, has_inner=has_inner)
        yield f"messages/{module}.py", ("messages.py", part)
    for module, view in client_package(api).items():
        yield f"client/{module}.py", ("client.py", view)


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
