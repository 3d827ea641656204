"""The client that is rendered for an API whose calls are as OpenAPI describes them."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import evolve
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.ir import Api, Hint, Location, Nullable, Parameter, Response, Style
from groundwire_codegen.lower.reserved import REST_MODULE_NAMES
from groundwire_codegen.pipeline import generate
from groundwire_codegen.render import render
from groundwire_codegen.render.codec_types import SCALAR_WORDS, SCHEMA_WORDS, UNION_WORDS
from groundwire_codegen.render.contents import CONTENT_WORDS
from groundwire_codegen.vendor.features import imported_packages, needed_modules
from groundwire_runtime import errors
from groundwire_runtime.http import FunctionTransport, Request
from groundwire_runtime.http import Response as Answer

from tests.codegen.conftest import Load
from tests.codegen.openapi.tiles import TEXT, method, raw, response, tiles
from tests.codegen.packages import ROOT


def files(api: Api) -> dict[str, str]:
    return render(api, package="client", origin="tiles.yaml")


def call(
    package: ModuleType, name: str, *arguments: Any, answer: Answer | None = None, **options: Any
) -> Any:
    """Return the request of a call, and its answer."""
    requests: list[Request] = []

    def send(request: Request) -> Answer:
        requests.append(request)
        return answer or Answer(status=200, headers={"content-type": "application/json"}, body=b"{}")

    client = package.Client(transport=FunctionTransport(send), auth={"bearer": "token"})
    result = getattr(client.tiles, name)(*arguments, **options)
    return requests[0], result


def test_arguments_are_sent_where_the_document_has_them(load: Load) -> None:
    package = load(files(tiles()))
    found = Answer(status=200, headers={"content-type": "application/json"}, body=b'[{"zoom":1}]')
    request, answer = call(
        package,
        "search",
        bbox=[1, 2.5, 3, 4],
        filter=package.Tile(zoom=3, name="a b"),
        order="desc",
        session="s 1",
        unit=package.Unit.FOOT,
        x_trace=["a", "b"],
        answer=found,
    )
    assert request.url == (
        "https://eu.tiles.example/v1/tiles?bbox=1,2.5,3,4&filter%5Bzoom%5D=3&filter%5Bname%5D=a%20b"
        "&order=desc&unit=ft"
    )
    assert (request.headers["cookie"], request.headers["x-trace"]) == ("session=s%201", "a,b")
    assert [*answer] == [package.Tile(zoom=1)]


def test_the_service_s_default_is_documented_and_not_sent(load: Load) -> None:
    package = load(files(tiles()))
    request, _ = call(
        package, "search", answer=Answer(status=200, headers={"content-type": "application/json"}, body=b"[]")
    )
    assert "?" not in request.url
    assert "The service assumes `10`." in package.client.Tiles.search.__doc__


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("create", "messages.Tile | messages.Job | None"),
        ("get", "messages.Tile"),
        ("probe", "None"),
        ("remove", "messages.Job"),
        ("render", "bytes | str | messages.Tile"),
        ("search", "Sequence[messages.Tile]"),
        ("touch", "None"),
    ],
)
def test_a_stub_returns_one_of_the_types_of_all_answers(name: str, result: str, load: Load) -> None:
    stub = getattr(load(files(tiles())).client.Tiles, name)
    assert inspect.signature(stub).return_annotation == result


def test_a_stub_takes_the_types_of_all_contents(load: Load) -> None:
    package = load(files(tiles()))
    create = inspect.signature(package.client.Tiles.create).parameters
    assert (
        create["request"].annotation
        == "messages.Tile | Sequence[messages.Tile] | str | bytes | FilePart | WithMediaType"
    )
    assert create["request"].default is inspect.Parameter.empty
    image = inspect.signature(package.client.Tiles.render).parameters
    assert (image["request"].annotation, image["request"].default) == ("messages.Tile | None", None)


def test_bodies_and_answers_of_several_kinds(load: Load) -> None:
    package = load(files(tiles()))
    accepted = Answer(status=202, headers={"content-type": "application/json"}, body=b'{"job-id":"j"}')
    request, answer = call(package, "create", package.Tile(zoom=1), answer=accepted)
    assert (request.body, answer) == (b'{"zoom":1}', package.Job(job_id="j"))
    assert request.headers["authorization"] == "Bearer token"
    assert request.headers["idempotency-key"]
    image = package.WithMediaType(b"\x89", "image/png")
    request, answer = call(package, "create", image, idempotency_key="mine", answer=Answer(status=204))
    assert (request.headers["content-type"], request.headers["idempotency-key"]) == ("image/png", "mine")
    assert answer is None
    request, answer = call(package, "render", "a", package.Tile(zoom=1))
    assert (request.verb, request.body, answer) == ("GET", b'{"zoom":1}', package.Tile())
    assert "authorization" not in request.headers


def test_a_method_of_another_server_carries_no_credentials(load: Load) -> None:
    package = load(files(tiles()))
    done = Answer(status=200, headers={"content-type": "application/json"}, body=b'{"job-id":"j"}')
    request, _ = call(package, "remove", "a", package.Tile(), answer=done)
    assert request.url == "https://bulk.example/v2/tiles/a"
    assert "authorization" not in request.headers


def test_an_error_is_typed(load: Load) -> None:
    package = load(files(tiles()))
    problem = json.dumps({"title": "No tile", "code": 7}).encode()
    gone = Answer(status=404, headers={"content-type": "application/problem+json"}, body=problem)
    with pytest.raises(errors.NotFound, match="404: No tile") as caught:
        call(package, "get", "a", answer=gone)
    assert caught.value.body_as(package.Problem) == package.Problem(title="No tile", code=7)


def test_everything_of_the_package_is_public(load: Load) -> None:
    package = load(files(tiles()))
    assert {"auth", "Client", "Tile", "WithMediaType", "errors"} <= set(package.__all__)
    assert not hasattr(package, "credentials")
    assert all(hasattr(package, each) for each in package.__all__)
    assert package.auth.Basic("user", "password")


def test_a_client_imports_nothing_of_googles(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    for path, text in files(tiles()).items():
        (tmp_path / "made" / path).write_text(text, "utf-8")
    program = """
