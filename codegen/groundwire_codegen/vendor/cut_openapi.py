"""Cut an OpenAPI document to the operations of a client and to what they reach."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast
from urllib.parse import unquote, urljoin, urlsplit

from ..ir import Method
from ..lower.selection import EVERY
from ..read.cursor import as_list, as_object
from ..read.overlay import Overlay
from ..read.text import read_text
from ..reader import read_draft
from ..references import is_document

_ALWAYS: Final = ("securitySchemes",)
"""Components that are kept whole: a client has them all."""
_SCHEMA: Final = "#/components/schemas/"
_VERBS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_DROPPED: Final = ("components", "paths", "webhooks")

Component = tuple[str, str]
"""The kind of a component and its name."""


def cut(
    document: Mapping[str, Any],
    data: bytes,
    references: Mapping[str, bytes],
    base: str,
    overlay: Overlay,
    wanted: Sequence[str],
    names: Sequence[str] = (),
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the document, and those that it refers to, with the wanted operations and schemas, and what they and the overlay name.

    `data` is the document's text. Without wanted operations all stay. Operations have their ids: one that has none, or
    shares it, is named by its neighbours.
    """
    others = {uri: read_text(each, uri).value for uri, each in references.items() if is_document(each, uri)}
    if not wanted:
        return dict(document), others
    held = (pair.partition(":")[0] for rule in overlay.client.values() for pair in rule.fills)
    ids = {*wanted, *overlay.methods, *held}
    methods = read_draft(data, references=references, base=base).api.methods
    kept = {id_: method for id_, method in methods.items() if id_ in ids}
    paths = _paths(as_object(document.get("paths")), kept)
    stated = [{key: value for key, value in document.items() if key not in _DROPPED}, paths]
    reached = _Reached(document, base)
    reached.follow(stated)
    own = as_object(as_object(document.get("components")).get("schemas")) if EVERY in names else names
    reached.add(("schemas", name) for name in (*_named(overlay), *own))
    near = _near(others, base, [*stated, *reached.nodes()])
    for uri in near:
        reached.add(reached.stated_in(others[uri]))
    # What components lead to may be in further documents, and those may lead back.
    near = _near(others, base, [*stated, *reached.nodes()])
    return {**stated[0], "paths": reached.with_paths(paths), "components": reached.components()}, {
        uri: others[uri] for uri in near
    }


def _paths(paths: Mapping[str, Any], methods: Mapping[str, Method]) -> dict[str, Any]:
    """Return the paths with the operations of these methods. A path that is elsewhere stays as it is."""
    places = {method.pointer: id_ for id_, method in methods.items()}
    found: dict[str, Any] = {}
    for path, item in paths.items():
        members = as_object(item)
        key = path.replace("~", "~0").replace("/", "~1")
        own = {verb: places[f"/paths/{key}/{verb}"] for verb in _VERBS if f"/paths/{key}/{verb}" in places}
        if "$ref" in members:
            found[path] = members
        elif own:
            rest = {name: value for name, value in members.items() if name not in _VERBS}
            found[path] = rest | {
                verb: {**members[verb], "operationId": id_} for verb, id_ in sorted(own.items())
            }
    return found


def _named(overlay: Overlay) -> Iterator[str]:
    """Yield the schemas that an overlay names."""
    for name, rule in overlay.messages.items():
        yield name
        for pairs in rule.packed.values():
            yield from pairs.values()
    for said in overlay.methods.values():
        stated = (said.operation_metadata, "" if said.operation is None else said.operation.response)
        yield from (schema for schema in stated if schema)


