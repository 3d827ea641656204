"""Read a Discovery document. An unknown construct is a warning, and inside a type of a method a problem of that method.

Names are sorted, so the order of keys does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from groundwire_runtime.http import split_url

from ...ir import Api, Endpoint, ErrorShape, SchemeKind, SecurityScheme, Server
from ...problem import Problem, SpecError
from ..constructs import Constructs
from ..cursor import Cursor, as_list
from ..draft import Draft
from ..faults import attributed_faults
from ..source import read_json
from .methods import GOOGLE, Methods, read_parameter
from .schemas import Schemas
from .vocabulary import ENDPOINT, FEATURES, REVISION, TOP

_URL: Final = re.compile(r"[A-Za-z0-9:/._~@?#&=%+$!'()*,;\[\]-]*", re.ASCII)
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII)
"""Nothing that two readers of a URL read in two ways, as a backslash or a line end."""
HOSTS: Final = (".googleapis.com", ".google.com")
"""Domains that a document may send credentials to, unless the caller allows another host."""


def read_document(
    data: bytes,
    *,
    source: str = "document",
    allow_hosts: tuple[str, ...] = (),
    allow_constructs: tuple[str, ...] = (),
) -> Draft:
    """Read and check a document. Raises SpecError when it is not one at all; other problems are returned.

    Inside of schemas, unknown constructs are refused unless they are allowed by name."""
    value = read_json(data, source)
    root = Cursor(value, source, "", [])
    if root.any("kind") != "discovery#restDescription":
        hint = 'expected "openapi": "3.x", or "kind": "discovery#restDescription"'
        words = "not a Discovery document, nor an OpenAPI one"
        raise SpecError([Problem(source, "/kind", words, hint)])
    constructs = Constructs(frozenset(allow_constructs))
    said = root.read(TOP)
    features = _features(root)
    parameters = tuple(read_parameter(wire, node, []) for wire, node in root.children("parameters"))
    constructs.pass_over(root.problems)
    schemas, by_schema = _schemas(root, constructs)
    methods = Methods(schemas, constructs, "data" if "dataWrapper" in features else None)
    methods.read_resource(root)
    api = Api(
        id=root.required("id"),
        title=said.get("title") or "",
        name=root.required("name"),
        version=root.required("version"),
        revision=_revision(root),
        servers=(Server(url=base_url(root, allow_hosts)),),
        endpoints=_endpoints(root, allow_hosts),
        mtls_url=_mtls_url(root, allow_hosts),
        schemes={GOOGLE: SecurityScheme(kind=SchemeKind.GOOGLE)},
        errors=ErrorShape.GOOGLE,
        parameters=parameters,
        messages=schemas.messages,
        enums=schemas.enums,
        aliases=schemas.aliases,
        methods=dict(sorted(methods.found.items())),
        doc=said.get("description") or "",
    )
    by_method = {
        id_: left
        for id_, found in methods.faults.items()
        if (left := constructs.refused(dict.fromkeys(found)))
    }
    faults, unreached = attributed_faults(api, by_schema, by_method)
    return Draft(
        api=api,
        document=value,
        problems=tuple(root.problems),
        faults=faults,
        type_faults=by_schema,
        warnings=(*constructs.warnings(), *constructs.needless(), *unreached),
        constructs=constructs.stated,
    )


def _schemas(root: Cursor, constructs: Constructs) -> tuple[Schemas, dict[str, tuple[Problem, ...]]]:
    """Return the schemas of a document, and the problems of each."""
    schemas = Schemas()
    faults: dict[str, tuple[Problem, ...]] = {}
    for name, node in root.children("schemas"):
        start = len(root.problems)
        schemas.read_named(name, node)
        if len(root.problems) > start and name in (schemas.messages | schemas.enums | schemas.aliases):
            found = constructs.refused(root.problems[start:])
            del root.problems[start:]
            if found:
                faults[name] = found
    return schemas, faults


def _revision(node: Cursor) -> str:
    """Return the revision: it goes into logs, reports and changelogs, so it has a shape."""
    revision = node.text("revision") or ""
    if not REVISION.fullmatch(revision):
        node.at("revision", revision).refuse(
            f"{revision[:80]!r} is no revision", "at most 64 ASCII letters, digits, dots and hyphens"
        )
        return ""
    return revision


def _features(root: Cursor) -> tuple[str, ...]:
    features = root.texts("features")
    for feature in features:
        if feature not in FEATURES:
            root.at("features", features).refuse(
                f"unknown feature {feature[:80]!r}",
                f"one of {', '.join(sorted(FEATURES))}",
                construct=feature,
            )
    return features


def base_url(root: Cursor, allow_hosts: tuple[str, ...]) -> str:
    """Return `rootUrl` and `servicePath` in one. A host that is neither Google's nor allowed is a problem."""
    root_url = root.required("rootUrl")
    return _service_url(root.at("rootUrl", root_url), root, allow_hosts) if root_url else ""


