"""One document, all the way: generated, compiled, imported, type-checked, its messages and methods used."""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

from attrs import frozen
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.ir import Api
from groundwire_codegen.pipeline import generate
from groundwire_codegen.reader import read_api

from . import documents
from .calls import OfficialClient, OurClient, differences
from .values import Values

SHARES = (0.0, 0.3, 1.0)
"""How many of its fields a message has set, one value each."""

RULES = ("E", "F", "W", "I", "B", "UP", "N", "C4", "SIM", "RET", "PIE", "RUF", "PERF", "ARG002", "ISC")
PROSE = ("E501", "RUF001", "RUF002")
"""Rules about texts, which are the document's own."""


@frozen(kw_only=True)
class Examination:
    """What was found, in figures; `faults` holds everything that is wrong."""

    name: str
    methods: int
    messages: int
    seconds: float
    round_trips: int
    requests: int
    compared: int
    """Requests that the official client makes too."""
    faults: tuple[str, ...]


def examine(name: str, folder: Path) -> Examination:
    """Generate the client of a document into `folder` and use all of it."""
    data = documents.read(name)
    package_name = name.replace(".", "_").replace("-", "_")
    started = time.perf_counter()
    output = generate(Inputs(name=f"{name}.json", document=data, package=package_name))
    seconds = time.perf_counter() - started
    package = _imported(package_name, dict(output.files), folder)
    api = read_api(data)
    values = Values(api, package, name)
    round_trips, faults = _round_trips(api, package, values)
    requests, compared, more = _requests(api, package, values, data)
    return Examination(
        name=name,
        methods=len(api.methods),
        messages=len(api.messages),
        seconds=seconds,
        round_trips=round_trips,
        requests=requests,
        compared=compared,
        faults=(*faults, *more),
    )


def _imported(name: str, files: dict[str, str], folder: Path) -> ModuleType:
    (folder / name).mkdir(parents=True)
    for path, text in files.items():
        (folder / name / path).parent.mkdir(exist_ok=True)
        (folder / name / path).write_text(text, "utf-8", newline="")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    package = importlib.import_module(name)
    importlib.import_module(f"{name}.provenance")
    return package


def _round_trips(api: Api, package: ModuleType, values: Values) -> tuple[int, list[str]]:
    done = 0
    faults: list[str] = []
    for message in api.messages.values():
        for share in SHARES:
            value = values.message(message, share=share)
            data = package.encode(value)
            again = package.decode(type(value), data)
            if again != value or package.encode(again) != data:
                faults.append(f"{message.name}: {value!r} became {again!r}")
        done += 1
    return done, faults


def _requests(api: Api, package: ModuleType, values: Values, document: bytes) -> tuple[int, int, list[str]]:
    ours, official = OurClient(api, package), OfficialClient(document)
    made = compared = 0
    faults: list[str] = []
    for method in api.methods.values():
        body = None if method.request is None else values.message(api.messages[method.request], share=0.5)
        one = ours.call(method, body)
        made += 1
        theirs = official.request(one)
        if theirs is not None:
            compared += 1
            faults += differences(one, theirs)
    return made, compared, faults


def mypy(folder: Path, packages: list[str]) -> str:
    """What `mypy --strict` says of packages in `folder`: nothing when all is well."""
    arguments = ["--strict", "--no-error-summary", "--cache-dir", str(folder / ".mypy_cache")]
    done = _run("mypy", *arguments, *(word for name in packages for word in ("-p", name)), cwd=folder)
    return done.stdout + done.stderr


def ruff(folder: Path) -> str:
    """What `ruff check` says of everything in `folder`: nothing when all is well."""
    options = ["--isolated", "--target-version", "py311", "--line-length", "110"]
    rules = ["--select", ",".join(RULES), "--ignore", ",".join(PROSE)]
    done = _run("ruff", "check", "--quiet", "--no-cache", *options, *rules, ".", cwd=folder)
    return done.stdout + done.stderr


def _run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-m", *arguments], cwd=cwd, capture_output=True, text=True, timeout=1800, check=False
    )
