"""The server of an OpenAPI document over HTTP: the fixtures, a generated client, the control API, the command."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner
from groundwire_contract import Answer, ApiContract, ContractRequest, serving
from groundwire_contract.cli import main
from groundwire_contract.fixture import EarthEngineContract
from groundwire_contract.server.remote import RemoteControls
from groundwire_runtime import errors
from groundwire_runtime.api_key import Basic
from groundwire_runtime.contents import WithMediaType

from tests.codegen.packages import files
from tests.contract.process import serving as serving_apart
from tests.contract.wire import ask

from .huts import DOCUMENT

EXAMPLES = DOCUMENT.replace(b"[{name: T", b"[{id: 4, name: T")


@pytest.fixture(scope="module")
def huts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The generated client of the document."""
    folder = tmp_path_factory.mktemp("huts")
    place = folder / "contract_huts"
    place.mkdir()
    for path, text in files(DOCUMENT).items():
        (place / path).write_text(text, "utf-8")
    sys.path.insert(0, str(folder))
    yield importlib.import_module("contract_huts")
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiContract]:
    document = tmp_path_factory.mktemp("document") / "huts.yaml"
    document.write_bytes(DOCUMENT)
    contract = serving(document)
    yield contract
    contract.stop()


@pytest.fixture
def contract(server: ApiContract) -> Iterator[ApiContract]:
    server.reset()
    yield server
    server.close_clients()


@pytest.fixture
def client(contract: ApiContract, huts: Any) -> Any:
    return contract.client_of(huts.Client, auth={"token": "t"}, retry=None)


def test_a_generated_client_gets_messages_that_a_test_gave(
    contract: ApiContract, huts: Any, client: Any
) -> None:
    contract.answers("getHut", huts.Hut(id=1, name="A", owner=huts.Club(kind="club", members=3)))
    assert client.get_hut(1).owner.members == 3
    contract.answers("listHuts", [huts.Hut(id=1, name="A")])
    found = client.list_huts(
        fields=["name"],
        near=huts.Place(lat=1.5),
        page=huts.ListHutsParametersPage(size=3),
        x_trace=[1, 2],
        session="abc",
    )
    assert [each.name for each in found] == ["A"]
    contract.assert_valid()
    assert [each.method for each in contract.requests] == ["getHut", "listHuts"]


def test_a_function_answers_by_what_the_client_sent(contract: ApiContract, huts: Any, client: Any) -> None:
    seen: list[Any] = []

    def add(request: ContractRequest) -> object:
        seen.append(request)
        body = request.body
        assert isinstance(body, dict)
        return huts.Hut(id=9, name=str(body["name"]))

    contract.answers("addHut", add)
    assert client.add_hut(huts.Hut(id=0, name="New")).id == 9
    assert seen[0].body == {"id": 0, "name": "New"}
    contract.answers("sendHut", lambda request: seen.append(request))
    form = huts.Form(name="n", count=3, tags=["x,y", "z"], place=huts.Place(lat=1), photo=b"\x01\xff")
    for media_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        client.send_hut(1, WithMediaType(attrs.evolve(form, photo=None), media_type))
        assert seen[-1].body == {"name": "n", "count": 3, "tags": ["x,y", "z"], "place": {"lat": 1}}
    client.send_hut(1, WithMediaType(form, "multipart/form-data"))
    assert seen[-1].body["photo"] == "\x01\xff"
    client.send_hut(1, WithMediaType(b"\x89", "image/png"))
    assert seen[-1].body == b"\x89"
    contract.assert_valid()


def test_errors_of_the_contract_are_errors_of_the_client(
    contract: ApiContract, huts: Any, client: Any
) -> None:
    with pytest.raises(errors.ApiError, match="no answer is invented") as invented:
        client.get_mine()
    assert invented.value.http_status == 501
    contract.answers("getHut", Answer(status=404))
    with pytest.raises(errors.NotFound, match="the test answers so") as missing:
        client.get_hut(1)
    assert missing.value.body_typed.code == 404
    contract.script([503, "429 after", "reset before"])
    for _ in range(3):
        with pytest.raises(errors.GroundwireError):
            client.get_mine()
    contract.answers("getMine", None)
    client.get_mine()
    contract.assert_valid()


