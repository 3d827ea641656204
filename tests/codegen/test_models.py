"""`groundwire-codegen models`: every kind is importable, keeps its names, and agrees with our client on the wire."""

from __future__ import annotations

import ast
import dataclasses
import json
import subprocess
import sys
import types
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest
from click.testing import Result
from groundwire import (
    AffineTransform,
    ExportImageRequest,
    GeoTiffImageExportOptions,
    Number,
    decode,
    encode,
)
from groundwire_codegen.models import FIRST_LINE, ModelKind, models
from groundwire_codegen.models_check import Names, check_module
from groundwire_codegen.problem import SpecError
from groundwire_codegen.reader import read_api
from groundwire_runtime.errors import DecodeError, EncodeError

from tests.client.vectors import exports, lines, needed
from tests.codegen.documents import bookshop, encoded, with_property
from tests.codegen.packages import CASES, ROOT, case_inputs
from tests.codegen.test_cli import run as cli

KINDS = [*ModelKind]
SPEC = ROOT / "spec/earthengine.v1beta.json"
OVERLAY = ROOT / "spec/earthengine.v1beta.overlay.toml"
OURS = lines(ROOT / "tests/client/recordings.jsonl")
THEIRS = exports("ee_python_client.jsonl") + exports("ee_js_client.jsonl")
EVIL = 'a """ \\d {{ 7*7 }} {% raw %}\n\nimport os\n# \\'


def loaded(text: str, name: str) -> types.ModuleType:
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(text, name, "exec"), module.__dict__)  # noqa: S102 - what is tested
    return module


@pytest.fixture(scope="module")
def earth() -> dict[ModelKind, types.ModuleType]:
    api = read_api(SPEC.read_bytes(), OVERLAY.read_bytes())
    return {kind: loaded(models(api, kind).text, f"earth_{kind}") for kind in KINDS}


def of(document: dict[str, Any], kind: ModelKind) -> Any:
    return loaded(models(read_api(encoded(document)), kind).text, f"shop_{kind}")


def run(*arguments: str) -> Result:
    return cli("models", *arguments)


def encodable(body: dict[str, Any]) -> bytes | None:
    """What our client sends for a recorded body; None where it refuses it on purpose."""
    try:
        return encode(decode(ExportImageRequest, json.dumps(body).encode()))
    except (DecodeError, EncodeError):
        return None


def accept(earth: dict[ModelKind, types.ModuleType], sent: bytes) -> None:
    request = decode(ExportImageRequest, sent)
    model = earth[ModelKind.PYDANTIC].ExportImageRequest.model_validate_json(sent)
    dumped = model.model_dump_json(by_alias=True, exclude_unset=True).encode()
    assert json.loads(dumped) == json.loads(sent)
    assert decode(ExportImageRequest, dumped) == request
    # msgspec has no null for an optional field, and drops unknown fields; the rest is what a client without these sends.
    given = json.dumps(without_nulls(json.loads(sent))).encode()
    struct = msgspec.json.decode(given, type=earth[ModelKind.MSGSPEC].ExportImageRequest)
    if "unknown_fields" not in repr(request):
        assert decode(ExportImageRequest, msgspec.json.encode(struct)) == decode(ExportImageRequest, given)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("row", OURS, ids=lambda row: f"{row['client']}-{row['case']}")
def test_models_accept_what_we_encode(row: dict[str, Any], earth: dict[ModelKind, types.ModuleType]) -> None:
    sent = encodable(row["body"])
    assert sent is not None
    accept(earth, sent)


def test_models_accept_numbers_that_are_no_numbers(earth: dict[ModelKind, types.ModuleType]) -> None:
    options = GeoTiffImageExportOptions(no_data=Number.FloatValue(float("nan")))
    model = earth[ModelKind.PYDANTIC].GeoTiffImageExportOptions.model_validate_json(encode(options))
    assert json.loads(model.model_dump_json(by_alias=True, exclude_unset=True)) == {
        "noData": {"floatValue": "NaN"}
    }
    transform = earth[ModelKind.PYDANTIC].AffineTransform(scale_x=30.0)
    dumped = transform.model_dump_json(by_alias=True, exclude_unset=True).encode()
    assert decode(AffineTransform, dumped).scale_x == 30.0


