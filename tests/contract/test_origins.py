"""Uploads and answers of a test for a web page of another origin: a browser shows it only the headers that it is allowed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final

import pytest
from groundwire_contract import Answer, ApiContract, ContractRequest, serving

from tests import browser
from tests.browser import Browser, tab, view

from .test_media import REST
from .wire import Answer as Got
from .wire import ask

__all__ = ["tab", "view"]

ORIGIN: Final = "http://localhost:3000"
PATH: Final = "/resumable/upload/v1/sheep/Dolly/wool?uploadType=resumable"
UNIT: Final = 256 * 1024


def size_of(request: ContractRequest) -> dict[str, str]:
    return {"name": str(len(request.media or b""))}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "herds.v1.json"
    path.write_text(json.dumps(REST))
    return path


@pytest.fixture
def herds(document: Path) -> Iterator[ApiContract]:
    with serving(document, allow_origins=(ORIGIN,)) as contract:
        contract.answers("herds.sheep.insert", size_of)
        yield contract


def exposed(answer: Got) -> set[str]:
    return set(answer.headers.get("access-control-expose-headers", "").split(", "))


def test_a_page_reads_the_place_and_the_ranges_of_an_upload(herds: ApiContract) -> None:
    begun = ask(herds.endpoint, "POST", PATH, {}, {"origin": ORIGIN})
    assert {"location", "x-guploader-uploadid", "date"} <= exposed(begun)
    place = begun.headers["location"].removeprefix(herds.endpoint)
    asked = ask(
        herds.endpoint,
        "OPTIONS",
        place,
        None,
        {
            "origin": ORIGIN,
            "access-control-request-method": "PUT",
            "access-control-request-headers": "content-range,x-guploader-no-308",
        },
    )
    assert asked.status == 204
    assert asked.headers["access-control-allow-headers"] == "content-range,x-guploader-no-308"
    chunk = {"origin": ORIGIN, "content-type": "text/csv", "content-range": f"bytes 0-{UNIT - 1}/*"}
    kept = ask(herds.endpoint, "PUT", place, b"x" * UNIT, chunk)
    assert (kept.status, kept.headers["range"]) == (308, f"bytes=0-{UNIT - 1}")
    assert "range" in exposed(kept)
    last = {"origin": ORIGIN, "content-range": f"bytes {UNIT}-{UNIT}/{UNIT + 1}"}
    assert ask(herds.endpoint, "PUT", place, b"x", last).json == {"name": str(UNIT + 1)}


def test_a_transport_that_follows_a_308_asks_for_none(herds: ApiContract) -> None:
    begun = ask(herds.endpoint, "POST", PATH, {})
    place = begun.headers["location"].removeprefix(herds.endpoint)
    headers = {"x-guploader-no-308": "yes", "content-range": "bytes */*"}
    asked = ask(herds.endpoint, "PUT", place, b"", {**headers, "origin": ORIGIN})
    assert (asked.status, asked.headers["x-http-status-code-override"]) == (200, "308")
    assert "range" not in asked.headers
    assert "x-http-status-code-override" in exposed(asked)
    headers["content-range"] = f"bytes 0-{UNIT - 1}/{UNIT}"
    done = ask(herds.endpoint, "PUT", place, b"x" * UNIT, headers)
    assert (done.json, done.headers.get("x-http-status-code-override")) == ({"name": str(UNIT)}, None)


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ({}, {"etag", "x-next", "x-groundwire-answer"}),
        ({"range": "bytes=1-2"}, {"content-range"}),
    ],
)
def test_a_page_reads_the_headers_of_an_answer(
    herds: ApiContract, sent: dict[str, str], names: set[str]
) -> None:
    given = Answer(value=b"wool", headers={"ETag": '"1"', "X-Next": "2", "Last-Modified": "never"})
    herds.answers("herds.sheep.get", given)
    answer = ask(herds.endpoint, "GET", "/v1/sheep/Dolly?alt=media", None, {"origin": ORIGIN, **sent})
    assert names <= exposed(answer)
    assert not exposed(answer) & {"last-modified", "content-type", "access-control-allow-origin", "vary"}


@pytest.mark.parametrize(
    ("status", "header"), [(429, "retry-after"), (401, "www-authenticate"), (416, "x-groundwire-rule")]
)
def test_a_page_reads_why_it_was_refused(herds: ApiContract, status: int, header: str) -> None:
    headers = {} if header.startswith("x-groundwire") else {header: "1"}
    herds.answers("herds.sheep.get", Answer(status=status, headers=headers))
    answer = ask(herds.endpoint, "GET", "/v1/sheep/Dolly", None, {"origin": ORIGIN})
    assert answer.status == status
    assert header in exposed(answer)


def test_no_other_origin_is_shown_anything(herds: ApiContract) -> None:
    for headers in ({}, {"origin": "https://other.example"}):
        begun = ask(herds.endpoint, "POST", PATH, {}, headers)
        assert not any(name.startswith("access-control-") for name in begun.headers)


UPLOAD: Final = """
const [endpoint, path, unit] = arguments;
const done = (found) => { window.found = found; };
(async () => {
  const json = {'content-type': 'application/json', 'x-upload-content-type': 'text/csv'};
  const begun = await fetch(endpoint + path, {method: 'POST', body: '{}', headers: json});
  const place = begun.headers.get('location');
  const put = (body, range) => fetch(place, {method: 'PUT', body, headers: {'content-range': range}});
  const kept = await put('x'.repeat(unit), `bytes 0-${unit - 1}/${unit + 1}`);
  const state = await put(null, `bytes */${unit + 1}`);
  const last = await put('y', `bytes ${unit}-${unit}/${unit + 1}`);
  return [begun.headers.get('x-guploader-uploadid') !== null, kept.status, kept.headers.get('range'),
    state.headers.get('range'), await last.json()];
})().then(done, (error) => done(String(error)));
"""


class _Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Give an empty page."""
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><link rel=icon href=data:,><title>empty</title>")

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing to the output of tests."""


@pytest.fixture
def site() -> Iterator[str]:
    """The origin of a site with an empty page."""
    with browser.site(_Empty) as origin:
        yield origin


@browser.needed
def test_a_page_uploads_in_a_session(view: Browser, site: str, document: Path) -> None:
    with serving(document, allow_origins=(site,)) as contract:
        contract.answers("herds.sheep.insert", size_of)
        view.open(site)
        view.run(UPLOAD, contract.endpoint, PATH, UNIT)
        found = view.until("window.found")
        contract.assert_valid()
    kept = f"bytes=0-{UNIT - 1}"
    assert found == [True, 308, kept, kept, {"name": str(UNIT + 1)}]
