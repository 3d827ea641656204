"""One call of every operation of published documents, against what the raw documents say that it sends."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.ir import Api, Method
from groundwire_codegen.pipeline import generate
from groundwire_codegen.read.text import read_text
from groundwire_codegen.reader import read_lowered
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.codegen.conftest import Load
from tests.codegen.openapi.samples import Samples, UnsampledError, expanded, text_of
from tests.outside import FOLDER, needed

FORM = "application/x-www-form-urlencoded"
VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
NAMES = (
    *("box.json", "galaxy.yaml", "k8s-apps.json", "ogc-edr-oas30.json", "openeo.yaml", "stac-fastapi.json"),
    *("titiler.json", "twilio-flex.yaml", "xero-files.yaml"),
)


def bytes_of(name: str) -> bytes:
    data = (Path(FOLDER or "") / "openapi" / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def operations(document: Mapping[str, Any], samples: Samples) -> Iterator[tuple[str, str, Any, list[Any]]]:
    """Yield the verb, the path, and the node of each operation with its parameters."""
    for path, stated in document["paths"].items():
        item = samples.resolved(stated)
        for verb in VERBS:
            if verb in item:
                rows = [
                    samples.resolved(each)
                    for each in (*item.get("parameters", ()), *item[verb].get("parameters", ()))
                ]
                own = {(each["name"], each["in"]): each for each in rows}
                yield verb.upper(), path, item[verb], [each for each in own.values() if "in" in each]


class Shop:
    """A client of a document with the request that it sends."""

    def __init__(self, package: Any, api: Api) -> None:
        self.package, self.api = package, api
        self.requests: list[Request] = []
        self.client = package.Client(
            transport=FunctionTransport(self.send), endpoint="https://echo.example/base", retry=None
        )

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(status=400)

    def stub(self, method: Method) -> Any:
        holder: Any = self.client
        for each in self.api.resources:
            if each.path == method.resource:
                holder = getattr(holder, each.name)
        return getattr(holder, method.name)

    def value(self, type_: Any, sample: Any) -> Any:
        return self.package.codecs.CODECS.read(type_, json.dumps(sample).encode())

    def request(self, method: Method, given: Mapping[tuple[str, str], Any], body: Any) -> Request:
        """Call the stub of a method with JSON values."""
        facts = self.client.methods[method.id]
        types = {(each.wire, each.location): each.type for each in facts.parameters}
        arguments = {
            each.name: self.value(
                types[each.wire, each.location.value], given[each.wire, each.location.value]
            )
            for each in method.parameters
            if (each.wire, each.location.value) in given
        }
        if body is not None:
            arguments["request"] = self.value(facts.bodies[0].type, body)
        with pytest.raises(self.package.errors.ApiError):
            self.stub(method)(**arguments)
        return self.requests.pop()


def wanted(path: str, rows: list[Any], given: Mapping[tuple[str, str], Any]) -> tuple[str, dict[str, str]]:
    """Return the target and the headers that the raw document asks for."""
    query: list[str] = []
    headers: dict[str, str] = {}
    for row in rows:
        key = row["name"], row["in"]
        if key not in given:
            continue
        text = expanded(row, given[key])
        if row["in"] == "path":
            path = path.replace(f"{{{row['name']}}}", text)
        elif row["in"] == "query":
            query += text.split("&") if text else []
        elif row["in"] == "header":
            headers[row["name"].lower()] = text
        else:
            headers["cookie"] = "; ".join(filter(None, (headers.get("cookie"), text)))
    return f"/base{path}{'?' if query else ''}{'&'.join(sorted(query))}", headers


@needed
@pytest.mark.parametrize("name", NAMES)
def test_a_call_of_each_operation_is_sent_as_its_document_says(name: str, load: Load) -> None:
    data = bytes_of(name)
    document = read_text(data, name).value
    made = generate(Inputs(name=name, document=data, overlay=None, package="client"))
    package = load({path: text for path, text in made.files.items() if path.endswith(".py")})
    api, samples = read_lowered(data).api, Samples(document)
    shop = Shop(package, api)
    methods = {each.pointer: each for each in api.methods.values()}
    skipped, sent = 0, 0
    for verb, path, operation, rows in operations(document, samples):
        pointer = path.replace("~", "~0").replace("/", "~1")
        method = methods[f"/paths/{pointer}/{verb.lower()}"]
        try:
            given, body = sampled(samples, operation, rows, path)
        except UnsampledError:
            skipped += 1
            continue
        request = shop.request(method, given, body)
        target, headers = wanted(path.partition("#")[0], rows, given)
        place, _, query = request.url.removeprefix("https://echo.example").partition("?")
        found = f"{place}{'?' if query else ''}{'&'.join(sorted(query.split('&')))}"
        assert (request.verb, found) == (verb, target)
        assert {key: request.headers.get(key) for key in headers} == headers
        if body is not None and request.headers["content-type"].partition(";")[0] == FORM:
            texts = [(key, text_of(item)) for key, value in body.items() for item in _items(value)]
            pairs = parse_qsl((request.body or b"").decode(), strict_parsing=bool(texts))
            assert sorted(pairs) == sorted(texts), method.id
        elif body is not None:
            assert json.loads(request.body or b"null") == body, method.id
        sent += 1
    assert sent >= 0.6 * (sent + skipped), skipped


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


IGNORED = ("accept", "content-type", "authorization")


def sampled(
    samples: Samples, operation: Any, rows: list[Any], path: str
) -> tuple[dict[tuple[str, str], Any], Any]:
    """Return JSON values of the parameters that a document describes, and of a JSON body; None for another one."""
    given: dict[tuple[str, str], Any] = {}
    for row in rows:
        name, where = row["name"], row["in"]
        if (where == "header" and name.lower() in IGNORED) or (where == "path" and f"{{{name}}}" not in path):
            continue
        schema = next(iter(row["content"].values()))["schema"] if "content" in row else row.get("schema", {})
        try:
            value = samples.of(schema)
        except UnsampledError:
            if row.get("required") or where == "path":
                raise
            continue
        given[name, where] = (
            value.replace("\u00fc", "u") if where == "header" and isinstance(value, str) else value
        )
    content = samples.resolved(operation.get("requestBody", {})).get("content", {})
    first = next(iter(content), "")
    if first.partition(";")[0] in ("application/json", FORM) and "schema" in content[first]:
        return given, samples.of(content[first]["schema"])
    if content and samples.resolved(operation["requestBody"]).get("required"):
        raise UnsampledError
    return given, None