def test_retries_take_no_time(contract: ApiContract, huts: Any) -> None:
    contract.answers("getHut", {"id": 1, "name": "A"})
    contract.script([503, "cut", 429])
    assert contract.client_of(huts.Client, auth={"token": "t"}).get_hut(1).id == 1
    assert [each.status for each in contract.requests] == [503, 200, 429, 200]


def test_a_wrong_request_fails_the_test(contract: ApiContract, huts: Any) -> None:
    with pytest.raises(errors.GroundwireError):
        contract.client_of(huts.Client, auth=Basic("u", "p"), retry=None).get_mine()
    with pytest.raises(AssertionError, match=r"GET /v1/huts/mine: 401 openapi-credentials-missing"):
        contract.assert_valid()


def test_a_wrong_answer_of_a_function_fails_the_test(contract: ApiContract, client: Any) -> None:
    contract.answers("getHut", lambda _: {"id": "one"})
    with pytest.raises(errors.ApiError):
        client.get_hut(1)
    with pytest.raises(AssertionError, match="getHut does not answer so"):
        contract.assert_valid()


def test_discovery_methods_take_answers_too(earthengine_contract: EarthEngineContract) -> None:
    contract = earthengine_contract
    endpoint = contract.endpoint
    path = "/v1/projects/p/value:compute"
    body = {"expression": {"result": "0", "values": {"0": {"constantValue": 1}}}}
    contract.answers("earthengine.projects.value.compute", {"result": 3})
    answer = ask(endpoint, "POST", path, body)
    assert (answer.json, answer.headers["x-groundwire-answer"]) == ({"result": 3}, "test")
    contract.answers(
        "earthengine.projects.value.compute", lambda request: {"result": len(str(request.path["project"]))}
    )
    assert ask(endpoint, "POST", path, body).json == {"result": len("projects/p")}
    contract.answers("earthengine.projects.operations.get", Answer(status=404))
    assert ask(endpoint, "GET", "/v1/projects/p/operations/a").error["status"] == "NOT_FOUND"
    with pytest.raises(ValueError, match="does not answer so"):
        contract.answers("earthengine.projects.value.compute", {"results": 3})
    with pytest.raises(LookupError, match=r"did you mean earthengine\.projects\.value\.compute"):
        contract.answers("earthengine.projects.values.compute", {})
    contract.reset()
    assert "x-groundwire-answer" not in ask(endpoint, "POST", path, body).headers


def test_the_control_api_gives_answers_to_a_server_in_another_process(tmp_path: Path) -> None:
    document = tmp_path / "huts.yaml"
    document.write_bytes(EXAMPLES)
    token = {"authorization": "Bearer t"}
    with serving_apart(str(document), "--examples", "--clock", "frozen") as (_, endpoint):
        assert ask(endpoint, "GET", "/v1/huts").headers["x-groundwire-example"] == "true"
        answers = "/$contract/answers"
        given = ask(endpoint, "POST", answers, {"method": "getHut", "value": {"id": 1, "name": "A"}})
        assert (given.status, given.json) == (200, {"method": "getHut"})
        assert ask(endpoint, "GET", "/v1/huts/1", headers=token).json == {"id": 1, "name": "A"}
        assert ask(endpoint, "POST", answers, {"method": "getHut", "status": 404}).status == 200
        assert ask(endpoint, "GET", "/v1/huts/1", headers=token).status == 404
        wrong = ask(endpoint, "POST", answers, {"method": "getHut", "value": {"id": "1"}})
        assert (wrong.status, "/id" in wrong.message) == (400, True)
        assert ask(endpoint, "POST", answers, {"method": "getHat", "value": 1}).status == 404
        assert ask(endpoint, "POST", answers, {"method": "getHut"}).status == 400
        assert ask(endpoint, "GET", "/$contract/operations").json["operations"] == []
        page = ask(endpoint, "GET", "/").body.decode()
        assert "Huts" in page
        assert "openapi-body-invalid" in page
        assert "request-id-reused" not in page


