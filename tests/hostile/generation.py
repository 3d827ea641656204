"""Hostile documents, overlays and locks, from which a client is to be generated."""

from __future__ import annotations

import ast
import builtins
import json
import random
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from groundwire_codegen.inputs import Inputs
from groundwire_codegen.lock import FILE, is_published_name
from groundwire_codegen.pipeline import generate
from groundwire_codegen.read.text import read_text

from tests.codegen.packages import CASES, case_inputs
from tests.hostile.audited import Result
from tests.hostile.canary import RUN
from tests.hostile.cases import Case, Kind
from tests.hostile.generated_code import code_faults, read
from tests.hostile.mutation import damaged, mutated, toml
from tests.hostile.output import log_faults, refusal_faults
from tests.hostile.payloads import ATTACKS, TEXTS

LINES = (
    *(
        "x = 1",
        "a.b.c = 1",
        "a.b = 1\na.b.c = 2",
        "[a]\n[a]",
        "[[a]]\nb = 1",
        "package = 1979-05-27T07:32:00Z",
    ),
    *(
        "x = inf",
        "x = -nan",
        "x = 0x7fffffffffffffff",
        'package = """\n../x"""',
        "package = 'CON'",
        '"" = ""',
    ),
    *(
        f"# {RUN}",
        f'package = "x{RUN}"',
        'package = "__init__"',
        'package = "os"',
        "package.x = 1",
        "\ufeffx = 1",
    ),
    *(
        "methods = ['*']",
        'methods = ["../../x"]',
        "x = '''\r\n::set-output name=x::y'''",
        "x = 1 # \x00",
        "[names]",
    ),
    *(
        '["##[add-path]/tmp"]',
        '[names]\n"message:Book" = "Book; import os"',
        '[names]\n"message:Book" = "print"',
    ),
    *("a." * 200 + "a = 1", "x = " + "[" * 500, "x = " + "9" * 5_000),
)
"""Lines of TOML that something might trip over."""


@cache
def _bases() -> list[tuple[Any, Any]]:
    """Documents and overlays of the cases, which have one of everything."""
    found: list[tuple[Any, Any]] = []
    for case in map(case_inputs, CASES):
        overlay = None if case.overlay is None else tomllib.loads(case.overlay.decode())
        found.append((read_text(case.document, case.name).value, overlay))
    return found


def _commands(name: str, *, overlay: bool) -> list[list[str]]:
    more = ["--overlay", "@/overlay.toml"] if overlay else []
    # A description and an overlay of tests name methods; the others are wanted too.
    return [
        ["groundwire-codegen", command, f"@/{name}", "--out", "@/client", *more]
        for command in ("generate", "check")
    ]


def document(source: random.Random, number: int) -> Case:
    base, overlay = _bases()[number % len(_bases())]
    data = json.dumps(mutated(base, source)).encode()
    if source.random() < 0.04:
        data = damaged(data, source)
    files = {_file_name(source): data}
    commands = _commands(next(iter(files)), overlay=overlay is not None)
    if overlay is not None:
        files["overlay.toml"] = toml(overlay).encode()
    return Case(files=files, commands=commands)


def _file_name(source: random.Random) -> str:
    """The name of the document, which is told in the first line of every file; seldom a hostile one."""
    if source.random() < 0.95:
        return "spec.json"
    text = source.choice([text for text in TEXTS if 0 < len(text.encode("utf-8", "replace")) < 200])
    return f"spec{text}.json".replace("/", "").replace("\0", "").encode("utf-8", "replace").decode()


def overlay(source: random.Random, number: int) -> Case:
    with_overlay = [(document, overlay) for document, overlay in _bases() if overlay is not None]
    base, rules = with_overlay[number % len(with_overlay)]
    text = toml(mutated(rules, source))
    if source.random() < 0.1:
        text = f"{source.choice(LINES)}\n{text}"
    data = text.encode("utf-8", "surrogatepass")
    if source.random() < 0.04:
        data = damaged(text.encode("utf-8", "replace"), source)
    files = {"spec.json": json.dumps(base).encode(), "overlay.toml": data}
    return Case(files=files, commands=_commands("spec.json", overlay=True))


SCHEMA_COMMANDS = (
    *(["models", "--kind", kind] for kind in ("pydantic", "msgspec", "dataclass", "typeddict")),
    ["openapi"],
)


