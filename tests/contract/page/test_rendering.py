from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import evolve
from groundwire_contract.exchange import Recorded
from groundwire_contract.given import given_of
from groundwire_contract.operations import state as op
from groundwire_contract.operations.script import Script
from groundwire_contract.operations.state import State
from groundwire_contract.rules.registry import OPENAPI, RULES
from groundwire_contract.server.pages import status_page
from groundwire_contract.service import Service
from groundwire_contract.state.sqlite import Sqlite
from groundwire_pages.kit.asset import STYLE
from groundwire_pages.status_page import PAGE_SIZE, Query
from groundwire_pages.status_page.page import SCRIPT
from groundwire_pages.status_page.requests import MAX_BODY

from ..bookshop import CONTRACT
from ..wire import EXPORT, OPERATIONS, export
from .scene import newest, page, send, service, start, working_day

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'`&\u202e\x00\ud800"
ADDRESS = "http://127.0.0.1:8085"
VOID = {"input", "link", "meta", "wbr"}


class Reader(HTMLParser):
    """What a browser would make of a page: its tags, its attributes, and whether all of it closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def classed(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.tags if name in (attributes.get("class") or "").split()]


def read(of: Service, query: Query | None = None) -> Reader:
    found = Reader(page(of, query))
    assert found.open == []
    return found


def test_a_working_day_is_shown_whole() -> None:
    found = read(working_day())
    for said in (
        "Google Earth Engine API",
        "earthengine:v1beta",
        ADDRESS,
        "stands still",
        "17 answered",
        "2026-01-01 00:01:29",
        "sentinel2-ndvi-2026-w01",
        "Export too large: specified 1240000000 pixels",
        "User memory limit exceeded.",
        "4 of 4 units",
        "not begun",
        "https://console.developers.google.com/storage/browser/bucket/folder/",
        "attempt 1",
        "held",
        "after 45 s",
        "earthengine.projects.image.export",
        "409 Conflict",
        "request-id-reused V seen",
        RULES["request-id-reused"].statement,
        f"{len(RULES) - len(OPENAPI)} rules",
        RULES["list-on-map"].statement,
        f"{PAGE_SIZE} a page",
    ):
        assert said in found.text, said
    for state in State:
        assert {"class": "state", "data-state": state.value} in [each for _, each in found.tags]
        assert state.value in found.text


def test_credentials_are_not_shown() -> None:
    assert "secret-token" not in page(working_day())
    assert "authorization: REDACTED" in page(working_day())


def test_the_newest_is_first() -> None:
    found = read(working_day())
    rows = [int((row["id"] or "").rpartition("-")[2]) for row in found.classed("operation")]
    assert rows == sorted(rows, reverse=True)
    rows = [int((row["id"] or "").rpartition("-")[2]) for row in found.classed("request")]
    assert rows == list(range(17, 0, -1))


def test_an_empty_contract_says_so() -> None:
    found = read(service())
    assert "Nothing was started yet." in found.text
    assert "No request was made yet." in found.text
    assert "None: every request was accepted." in found.text


def test_another_api_is_shown_too() -> None:
    of = service(CONTRACT)
    send(of, "GET", "/v2/pages/1/2")
    assert "bookshop.pages.get" in read(of).text


@pytest.mark.parametrize("state", State)
def test_operations_are_filtered_by_state(state: State) -> None:
    found = read(working_day(), Query(state=state))
    rows = found.classed("operation")
    assert {row["data-state"] for row in rows} == {state.value}
    assert [link["href"] for link in found.named("a") if link.get("aria-current")] == [
        f"/?state={state.value}#operations",
        f"/?state={state.value}#requests",
    ]


def test_a_filter_that_nothing_passes_says_so() -> None:
    of = service()
    start(of)
    assert "No operation is FAILED." in read(of, Query(state=State.FAILED)).text
    assert "No request has this verdict." in read(of, Query(verdict="refused")).text


@pytest.mark.parametrize(("verdict", "count"), [("accepted", 13), ("refused", 4), ("unknown-field", 1)])
def test_requests_are_filtered_by_verdict(verdict: str, count: int) -> None:
    assert len(read(working_day(), Query(verdict=verdict)).classed("request")) == count


def texts(value: str) -> Iterator[Service]:
    """A service for each place that a request's text reaches the page from."""
    of = service()
    send(of, "POST", EXPORT, export(description=value))
    yield of
    of = service()
    operation = start(of)
    of.state.put(evolve(operation, description=value, name=f"projects/p/operations/{value}"))
    yield of
    of = service()
    of.state.put(op.fail(start(of), of.clock.now(), value))
    yield of
    of = service()
    send(of, "GET", f"/{value}", query=((value, value),), headers={value: value})
    yield of
    of = service()
    of.state.record(
        Recorded(
            method=value,
            verb=value,
            path=value,
            query=(),
            headers={},
            sent=json.dumps({value: [value]}).encode(),
            status=999,
            verdict=value,
        )
    )
    yield of
    of = service()
    of.state.put(evolve(start(of), destinations=(value,)))
    of.clock.elapse(60)
    yield of