@needed
def test_models_accept_every_recorded_export(earth: dict[ModelKind, types.ModuleType]) -> None:
    bodies = [sent for row in THEIRS if row["body"] is not None and (sent := encodable(row["body"]))]
    for sent in bodies:
        accept(earth, sent)
    refused = len(THEIRS) - len(bodies)
    assert (len(bodies), refused) == (66, 5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_every_case_has_models(folder: Path, kind: ModelKind) -> None:
    case = case_inputs(folder)
    api = read_api(case.document, case.overlay)
    refused = {
        "names": "msgspec cannot have a field",
        # datamodel-code-generator tags these by a property of a union, and leaves the property out.
        "large_openapi": "the models are not sound: line .* unexpected Constant",
        "openapi_allof": "msgspec cannot decode the union",
        "openapi_paging": "msgspec cannot decode the union",
        "openapi_unions": "msgspec cannot decode the union",
    }
    if folder.name in refused and kind is ModelKind.MSGSPEC:
        with pytest.raises(SpecError, match=refused[folder.name]):
            models(api, kind)
        return
    module = loaded(models(api, kind).text, f"{folder.name}_{kind}")
    for name in api.messages:
        get_type_hints(getattr(module, name))


def test_a_typed_dict_keeps_names_of_the_wire_and_a_dataclass_warns_of_lost_ones() -> None:
    shop = with_property("x-y", {"type": "string"})
    assert "x-y" in of(shop, ModelKind.TYPEDDICT).Book.__annotations__
    underscored = with_property("_meta", {"type": "string"})
    assert "_meta" in of(underscored, ModelKind.TYPEDDICT).Book.__annotations__
    assert "_meta" in {field.name for field in dataclasses.fields(of(underscored, ModelKind.DATACLASS).Book)}
    warnings = models(read_api(encoded(shop)), ModelKind.DATACLASS).warnings
    assert ["x-y" in str(warning) for warning in warnings] == [True]
    fields = {field.name for field in dataclasses.fields(of(bookshop(), ModelKind.DATACLASS).Book)}
    assert fields == {"name", "pages", "sold", "genre", "authors"}


def test_names_of_pydantic_are_left_to_it() -> None:
    shop = bookshop()
    for name in ("copy", "modelConfig", "schema", "json"):
        shop["schemas"]["Book"]["properties"][name] = {"type": "string"}
    book = of(shop, ModelKind.PYDANTIC).Book(copy="a", modelConfig="b")
    assert (book.copy_, book.model_config_) == ("a", "b")
    assert json.loads(book.model_dump_json(by_alias=True, exclude_unset=True)) == {
        "copy": "a",
        "modelConfig": "b",
    }


def test_a_class_that_hides_one_of_the_kind_is_refused_with_a_way_out(tmp_path: Path) -> None:
    shop = bookshop()
    shop["schemas"]["Field"] = {"id": "Field", "type": "object", "properties": {"a": {"type": "string"}}}
    shop["schemas"]["Book"]["properties"]["field"] = {"$ref": "Field"}
    api = read_api(encoded(shop))
    with pytest.raises(SpecError, match="Field cannot be the name of a model"):
        models(api, ModelKind.PYDANTIC)
    assert models(api, ModelKind.DATACLASS).text
    named = read_api(encoded(shop), b'[names]\n"message:Field" = "ShopField"\n')
    assert "class ShopField(" in models(named, ModelKind.PYDANTIC).text


@pytest.mark.parametrize("kind", KINDS)
def test_text_of_a_document_stays_text(kind: ModelKind) -> None:
    shop = with_property("evil", {"type": "string", "description": EVIL, "enum": ["A", EVIL]})
    shop["schemas"]["Book"]["description"] = EVIL
    text = models(read_api(encoded(shop)), kind).text
    imports = {node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
    assert imports <= {
        "__future__",
        "typing",
        "typing_extensions",
        "pydantic",
        "msgspec",
        "dataclasses",
        "builtins",
    }
    loaded(text, f"evil_{kind}")


NAMES = Names(fields={"A": {"x": "x"}}, pointers={"A": "/schemas/A"}, aliases=frozenset())
CLASS = "class A(BaseModel):\n    x: str"


@pytest.mark.parametrize(
    "text",
    [
        "import os\n" + CLASS,
        "from os import system\n" + CLASS,
        "from pydantic import BaseModel as int\n" + CLASS,
        CLASS + " = print('x')",
        CLASS + " = Field(default=().__class__)",
        CLASS + " = Field(default_factory=lambda: 1)",
        CLASS + "\nprint(1)",
        CLASS + "\nA.x()",
        CLASS + "\nA.model_rebuild(1)",
        CLASS.replace("str", "'__import__(\"os\")'"),
        CLASS.replace("str", "list['os.system(1)']"),
        CLASS.replace("str", "Literal[print(1)]"),
        CLASS.replace("BaseModel", "print()"),
        CLASS + "\n    def f(self): pass",
        CLASS + "\n    y: str",
        CLASS.replace("x:", "y:"),
        CLASS + "\nclass B(BaseModel):\n    pass",
        "@print\n" + CLASS,
        "",
        "class",
    ],
)
def test_a_module_with_anything_else_is_refused(text: str) -> None:
    check_module(CLASS, NAMES, wire_names=True)
    with pytest.raises(SpecError):
        check_module(text, NAMES, wire_names=True)


def test_names_of_a_client_and_chosen_methods(tmp_path: Path) -> None:
    spec, client, out = tmp_path / "shop.json", tmp_path / "client", tmp_path / "shop_models.py"
    spec.write_bytes(encoded(bookshop()))
    overlay = tmp_path / "overlay.toml"
    overlay.write_text('[names]\n"message:Author" = "Writer"\n', "utf-8")
    generate = ["generate", str(spec), "--overlay", str(overlay), "--out", str(client)]
    assert cli(*generate).exit_code == 0
    done = run(str(spec), "--client", str(client), "--kind", "pydantic", "--out", str(out))
    assert (done.exit_code, done.stderr) == (0, "")
    assert "class Writer(BaseModel)" in out.read_text("utf-8")
    assert run(str(spec), "--client", str(tmp_path), "--kind", "pydantic", "--out", str(out)).exit_code == 2


def test_a_file_of_others_stays_and_ours_is_written_again(tmp_path: Path) -> None:
    spec, out = tmp_path / "shop.json", tmp_path / "shop_models.py"
    spec.write_bytes(encoded(bookshop()))
    out.write_text("mine = 1\n", "utf-8")
    done = run(str(spec), "--kind", "typeddict", "--out", str(out))
    assert done.exit_code == 2
    assert out.read_text("utf-8") == "mine = 1\n"
    out.unlink()
    for kind in KINDS:
        done = run(str(spec), "--kind", kind.value, "--out", str(out))
        assert (done.exit_code, done.stderr) == (0, "")
    assert out.read_text("utf-8").startswith(FIRST_LINE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop.json", "shop_models.py"]


PROGRAM = """
import sys
{setup}
from groundwire_codegen.cli import main
main(sys.argv[1:])
"""
NO_EXTRA = "sys.modules['datamodel_code_generator'] = None"
NO_NETWORK = """
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise SystemExit(f"network: {event}")
sys.addaudithook(refuse)
"""


@pytest.mark.parametrize(
    ("setup", "code", "said"),
    [(NO_EXTRA, 2, "pip install 'groundwire[models]'"), (NO_NETWORK, 0, "")],
    ids=["without the extra", "without a network"],
)
def test_what_it_needs(setup: str, code: int, said: str, tmp_path: Path) -> None:
    spec, out = tmp_path / "shop.json", tmp_path / "shop_models.py"
    spec.write_bytes(
        encoded(with_property("far", {"type": "string", "description": "http://x.invalid/a.json"}))
    )
    command = [sys.executable, "-c", PROGRAM.format(setup=setup), "models", str(spec), "--kind", "pydantic"]
    done = subprocess.run(  # noqa: S603 - our own command
        [*command, "--out", str(out)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert out.exists() == (code == 0)
