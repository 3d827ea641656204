"""A contract: an API read from its documents, with the tables that validation needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import evolve, field, frozen
from groundwire_codegen.inputs import DOCUMENT_BYTES, read_input
from groundwire_codegen.ir import Api
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import is_openapi, read_draft, read_lowered
from groundwire_codegen.references import References, read_references
from groundwire_codegen.shipped import spec_folder

from .rest.contract import RestContract, rest_contract
from .validate.route import Routes, routes
from .validate.shapes import Shapes, shapes

VERSIONS: Final = ("v1beta", "v1", "v1alpha")
"""Path prefixes under which Earth Engine serves the same methods."""
DOCUMENT: Final = "earthengine.v1beta.json"
OVERLAY: Final = "earthengine.v1beta.overlay.toml"
STARTS: Final = Path(__file__).with_name("starts.overlay.toml")
"""An addition to that overlay: the starts that the client does not have, and so its copies do not carry."""


@frozen(eq=False)
class Contract:
    """An API, the versions under which it is served, and the tables built from it."""

    api: Api
    routes: Routes
    shapes: Mapping[str, Shapes]
    document: bytes = field(default=b"", repr=False)
    """The Discovery document; empty when there is none."""

    @property
    def base(self) -> str:
        """The path before the path of each method, such as `/compute/v1`; mostly empty."""
        return urlsplit(self.api.base_url).path.rstrip("/")


def build(api: Api, versions: tuple[str, ...] | None = None, *, document: bytes = b"") -> Contract:
    """Build the contract of an API, served under its own version and `versions` (for Earth Engine: its
    three)."""
    if versions is None:
        versions = VERSIONS if api.name == "earthengine" else ()
    served = tuple(dict.fromkeys((api.version, *versions)))
    return Contract(
        api=api,
        routes=routes(api, served),
        shapes={version: shapes(api, version) for version in served},
        document=document,
    )


def load(document: bytes | None = None, overlay: bytes | None = None) -> Contract:
    """Load the contract of a Discovery document and its overlay; without a document, of Earth Engine v1beta.

    All methods of the document are served, not only those that the client has. Raises SpecError.
    """
    if document is None:
        folder = spec_folder()
        document = (folder / DOCUMENT).read_bytes()
        overlay = (folder / OVERLAY).read_bytes() + b"\n" + STARTS.read_bytes()
    methods, hosts = _facts(document)
    api = read_lowered(document, overlay, methods=methods, messages=(), allow_hosts=hosts).api
    return build(api, document=document)


def load_openapi(
    document: bytes, references: References | None = None, *, examples: bool = False
) -> RestContract:
    """Load the contract of an OpenAPI document. A method that cannot be read is left out with a warning.

    `references` are the documents that it refers to, `examples` lets methods answer with its own. Raises SpecError.
    """
    beside = References() if references is None else references
    draft = read_draft(document, references=beside.contents, base=beside.base)
    if draft.problems:
        raise SpecError(list(draft.problems))
    methods = {id_: method for id_, method in draft.api.methods.items() if id_ not in draft.faults}
    left_out = [fault for id_ in sorted(draft.faults) for fault in draft.faults[id_]]
    if left_out and not methods:
        raise SpecError(left_out)
    return rest_contract(
        evolve(draft.api, methods=methods),
        draft.document,
        references=beside.contents,
        base=beside.base,
        warnings=left_out,
        examples=examples,
    )


def load_file(
    path: Path, overlay: Path | None = None, *, root: Path | None = None, examples: bool = False
) -> Contract | RestContract:
    """Load the contract of a document of either kind. `root` is the folder that bounds an OpenAPI document's references.

    An overlay adds nothing to an OpenAPI document. Raises SpecError and OSError.
    """
    data = read_input(path, DOCUMENT_BYTES)
    if is_openapi(data):
        return load_openapi(data, read_references(path, data, root), examples=examples)
    return load(data, None if overlay is None else overlay.read_bytes())


def _facts(document: bytes) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Return the ids of all methods, and the host, which is never called.

    Return None and () for an unreadable document; the reader then reports what is wrong with it.
    """
    try:
        root = json.loads(document)
        root_url: str = root["rootUrl"]
        return tuple(_ids(root)), (urlsplit(root_url).hostname or "",)
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        return None, ()


def _ids(resource: Mapping[str, Any]) -> Iterator[str]:
    for method in resource.get("methods", {}).values():
        yield method["id"]
    for inner in resource.get("resources", {}).values():
        yield from _ids(inner)
