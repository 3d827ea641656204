"""The snippets of docs/calls.md, docs/exports.md, docs/models.md and docs/openapi.md run, in order."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from groundwire import ExportImageRequest, OperationMetadata, encode
from groundwire_contract.fixture import EarthEngineContract
from groundwire_runtime.http import FunctionTransport, Request, Response

from tests.codegen.test_cli import run as cli
from tests.modules import forget

from .runtime.doubles import Time

PAGE = Path(__file__).parent.parent / "docs" / "exports.md"
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_page_on_exports_runs(earthengine_contract: EarthEngineContract) -> None:
    kept: list[str] = []
    names: dict[str, Any] = {
        "contract": earthengine_contract,
        "remember": kept.append,
        "day": "2026-01-01",
    }
    for snippet in SNIPPETS:
        names["name"] = names["export"].name if "export" in names else ""
        here = snippet.replace("gw.Client(", "contract.client(")
        exec(compile(here, PAGE.name, "exec"), names)  # noqa: S102 - our own page
    assert len(SNIPPETS) == 8
    client = names["client"]
    found = [each.metadata for each in client.projects.operations.list()]
    assert all(isinstance(each, OperationMetadata) for each in found)
    # Time moves while the last export is waited for, and the others end meanwhile.
    assert [str(each.state) for each in found] == ["SUCCEEDED"] * 5
    assert len({str(each.description) for each in found}) == 5, "each has a mark of its own"


def test_the_page_on_models_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (PAGE.parent / "models.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    groundwire-codegen (.*)$", page, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["models", "openapi"]
    monkeypatch.chdir(tmp_path)
    for command in commands:
        arguments = [
            str(PAGE.parent.parent / word) if word.startswith("spec/") else word for word in command.split()
        ]
        done = cli(*arguments)
        assert (done.exit_code, done.stderr) == (0, "")
    monkeypatch.syspath_prepend(str(tmp_path))
    sent = ExportImageRequest(description="ndvi", max_pixels=10**9)
    names: dict[str, Any] = {"body": encode(sent), "queue": []}
    for snippet in re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        exec(compile(snippet, "models.md", "exec"), names)  # noqa: S102 - our own page
    assert names["request"] == sent
    assert names["queue"] == []
    forget(["earth_models"])


def test_the_page_on_openapi_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (PAGE.parent / "openapi.md").read_text(encoding="utf-8")
    [document] = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "huts.yaml").write_text(document, encoding="utf-8")
    rules = re.findall(r"^```toml\n(\[methods.*?)^```$", page, re.MULTILINE | re.DOTALL)
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('document = "huts"\n' + "".join(rules), encoding="utf-8")
    options = ("--overlay", overlay, "--out", tmp_path / "huts")
    done = cli("generate", tmp_path / "huts.yaml", *options)
    assert done.exit_code == 0, done.output
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "north.jpg").write_bytes(b"\xff\xd8")
    asked: list[tuple[str, str, bytes | None]] = []

    def answered(request: Request) -> Response:
        body = request.body
        asked.append(
            (request.verb, request.url, body if body is None or isinstance(body, bytes) else b"".join(body))
        )
        if request.url.endswith("nowhere"):
            problem = b'{"title": "No such hut", "detail": "nowhere"}'
            return Response(status=404, headers={"content-type": "application/problem+json"}, body=problem)
        if request.url.endswith("/photo"):
            return Response(status=200, headers={"content-type": "image/jpeg"}, body=b"\xff\xd8")
        if request.url == "https://login.example/token":
            grant = b'{"access_token": "t", "token_type": "bearer"}'
            return Response(status=200, headers={"content-type": "application/json"}, body=grant)
        if request.url.endswith("/map") or "/jobs/" in request.url:
            job = (
                b'{"jobID": "j1", "status": "successful"}'
                if "/jobs/" in request.url
                else b'{"jobID": "j1", "status": "accepted"}'
            )
            sent = {"content-type": "application/json", "location": "/v1/jobs/j1"}
            return Response(status=200, headers=sent, body=job)
        if "/huts?" in request.url:
            pages = {
                "page=2": b'{"huts": [{"id": "b", "owner": {"kind": "person", "name": "Ada"}}], "links": []}'
            }
            first = b'{"huts": [{"id": "a", "owner": {"kind": "club", "members": 1}}], "links": [%s]}'
            link = b'{"rel": "next", "href": "?state=open&page=2"}'
            body = pages.get(request.url[-6:], first % link)
            return Response(status=200, headers={"content-type": "application/json"}, body=body)
        if request.url.endswith("/visits"):
            lines = b'{"name": "Ada"}\n{"name": "Eve"}\n'
            return Response(status=200, headers={"content-type": "application/x-ndjson"}, body=lines)
        hut = b'{"id": "tschierva", "owner": {"kind": "club", "members": 7}}'
        return Response(
            status=200 if request.verb == "GET" else 204,
            headers={"content-type": "application/json"},
            body=hut if request.verb == "GET" else b"",
        )

    names: dict[str, Any] = {
        "answered": FunctionTransport(answered),
        "read_token": lambda: "t",
        "clock": Time().clock(),
    }
    for snippet in re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        here = snippet.replace("huts.Client(", "huts.Client(transport=answered, clock=clock, ")
        exec(compile(here, "openapi.md", "exec"), names)  # noqa: S102 - our own page
    huts = "https://huts.example/v1/huts"
    assert (names["ids"], names["sizes"], names["rest"]) == (["a", "b"], [1, 1], ["b"])
    assert names["ended"] == names["again"] != names["job"]
    asked = [each for each in asked if not re.search(r"/huts\?|/map$|/jobs/", each[1])]
    grant = b"grant_type=client_credentials&scope=huts.write"
    login = asked.index(("POST", "https://login.example/token", grant))
    assert asked[login + 1] == ("PATCH", f"{huts}/tschierva", b'{"state":"open"}')
    del asked[login : login + 2]
    photo = asked.pop(1)
    assert photo[:2] == ("POST", f"{huts}/tschierva/photos")
    assert photo[2] is not None
    others = [asked.pop(1)[1].removeprefix(f"{huts}/tschierva") for _ in range(3)]
    assert (others, names["names"]) == (["", "/photo", "/visits"], ["Ada", "Eve"])
    assert (tmp_path / "tschierva.jpg").read_bytes() == b"\xff\xd8"
    assert photo[2].count(b'name="tags"') == 2
    assert b'filename="north.jpg"\r\ncontent-type: image/jpeg\r\n\r\n\xff\xd8\r\n' in photo[2]
    assert asked == [
        ("GET", f"{huts}/tschierva?fields=id,owner,state", None),
        ("PATCH", f"{huts}/tschierva", b'{"state":"closed","opened":null}'),
        ("PATCH", f"{huts}/tschierva", b'{"opened":null}'),
        ("GET", f"{huts}/nowhere", None),
    ]
    assert names["owner"] == "a club of 7"
    assert (names["problem"].title, names["problem"].detail) == ("No such hut", "nowhere")
    forget(["huts"])


class RoomService:
    """The service of docs/calls.md: one room, changed by mask, with an ETag."""

    def __init__(self) -> None:
        self.room: dict[str, Any] = {"name": "rooms/1", "title": "Old", "guests": ["a"]}
        self.room["size"] = {"width": 3, "depth": 9}
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        query = dict(parse_qsl(urlsplit(request.url).query))
        if request.url.partition("?")[0].endswith("/rooms"):
            token = {} if "pageToken" in query else {"nextPageToken": "2"}
            return self.answer({"rooms": [self.room], **token})
        if request.verb == "PATCH":
            assert isinstance(request.body, bytes)
            self.change(json.loads(request.body), query["updateMask"].split(","))
        tag = json.dumps(self.room)
        if request.headers.get("if-none-match") == f'"{hash(tag)}"':
            return Response(status=304, headers={"etag": f'"{hash(tag)}"'})
        return Response(status=200, headers={"etag": f'"{hash(tag)}"'}, body=tag.encode())

    def change(self, body: dict[str, Any], mask: list[str]) -> None:
        for path in mask:
            *way, last = path.split(".")
            source, target = body, self.room
            for step in way:
                source, target = source.get(step, {}), target.setdefault(step, {})
            target.pop(last, None)
            if last in source:
                target[last] = source[last]

    @staticmethod
    def answer(value: Any) -> Response:
        return Response(status=200, headers={"etag": '"list"'}, body=json.dumps(value).encode())


def test_the_page_on_calls_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (PAGE.parent / "calls.md").read_text(encoding="utf-8")
    [document] = re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "rooms.json").write_text(document, encoding="utf-8")
    [command] = re.findall(r"^    groundwire-codegen (.*)$", page, re.MULTILINE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    done = cli(*command.split())
    assert done.exit_code == 0, done.output
    service = RoomService()
    names: dict[str, Any] = {"transport": FunctionTransport(service)}
    states: list[dict[str, Any]] = []
    for snippet in re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        here = snippet.replace("rooms.Client(", "rooms.Client(transport=transport, ")
        for part in re.split(r"\n(?=from attrs|client\.rooms\.patch\(\"rooms/1\", rooms)", here):
            exec(compile(part, "calls.md", "exec"), names)  # noqa: S102 - our own page
            states.append(json.loads(json.dumps(service.room)))
    assert names["titles"] == ["Old", "Old"]
    assert (names["room"], names["page"].headers["etag"]) == (names["answer"].value, '"list"')
    masks = [f"updateMask={each}" for each in ("guests%2Csize.width%2Ctitle", "size.width%2Ctitle")]
    sent = [each.url.partition("?")[2] for each in service.requests if each.verb == "PATCH"]
    assert sent == [*masks, "updateMask=title%2Cguests%2Csize.depth"]
    changed = [each for each in states if each.get("title") != "Old"]
    assert changed[0] == {"name": "rooms/1", "title": "Blue", "guests": [], "size": {"width": 4, "depth": 9}}
    assert changed[1] == {"name": "rooms/1", "guests": [], "size": {"width": 5, "depth": 9}}
    assert changed[2] == {"name": "rooms/1", "title": "Red", "size": {"width": 5}}
    assert names["near"].rooms.get("rooms/1").title == "Red"
    assert service.requests[-1].url == "https://rooms.europe-west1.rep.googleapis.com/v1/rooms/1"
    forget(["rooms"])
