"""A large client has a module for each schema and each resource, and the names of a small one."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import typing
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest
from groundwire_codegen.emit import emit
from groundwire_codegen.folder import lock_of
from groundwire_codegen.lock import Lock
from groundwire_codegen.pipeline import Output, generate
from groundwire_codegen.problem import SpecError
from groundwire_runtime.errors import ApiError
from groundwire_runtime.http import FunctionTransport, Response

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop, encoded, wide, with_property
from tests.codegen.packages import CASES, ROOT, case_inputs, inputs
from tests.codegen.test_cli import run
from tests.runtime.doubles import Script, answer

DISCOVERY, OPENAPI = (
    ROOT / "tests" / "codegen" / "cases" / f"large_{each}" for each in ("discovery", "openapi")
)
SMALL = 1_000_000
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_large_case = pytest.mark.parametrize("case", [DISCOVERY, OPENAPI], ids=lambda case: case.name)


def laid_out(case: Path, large_above: int, before: Lock | None = None) -> Output:
    return generate(attrs.evolve(case_inputs(case), large_above=large_above), before)


def is_large(output: Output) -> bool:
    paths = output.files.keys()
    assert ("messages.py" in paths) == ("client.py" in paths) == ("messages/__init__.py" not in paths)
    return "messages/__init__.py" in paths


def test_a_client_of_more_than_200_types_is_large() -> None:
    few = generate(inputs(bookshop())).lock.names
    types = sum(key.partition(":")[0] in ("alias", "enum", "message") for key in few)
    assert not is_large(generate(inputs(wide(200 - types))))
    assert is_large(generate(inputs(wide(201 - types))))


def test_a_large_client_may_have_methods_alone(load: Load) -> None:
    operation = {"responses": {"200": {"description": ""}}}
    paths = {f"/a{number}": {"get": operation} for number in range(201)}
    bare = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths}
    output = generate(inputs(encoded(bare)))
    assert is_large(output)
    assert load(output.files).client.Client


def test_the_lock_keeps_the_layout() -> None:
    small, large = laid_out(DISCOVERY, SMALL), laid_out(DISCOVERY, 0)
    assert (is_large(small), is_large(large)) == (False, True)
    assert not is_large(laid_out(DISCOVERY, 0, small.lock))
    assert is_large(laid_out(DISCOVERY, SMALL, large.lock))
    assert laid_out(DISCOVERY, SMALL, large.lock).files == large.files
    undecided = {key: value for key, value in small.lock.decisions.items() if key != "layout"}
    assert is_large(laid_out(DISCOVERY, 0, attrs.evolve(small.lock, decisions=undecided)))


def test_a_layout_that_is_unknown_is_refused() -> None:
    lock = laid_out(DISCOVERY, 0).lock
    with pytest.raises(SpecError, match=r"unknown layout 'heap'.*restore it"):
        laid_out(DISCOVERY, 0, attrs.evolve(lock, decisions=dict(lock.decisions) | {"layout": "heap"}))


@each_case
def test_both_layouts_have_the_same_names(case: Path, load: Load) -> None:
    small, large = (load(laid_out(case, limit).files) for limit in (SMALL, 0))
    assert small.__all__ == large.__all__
    assert small.messages.__all__ == large.messages.__all__
    assert {*large.__all__} <= {*dir(large)}
    assert {*large.messages.__all__} <= {*dir(large.messages)}
    for name in small.messages.__all__:
        old, new = (getattr(package.messages, name) for package in (small, large))
        assert getattr(large, name) is new
        if isinstance(old, str):  # an alias
            assert old == new
            continue
        assert (new.__name__, new.__qualname__) == (old.__name__, old.__qualname__)
        assert (old.__module__, new.__module__) == (
            f"{small.__name__}.messages",
            f"{large.__name__}.messages",
        )
        assert pickle.loads(pickle.dumps(new)) is new  # noqa: S301 - what was just written
    classes = {
        name for name, value in vars(small.client).items() if name[0].isupper() and isinstance(value, type)
    }
    own = {name for name in classes if getattr(small.client, name).__module__ == small.client.__name__}
    assert all(hasattr(large.client, name) for name in own)
    assert large.client.METHODS.keys() == small.client.METHODS.keys()
    for package in (small, large):
        for missing in (package, package.messages, package.client):
            with pytest.raises(
                AttributeError, match=f"module '{missing.__name__}' has no attribute 'Missing'"
            ):
                missing.Missing  # noqa: B018 - the access is the test


@each_case
def test_a_large_client_keeps_the_example(case: Path, load: Load) -> None:
    package = load(laid_out(case, 0).files)
    example: dict[str, Any] = json.loads((case / "example.json").read_text("utf-8"))
    cls = getattr(package, example["type"])
    message = package.decode(cls, json.dumps(example["json"]).encode())
    assert json.loads(package.encode(message)) == example["json"]
    assert package.converter.structure(example["json"], cls) == message
    assert pickle.loads(pickle.dumps(message)) == message  # noqa: S301 - what was just written
    for name in package.messages.__all__:
        codec = package.codecs.CODECS
        if attrs.has(getattr(package, name)):
            codec.codec(getattr(package, name))


def hints(cls: type, package: ModuleType) -> dict[str, str] | str:
    try:
        found = typing.get_type_hints(cls)
    except TypeError as error:  # `None | None`, in both layouts
        return str(error)
    return {name: repr(value).replace(f"{package.__name__}.", "") for name, value in found.items()}


@each_case
def test_annotations_are_found_once_all_is_imported(case: Path, load: Load) -> None:
    small, package = (load(laid_out(case, limit).files) for limit in (SMALL, 0))
    exec(f"from {package.__name__}.messages import *", {})  # noqa: S102 - a star may not stand in a function
    for name in package.messages.__all__:
        cls = getattr(package, name)
        if attrs.has(cls):
            assert hints(cls, package) == hints(getattr(small, name), small)


def in_a_process(folder: Path, code: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_pickle_is_read_in_the_other_layout(tmp_path: Path) -> None:
    for limit, name in ((SMALL, "small"), (0, "large")):
        emit(tmp_path / name / "kiln", laid_out(DISCOVERY, limit).files)
    message = "kiln.FireRequest(sum=kiln.Sum(left=kiln.Term.Name('n')), glaze=kiln.FireRequestGlaze.SALT)"
    write = f"import kiln, pickle; print(pickle.dumps({message}).hex())"
    read = f"import kiln, pickle; print(pickle.loads(bytes.fromhex('%s')) == {message})"
    pickles = {name: in_a_process(tmp_path / name, write) for name in ("small", "large")}
    for name, other in (("small", "large"), ("large", "small")):
        assert in_a_process(tmp_path / other, read % pickles[name]) == "True"


@pytest.mark.parametrize(
    ("case", "code", "want"),
    [
        (DISCOVERY, "", ""),
        (DISCOVERY, "package.Client", ""),
        (DISCOVERY, "from package import Pot", "messages._pot"),
        (DISCOVERY, "from package.messages import Pot", "messages._pot"),
        (
            DISCOVERY,
            "client(package.credentials.anonymous()).pots.kilns.get('x')",
            "client._pots client._pots_kilns messages._kiln",
        ),
        (DISCOVERY, "client(package.credentials.anonymous()).ping()", "messages._empty"),
        (OPENAPI, "client(None).owners.list_owners()", "client._owners messages._owner"),
    ],
)
def test_only_what_is_used_is_imported(tmp_path: Path, case: Path, code: str, want: str) -> None:
    emit(tmp_path / "package", laid_out(case, 0).files)
    body = '[{"name":"x"}]' if case is OPENAPI else '{"name":"x"}'
    found = in_a_process(
        tmp_path,
        f"""
