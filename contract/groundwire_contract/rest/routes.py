"""Routing by the paths of a document below the base paths of its servers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen
from groundwire_codegen.ir import Api, Method, Server

from ..validate.route import Route

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~/-]", re.ASCII)


@frozen
class Template:
    """The path of a method as a regular expression, whose groups are the variables in order."""

    method: Method
    expression: re.Pattern[str]
    variables: tuple[str, ...]


@frozen
class Paths:
    """All paths of an API, the most concrete first, and the base paths that stand before them."""

    bases: tuple[str, ...]
    expressions: tuple[re.Pattern[str], ...]
    """Of every base path, the longest first."""
    templates: tuple[Template, ...]

    def find(self, verb: str, path: str) -> list[Route] | tuple[str, ...] | None:
        """Return the routes of a verb and a percent-encoded path; the verbs that a known path has; None for an unknown one.

        There are several where a document states operations that differ in a fragment, or in the names of variables.
        """
        starts = (base.match(path) for base in self.expressions)
        rests = [path[start.end() :] for start in starts if start is not None]
        verbs: list[str] = []
        routes: list[Route] = []
        freedom: object = None
        is_concrete = False
        for template in self.templates:
            found = next((each for rest in rests if (each := template.expression.fullmatch(rest))), None)
            if found is None:
                continue
            if is_concrete and template.variables:
                break  # A concrete path is matched before one with variables (OpenAPI 3.1.1, 4.8.8.2).
            is_concrete = not template.variables
            if template.method.verb != verb:
                verbs.append(template.method.verb)
            elif not routes or freedom == _freedom(template):
                freedom = _freedom(template)
                variables = dict(zip(template.variables, found.groups(), strict=True))
                routes.append(Route(method=template.method, version="", variables=variables))
        return routes or tuple(sorted(set(verbs))) or None


def paths(api: Api) -> Paths:
    """Build the paths of an API."""
    own = [Server(url=method.server) for method in api.methods.values() if method.server is not None]
    expressions = dict.fromkeys(_base(server) for server in (*api.servers, *own))
    return Paths(
        bases=tuple(dict.fromkeys(base_path(server) for server in api.servers)),
        expressions=tuple(re.compile(each) for each in sorted(expressions, key=len, reverse=True)),
        templates=tuple(sorted(map(_template, api.methods.values()), key=_freedom)),
    )


def base_path(server: Server) -> str:
    """Return the path of a server's URL with the defaults of its variables, without the last slash."""
    values = {each.name: each.default for each in server.variables}
    url = _VARIABLE.sub(lambda found: values.get(found[1], ""), server.url)
    return _path(url).rstrip("/")


def _path(url: str) -> str:
    """Return the path of a URL, or of one that is relative to where the document was found."""
    path = urlsplit(url).path
    return path if path.startswith("/") or not path else "/" + path.lstrip("./")


def _base(server: Server) -> str:
    """Return the expression of a base path: a variable has one of its values, or any where they are not listed."""
    values = {each.name: each.values or (each.default,) for each in server.variables}
    # A variable may stand for the scheme and the host too.
    marked = _VARIABLE.sub(
        lambda found: f"x{found[1].encode().hex()}x" if found[1] in values else "", server.url
    )
    expression = _literal(_path(marked).rstrip("/"))
    for name, each in values.items():
        expression = expression.replace(f"x{name.encode().hex()}x", f"(?:{'|'.join(map(_literal, each))})")
    return expression


def _template(method: Method) -> Template:
    expression, at = "", 0
    names: list[str] = []
    for found in _VARIABLE.finditer(method.path):
        expression += _literal(method.path[at : found.start()]) + (
            "([^/]+)" if found[1] not in names else "[^/]+"
        )
        names += [found[1]] if found[1] not in names else []
        at = found.end()
    return Template(method, re.compile(expression + _literal(method.path[at:])), tuple(names))


def _literal(text: str) -> str:
    """Return the expression of a text that may be percent-encoded or not."""
    return "".join(map(_character, text))


def _character(one: str) -> str:
    if _UNRESERVED.fullmatch(one) or one == "%":
        return re.escape(one)
    encoded = "".join(f"%(?i:{byte:02X})" for byte in one.encode("utf-8", "replace"))
    return f"(?:{re.escape(one)}|{encoded})"


def _freedom(template: Template) -> tuple[tuple[int, int], ...]:
    """Return a sort key: a concrete segment is before one with a variable, and that before one that is a variable."""
    segments: Iterable[str] = template.method.path.split("/")
    return tuple(
        (2 if _VARIABLE.fullmatch(each) else 1 if "{" in each else 0, -len(_VARIABLE.sub("", each)))
        for each in segments
    )
