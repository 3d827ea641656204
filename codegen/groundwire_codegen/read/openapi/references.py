"""References: from a `$ref` to the node that it names, in the document or in one that was fetched beside it."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Set
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from attrs import evolve, field, frozen

from ...problem import Problem, SpecError
from ..constructs import Constructs
from ..cursor import Cursor, as_list
from ..text import read_text
from .nodes import objects_of
from .vocabulary import VALUES, VERSION

MAX_CHAIN: Final = 64
"""References that lead to one another without anything between."""
ROOT: Final = ""
"""Where the document itself stands among those that it refers to."""
_ANCHORS: Final = ("$anchor", "$dynamicAnchor")
_SCHEMAS: Final = "/components/schemas/"
_FETCH: Final = (
    "external references are read from files beside the document; `groundwire-codegen fetch` brings them"
)


@frozen(eq=False)
class Documents:
    """A document, and those that its references lead to, by URI. `base` is the URI of the document, as far as known."""

    root: Cursor
    references: Mapping[str, bytes]
    base: str = ROOT
    constructs: Constructs = field(factory=Constructs)
    warnings: dict[tuple[str, str, str], Problem] = field(factory=dict[tuple[str, str, str], Problem])
    _parsed: dict[str, Any] = field(factory=dict[str, Any])
    _walked: dict[tuple[str, str], Cursor] = field(factory=dict[tuple[str, str], Cursor])
    """Nodes that references lead to, by the document and the pointer."""
    _anchored: dict[str, dict[str, list[str]]] = field(factory=dict[str, "dict[str, list[str]]"])
    _walking: set[tuple[str, str]] = field(factory=set[tuple[str, str]])
    """Pointers that are being followed, since one may lead through a reference."""

    def warn(self, node: Cursor, message: str, hint: str = "") -> None:
        """Record a warning about a node, once."""
        key = (node.source, node.pointer, message)
        self.warnings.setdefault(key, Problem(*key, hint))

    def check(self, node: Cursor, known: Set[str]) -> Mapping[str, Any]:
        """Return the members of a node. A key outside the vocabulary is a warning."""
        members = node.members
        if members is None:
            node.refuse("expected an object")
            return {}
        for key in () if members.keys() <= known else members:
            if key not in known and not key.startswith("x-"):
                self._pass_over(node.at(key, None), key)
        if None not in members.values():
            return members
        empty = [key for key, value in members.items() if value is None and key not in VALUES]
        for key in empty:
            self.warn(node.at(key, None), f"an empty {key[:80]!r} is read as if it were not there")
        return {key: value for key, value in members.items() if key not in empty}

    def _pass_over(self, node: Cursor, key: str) -> None:
        place = node.pointer if self.is_root(node) else f"{node.source}#{node.pointer}"
        self.constructs.ignore(node.source, place, key)
        if key not in self.constructs.allowed:
            self.warn(node, f"unknown keyword {key[:80]!r} is ignored")

    def words(self, node: Cursor, key: str) -> str:
        """Return a text for readers, such as a description; empty for none. Anything else is a warning."""
        value = node.any(key)
        if value is None or isinstance(value, str):
            return node.text(key) or ""
        self.warn(node.at(key, value), f"{key} is no text; ignored")
        return ""

    def resolve(self, node: Cursor) -> Cursor | None:
        """Return the node that a node stands for; None after a problem. Not for schemas, whose siblings count."""
        chain = self.chain(node)
        return chain[-1] if chain else None

    def followed(self, node: Cursor, what: str) -> Cursor:
        """Return what a node refers to, where it may not be a reference and is one all the same; itself after a problem."""
        if not node.has("$ref"):
            return node
        self.warn(node, f"a reference may not stand for {what}; it is followed")
        return self.resolve(node) or node

    def chain(self, node: Cursor) -> list[Cursor]:
        """Return a node and those that its references lead to, in a row; empty after a problem."""
        found = [node]
        while node.has("$ref"):
            ref = node.text("$ref")
            target = None if ref is None else self.target(node, ref)
            if target is None:
                return []
            if len(found) > MAX_CHAIN:
                node.refuse(f"a reference cycle, or more than {MAX_CHAIN} references in a row")
                return []
            found.append(target)
            node = target
        return found

    def target(self, node: Cursor, ref: str) -> Cursor | None:
        """Return the node that a reference names; None after a problem."""
        place = node.at("$ref", ref)
        uri, _, fragment = ref.partition("#")
        document = node.source if not uri else self._uri(place, uri)
        if document is None:
            return None
        top = self.root if document in (self.root.source, self.base) else self._external(place, document)
        if top is None:
            return None
        pointer = unquote(fragment)
        if pointer and not pointer.startswith("/"):
            found = self._anchors(top).get(pointer, [])
            if len(found) != 1:
                words = f"is at {len(found)} places" if found else "is no JSON pointer, and no anchor"
                place.refuse(f"{pointer[:80]!r} {words}", "refer by a JSON pointer")
                return None
            pointer = found[0]
        if top.problems is not node.problems:
            return self._walk(place, evolve(top, problems=node.problems), pointer)
        known = self._walked.get((document, pointer))
        if known is None:
            known = self._walk(place, top, pointer)
            if known is not None:
                self._walked[document, pointer] = known
        return known

    def _anchors(self, top: Cursor) -> Mapping[str, list[str]]:
        """Return the pointers of the schemas of a document that have an anchor, by its name."""
        if top.source not in self._anchored:
            found = self._anchored.setdefault(top.source, {})
            for pointer, members in objects_of(top.value):
                for name in {name for each in _ANCHORS if isinstance(name := members.get(each), str)}:
                    found.setdefault(name, []).append(pointer)
        return self._anchored[top.source]

    def _uri(self, place: Cursor, uri: str) -> str | None:
        """Return the URI of another document, which is relative to the one that refers to it."""
        base = self.base if place.source == self.root.source else place.source
        try:
            absolute = bool(urlsplit(uri).scheme or urlsplit(base).scheme)
        except ValueError:
            place.refuse(f"{uri[:80]!r} is not a URI")
            return None
        if absolute:
            return urljoin(base, uri)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(uri)))
        if path.startswith(("/", "..")) or "\\" in path or "\0" in path:
            place.refuse(f"{uri[:80]!r} leads out of the folder of the document")
            return None
        return path

    def _external(self, place: Cursor, uri: str) -> Cursor | None:
        if uri not in self._parsed:
            data = self.references.get(uri)
            if data is None:
                place.refuse(f"{uri[:200]!r} is not at hand", _FETCH)
                return None
            try:
                self._parsed[uri] = read_text(data, uri).value
            except SpecError as error:
                self._parsed[uri] = None
                place.problems.extend(error.problems)
        value = self._parsed[uri]
        return None if value is None else Cursor(value, uri, "", place.problems, empty_is_absent=True)

    def _walk(self, place: Cursor, node: Cursor, fragment: str) -> Cursor | None:
        """Follow a JSON pointer (RFC 6901) from the top of a document, through references where tools have bundled it so."""
        for segment in fragment.split("/")[1:]:
            key = segment.replace("~1", "/").replace("~0", "~")
            if node.has("$ref") and not node.has(key):
                beyond = self._through(place, node, fragment)
                if beyond is None:
                    return None
                node = beyond
            value: Any = node.value
            if isinstance(value, dict) and key in value:
                node = node.at(key, value[key])
                continue
            items = as_list(value)
            if key.isdecimal() and len(key) < 7 and int(key) < len(items):
                node = node.at(int(key), items[int(key)])
                continue
            place.refuse("the reference leads nowhere", f"no {key[:80]!r} at {node.pointer or 'the top'}")
            return None
        return node

    def _through(self, place: Cursor, node: Cursor, fragment: str) -> Cursor | None:
        """Return what a node on the way of a pointer refers to; None after a problem."""
        key = (node.source, fragment)
        if key in self._walking:
            place.refuse("a reference cycle")
            return None
        self.warn(place, "the pointer leads through another reference")
        self._walking.add(key)
        found = self.resolve(node)
        self._walking.discard(key)
        return found

    def is_root(self, node: Cursor) -> bool:
        """Return True for a node of the document itself."""
        return node.source == self.root.source

    def version(self, node: Cursor) -> str:
        """Return the version of OpenAPI that a node is written in: its document's own, else that of the first."""
        top: Any = self.root.value if self.is_root(node) else self._parsed.get(node.source)
        stated = Cursor(top, "", "", []).any("openapi")
        if not isinstance(stated, str) or not VERSION.fullmatch(stated):
            stated = self.root.value.get("openapi")
        return stated if isinstance(stated, str) else ""

    def key(self, node: Cursor) -> str:
        """Return the name of a type in a draft: a component's own, else where the schema is."""
        component = self.component(node)
        if component is not None and self.is_root(node):
            return component
        return node.pointer if self.is_root(node) else f"{node.source}#{node.pointer}"

    def component(self, node: Cursor) -> str | None:
        """Return the name under which `components` holds a schema; None for a schema that is elsewhere."""
        name = node.pointer.removeprefix(_SCHEMAS)
        if name == node.pointer or "/" in name:
            return None
        return name.replace("~1", "/").replace("~0", "~")
