"""A folder is a test: its document and `overlay.toml` give `want/`, and `example.json` survives it.

An example names a message: `json` is kept as it stands, `also` says the same in other words, `refused`
is refused, and `unsendable` is read but never sent.

`pytest tests/codegen/test_cases.py --update` rewrites `want/`; the diff is to be reviewed.
"""

from __future__ import annotations

import difflib
import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import attrs
import pytest
from groundwire_codegen.emit import emit, lock_of
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.lock import FILE
from groundwire_codegen.pipeline import generate
from groundwire_runtime.errors import (
    ArgumentError,
    DecodeError,
    EncodeError,
    OperationError,
    PermissionDenied,
)

from tests.codegen.conftest import Load
from tests.codegen.documents import bookshop
from tests.codegen.packages import CASES, ROOT, case_inputs, earth_engine, files
from tests.runtime.doubles import Script, Time, answer

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def contents(folder: Path) -> dict[str, str]:
    """Every file but the lock, which holds a hash of the generator itself."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != FILE and "__pycache__" not in path.parts
    }


def test_there_are_cases() -> None:
    assert len(CASES) >= 8


@each_case
def test_case_gives_what_is_wanted(case: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    emit(tmp_path / "out", generate(case_inputs(case)).files)
    have = contents(tmp_path / "out")
    if request.config.getoption("--update", default=False):
        shutil.rmtree(case / "want", ignore_errors=True)
        for path, text in have.items():
            (case / "want" / path).parent.mkdir(parents=True, exist_ok=True)
            (case / "want" / path).write_text(text, "utf-8", newline="")
    want = contents(case / "want")
    diff = [
        line
        for path in sorted({*have, *want})
        for line in difflib.unified_diff(
            want.get(path, "").splitlines(),
            have.get(path, "").splitlines(),
            f"want/{path}",
            f"have/{path}",
            lineterm="",
        )
    ]
    assert not diff, "\n".join(diff)
    assert have == want


@each_case
def test_case_keeps_its_example(case: Path, load: Load) -> None:
    package = load(generate(case_inputs(case)).files)
    example: dict[str, Any] = json.loads((case / "example.json").read_text("utf-8"))
    cls = getattr(package, example["type"])
    message = package.decode(cls, json.dumps(example["json"]).encode())
    assert json.loads(package.encode(message)) == example["json"]
    assert package.converter.unstructure(message) == example["json"]
    assert package.converter.structure(example["json"], cls) == message
    for other in example.get("also", ()):
        again = json.loads(package.encode(package.decode(cls, json.dumps(other).encode())))
        assert again.items() <= example["json"].items()
    for wrong in example.get("refused", ()):
        with pytest.raises(DecodeError):
            package.decode(cls, json.dumps(wrong).encode())
    for wrong in example.get("unsendable", ()):
        with pytest.raises(EncodeError):
            package.encode(package.decode(cls, json.dumps(wrong).encode()))
    assert pickle.loads(pickle.dumps(attrs.evolve(message))) == message  # noqa: S301


@pytest.mark.parametrize(
    "inputs", [earth_engine(), *map(case_inputs, CASES)], ids=lambda inputs: inputs.package
)
def test_every_name_in_a_table_of_codecs_is_found(inputs: Inputs, load: Load) -> None:
    codecs = load(generate(inputs).files).codecs.CODECS
    for name, members in codecs.table.items():
        assert attrs.has(codecs.named(name))
        codecs.codec(codecs.named(name))
        for member in members():
            for case in getattr(member, "cases", (member,)):
                case.codec(codecs)


def test_errors_have_the_hints_of_their_own_api_alone(load: Load) -> None:
    kiln = load(generate(case_inputs(ROOT / "tests" / "codegen" / "cases" / "operation")).files)
    script = Script(forever=answer({"error": {"message": "The kiln is full."}}, 403))
    with kiln.Client(credentials=kiln.credentials.anonymous(), transport=script) as client:
        with pytest.raises(PermissionDenied, match=r"kiln is full.*Fire fewer pots"):
            client.operations.get("operations/1")
        failed = kiln.Operation(name="operations/1", done=True, result=kiln.Status(message="It CRACKED."))
        with pytest.raises(OperationError, match="Dry the pot"):
            client.wait(failed)
    shop = load(files(bookshop()))
    client = shop.Client(credentials=shop.credentials.anonymous(), transport=script)
    with pytest.raises(PermissionDenied) as caught:
        client.books.get("books/1")
    assert caught.value.hint == PermissionDenied.hint


@each_case
def test_case_exports_every_name_once(case: Path, load: Load) -> None:
    package = load(generate(case_inputs(case)).files)
    assert sorted(set(package.__all__)) == sorted(package.__all__)
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
    client = package.Client()
    assert client.methods == package.client.METHODS
    client.close()


def test_the_committed_client_is_up_to_date() -> None:
    folder = ROOT / "generated" / "groundwire"
    want = {
        path: text for path, text in generate(earth_engine(), lock_of(folder)).files.items() if path != FILE
    }
    assert contents(folder) == want


def test_an_operation_is_polled_by_the_method_that_takes_its_name(load: Load) -> None:
    inputs = case_inputs(ROOT / "tests" / "codegen" / "cases" / "operation")
    document = json.loads(inputs.document)
    get = document["resources"]["operations"]["methods"]["get"]
    name = {
        "type": "string",
        "location": "path",
        "required": True,
        "pattern": "^ovens/[^/]+/operations/[^/]+$",
    }
    oven = {**get, "id": "kiln.ovens.operations.get", "path": "v1/{+name}", "parameters": {"name": name}}
    named = {"name": {**name, "pattern": "^kilns/[^/]+$"}}
    # It starts an operation: it is no way to read one.
    restore = {**get, "id": "kiln.restore", "path": "v1/{+name}:restore", "parameters": named}
    document["methods"] = {"restore": restore}
    get["parameters"]["name"]["pattern"] = "^operations/[^/]+$"
    get["path"] = "v2/{+name}"
    document["resources"]["ovens"] = {"resources": {"operations": {"methods": {"get": oven}}}}
    kiln = load(generate(attrs.evolve(inputs, document=json.dumps(document).encode())).files)
    script = Script(forever=answer({"name": "x", "done": True, "response": {}}))
    client = kiln.Client(credentials=kiln.credentials.anonymous(), transport=script, clock=Time().clock())
    for running, path in (
        ("operations/1", "/v2/operations/1"),
        ("ovens/2/operations/3", "/v1/ovens/2/operations/3"),
    ):
        script.forever = answer({"name": running, "done": True, "response": {}})
        client.wait(kiln.Operation(name=running))
        assert script.requests[-1].url.endswith(path)
    with pytest.raises(ArgumentError, match="no method of this client polls") as caught:
        client.wait(kiln.Operation(name="kilns/4"))
    assert "^ovens/" in caught.value.hint


def test_a_patch_empties_fields_with_and_without_a_mask(load: Load) -> None:
    diary = load(generate(case_inputs(ROOT / "tests" / "codegen" / "cases" / "patch")).files)
    script = Script(forever=answer())
    client = diary.Client(credentials=diary.credentials.anonymous(), transport=script, clock=Time().clock())
    client.events.patch("1", diary.Event(summary="s"), clear=("attendees", "labels.k"))
    client.events.change("events/1", diary.Event(name="events/1", summary="s"), clear=["attendees"])
    first, second = script.requests
    assert first.body == b'{"summary":"s","attendees":null,"labels":{"k":null}}'
    assert second.url.endswith("/v2/events/1?updateMask=summary%2Cattendees")
    assert second.body == b'{"name":"events/1","summary":"s"}'
    with pytest.raises(ArgumentError, match="Event has no field 'atendees'"):
        client.events.patch("1", diary.Event(), clear=("atendees",))
