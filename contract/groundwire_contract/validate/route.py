"""Routing: the method of a verb and a path, and the path's variables.

A template such as `v1beta/{+name}:wait` is matched under every version served. A custom verb counts only if
some template has it; otherwise the colon belongs to the last segment.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from attrs import field, frozen
from groundwire_codegen.ir import Api, Method, Parameter

_VARIABLE: Final = re.compile(r"\{(\+?)([^{}]+)\}")
_LITERAL: Final = re.compile(r"(?<![\\\w])[A-Za-z_][A-Za-z0-9_]*")
"""A literal word of a template or a pattern."""
_SEGMENT: Final = "^[^/]+$"
"""The pattern of a `{+name}` that is one path segment."""
_RESERVED: Final = re.compile(r"%(?=2[fF])")
_MOST_KEPT: Final = 1024
_LONGEST_KEPT: Final = 256


@frozen
class Variable:
    """A path variable: its name, its pattern, and whether it is one path segment."""

    name: str
    pattern: re.Pattern[str] | None
    is_segment: bool

    def value(self, text: str) -> str | None:
        """Decode a percent-encoded value; None if its pattern does not match.

        `google/api/http.proto`: a single segment is fully decoded; in several segments, an encoded slash
        stays.
        """
        kept = unquote(_RESERVED.sub("%25", text))
        value = unquote(text) if self.is_segment else kept
        # A single-segment pattern that names its segment excludes slashes, encoded or not.
        if self.pattern is None or self.pattern.search(kept) or self.pattern.search(value):
            return value
        return None


@frozen
class Template:
    """The path of one method, without its custom verb, as a regular expression.

    The group `version` exists if the path has a version; the variables are `v0`, `v1` and so on.
    """

    method: Method
    expression: re.Pattern[str]
    variables: tuple[Variable, ...]


@frozen(kw_only=True)
class Route:
    """A matched method with the version and the decoded variables of the path."""

    method: Method
    version: str
    variables: Mapping[str, str]


@frozen(eq=False)
class Routes:
    """All methods of an API by HTTP verb and custom verb. `version` applies to paths without one."""

    version: str
    templates: Mapping[tuple[str, str], tuple[Template, ...]]
    custom_verbs: frozenset[str]
    found: dict[tuple[str, str], Route] = field(
        init=False, factory=dict[tuple[str, str], "Route"], repr=False
    )
    """Routes that were found: clients ask for few paths, and for each many times."""


def routes(api: Api, versions: Iterable[str], *, base: str | None = None) -> Routes:
    """Build the routes of `api` under each of `versions`. `base` is before each path: that of the API's URL by default."""
    base = urlsplit(api.base_url).path.strip("/") if base is None else base
    served = tuple(versions)
    templates_by_verb: defaultdict[tuple[str, str], list[Template]] = defaultdict(list)
    for method in api.methods.values():
        path, custom = _split_verb(f"{base}/{method.path.lstrip('/')}".lstrip("/"))
        templates_by_verb[method.verb, custom].append(_template(method, path, api.version, served))
    return Routes(
        version=api.version,
        templates={
            key: tuple(sorted(templates, key=_freedom)) for key, templates in templates_by_verb.items()
        },
        custom_verbs=frozenset(custom for _, custom in templates_by_verb if custom),
    )


def find(known: Routes, verb: str, path: str) -> Route | None:
    """Return the route of a verb and a percent-encoded path; None if there is none."""
    route = known.found.get((verb, path))
    if route is None:
        route = _searched(known, verb, path)
        if route is not None and len(path) <= _LONGEST_KEPT:
            if len(known.found) >= _MOST_KEPT:
                known.found.clear()
            known.found[verb, path] = route
    return route


def _searched(known: Routes, verb: str, path: str) -> Route | None:
    head, custom = _split_verb(path.removeprefix("/"))
    if custom not in known.custom_verbs:
        head, custom = path.removeprefix("/"), ""
    for template in known.templates.get((verb, custom), ()):
        matched = template.expression.fullmatch(head)
        if matched is None:
            continue
        groups = matched.groupdict()
        variables: dict[str, str] = {}
        for index, variable in enumerate(template.variables):
            value = variable.value(groups[f"v{index}"])
            if value is not None:
                variables[variable.name] = value
        if len(variables) == len(template.variables):
            version = groups.get("version", known.version)
            return Route(method=template.method, version=version, variables=variables)
    return None


def _split_verb(path: str) -> tuple[str, str]:
    """Split a path from its custom verb, which follows the last colon of the last segment."""
    head, colon, custom = path.rpartition(":")
    return (head, custom) if colon and "/" not in custom and "}" not in custom else (path, "")


def _freedom(template: Template) -> tuple[int, int, int]:
    """Return a sort key by which more specific templates come first."""
    patterns = [each.pattern.pattern for each in template.variables if each.pattern is not None]
    words = _LITERAL.findall(_VARIABLE.sub("", template.method.path) + "".join(patterns))
    return -len(words), len(template.variables) - len(patterns), -sum(map(len, words))


def _template(method: Method, path: str, version: str, served: tuple[str, ...]) -> Template:
    by_wire = {parameter.wire: parameter for parameter in method.parameters}
    before, named, after = f"/{path}/".partition(f"/{version}/")
    one_of = f"/(?P<version>{'|'.join(map(re.escape, served))})/" if named else ""
    variables: list[str] = []
    # With two variables that may hold slashes, only their patterns tell where one ends.
    shared = path.count("{+") > 1
    shapes = {
        name: parameter.rules.pattern.removeprefix("^").removesuffix("$")
        for name, parameter in by_wire.items()
        if shared and parameter.rules.pattern and parameter.rules.pattern_is_linear
    }
    expression = _literal(before, variables, shapes) + one_of + _literal(after, variables, shapes)
    return Template(
        method=method,
        expression=re.compile(expression.removeprefix("/").removesuffix("/"), re.DOTALL),
        variables=tuple(_variable(name, f"{{+{name}}}" in path, by_wire.get(name)) for name in variables),
    )


def _variable(name: str, is_reserved: bool, parameter: Parameter | None) -> Variable:
    pattern = None if parameter is None else parameter.rules.pattern
    return Variable(
        name=name,
        pattern=re.compile(pattern) if parameter and pattern and parameter.rules.pattern_is_linear else None,
        is_segment=not is_reserved or pattern == _SEGMENT,
    )


def _literal(path: str, variables: list[str], shapes: Mapping[str, str]) -> str:
    """Convert part of a template to a regular expression, appending to `variables`."""
    expression, at = "", 0
    for match in _VARIABLE.finditer(path):
        shape = shapes.get(match[2], ".+") if match[1] else "[^/]+"
        expression += f"{re.escape(path[at : match.start()])}(?P<v{len(variables)}>{shape})"
        variables.append(match[2])
        at = match.end()
    return expression + re.escape(path[at:])