import sys, package
from groundwire_runtime.http import FunctionTransport, Response
def client(credentials):
    answer = Response(status=200, headers={{"content-type": "application/json"}}, body=b'{body}')
    given = {{"credentials": credentials}} if credentials else {{}}
    return package.Client(transport=FunctionTransport(lambda _: answer), **given)
{code}
print(*sorted(each.removeprefix("package.") for each in sys.modules if each.startswith("package.") and "._" in each))
""",
    )
    assert found == want


def test_calls_of_a_large_discovery_client(load: Load) -> None:
    kiln = load(laid_out(DISCOVERY, 0).files)
    script = Script(
        [answer({"name": "operations/1"}), answer({"name": "operations/1", "done": True, "response": {}})]
    )
    client = kiln.Client(credentials=kiln.credentials.anonymous(), transport=script)
    operation = client.pots.fire(kiln.FireRequest(pot="a"))
    assert client.wait(operation).done
    assert client.pots is client.pots
    script.answers = [
        answer({"pots": [{"name": "a"}], "nextPageToken": "b"}),
        answer({"pots": [{"name": "b"}]}),
    ]
    assert [pot.name for pot in client.pots.list(glaze="ASH")] == ["a", "b"]
    assert client.methods["kiln.pots.kilns.get"].response_type is kiln.Kiln
    assert client.methods["kiln.ping"].path == "v1:ping"
    assert "kiln.pong" not in client.methods
    with pytest.raises(KeyError, match=r"kiln\.pong"):
        client.methods["kiln.pong"]
    with pytest.raises(ApiError, match=r"kiln is full.*Fire fewer pots"):
        script.forever = answer({"error": {"message": "The kiln is full."}}, 403)
        client.pots.fire(kiln.FireRequest())


def test_calls_of_a_large_openapi_client(load: Load) -> None:
    woods = load(laid_out(OPENAPI, 0).files)
    client = woods.Client(transport=FunctionTransport(lambda _: found))
    headers = {"content-type": "application/json"}
    found = Response(status=200, headers=headers, body=b'{"kind":"oak","parts":[{"type":"leaf"}]}')
    assert client.trees.get_tree("x") == woods.Tree(kind=woods.TreeKind.OAK, parts=[woods.Leaf()])
    found = Response(status=404, headers=headers, body=b'{"why":"felled"}')
    with pytest.raises(woods.errors.NotFound) as caught:
        client.trees.get_tree("x")
    assert caught.value.body_typed == woods.GetTreeResponse404(why="felled")


def shop(folder: Path, document: dict[str, Any], limit: int) -> Path:
    (folder / "spec.json").write_bytes(encoded(document))
    made = generate(inputs(document, package="shop", large_above=limit), lock_of(folder / "shop"))
    emit(folder / "shop", made.files)
    return folder / "shop"


def test_commands_keep_a_large_client(tmp_path: Path) -> None:
    document, out = str(tmp_path / "spec.json"), str(tmp_path / "shop")
    path = shop(tmp_path, bookshop(), 0) / "messages" / "_book.py"
    assert run("check", document, "--out", out).exit_code == 0
    text = path.read_text("utf-8")
    path.write_text(f"{text}# mine\n", "utf-8")
    edited = run("check", document, "--out", out)
    assert (edited.exit_code, "messages/_book.py" in edited.output) == (3, True)
    path.write_text(text, "utf-8")
    new = with_property("isbn", {"type": "string"})
    del new["resources"]["books"]["methods"]["list"], new["schemas"]["ListBooksResponse"]
    (tmp_path / "spec.json").write_bytes(encoded(new))
    stale = run("check", document, "--out", out).output
    assert "+++ generated/messages/_book.py" in stale
    assert "--- shop/messages/_list_books_response.py\n+++ (absent)" in stale
    done = run("generate", document, "--out", out)
    assert done.exit_code == 0, done.output
    assert "isbn" in path.read_text("utf-8")
    assert not (path.parent / "_list_books_response.py").exists()
    (path.parent / "_other.py").write_text("", "utf-8")
    assert "_other.py" in run("check", document, "--out", out).output
