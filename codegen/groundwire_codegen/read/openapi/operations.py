"""Operations: the methods of an API."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from attrs import Factory, evolve, field, frozen

from ...ir import Method, Security, SecurityScheme, Server
from ...problem import Problem
from ..cursor import Cursor
from .bodies import Bodies
from .parameters import Parameters
from .references import Documents
from .schemas import Schemas
from .security import Access, filled
from .vocabulary import OPERATION, PATH_ITEM, VERBS

_WORDS: Final = re.compile(r"[A-Za-z0-9]+", re.ASCII)
_ID: Final = re.compile(r"[!-~](?:[ -~]{0,250}[!-~])?", re.ASCII)
"""What an operation id may look like: it goes into logs, reports and overlays."""
_NOT_WORD: Final = re.compile(r"\W")
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+(?![^{}]*\})")
"""Characters of a path that stand in no variable, and in a URL only when they are escaped (RFC 3986, 2.5)."""
_PATH: Final = re.compile(r"/(?:[^\s{}\\\x00-\x20\x7f]|\{[^{}/?#\s]+\})*")


@frozen(eq=False)
class Operations:
    """The operations that were read so far, and the faults of each."""

    schemas: Schemas
    schemes: Mapping[str, SecurityScheme]
    security: Security | None
    """What the document requires where an operation states nothing."""
    found: dict[str, Method] = field(factory=dict[str, Method])
    stated: dict[str, Cursor] = field(factory=dict[str, Cursor])
    """The operations as they are written."""
    faults: dict[str, tuple[Problem, ...]] = field(factory=dict[str, "tuple[Problem, ...]"])
    _parameters: Parameters = field(
        init=False, default=Factory(lambda self: Parameters(self.schemas), takes_self=True)
    )
    _bodies: Bodies = field(init=False, default=Factory(lambda self: Bodies(self.schemas), takes_self=True))

    def read_paths(self, root: Cursor) -> None:
        """Read the operations of all paths."""
        paths = root.child("paths")
        stated: dict[str, Any] = {} if paths is None else paths.value
        for path in sorted(stated):
            if paths is None or path.startswith("x-"):
                continue
            # What stands beside a reference is read as well, and before what the reference leads to.
            items = self.schemas.documents.chain(paths.at(path, stated[path]))
            if not items:
                continue
            if path != path.strip():
                self._warn(items[0], "spaces around a path are left out")
            if items[-1].value is None:
                self._warn(items[-1], "an empty path is ignored")
                continue
            for item in items:
                self.schemas.documents.check(item, PATH_ITEM)
            for verb in VERBS:
                operation = next((item.child(verb) for item in items if item.has(verb)), None)
                if operation is not None:
                    self._add(items, operation, verb, path.strip())
        self.found.update(named_by_function(self.found))

    def _add(self, items: Sequence[Cursor], operation: Cursor, verb: str, path: str) -> None:
        """Read an operation; what is wrong with it refuse it alone."""
        problems = operation.problems
        start = len(problems)
        operation = self.schemas.documents.followed(operation, "an operation")
        id_ = self._id(operation, verb, path)
        self.stated[id_] = operation
        self.found[id_] = self._read(items, operation, id_, verb, path)
        found = tuple(problems[start:])
        del problems[start:]
        if found:
            self.faults[id_] = found

    def _id(self, operation: Cursor, verb: str, path: str) -> str:
        """Return the id of an operation, its own or one made from its verb and path, which no other has."""
        made = made_id(verb, path)
        stated = operation.text("operationId") or made
        if not _ID.fullmatch(stated):
            self._warn(operation, f"operation id {stated[:80]!r} is read as {made!r}")
            stated = made
        if stated not in self.found:
            return stated
        names = itertools.chain((made,), (f"{stated}{number}" for number in itertools.count(2)))
        id_ = next(each for each in names if each not in self.found)
        self._warn(operation, f"operation id {stated[:80]!r} is used twice; this one is {id_!r}")
        return id_

    def _warn(self, operation: Cursor, message: str) -> None:
        self.schemas.documents.warn(operation, message)

    def _read(self, items: Sequence[Cursor], operation: Cursor, id_: str, verb: str, path: str) -> Method:
        self.schemas.documents.check(operation, OPERATION)
        if not _PATH.fullmatch(path):
            operation.refuse(f"template syntax of path {path[:200]!r}")
        tags = operation.texts("tags")
        access = Access(self.schemas.documents)
        security = access.read_security(operation, self.schemes)
        servers: tuple[Server, ...] = ()
        for node in (operation, *items):
            servers = servers or access.read_servers(node)
        template = _BEYOND_ASCII.sub(lambda found: quote(found[0]), path.partition("#")[0])
        return Method(
            id=id_,
            wire=id_,
            resource=tags[:1],
            verb=verb.upper(),
            path=template,
            server=filled(servers[0]) if servers else None,
            parameters=self._parameters.read((*reversed(items), operation), template, id_),
            body=self._bodies.read_request(operation, id_),
            responses=self._bodies.read_responses(operation, id_),
            security=security if operation.has("security") else self.security,
            deprecated=operation.any("deprecated") is True,
            doc=_doc(self.schemas.documents, operation),
            pointer=operation.pointer,
        )


def made_id(verb: str, path: str) -> str:
    """Return an id from a verb and a path: `get /a/{b}` -> `getAB`."""
    words: Iterator[str] = (found[0] for found in _WORDS.finditer(path))
    return verb + "".join(word[:1].upper() + word[1:] for word in words)


def named_by_function(methods: Mapping[str, Method]) -> dict[str, Method]:
    """Name methods by the function behind each, where FastAPI made the id of its name, the path and the verb.

    `read_hut_huts__id__get` is `read_hut`, with its verb where a resource has two of a name; a name that is taken all the
    same stays whole. Source: `fastapi.utils.generate_unique_id`.
    """
    functions = {id_: _function(method) for id_, method in methods.items()}
    with_verb = {id_: f"{functions[id_]}_{method.verb.lower()}" for id_, method in methods.items()}
    taken = Counter((methods[id_].resource, name.lower()) for id_, name in functions.items())
    taken.update((methods[id_].resource, name.lower()) for id_, name in with_verb.items())
    found: dict[str, Method] = {}
    for id_, method in methods.items():
        names = (functions[id_], with_verb[id_]) if functions[id_] != id_ else ()
        free = (name for name in names if taken[method.resource, name.lower()] == 1)
        wire = next(free, id_)
        found[id_] = method if wire == method.wire else evolve(method, wire=wire)
    return found


def _function(method: Method) -> str:
    suffix = f"{_NOT_WORD.sub('_', method.path)}_{method.verb.lower()}"
    return method.id.removesuffix(suffix) or method.id


def _doc(documents: Documents, operation: Cursor) -> str:
    """Return the summary and the description of an operation."""
    texts = [documents.words(operation, key) for key in ("summary", "description")]
    if texts[1].startswith(texts[0]):
        texts = texts[1:]
    return "\n\n".join(text.strip() for text in texts if text.strip())