def _service_url(stated: Cursor, root: Cursor, allow_hosts: tuple[str, ...]) -> str:
    """Return the URL of a host with the path of the service. Faults of it are problems of the place that states it."""
    path = root.any("servicePath")
    url = f"{str(stated.value).rstrip('/')}/{(path if isinstance(path, str) else '').lstrip('/')}"
    for message, hint in base_url_faults(url, allow_hosts):
        stated.refuse(message, hint)
    return url


def _mtls_url(root: Cursor, allow_hosts: tuple[str, ...]) -> str | None:
    url = root.text("mtlsRootUrl")
    return _service_url(root.at("mtlsRootUrl", url), root, allow_hosts) if url else None


def _endpoints(root: Cursor, allow_hosts: tuple[str, ...]) -> tuple[Endpoint, ...]:
    """Return the regional endpoints by location; a second one of a location is by its host."""
    stated = root.any("endpoints")
    node = root.at("endpoints", [] if stated is None else stated)
    if node.value.__class__ is not list:
        node.refuse("expected an array")
    urls: dict[str, str] = {}
    for index, value in enumerate(as_list(node.value)):
        each = node.at(index, value)
        each.read(ENDPOINT)
        location, root_url = each.required("location"), each.required("endpointUrl")
        if not _HOST.fullmatch(location):
            each.at("location", location).refuse(f"{location[:80]!r} is no location")
            continue
        url = _service_url(each.at("endpointUrl", root_url), root, allow_hosts)
        host = root_url.rstrip("/").rpartition("/")[2]
        if url not in urls.values():
            name = location if location not in urls else host.removesuffix(HOSTS[0]).removesuffix(".rep")
            urls.setdefault(name, url)
    return tuple(Endpoint(name=name, url=url) for name, url in urls.items())


def base_url_faults(url: str, allow_hosts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the URL that a document sends credentials to, each with a hint."""
    try:
        parts = split_url(url)
        host = (parts.hostname or "").lower()
        port = parts.port
    except ValueError:
        yield "not a URL", ""
        return
    if not _URL.fullmatch(url) or (host and host not in allow_hosts and not _HOST.fullmatch(host)):
        yield f"a character that does not belong in a URL: {url[:200]!r}", ""
        return
    if parts.username is not None or parts.password is not None:
        yield "a URL with user information is refused", ""
    if (
        parts.query
        or parts.fragment
        or any(segment in (".", "..") for segment in unquote(parts.path).split("/"))
    ):
        yield "a query, a fragment or a dot segment does not belong in a base URL", ""
    if host in allow_hosts:
        return
    if parts.scheme != "https" or port not in (None, 443):
        yield "must be https on the standard port", f"allow it with --allow-host {host}"
    elif not any(host.endswith(suffix) for suffix in HOSTS):
        names = ", ".join(f"*{suffix}" for suffix in HOSTS)
        yield f"host {host!r} is not one of {names}", f"allow it with --allow-host {host}"