def models(source: random.Random, number: int) -> Case:
    base, overlay = _bases()[number % len(_bases())]
    files = {"spec.json": json.dumps(mutated(base, source)).encode()}
    more: list[str] = []
    if overlay is not None:
        files["overlay.toml"] = toml(overlay).encode()
        more = ["--overlay", "@/overlay.toml"]
    command = SCHEMA_COMMANDS[number // len(_bases()) % len(SCHEMA_COMMANDS)]
    out = f"@/{SCHEMA_OUT}"
    return Case(
        files=files,
        commands=[["groundwire-codegen", *command, "@/spec.json", "--out", out, *more]],
        out="found",
    )


SCHEMA_OUT = "found/written"


@cache
def client(document: bytes, overlay: bytes | None) -> dict[str, str]:
    """The files of a client that was generated before anything hostile came."""
    return dict(
        generate(Inputs(name="spec.json", document=document, overlay=overlay, package="client")).files
    )


def lock(source: random.Random, number: int) -> Case:
    base, rules = _bases()[number % len(_bases())]
    document = json.dumps(base).encode()
    overlay = None if rules is None else toml(rules).encode()
    files = {f"client/{path}": text.encode() for path, text in client(document, overlay).items()}
    value = json.loads(files[f"client/{FILE}"])
    for key in source.sample(sorted(value["names"]), 2):
        # Half of the names have the shape of theirs, so that what Python has under them is met.
        name = value["names"][key]
        shaped = [text for text in (*dir(builtins), *ATTACKS["reserved"]) if is_published_name(key, text)]
        value["names"][key] = source.choice([source.choice(TEXTS), source.choice(shaped or [name])])
    if number % 3 == 1:
        value["files"][source.choice(("../victim.py", "mine.py", "../../x", "/etc/passwd", *TEXTS))] = ""
    if number % 3 == 2:
        value = mutated(value, source)
    data = json.dumps(value).encode()
    files[f"client/{FILE}"] = damaged(data, source) if source.random() < 0.05 else data
    files |= {"victim.py": b"precious = 1\n", "client/mine.py": b"precious = 1\n", "spec.json": document}
    if overlay is not None:
        files["overlay.toml"] = overlay
    return Case(files=files, commands=_commands("spec.json", overlay=overlay is not None))


def judge(case: Case, folder: Path, result: Result) -> list[str]:
    """A refusal names its places, a package is harmless code, and a log holds no command."""
    faults = [fault for output in result.outputs for fault in log_faults(output)]
    if result.codes[0] == 2:
        faults += refusal_faults(result.outputs[0], (*case.files, FILE, "document", "overlay", "options"))
    elif result.codes[0] == 0:
        faults += code_faults(read(folder / "client"))
        if result.codes[1] != 0:
            faults.append(f"check gives {result.codes[1]} after generate: {result.outputs[1][:300]}")
    else:
        faults.append(f"generate ended with {result.codes[0]}: {result.outputs[0][-300:]}")
    return faults


MODEL_MODULES = {
    *("__future__", "builtins", "dataclasses", "msgspec", "pydantic", "typing", "typing_extensions"),
}
MODEL_CALLS = {
    *("ConfigDict", "Field", "Meta", "TypeAliasType", "TypedDict", "confloat", "conint", "constr"),
    *("dataclass", "field", "model_rebuild"),
}
NO_MODEL = (
    ast.Import,
    ast.FunctionDef,
    ast.Lambda,
    ast.For,
    ast.While,
    ast.If,
    ast.With,
    ast.Try,
    ast.Starred,
)


def judge_models(case: Case, folder: Path, result: Result) -> list[str]:
    """A refusal that says where and writes nothing; or a module of types alone, or JSON."""
    faults = [fault for output in result.outputs for fault in log_faults(output)]
    ((code, output),) = zip(result.codes, result.outputs, strict=True)
    if code not in (0, 2):
        faults.append(f"it ended with {code}: {output[-300:]}")
    if (folder / SCHEMA_OUT).exists() != (code == 0):
        faults.append(f"a file is there, or is not, after {code}")
    if code == 2:
        faults += refusal_faults(output, (*case.files, "document", "overlay", "options"))
    elif code == 0:
        text = (folder / SCHEMA_OUT).read_text("utf-8")
        if "openapi" in case.commands[0]:
            json.loads(text)
        else:
            faults += _model_faults(ast.parse(text))
    return faults


def _model_faults(module: ast.Module) -> list[str]:
    faults: list[str] = []
    for node in ast.walk(module):
        if isinstance(node, NO_MODEL) or (
            isinstance(node, ast.ImportFrom) and node.module not in MODEL_MODULES
        ):
            faults.append(f"models hold {ast.unparse(node)[:100]!r}")
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called not in MODEL_CALLS:
                faults.append(f"models call {called!r}")
    return faults


def judge_lock(case: Case, folder: Path, result: Result) -> list[str]:
    """As for a document; and files that nobody generated are as they were."""
    faults = [fault for output in result.outputs for fault in log_faults(output)]
    if result.codes[0] == 0:
        faults += code_faults(read(folder / "client") | {"mine.py": ""})
    elif not result.outputs[0].strip():
        faults.append("a refusal without words")
    for path in ("victim.py", "client/mine.py"):
        if not (folder / path).is_file() or (folder / path).read_bytes() != case.files[path]:
            faults.append(f"{path} was changed")
    return faults


KINDS = (
    Kind("documents", document, judge, full=3_417, sample=150),
    Kind("overlays", overlay, judge, full=1_316, sample=60),
    Kind("models", models, judge_models, full=600, sample=40),
    Kind("lock names", lock, judge_lock, full=95, sample=20),
)