import sys
import made
from groundwire_runtime.errors import ApiError
from groundwire_runtime.http import FunctionTransport, Response
send = lambda request: Response(status=404, body=b"{}")
client = made.Client(transport=FunctionTransport(send), auth=made.auth.Bearer("token"))
try:
    client.tiles.get("a")
except ApiError as error:
    print(error)
print([name for name in sys.modules if "google" in name])
"""
    done = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("404: {}\n[]\n", "")


def test_facts_that_are_as_their_location_has_them_are_not_written() -> None:
    plain = (
        Parameter(name="a", wire="a", location=Location.QUERY, type=Nullable(TEXT)),
        Parameter(name="b", wire="b", location=Location.QUERY, type=TEXT, style=Style.CONTENT, explode=False),
        Parameter(name="c", wire="c", location=Location.QUERY, type=TEXT, reserved=True, explode=False),
        Parameter(name="d", wire="a", location=Location.COOKIE, type=TEXT),
    )
    text = files(evolve(tiles(), methods={"m": method("get", "GET", "/tiles", parameters=plain)}))[
        "client.py"
    ]
    assert 'StyledParameter(name="a", location="query", type=STRING)' in text
    assert 'StyledParameter(name="b", location="query", type=STRING, style="content")' in text
    assert 'StyledParameter(name="c", location="query", type=STRING, explode=False, reserved=True)' in text
    assert 'StyledParameter(name="cookie.a", wire="a", location="cookie", type=STRING)' in text
    assert "a: str | None = None," in text


def test_an_api_without_servers_methods_or_schemes(load: Load) -> None:
    package = load(files(evolve(tiles(), servers=(), methods={}, resources=(), schemes={})))
    with pytest.raises(errors.ArgumentError, match="relative"):
        package.Client()
    assert package.Client(endpoint="https://x.example").methods == {}


def test_answers_that_are_not_stated_are_bytes_or_nothing(load: Load) -> None:
    none = method("get", "GET", "/tiles", responses=())
    other = method(
        "search", "GET", "/tiles", responses=(response(200, raw("image/png")), Response(low=404, high=404))
    )
    package = load(files(evolve(tiles(), methods={"get": none, "search": other})))
    results = [
        inspect.signature(getattr(package.client.Tiles, name)).return_annotation for name in ("get", "search")
    ]
    assert results == ["bytes | None", "bytes"]


def test_the_names_that_a_module_imports_are_reserved() -> None:
    assert {*SCHEMA_WORDS, *SCALAR_WORDS, *UNION_WORDS, *CONTENT_WORDS} <= REST_MODULE_NAMES


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/any/{id}": {
            "post": {
                "operationId": "any",
                "tags": ["Ref"],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "id", "in": "query", "required": True, "schema": {"type": "integer"}},
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "required": True,
                        "schema": {"type": "string"},
                    },
                    {"name": "date", "in": "query", "schema": {"type": "string", "format": "date"}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"type": "array", "items": {"type": "integer"}}}
                    }
                },
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": {}}}}},
            }
        },
        "/any": {"get": {"operationId": "string", "responses": {"204": {"description": ""}}}},
    },
}


def test_a_document_is_generated_from_end_to_end(load: Load) -> None:
    made = generate(
        Inputs(name="shop.json", document=json.dumps(DOCUMENT).encode(), overlay=None, package="shop")
    )
    package = load({path: text for path, text in made.files.items() if path.endswith(".py")})
    requests: list[Request] = []

    def send(request: Request) -> Answer:
        requests.append(request)
        return Answer(status=200, headers={"content-type": "application/json"}, body=b"[1]")

    client = package.Client(transport=FunctionTransport(send), endpoint="https://shop.example/v1")
    assert client.ref.any("a", 7, [1, 2]) == [1]
    assert requests[0].url == "https://shop.example/v1/any/a?id=7"
    assert (requests[0].body, bool(requests[0].headers["idempotency-key"])) == (b"[1,2]", True)
    client.ref.any("a", query_id=7)
    assert requests[1].body is None
    client.string()
    decided = made.lock.decisions
    assert (decided["arguments:any"], decided["body:any"]) == ("id query.id", "optional")


def test_a_copy_needs_no_module_of_googles(tmp_path: Path) -> None:
    runtime = {
        path.name: path.read_text("utf-8") for path in (ROOT / "runtime/groundwire_runtime").glob("*.py")
    }
    client = files(tiles())
    needed = needed_modules(runtime, client, ())
    assert not [
        path for path in needed if "google" in path or path in ("credentials.py", "token_endpoints.py")
    ]
    copy = render(tiles(), package="copy", origin="tiles.yaml", runtime="._runtime")
    assert imported_packages({**needed, **copy}) & {"google", "cattrs", "requests"} == set()
    for path, text in {**copy, **{f"_runtime/{path}": text for path, text in needed.items()}}.items():
        written = tmp_path / "copied" / path
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(text.replace("groundwire_runtime", "copied._runtime"), "utf-8")
    program = "import sys; sys.modules['groundwire_runtime'] = None; import copied; print(copied.Client, copied.auth.ApiKey)"
    done = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_hints_of_the_overlay_are_told(load: Load) -> None:
    hints = (Hint(text="Ask for fewer tiles.", words=("too many",)),)
    package = load(files(evolve(tiles(), hints=hints)))
    many = Answer(status=429, headers={"content-type": "text/plain"}, body=b"Too many tiles")
    with pytest.raises(errors.ResourceExhausted, match=r"429: Too many tiles \(Ask for fewer tiles\.\)"):
        call(package, "get", "a", answer=many, retry=None)
