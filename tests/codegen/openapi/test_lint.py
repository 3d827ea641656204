"""Advice on a document: warnings, refusals, the validator's findings, and candidates for the overlay."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner, Result
from groundwire_codegen.cli import main
from groundwire_codegen.lint import Linted, advise
from groundwire_codegen.problem import SpecError
from groundwire_codegen.read.overlay import MethodRule, read_overlay

from tests.codegen.openapi.shop import document, encoded, operation

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
ITEM = {"type": "object", "properties": {"id": TEXT}}
LINK = {"type": "object", "properties": {"rel": TEXT, "href": TEXT}}
JOB = {
    "type": "object",
    "properties": {
        "jobID": TEXT,
        "status": {"type": "string", "enum": ["accepted", "running", "successful", "failed", "dismissed"]},
        "message": TEXT,
        "progress": WHOLE,
    },
}


def listing(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"items": {"type": "array", "items": ITEM}, **fields}}


def query(*names: str, **schema: Any) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": {**(schema or WHOLE)}} for name in names]


def answers(schema: Any, **more: Any) -> dict[str, Any]:
    return {"200": {"description": "", "content": {"application/json": {"schema": schema}}, **more}}


def stubs(
    *, path: str = "/books", verb: str = "get", overlay: bytes | None = None, **stated: Any
) -> list[tuple[str, ...]]:
    """The candidates of a document of one operation, as lines."""
    data = encoded(document(paths=operation(path, verb, **stated)))
    advice = advise(Linted(name="d", document=data, overlay=overlay), validates=False)
    return [each.stub for each in advice.candidates if each.stub]


PAGING = "[methods.op.paging]"


@pytest.mark.parametrize(
    ("parameters", "schema", "lines"),
    [
        (query("page"), {"type": "array", "items": ITEM}, ['page = "page"']),
        (
            query("page", type="integer", default=0),
            listing(),
            ['items = "items"', 'page = "page"', "first = 0"],
        ),
        (
            query("pageNumber"),
            listing(hasMore={"type": "boolean"}),
            ['items = "items"', 'page = "pageNumber"', 'more = "hasMore"'],
        ),
        (
            query("offset", "limit"),
            listing(total=WHOLE),
            ['items = "items"', 'offset = "offset"', 'total = "total"'],
        ),
        (
            query("cursor", **TEXT),
            listing(next_cursor=TEXT),
            ['items = "items"', 'token = "cursor"', 'next = "next_cursor"'],
        ),
        (
            query("offset", **TEXT),
            listing(next_page={"type": ["object", "null"], "properties": {"offset": TEXT}}),
            ['items = "items"', 'token = "offset"', 'next = "next_page.offset"'],
        ),
        (
            query("starting_after", **TEXT),
            listing(has_more={"type": "boolean"}),
            ['items = "items"', 'token = "starting_after"', 'last = "id"', 'more = "has_more"'],
        ),
        ([], listing(links={"type": "array", "items": LINK}), ['items = "items"', 'link = "links"']),
        (
            [],
            listing(links={"type": "array", "items": {"oneOf": [LINK, {**LINK, "required": ["href"]}]}}),
            ['items = "items"', 'link = "links"'],
        ),
        (
            [],
            listing(_links={"type": "object", "properties": {"next": LINK}}),
            ['items = "items"', 'link = "_links.next"'],
        ),
        ([], listing(next={"type": ["string", "null"]}), ['items = "items"', 'link = "next"']),
    ],
)
def test_what_looks_like_a_listing_is_a_candidate(parameters: Any, schema: Any, lines: list[str]) -> None:
    assert stubs(parameters=parameters, responses=answers(schema)) == [(PAGING, *lines)]


def test_a_link_header_is_a_candidate_also_behind_a_reference() -> None:
    found = answers({"type": "array", "items": ITEM}, headers={"Link": {"schema": TEXT}})
    assert stubs(responses=found) == [(PAGING, "link_header = true")]
    stated = document(
        paths=operation(responses={"200": {"$ref": "#/components/responses/Books"}}),
        components={"responses": {"Books": found["200"]}},
    )
    advice = advise(Linted(name="d", document=encoded(stated)), validates=False)
    assert [each.stub for each in advice.candidates] == [(PAGING, "link_header = true")]


@pytest.mark.parametrize(
    ("path", "verb", "parameters", "schema"),
    [
        ("/books", "get", query("author", **TEXT), listing()),
        ("/books", "post", query("page"), listing()),
        ("/books", "delete", query("page"), listing()),
        ("/books", "get", query("page", **TEXT), listing()),
        ("/books", "get", query("offset"), listing()),
        ("/books", "get", query("page"), ITEM),
        (
            "/books",
            "get",
            query("page"),
            listing(
                others={"type": "array", "items": ITEM}, items=TEXT, more={"type": "array", "items": ITEM}
            ),
        ),
        ("/", "get", [], listing(links={"type": "array", "items": LINK})),
    ],
)
def test_nothing_else_is_a_candidate(path: str, verb: str, parameters: Any, schema: Any) -> None:
    assert stubs(path=path, verb=verb, parameters=parameters, responses=answers(schema)) == []


def test_one_thing_by_its_id_is_no_listing_and_a_search_by_post_is_one() -> None:
    linked = answers(listing(links={"type": "array", "items": LINK}))
    named = [{"name": "id", "in": "path", "required": True, "schema": TEXT}]
    assert stubs(path="/books/{id}", parameters=named, responses=linked) == []
    assert stubs(path="/search", verb="post", responses=linked) == [
        (PAGING, 'items = "items"', 'link = "links"')
    ]


def test_a_method_that_reads_a_job_is_a_candidate_for_waiting() -> None:
    named = [{"name": "jobId", "in": "path", "required": True, "schema": TEXT}]
    assert stubs(path="/jobs/{jobId}", parameters=named, responses=answers(JOB)) == [
        (
            "[methods.op.waiting]",
            'status = "status"',
            'done = ["successful"]',
            'failed = ["failed", "dismissed"]',
            'message = "message"',
            'progress = "progress"',
            'arguments = { jobId = "jobID" }',
        )
    ]
    others = {
        "state": JOB["properties"]["status"],
        "error": TEXT,
        "percent": {"type": "number"},
        "jobId": TEXT,
    }
    [stub] = stubs(
        path="/jobs/{jobId}", parameters=named, responses=answers({"type": "object", "properties": others})
    )
    assert stub[4:6] == ('message = "error"', 'progress = "percent"')
    both = {**answers(ITEM), "202": {"description": ""}}
    assert stubs(path="/jobs/{jobId}", parameters=named, responses=both) == [
        ("[methods.op.waiting]", 'arguments = { jobId = "id" }')
    ]


def test_a_start_that_answers_202_with_a_location_is_told() -> None:
    accepted = {"202": {"description": "", "headers": {"location": {"schema": TEXT}}}}
    data = encoded(document(paths=operation(verb="post", responses=accepted)))
    advice = advise(Linted(name="d", document=data), validates=False)
    assert [each.message for each in advice.candidates] == [
        "answers 202 with Location: the method that reads that place may be waited for"
    ]


@pytest.mark.parametrize(
    ("verb", "header", "lines"),
    [
        ("post", "X-Idempotency-Key", [("[methods.op]", 'idempotent = { when = ["X-Idempotency-Key"] }')]),
        ("patch", "If-Match", [("[methods.op]", 'idempotent = { when = ["If-Match"] }')]),
        ("post", "Idempotency-Key", []),
        ("put", "If-Match", []),
        ("post", "X-Trace", []),
    ],
)
def test_a_key_or_a_precondition_is_a_candidate_where_the_verb_is_not_enough(
    verb: str, header: str, lines: list[tuple[str, ...]]
) -> None:
    parameters = [{"name": header, "in": "header", "schema": TEXT}]
    found = stubs(verb=verb, parameters=parameters)
    assert found == lines
    for stub in found:
        assert read_overlay("\n".join(stub).encode())[1] == []
    overlay = b'[methods.op]\nidempotent = "never"\n'
    assert stubs(verb=verb, parameters=parameters, overlay=overlay) == []


def test_names_of_methods_are_keys_of_toml() -> None:
    for name in ("list/all", 'a"b', "a.b c"):
        (stub,) = stubs(operationId=name, parameters=query("page"), responses=answers(listing()))
        assert tomllib.loads("\n".join(stub)) == {
            "methods": {name: {"paging": {"items": "items", "page": "page"}}}
        }


@pytest.mark.skipif("paging" not in attrs.fields_dict(MethodRule), reason="the overlay has no such rule")
def test_what_the_overlay_states_is_no_candidate() -> None:
    stated: dict[str, Any] = {"parameters": query("page"), "responses": answers(listing())}
    (stub,) = stubs(**stated)
    overlay = "\n".join(stub).encode()
    assert read_overlay(overlay)[1] == []
    assert stubs(**stated, overlay=overlay) == []


def test_what_is_refused_and_what_is_warned_of_are_told_with_their_places() -> None:
    paths = {
        **operation("/books", parameters=[{"name": "x", "in": "moon", "schema": TEXT}]),
        **operation("/more", operationId="more", newKeyword=True),
    }
    advice = advise(Linted(name="d", document=encoded(document(paths=paths))), validates=False)
    assert [each.pointer for each in advice.faults] == ["/paths/~1books/get/parameters/0/in"]
    assert any(each.pointer.startswith("/paths/~1more/get") for each in advice.warnings)


def test_an_overlay_that_does_not_fit_is_advice_too() -> None:
    data = encoded(document(paths=operation(parameters=query("page"), responses=answers(listing()))))
    advice = advise(Linted(name="d", document=data, overlay=b"[methods.nope]\n"), validates=False)
    assert [each.source for each in advice.faults] == ["overlay"]
    assert len(advice.candidates) == 1


def test_what_cannot_be_read_is_raised() -> None:
    for data, overlay in ((b"{", None), (encoded(document()), b"[[[")):
        with pytest.raises(SpecError):
            advise(Linted(name="d", document=data, overlay=overlay))


def test_the_validator_s_findings_are_advice() -> None:
    pytest.importorskip("openapi_spec_validator")
    wrong = encoded(document(paths={"/books": {"get": {"operationId": "op"}}}, version="3.0.3"))
    advice = advise(Linted(name="d", document=wrong))
    assert [(each.pointer, "responses" in each.message) for each in advice.findings] == [
        ("/paths/~1books/get", True)
    ]
    assert advise(Linted(name="d", document=encoded(document()))).findings == ()


def test_without_the_validator_there_are_no_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openapi_spec_validator", None)
    wrong = encoded(document(paths={"/books": {"get": {"operationId": "op"}}}, version="3.0.3"))
    assert advise(Linted(name="d", document=wrong)).findings == ()


def test_the_validator_is_not_run_on_what_it_would_fetch() -> None:
    pytest.importorskip("openapi_spec_validator")
    outside = operation(parameters=[{"$ref": "https://shop.example/parameters.json#/page"}])
    advice = advise(Linted(name="d", document=encoded(document(paths=outside))))
    assert ["is not run" in each.message for each in advice.findings] == [True]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["lint", *arguments])


def test_the_command_prints_all_of_it(tmp_path: Path) -> None:
    file = tmp_path / "books.json"
    paths = operation(parameters=query("page"), responses=answers(listing()))
    file.write_text(json.dumps(document(paths=paths)))
    done = run(str(file))
    assert done.exit_code == 0
    assert "candidate: document#/paths/~1books/get: op may page" in done.output
    assert f'\n    {PAGING}\n    items = "items"\n    page = "page"\n' in done.output
    assert done.output.endswith("1 piece(s) of advice on books.json\n")
    file.write_text("nothing")
    assert run(str(file)).exit_code == 2
    assert run(str(tmp_path / "none.json")).exit_code == 2


def test_a_discovery_document_has_warnings_alone() -> None:
    data = json.dumps(
        {
            "kind": "discovery#restDescription",
            "id": "a:v1",
            "name": "a",
            "version": "v1",
            "rootUrl": "https://a.googleapis.com/",
            "servicePath": "",
        }
    ).encode()
    advice = advise(Linted(name="d", document=data))
    assert (advice.candidates, advice.findings, advice.faults) == ((), (), ())
