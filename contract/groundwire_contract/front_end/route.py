"""Which method of the API a verb and a path mean, and what the path's variables are.

A template such as `v1beta/{+name}:wait` is matched under every version that is served.
A custom verb counts only when some template has it; otherwise the colon belongs to the last segment.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from attrs import frozen
from groundwire_codegen.ir import Api, Method

_VARIABLE: Final = re.compile(r"\{(\+?)([^{}]+)\}")
_LITERAL: Final = re.compile(r"(?<![\\\w])[A-Za-z_][A-Za-z0-9_]*")
"""A word of a template or a pattern that stands for itself."""
_RESERVED: Final = re.compile(r"%(?=2[fF])")


@frozen
class Template:
    """One method's path, without its custom verb, as an expression.

    The group `version` is there when the path names one; the variables are `v0`, `v1` and so on.
    """

    method: Method
    expression: re.Pattern[str]
    variables: tuple[str, ...]
    patterns: tuple[re.Pattern[str] | None, ...]


@frozen(kw_only=True)
class Route:
    """A method that was found: the version of the path, and the variables of the path, decoded."""

    method: Method
    version: str
    variables: Mapping[str, str]


@frozen(eq=False)
class Routes:
    """All methods of an API, by HTTP verb and custom verb. `version` is that of paths that name none."""

    version: str
    templates: Mapping[tuple[str, str], tuple[Template, ...]]
    custom_verbs: frozenset[str]


def routes(api: Api, versions: Iterable[str]) -> Routes:
    """Prepare the methods of `api` to be found under each of `versions`."""
    base = urlsplit(api.base_url).path.strip("/")
    served = tuple(versions)
    found: defaultdict[tuple[str, str], list[Template]] = defaultdict(list)
    for method in api.methods.values():
        path, custom = _split_verb(f"{base}/{method.path.lstrip('/')}".lstrip("/"))
        found[method.verb, custom].append(_template(method, path, api.version, served))
    return Routes(
        version=api.version,
        templates={key: tuple(sorted(templates, key=_freedom)) for key, templates in found.items()},
        custom_verbs=frozenset(custom for _, custom in found if custom),
    )


def find(known: Routes, verb: str, path: str) -> Route | None:
    """The method of a verb and a percent-encoded path, None when there is none."""
    head, custom = _split_verb(path.removeprefix("/"))
    if custom not in known.custom_verbs:
        head, custom = path.removeprefix("/"), ""
    for template in known.templates.get((verb, custom), ()):
        matched = template.expression.fullmatch(head)
        if matched is None:
            continue
        groups = matched.groupdict()
        values = tuple(_decoded(groups[f"v{index}"]) for index in range(len(template.variables)))
        if all(
            pattern is None or pattern.search(value)
            for pattern, value in zip(template.patterns, values, strict=True)
        ):
            variables = dict(zip(template.variables, values, strict=True))
            return Route(
                method=template.method, version=groups.get("version", known.version), variables=variables
            )
    return None


def _split_verb(path: str) -> tuple[str, str]:
    """A path and its custom verb, which follows the last colon of the last segment."""
    head, colon, custom = path.rpartition(":")
    return (head, custom) if colon and "/" not in custom and "}" not in custom else (path, "")


def _decoded(text: str) -> str:
    """A path variable as the service sees it: decoded, but for an encoded slash."""
    return unquote(_RESERVED.sub("%25", text))


def _freedom(template: Template) -> tuple[int, int, int]:
    """How much a template leaves open: where two match, the one that says more of the path is meant."""
    patterns = [pattern.pattern for pattern in template.patterns if pattern is not None]
    said = _LITERAL.findall(_VARIABLE.sub("", template.method.path) + "".join(patterns))
    return -len(said), len(template.variables) - len(patterns), -sum(map(len, said))


def _template(method: Method, path: str, version: str, served: tuple[str, ...]) -> Template:
    by_wire = {parameter.wire: parameter for parameter in method.parameters}
    before, named, after = f"/{path}/".partition(f"/{version}/")
    one_of = f"/(?P<version>{'|'.join(map(re.escape, served))})/" if named else ""
    variables: list[str] = []
    # Of two that may hold slashes, only their patterns tell where the one ends.
    shared = path.count("{+") > 1
    shapes = {
        name: parameter.pattern.removeprefix("^").removesuffix("$")
        for name, parameter in by_wire.items()
        if shared and parameter.pattern and parameter.enforced
    }
    expression = _literal(before, variables, shapes) + one_of + _literal(after, variables, shapes)
    parameters = tuple(by_wire.get(name) for name in variables)
    return Template(
        method=method,
        expression=re.compile(expression.removeprefix("/").removesuffix("/"), re.DOTALL),
        variables=tuple(variables),
        patterns=tuple(
            re.compile(parameter.pattern) if parameter and parameter.pattern and parameter.enforced else None
            for parameter in parameters
        ),
    )


def _literal(path: str, variables: list[str], shapes: Mapping[str, str]) -> str:
    """A part of a template as an expression; its variables are added to `variables`."""
    expression, at = "", 0
    for found in _VARIABLE.finditer(path):
        shape = shapes.get(found[2], ".+") if found[1] else "[^/]+"
        expression += f"{re.escape(path[at : found.start()])}(?P<v{len(variables)}>{shape})"
        variables.append(found[2])
        at = found.end()
    return expression + re.escape(path[at:])