def test_the_controls_of_another_process_give_answers_but_no_functions(tmp_path: Path) -> None:
    document = tmp_path / "huts.yaml"
    document.write_bytes(DOCUMENT)
    with serving_apart("--spec", str(document), "--clock", "stepped") as (_, endpoint):
        contract = ApiContract(endpoint, RemoteControls(endpoint), lambda: None, base="/v1")
        contract.answers(
            "listHuts", Answer(value=b"\xc3\xa4,b", content_type="text/csv", headers={"etag": '"1"'})
        )
        answer = ask(endpoint, "GET", "/v1/huts")
        assert (answer.body, answer.headers["etag"]) == (b"\xc3\xa4,b", '"1"')
        with pytest.raises(ValueError, match="/0"):
            contract.answers("listHuts", [1])
        with pytest.raises(LookupError, match="did you mean listHuts"):
            contract.answers("listHut", [])
        with pytest.raises(ValueError, match="in a thread of this process"):
            contract.answers("listHuts", lambda _: [])
        contract.assert_valid()


def test_an_api_that_answers_at_the_root_keeps_it(tmp_path: Path) -> None:
    document = tmp_path / "huts.yaml"
    document.write_text(
        "openapi: 3.0.3\ninfo: {title: Landing, version: '1'}\npaths:\n  /:\n    get:\n      operationId: landing\n"
        "      responses: {'200': {description: '', content: {application/json: {}}}}\n"
    )
    contract = serving(document)
    try:
        contract.answers("landing", {"links": []})
        assert ask(contract.endpoint, "GET", "/").json == {"links": []}
        assert "Landing" in ask(contract.endpoint, "GET", "/$contract/page").body.decode()
    finally:
        contract.stop()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["{document}", "--script", "instant"], "--script goes with a Discovery document"),
        (["{document}", "--auth", "required"], "--auth goes with a Discovery document"),
        (["{document}", "--spec", "{document}"], "give one"),
        (["--examples"], "--examples goes with an OpenAPI document"),
        (["{document}.gone"], "No such file"),
    ],
)
def test_what_is_refused_exits_with_2(tmp_path: Path, options: list[str], said: str) -> None:
    document = tmp_path / "huts.yaml"
    document.write_bytes(DOCUMENT)
    done = CliRunner().invoke(main, ["serve", *(each.format(document=document) for each in options)])
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr


def test_a_document_that_refers_to_another_file_is_served(tmp_path: Path) -> None:
    (tmp_path / "hut.yaml").write_text("type: object\nrequired: [id]\nproperties: {id: {type: integer}}\n")
    document = tmp_path / "huts.yaml"
    document.write_text(
        "openapi: 3.0.3\ninfo: {title: Huts, version: '1'}\npaths:\n  /huts:\n    post:\n      operationId: add\n"
        "      requestBody: {content: {application/json: {schema: {$ref: hut.yaml}}}}\n"
        "      responses: {'204': {description: ''}}\n"
    )
    contract = serving(document)
    try:
        assert ask(contract.endpoint, "POST", "/huts", {"id": "1"}).status == 400
        assert ask(contract.endpoint, "POST", "/huts", {"id": 1}).status == 501
    finally:
        contract.stop()


def test_an_operation_that_cannot_be_read_is_left_out_with_a_warning(tmp_path: Path) -> None:
    document = tmp_path / "huts.yaml"
    document.write_bytes(
        DOCUMENT.replace(
            b"  /huts/mine:", b"  /odd: {get: {parameters: [{name: a, in: body}]}}\n  /huts/mine:"
        )
    )
    contract = serving(document)
    try:
        assert ask(contract.endpoint, "GET", "/odd").status == 404
    finally:
        contract.stop()