@pytest.mark.parametrize("place", range(6))
def test_what_a_request_says_is_text(place: int) -> None:
    plain = {tag for tag, _ in read(working_day()).tags}
    found = read(list(texts(HOSTILE))[place])
    assert "alert(1)" in found.text
    assert {tag for tag, _ in found.tags} <= plain
    assert len(found.named("script")) == 1
    assert not any(name.startswith("on") for _, attributes in found.tags for name in attributes)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202egpj.exe", r"a\u202egpj.exe"), ("a\u2066b\u2069", r"a\u2066b\u2069"), ("a\u200bb", r"a\u200bb"),
        ("a\x1b[2Kb", r"a\x1b[2Kb"), ("a\x85b", r"a\x85b"), ("a\rb", r"a\rb"), ("a\U000e0041b", r"a\U000e0041b"),
        ("a\ufeffb", r"a\ufeffb"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", range(6))
def test_what_hides_or_turns_round_is_shown(place: int, text: str, shown: str) -> None:
    source = list(texts(text))[place]
    whole = status_page(source, Query(), ADDRESS).html
    assert text[1] not in whole.replace(STYLE.text, "").replace(SCRIPT.text, "")
    words = "".join(read(source).words)
    assert shown in words or json.dumps(text)[1:-1] in words


def test_nothing_comes_from_elsewhere_and_nothing_is_inline() -> None:
    found = read(working_day())
    for tag, attributes in found.tags:
        assert "style" not in attributes, tag
        assert "src" not in attributes, tag
        href = attributes.get("href")
        assert href is None or href.startswith(("/", "#", "data:image/svg+xml,")), href


def test_every_id_is_one_elements() -> None:
    ids = [attributes["id"] for _, attributes in read(working_day()).tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_what_is_labelled_by_an_id_has_one() -> None:
    found = read(working_day())
    ids = {attributes.get("id") for _, attributes in found.tags}
    assert {each["aria-labelledby"] for _, each in found.tags if "aria-labelledby" in each} <= ids


def test_headings_go_down_one_at_a_time() -> None:
    levels = [int(tag[1]) for tag, _ in read(working_day()).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_ten_thousand_of_each_make_no_large_page() -> None:
    of = service()
    one, request = start(of), tuple(of.state.requests)[-1]
    for number in range(2, 10_001):
        of.state.add(evolve(one, name=f"projects/p/operations/{number}", description="x" * 100))
        of.state.record(request)
    text = page(of)
    assert len(text) < 150_000
    found = read(of)
    assert len(found.classed("operation")) == len(found.classed("request")) == PAGE_SIZE
    assert "1 to 25 of 10,000, newest first" in found.text
    assert [link["href"] for link in found.named("a") if link.get("rel") == "next"] == [
        "/?operations=2#operations",
        "/?requests=2#requests",
    ]
    last = read(of, Query(operations=10**5))
    assert "9,976 to 10,000 of 10,000" in last.text
    assert last.classed("operation")[-1]["id"] == "operation-1"


def test_large_bodies_and_many_headers_are_cut() -> None:
    of = service()
    body = export(workloadTag="y" * 1_000_000, priority=list(range(100_000)))
    send(of, "POST", EXPORT, export(priority=list(range(5_000))))
    send(of, "POST", EXPORT, body, headers={f"x-{number}": "z" * 10_000 for number in range(100)})
    text = page(of)
    assert len(text) < 100_000
    assert text.count(f"Cut after {MAX_BODY:,} characters.") == 2


def test_a_body_that_nests_deeply_is_cut_as_well() -> None:
    of = service()
    body = b"[" * 500 + b'"' + b"x" * MAX_BODY + b'"' + b"]" * 500
    of.state.record(
        Recorded(
            method=None,
            verb="POST",
            path="/",
            query=(),
            headers={},
            sent=body,
            status=400,
            verdict="message-too-deep",
        )
    )
    assert f"Cut after {MAX_BODY:,} characters." in read(of).text


def test_requests_that_are_forgotten_keep_their_numbers_and_are_counted() -> None:
    of = service()
    start(of)
    for _ in range(10_001):
        of.state.record(tuple(of.state.requests)[-1])
    assert "10,002 answered, 2 forgotten" in read(of).text
    assert read(of).classed("request")[0]["id"] == "request-10002"


def test_a_state_in_a_file_is_shown_alike(tmp_path: Path) -> None:
    kept, file = service(), Sqlite(tmp_path / "state")
    try:
        filed = service(state=file)
        for of in (kept, filed):
            start(of, "first")
            of.clock.elapse(50)
            send(of, "GET", "/nowhere")
        assert page(filed) == page(kept)
    finally:
        file.close()


def test_an_operation_that_hides_its_description_has_it_here() -> None:
    of = service(script=Script(described=False))
    start(of, "hidden")
    assert "hidden" in read(of).text


def test_looking_changes_nothing_and_the_version_knows_what_changed() -> None:
    of = working_day()
    before = (of.clock.now(), tuple(of.state.requests), newest(of))
    first = status_page(of, Query(), ADDRESS)
    assert first == status_page(of, Query(), ADDRESS)
    assert (of.clock.now(), tuple(of.state.requests), newest(of)) == before
    of.clock.elapse(0.5)
    later = status_page(of, Query(), ADDRESS)
    assert (later.version, later.clock) == (first.version, "2026-01-01 00:01:29")
    of.clock.elapse(1000)
    assert status_page(of, Query(), ADDRESS).version != first.version


def test_rules_that_are_not_enforced_and_operations_that_will_stand_still_are_named() -> None:
    of = service()
    of.overrides.relax("queue-full")
    of.held = True
    assert (
        "Not enforced: asset-parent-missing, band-type-unsupported, queue-full, unbounded-image."
        in read(of).text
    )
    assert "New operations stand still" in read(of).text


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ({}, Query()),
        ({"state": "FAILED", "operations": "3"}, Query(state=State.FAILED, operations=3)),
        ({"verdict": "accepted", "requests": "2"}, Query(verdict="accepted", requests=2)),
        ({"verdict": "queue-full"}, Query(verdict="queue-full")),
        ({"state": "failed", "verdict": "<script>", "operations": "-1", "requests": "\u0663"}, Query()),
        ({"operations": "0", "requests": "9999999"}, Query()),
    ],
)
def test_a_query_is_read_or_left(query: dict[str, str], meant: Query) -> None:
    assert Query.read(query, RULES) == meant


def test_a_link_keeps_what_it_does_not_change() -> None:
    query = Query(state=State.RUNNING, verdict="refused", operations=2)
    assert (
        query.link("requests", {"requests": 4})
        == "/?state=RUNNING&verdict=refused&operations=2&requests=4#requests"
    )
    assert Query().link("operations", {}) == "/#operations"


def test_a_destination_is_told_before_the_end() -> None:
    of = service()
    operation = start(of)
    assert f"To be written {operation.destinations[0]}" in read(of).text
    of.state.put(op.fail(operation, of.clock.now(), "Internal error."))
    assert f"Not written {operation.destinations[0]}" in read(of).text
    asset = {"earthEngineDestination": {"name": "projects/p/assets/a"}}
    start(of, fileExportOptions=None, assetExportOptions=asset)
    assert "projects/p/assets/a" in read(of).text


def test_what_was_wrong_is_told_with_its_place() -> None:
    of = service()
    send(of, "POST", EXPORT, export(maxPixel=HOSTILE))
    text = read(of).text
    assert "Cannot find field: did you mean maxPixels? /maxPixel" in text
    assert '"maxPixel": "</script>' in text


def test_answers_that_are_not_the_servers_own_are_marked() -> None:
    of = service(CONTRACT)
    send(of, "GET", "/v2/pages/1/2")
    assert "example" in [each for each in read(of).words if each == "example"]
    of = service()
    of.overrides.answers["earthengine.projects.operations.list"] = given_of({})
    send(of, "GET", OPERATIONS)
    assert "answer of the test" in read(of).text
    send(of, "GET", OPERATIONS)
    assert read(of).text.count("answer of the test") == 2


def test_a_timeline_tells_how_long_an_operation_waited_and_ran() -> None:
    of = service()
    start(of)
    of.clock.elapse(25)
    (bar,) = read(of).classed("timeline")
    assert bar["aria-label"] == "Timeline: waited 5 s, ran 20 s, not ended"
    rects = read(of).named("rect")
    assert [(each["class"], each["x"], each["width"]) for each in rects] == [
        ("waited", "0", "200"),
        ("ran", "200", "800"),
    ]


def test_a_search_finds_operations_and_requests() -> None:
    day = working_day()
    found = read(day, Query(search="ALPS"))
    assert len(found.classed("operation")) == 1
    assert "No request has what is searched for." in found.text
    found = read(day, Query(search="request-id-reused"))
    assert "No operation has what is searched for." in found.text
    assert len(found.classed("request")) == 1
    assert len(read(day, Query(search=HOSTILE)).classed("operation")) == 0


def test_the_dense_list_has_a_line_an_operation() -> None:
    of = service()
    for number in range(60):
        start(of, f"export-{number}")
    found = read(of, Query(dense=True))
    assert len(found.classed("line")) == 60
    assert len(page(of, Query(dense=True))) < 200_000
    assert len(read(of).classed("operation")) == PAGE_SIZE


def test_only_who_may_control_sees_controls() -> None:
    day = working_day()
    assert Reader(status_page(day, Query(), ADDRESS).html).classed("actions") == []
    shown = Reader(status_page(day, Query(), ADDRESS, may_control=True).html)
    buttons = [each for each in shown.named("button") if each.get("data-call")]
    assert {each["data-call"] for each in buttons} == {
        *("finish", "fail", "cancel", "hold", "release", "advance")
    }
    assert all(json.loads(each["data-arguments"] or "") is not None for each in buttons)


def test_links_stay_on_the_page_where_it_is() -> None:
    query = Query.read({"list": "dense", "search": " a b "}, RULES, "/$contract/page")
    assert query.link("operations", {}) == "/$contract/page?search=a+b&list=dense#operations"
