"""Reading an OpenAPI document of version 3.0 or 3.1.

A keyword outside the vocabulary is a warning, what cannot be read a problem with a JSON pointer: of the operations that
reach it, or of the document. Names are sorted, so the order of keys does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import evolve

from ...ir import Api, ErrorShape, Server
from ...problem import Problem, SpecError, escape
from ..constructs import Constructs
from ..cursor import Cursor
from ..draft import Draft
from ..faults import attributed_faults
from ..text import Text, read_text
from .all_of import Flattener
from .bases import Bases
from .binaries import without_binaries
from .events import read_events
from .operations import Operations
from .places import distinct_places
from .references import ROOT, Documents
from .schemas import Schemas
from .security import Access
from .vocabulary import COMPONENTS, TOP, VERSION

_SHOWN: Final = 3
"""Places that are shown of one warning."""
_NO_SERVER: Final = Server(url="/")
_UNSAFE: Final = re.compile(r"[^a-z0-9]+")


def read_document(
    data: bytes,
    *,
    source: str = "document",
    references: Mapping[str, bytes] | None = None,
    base: str = ROOT,
    parsed: Text | None = None,
    allow_constructs: tuple[str, ...] = (),
) -> Draft:
    """Read and check a document, JSON or YAML. Raises SpecError when it is not one at all; other problems are returned.

    `references` are the documents that it refers to, by URI: absolute, or relative to the document's own folder.
    `base` is the document's own URI, `parsed` the data where it is read as JSON values already.
    """
    text = read_text(data, source) if parsed is None else parsed
    constructs = Constructs(frozenset(allow_constructs))
    draft = _read(text, source, references or {}, base, constructs)
    if not text.is_yaml:
        return draft
    from ..yaml_lines import with_lines

    return evolve(
        draft,
        problems=with_lines(draft.problems, data, source),
        warnings=with_lines(draft.warnings, data, source),
        faults={id_: with_lines(faults, data, source) for id_, faults in draft.faults.items()},
        type_faults={key: with_lines(faults, data, source) for key, faults in draft.type_faults.items()},
    )


def _read(
    text: Text, source: str, references: Mapping[str, bytes], base: str, constructs: Constructs
) -> Draft:
    root = Cursor(text.value, source, "", [], empty_is_absent=True)
    version = root.any("openapi")
    if not isinstance(version, str) or not VERSION.fullmatch(version):
        hint = 'expected "openapi": "3.0.x" or "3.1.x"'
        raise SpecError([Problem(source, "/openapi", f"OpenAPI {str(version)[:80]!r} is not read", hint)])
    documents = Documents(root, references, base, constructs)
    root = _opened(documents)
    documents = evolve(documents, root=root)
    if text.marked:
        documents.warn(root, "starts with a byte order mark")
    documents.check(root, TOP)
    components = root.child("components")
    if components is not None:
        documents.check(components, COMPONENTS)
    size = text.size + sum(map(len, documents.references.values()))
    schemas = _schemas(documents, components, size)
    access = Access(documents)
    schemes = access.read_schemes(components)
    operations = Operations(schemas, schemes, access.read_security(root, schemes))
    operations.read_paths(root)
    events = read_events(root, operations)
    schemas.read_waiting()
    api = _api(root, schemas, operations, access)
    by_schema, by_method = (_left(faults, constructs) for faults in (schemas.faults, operations.faults))
    faults, unreached = attributed_faults(api, by_schema, by_method)
    for problem in unreached:
        key = (problem.source, problem.pointer, problem.message)
        documents.warnings.setdefault(key, problem)
    return Draft(
        api=api,
        document=text.value,
        problems=tuple(root.problems),
        faults=faults,
        type_faults=by_schema,
        warnings=(*_grouped(documents.warnings.values()), *constructs.needless()),
        events=tuple(key for key in events if key not in by_schema),
        constructs=constructs.stated,
    )


def _opened(documents: Documents) -> Cursor:
    """Return a document none of whose maps of paths and components is one reference: each member refers instead."""
    root = documents.root
    members = _open_maps(documents, root, ("components", "paths", "webhooks"))
    components = root.at("components", members.get("components"))
    if components.members is not None:
        members["components"] = _open_maps(documents, components, tuple(components.members))
    return evolve(root, value=members)


def _open_maps(documents: Documents, node: Cursor, keys: tuple[str, ...]) -> dict[str, Any]:
    members = dict(node.members or {})
    for key in keys:
        below = node.at(key, members.get(key))
        ref = below.any("$ref")
        if isinstance(ref, str) and len(below.members or {}) == 1:
            found = documents.followed(below, f"all of {key!r}")
            top = ref if "#" in ref else f"{ref}#"
            if found is not below:
                members[key] = {name: {"$ref": f"{top}/{escape(name)}"} for name in found.members or {}}
    return members


def _left(
    faults: Mapping[str, tuple[Problem, ...]], constructs: Constructs
) -> dict[str, tuple[Problem, ...]]:
    """Return the faults without those that are constructs which the caller takes."""
    kept = {key: constructs.refused(problems) for key, problems in faults.items()}
    return {key: problems for key, problems in kept.items() if problems}


def _schemas(documents: Documents, components: Cursor | None, size: int) -> Schemas:
    """Return the reader of schemas, with the component schemas read."""
    nodes: dict[str, Cursor] = {}
    stated = None if components is None else components.child("schemas")
    if stated is not None:
        for name in sorted(stated.value):
            node = stated.at(name, stated.value[name])
            if node.value is None:
                documents.warn(node, "an empty schema is any value")
                node = stated.at(name, True)
            if isinstance(node.value, dict | bool):
                nodes[name] = node
            else:
                node.refuse("expected a schema")
    flattener = Flattener(documents, size)
    schemas = Schemas(documents, flattener, Bases(documents, flattener, nodes))
    schemas.read_components()
    return schemas


def _api(root: Cursor, schemas: Schemas, operations: Operations, access: Access) -> Api:
    documents, info = schemas.documents, root.child("info")
    title = "" if info is None else documents.words(info, "title")
    slug = _UNSAFE.sub("-", title.lower()).strip("-") or "api"
    version = "" if info is None else info.any("version")
    api = Api(
        id=slug,
        title=title,
        name=slug,
        version=version if isinstance(version, str) else str(version),
        servers=access.read_servers(root) or (_NO_SERVER,),
        schemes=operations.schemes,
        errors=ErrorShape.BY_STATUS,
        messages=distinct_places(schemas.messages, schemas.bases.components),
        enums=distinct_places(schemas.enums, schemas.bases.components),
        aliases=distinct_places(schemas.aliases, schemas.bases.components),
        methods=dict(sorted(operations.found.items())),
        doc="" if info is None else documents.words(info, "description"),
    )
    return without_binaries(api)


def _grouped(warnings: Any) -> Iterator[Problem]:
    """Yield warnings; one that many places share is shown for the first of them."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for warning in warnings:
        groups.setdefault((warning.source, warning.message), []).append(warning)
    for group in groups.values():
        yield from group[:_SHOWN]
        if len(group) > _SHOWN:
            last = group[_SHOWN]
            words = (
                f"{last.message} (and at {len(group) - _SHOWN - 1} more places)"
                if len(group) > _SHOWN + 1
                else last.message
            )
            yield Problem(last.source, last.pointer, words, last.hint)
