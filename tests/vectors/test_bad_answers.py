"""Bad answers: the rows of the areas `response`, `lro` and `paging` that are no matter of the socket, by their numbers."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import groundwire as gw
import pytest
from attrs import evolve
from groundwire import Client, Operation, Unlisted, credentials, decode, encode
from groundwire_codegen.problem import SpecError
from groundwire_codegen.read.overlay import read_overlay
from groundwire_contract.validate.bodies import Refusal, read_body
from groundwire_runtime import errors
from groundwire_runtime.errors import (
    ApiError,
    ArgumentError,
    DecodeError,
    NotFound,
    OperationTimeout,
    ProtocolError,
)
from groundwire_runtime.http import Request, Response
from groundwire_runtime.method import Paging
from groundwire_runtime.paging import MAX_PAGES, Pager

from tests.codegen.packages import files
from tests.contract.vectors import FOLDER, needed
from tests.runtime.doubles import Script, Time, answer, refusal
from tests.vectors.classes import classes

NAME = "projects/p/operations/A"


def client(script: Script, time: Time | None = None) -> Client:
    clock = (time or Time()).clock()
    return Client(project="p", transport=script, credentials=credentials.anonymous(), clock=clock, retry=None)


def answered(response: Response) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        client(Script([response])).projects.operations.get(NAME)
    return caught.value


def test_row_49_an_empty_body() -> None:
    # The row asks for an error; the service has acted by then, and other clients take it for success.
    assert client(Script([answer(b"")])).projects.operations.get(NAME) == Operation()
    error = answered(answer(b"{", x_goog_request_id="req-1"))
    assert error.__notes__ == [
        "earthengine.projects.operations.get answered 200 with application/json (request req-1)"
    ]


def test_row_50_a_page_of_a_captive_portal() -> None:
    page = b"<html>" + b"sign in " * 1_000 + b"</html>"
    error = answered(Response(status=200, headers={"content-type": "text/html"}, body=page))
    assert "not JSON at line 1 column 1" in error.rule
    assert "text/html" in error.__notes__[0]
    assert len(str(error)) < 400


@pytest.mark.parametrize("piece", [b"[", b'{"a":', b'[{"":'])
def test_row_57_a_hundred_thousand_brackets(piece: bytes) -> None:
    started = time.perf_counter()
    assert "nested deeper than 512 JSON levels" in answered(answer(piece * 100_000)).rule
    assert time.perf_counter() - started < 2


def test_row_58_a_number_of_five_thousand_digits() -> None:
    for field in ("unknown", "done"):
        error = answered(answer(f'{{"{field}":{"1" * 5_000}}}'.encode()))
        assert error.rule == "a number of more digits than Python reads"
        assert len(str(error)) < 400


@pytest.mark.parametrize("number", ["1e400", "-1e400", '"1e400"', "1" + "0" * 400])
def test_row_59_beyond_a_double(number: str) -> None:
    with pytest.raises(DecodeError, match="out of the range of a double") as caught:
        decode(gw.AffineTransform, f'{{"scaleX":{number}}}'.encode())
    assert caught.value.path == "/scaleX"


def test_row_60_a_key_given_twice() -> None:
    body = b'{"name":"a","name":"b"}'
    assert decode(Operation, body).name == "b"
    with pytest.raises(SpecError, match="name"):
        files(body)
    with pytest.raises(SpecError, match="not TOML"):
        read_overlay(b'document = "a"\ndocument = "b"')
    assert isinstance(read_body(body), Refusal)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b'{"name":"\xff"}', "not UTF-8 at byte 9"),
        (b'{"name":"\xed\xa0\x80"}', "not UTF-8 at byte 9"),
        (b"\xef\xbb\xbf{}", "(offset 0)"),
        (b'{"name":"\\ud83d\\ude00\\\\ud800\\ud800"}', "a lone surrogate is not text (offset 28)"),
        (b'{"name":"\\udc00\\ud800"}', "a lone surrogate is not text (offset 9)"),
    ],
)
def test_row_61_text_that_is_none(body: bytes, rule: str) -> None:
    assert rule in answered(answer(body)).rule


def test_row_62_an_int64_as_a_number() -> None:
    assert decode(gw.ExportImageRequest, b'{"maxPixels":9007199254740993}').max_pixels == 9007199254740993


def test_row_63_what_is_newer_than_the_client() -> None:
    body = {"metadata": {"state": "PAUSED", "mood": {"a": [1, None]}}, "newer": 2**70}
    kept = {"name": NAME, **body}
    assert json.loads(encode(decode(Operation, json.dumps(kept).encode()))) == kept
    options = decode(gw.ImageFileExportOptions, b'{"fileFormat":"ZARR"}')
    assert options.file_format == Unlisted("ZARR")
    assert encode(decode(gw.ImageFileExportOptions, b'{"fileFormat":77}')) == b'{"fileFormat":77}'


def test_row_64_two_members_of_a_union() -> None:
    error = answered(answer({"name": NAME, "error": {}, "response": {}}))
    assert "error and response" in error.rule


def test_row_65_null_is_unset() -> None:
    nulls = {"stages": None, "progress": None, "destinationUris": None, "state": None, "createTime": None}
    metadata = decode(gw.OperationMetadata, json.dumps(nulls).encode())
    assert evolve(metadata, null_fields=()) == gw.OperationMetadata()
    expression = decode(gw.Expression, b'{"values":null,"result":null}')
    assert expression == gw.Expression(null_fields={"values", "result"})
    assert (expression.values, expression.result) == ({}, None)
    with pytest.raises(DecodeError) as caught:
        decode(gw.OperationMetadata, b'{"destinationUris":[null]}')
    assert caught.value.path == "/destinationUris/0"


@pytest.mark.parametrize(
    "body", [b"[1,2]", b'"no"', b"<html><b>no</b></html>", b"", b"null", b'{"error":[1]}', b"\xff"]
)
def test_row_66_error_bodies_of_any_shape(body: bytes) -> None:
    with pytest.raises(ApiError) as caught:
        client(Script([answer(body, 418)])).projects.operations.get(NAME)
    assert caught.value.http_status == 418
    assert caught.value.message
    assert len(str(caught.value)) < 400


NOT_NAMES = [
    "operations/../../v1/other",
    "https://evil.test/x",
    "projects/p/operations/a/../b",
    "//evil.test",
    "",
    "a\nb",
]


@pytest.mark.parametrize("name", NOT_NAMES)
def test_row_77_operation_names_that_lead_elsewhere(name: str) -> None:
    script = Script()
    with pytest.raises(ArgumentError):
        client(script).wait(Operation(name=name), timeout=10)
    with pytest.raises(ArgumentError):
        client(script).projects.operations.cancel(name)
    assert script.requests == []


def wait(*answers: Response, timeout: float | None = None) -> Operation:
    return client(Script(list(answers))).wait(Operation(name=NAME), timeout=timeout)


def state(**members: Any) -> Response:
    return answer({"name": NAME, **members})


def test_row_78_a_name_that_changes() -> None:
    with pytest.raises(
        ProtocolError, match="asked for operation projects/p/operations/A, got 'projects/p/operations/B'"
    ):
        wait(state(), answer({"name": "projects/p/operations/B", "done": True, "response": {}}))


def test_row_79_done_with_neither_and_with_both() -> None:
    with pytest.raises(ProtocolError, match="neither an error nor a response"):
        wait(state(done=True))
    with pytest.raises(DecodeError, match="two members set: error and response"):
        wait(state(done=True, error={"code": 3}, response={}))
    for found in ({"error": {"code": 3}}, {"response": {}}):
        with pytest.raises(ProtocolError, match="but is not done"):
            wait(state(**found))


def test_row_80_what_is_done_stays_done() -> None:
    script = Script([state(), state(done=True, response={}), state(done=False)])
    assert client(script).wait(Operation(name=NAME), timeout=None).done is True
    assert len(script.requests) == 2


def test_row_81_an_operation_without_end() -> None:
    time_, script = Time(), Script(forever=state())
    with pytest.raises(OperationTimeout, match=f"{NAME} still runs after 3600 s"):
        client(script, time_).wait(Operation(name=NAME), timeout=3600)
    assert time_.now == pytest.approx(4_600)
    # Eight pauses of 1, 1.5, 2.25 ... make 49.3 s; 20 s each from then on.
    assert len(script.requests) == 8 + -(-(3600 - sum(1.5**n for n in range(8))) // 20)


def test_row_82_an_operation_that_is_not_found_once() -> None:
    script = Script([state(), refusal(404, "NOT_FOUND"), state(done=True, response={})])
    with pytest.raises(NotFound):
        client(script).wait(Operation(name=NAME), timeout=100)
    assert len(script.requests) == 2


def test_row_83_a_page_token_that_repeats() -> None:
    script = Script(forever=answer({"operations": [], "nextPageToken": "t"}))
    with pytest.raises(ProtocolError, match="repeats a page token"):
        list(client(script).projects.operations.list())
    assert len(script.requests) == 2


def test_row_84_a_page_token_that_is_no_url() -> None:
    script = Script([answer({"nextPageToken": "a&pageSize=1#"}), answer()])
    assert list(client(script).projects.operations.list()) == []
    assert script.urls[1].endswith("/operations?pageToken=a%26pageSize%3D1%23")


def test_row_85_a_million_empty_pages() -> None:
    fetched = 0

    def fetch(token: str | None) -> gw.ListOperationsResponse:
        nonlocal fetched
        fetched += 1
        return gw.ListOperationsResponse(next_page_token=str(fetched))

    paging = Paging(token="pageToken", in_body=False, items="operations", next_token="next_page_token")
    started = time.perf_counter()
    with pytest.raises(ProtocolError, match="more than 100000 pages"):
        list(Pager(fetch, paging))
    assert fetched == MAX_PAGES == 100_000
    assert time.perf_counter() - started < 20


def test_row_85_pages_are_fetched_only_when_they_are_reached() -> None:
    def serve(request: Request) -> Response:
        return answer({"nextPageToken": str(len(script.requests))})

    script = Script(forever=serve)
    listing = client(script).projects.operations.list()
    pages = listing.pages()
    assert [next(pages).next_page_token for _ in range(3)] == ["1", "2", "3"]
    assert len(script.requests) == 3


@needed
@pytest.mark.parametrize("name", ["status_204_declared_response", "error_in_a_list"])
def test_an_answer_of_the_shared_cases(name: str, tmp_path: Path) -> None:
    case: Any = json.loads((Path(FOLDER or "") / "cases" / f"{name}.json").read_text("utf-8"))
    shop: Any = classes(case["document"], tmp_path).package
    sent = case["answer"]
    response = Response(status=sent["status"], headers=sent["headers"], body=sent["body"].encode())
    one = shop.Client(transport=Script([response]), credentials=credentials.anonymous(), retry=None)
    expected = case["expect"]
    if "class" not in expected:
        assert one.things.get("x") == shop.Thing()
        return
    with pytest.raises(getattr(errors, expected["class"])) as caught:
        one.things.get("x")
    assert caught.value.message == expected["message"]
    assert (caught.value.retry_after, len(caught.value.details)) == (
        expected["retry_after"],
        expected["details"],
    )