class _Reached:
    """The components of a document that were reached so far, and the paths that a reference leads into."""

    def __init__(self, document: Mapping[str, Any], base: str) -> None:
        self._document = document
        self._components: dict[str, Any] = as_object(document.get("components"))
        self._base = posixpath.basename(urlsplit(base).path)
        self._found: set[Component] = set()
        self._paths: set[str] = set()
        self._extending = _extending(as_object(self._components.get("schemas")))

    def follow(self, node: object) -> None:
        """Reach what a part of the document refers to."""
        self.add(self.stated_in(node))

    def add(self, components: Iterable[Component]) -> None:
        """Reach components, and what they refer to."""
        waiting = list(components)
        while waiting:
            kind, name = waiting.pop()
            if kind == "paths":
                if name not in self._paths:
                    self._paths.add(name)
                    waiting += self.stated_in(as_object(self._document.get("paths")).get(name))
            elif (kind, name) not in self._found and name in as_object(self._components.get(kind)):
                self._found.add((kind, name))
                node = self._components[kind][name]
                waiting += self.stated_in(node)
                if kind == "schemas" and _has_discriminator(node):
                    waiting += (("schemas", each) for each in self._extending.get(name, ()))

    def stated_in(self, node: object) -> Iterator[Component]:
        """Yield the components of the document that a part of it, or of another one, names."""
        for reference in _references(node):
            uri, _, fragment = reference.partition("#")
            parts = [unquote(each).replace("~1", "/").replace("~0", "~") for each in fragment.split("/")]
            if uri and posixpath.basename(urlsplit(uri).path) != self._base:
                continue
            if parts[1:2] == ["components"] and len(parts) > 3:
                yield parts[2], parts[3]
            elif parts[1:2] == ["paths"] and len(parts) > 2:
                yield "paths", parts[2]
            elif not fragment and reference.isidentifier():
                yield "schemas", reference

    def nodes(self) -> list[object]:
        """Return the components that were reached."""
        return [self._components[kind][name] for kind, name in sorted(self._found)]

    def components(self) -> dict[str, Any]:
        """Return the components that were reached, and those that are kept whole."""
        found: dict[str, Any] = {
            kind: self._components[kind] for kind in _ALWAYS if isinstance(self._components.get(kind), dict)
        }
        for kind, name in sorted(self._found):
            if kind not in _ALWAYS:
                found.setdefault(kind, {})[name] = self._components[kind][name]
        return found

    def with_paths(self, paths: Mapping[str, Any]) -> dict[str, Any]:
        """Return the paths, with those whole that references lead into."""
        stated: dict[str, Any] = as_object(self._document.get("paths"))
        lent = {path: _unnamed(stated[path]) for path in self._paths & stated.keys() - paths.keys()}
        shared = {
            path: {**_unnamed(stated[path]), **item} for path, item in paths.items() if path in self._paths
        }
        return {**paths, **shared, **lent}


def _unnamed(item: Any) -> Any:
    """Return a path whose operations have no ids: they are there for what refers to them."""
    return {
        key: {name: each for name, each in as_object(value).items() if name != "operationId"}
        if key in _VERBS
        else value
        for key, value in as_object(item).items()
    }


def _has_discriminator(schema: object) -> bool:
    return any("discriminator" in each for each in _objects(schema))


def _extending(schemas: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the schemas whose `allOf` names each schema."""
    found: dict[str, list[str]] = {}
    for name, schema in schemas.items():
        for each in as_list(as_object(schema).get("allOf")):
            reference = as_object(each).get("$ref")
            if isinstance(reference, str) and reference.startswith(_SCHEMA):
                key = unquote(reference.removeprefix(_SCHEMA)).replace("~1", "/").replace("~0", "~")
                found.setdefault(key, []).append(name)
    return found


def _references(node: object) -> Iterator[str]:
    """Yield every `$ref` in a part of a document, and what the mappings of discriminators name."""
    for each in _objects(node):
        reference = each.get("$ref")
        if isinstance(reference, str):
            yield reference
        mapping = as_object(as_object(each.get("discriminator")).get("mapping"))
        yield from (str(value) for value in mapping.values())


def _objects(node: object) -> Iterator[dict[str, Any]]:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            members = cast("dict[str, Any]", each)
            yield members
            waiting += members.values()
        elif isinstance(each, list):
            waiting += cast("list[object]", each)


def _near(others: Mapping[str, Any], base: str, nodes: Sequence[object]) -> list[str]:
    """Return the URIs of the documents that parts of the document lead to, however far."""
    found: dict[str, None] = {}
    waiting: list[tuple[str, object]] = [(base, node) for node in nodes]
    while waiting:
        here, node = waiting.pop()
        for reference in _references(node):
            uri = _uri(here, reference.partition("#")[0])
            if uri in others and uri not in found:
                found[uri] = None
                waiting.append((uri, others[uri]))
    return sorted(found)


def _uri(base: str, uri: str) -> str:
    """Return the URI of a reference as the reader finds it: relative to the document that it is in."""
    try:
        if urlsplit(uri).scheme or urlsplit(base).scheme:
            return urljoin(base, uri)
    except ValueError:
        return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(uri))) if uri else ""
