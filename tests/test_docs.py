"""The snippets of docs/exports.md, docs/models.md and docs/openapi.md run, in order."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

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
    assert len(SNIPPETS) == 7
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
