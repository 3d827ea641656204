"""Published OpenAPI documents beside the project, read as plain JSON values, without the reader of the generator."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urldefrag, urljoin

import yaml
from attrs import frozen

from tests.outside import FOLDER

VERBS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
CHOSEN: Final = (
    "box.json",
    "ex-polymorphism.json",
    "galaxy.yaml",
    "museum.yaml",
    "k8s-apps.json",
    "ogc-edr-oas30.json",
    "ogc-records.yaml",
    "openeo.yaml",
    "shipengine-connect.json",
    "stac-fastapi.json",
    "titiler.json",
    "twilio-flex.yaml",
    "xero-files.yaml",
)
"""Documents of many features that are read in seconds: unions, styles, security, servers, media types, forms, nulls, tuples, YAML."""


class _Yaml(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the class is chosen at run time
    """Reads YAML 1.2's core schema: no timestamps, and `yes` is a text."""


_Yaml.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _Yaml.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), [*_first, *([""] * (_tag == "null"))]
    )
_Yaml.add_constructor(
    "tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node))
)  # 090 is 90


@frozen(kw_only=True)
class Operation:
    """One operation, as its document has it. `parameters` are those of the path too, the operation's own first."""

    verb: str
    path: str
    pointer: str
    stated: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]
    servers: tuple[Mapping[str, Any], ...]
    security: tuple[Mapping[str, Any], ...] | None

    @property
    def name(self) -> str:
        """The verb and the path."""
        return f"{self.verb} {self.path}"


def folder() -> Path | None:
    """Return the folder of documents among the outside vectors; None where there is none."""
    place = None if FOLDER is None else Path(FOLDER) / "openapi"
    return place if place is not None and place.is_dir() else None


def names() -> list[str]:
    """Return the names of all documents, packed ones included."""
    place = folder()
    if place is None:
        return []
    return sorted(path.name for path in place.iterdir() if re.search(r"\.(json|ya?ml)(\.gz)?$", path.name))


def read(name: str) -> bytes:
    """Return a document as bytes, unpacked."""
    place = folder()
    assert place is not None, "there are no documents"
    data = (place / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def package_name(name: str) -> str:
    """Return the name of the package that is made from a document."""
    return re.sub(r"\W", "_", name.partition(".")[0])


def parsed(data: bytes) -> Any:
    """Return a document as JSON values."""
    text = data.decode("utf-8-sig")
    return json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Yaml)  # noqa: S506 - a safe loader


def external(document: Any) -> list[str]:
    """Return the references that lead out of a document."""
    found: list[str] = []
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            target = node.get("$ref")
            if isinstance(target, str) and not target.startswith("#"):
                found.append(target)
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def outside(document: Any) -> dict[str, bytes]:
    """Return the documents that a document refers to, at any depth, by URI: those that are kept beside it."""
    place = folder()
    assert place is not None, "there are no documents"
    rows = (line.split("\t") for line in (place / "refs" / "refs.tsv").read_text("utf-8").splitlines())
    kept = {uri: place / "refs" / file for uri, file, *_ in rows}
    found: dict[str, bytes] = {}
    waiting = [("", document)]
    while waiting:
        own, node = waiting.pop()
        for target in external(node):
            uri = urldefrag(urljoin(own, target)).url
            if uri in kept and uri not in found:
                found[uri] = kept[uri].read_bytes()
                waiting.append((uri, parsed(found[uri])))
    return found


def bundled(document: Any, references: Mapping[str, bytes]) -> Any:
    """Return a document with those that it refers to inside, under `x-outside`, and each reference led there."""
    numbers = {uri: str(number) for number, uri in enumerate(references)}

    def led(own: str, node: Any) -> Any:
        if isinstance(node, list):
            return [led(own, each) for each in node]
        if not isinstance(node, dict):
            return node
        target = node.get("$ref")
        if isinstance(target, str):
            uri, fragment = urldefrag(urljoin(own, target)) if own else urldefrag(target)
            if uri in numbers:
                return {**node, "$ref": f"#/x-outside/{numbers[uri]}{fragment}"}
        return {key: led(own, each) for key, each in node.items()}

    inside = {numbers[uri]: led(uri, parsed(data)) for uri, data in references.items()}
    return {**led("", document), "x-outside": inside} if inside else document


def with_operations(document: Any, pointers: Collection[str]) -> Any:
    """Return a document with these operations alone: the others refer to documents that are not at hand."""
    paths: dict[str, Any] = {}
    for path, stated in (document.get("paths") or {}).items():
        item = resolved(document, stated)
        gone = {verb for verb in VERBS if f"/paths{escaped(path, verb)}" not in pointers}
        paths[path] = {key: value for key, value in item.items() if key not in gone}
    return {**document, "paths": paths}


def escaped(*keys: str) -> str:
    """Return the pointer of keys (RFC 6901)."""
    return "".join(f"/{key.replace('~', '~0').replace('/', '~1')}" for key in keys)


def at(document: Any, pointer: str) -> Any:
    """Return the value at a pointer. Raises KeyError, IndexError or ValueError for none."""
    for key in pointer.split("/")[1:]:
        key = unquote(key).replace("~1", "/").replace("~0", "~")
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def resolved(document: Any, node: Any) -> Any:
    """Follow references until there is none; an empty object stands for one that leads out of the document."""
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        if not node["$ref"].startswith("#"):
            return {}
        node = at(document, node["$ref"][1:])
    return node


def place_of(pointer: str, holder: Mapping[Any, Any], key: Any) -> str:
    """Return the pointer of a value, or of what it refers to."""
    value = holder.get(key)
    target = value.get("$ref") if isinstance(value, dict) else None
    return target[1:] if isinstance(target, str) else f"{pointer}{escaped(str(key))}"


def operations(document: Any) -> Iterator[Operation]:
    """Yield every operation of `paths`."""
    for path, stated in (document.get("paths") or {}).items():
        if path.startswith("x-"):
            continue
        item = resolved(document, stated)
        for verb in VERBS:
            if verb in item:
                yield _operation(document, path, verb, item)


def _operation(document: Any, path: str, verb: str, item: Mapping[str, Any]) -> Operation:
    stated = resolved(document, item[verb])
    parameters: dict[tuple[str, str], Any] = {}
    for each in (*item.get("parameters", ()), *stated.get("parameters", ())):
        parameter = resolved(document, each)
        if parameter:
            parameters[parameter["in"], parameter["name"]] = parameter
    security = stated.get("security", document.get("security"))
    return Operation(
        verb=verb.upper(),
        path=path,
        pointer=f"/paths{escaped(path, verb)}",
        stated=stated,
        parameters=tuple(parameters.values()),
        servers=tuple(stated.get("servers") or item.get("servers") or ()),
        security=None if security is None else tuple(security),
    )
