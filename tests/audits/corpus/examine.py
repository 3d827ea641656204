"""One document, all the way: generated, compiled, imported, type-checked, its messages and methods used."""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from attrs import evolve, frozen
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.ir import Api, Method
from groundwire_codegen.pipeline import generate
from groundwire_codegen.reader import read_api

from . import documents, listings
from . import operations as waiting
from .calls import Call, OfficialClient, OurClient, differences
from .operations import returns_operation
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
    methods: int = 0
    messages: int = 0
    types: int = 0
    seconds: float = 0.0
    """Of CPU, to generate."""
    round_trips: int = 0
    requests: int = 0
    compared: int = 0
    """Requests that the official client makes too."""
    pagers: int = 0
    operations: int = 0
    """Methods that return an operation."""
    waits: int = 0
    """Those whose operation can be waited for."""
    faults: tuple[str, ...] = ()


def examine(name: str, folder: Path) -> Examination:
    """Generate the client of a document into `folder` and use all of it."""
    data = documents.read(name)
    package_name = documents.package(name)
    started = time.process_time()
    output = generate(Inputs(name=f"{name}.json", document=data, package=package_name))
    seconds = time.process_time() - started
    package = _imported(package_name, dict(output.files), folder)
    api = read_api(data)
    values = Values(api, package, name)
    round_trips, faults = _round_trips(api, package, values)
    client = OurClient(api, package)
    calls, more = _calls(api, client, values)
    compared, different = _compared(calls, data)
    pagers = [method for method in api.methods.values() if method.paging is not None]
    operations = [call for call in calls if returns_operation(api, call.method)]
    waits = [call for call in operations if call.method.waiting is not None and call.method.waiting.polls]
    faults += [*more, *different]
    for method in pagers:
        faults += _tried(method.id, partial(listings.faults, api, package, values, client, method))
    for number, call in enumerate(waits):
        path = urlsplit(call.request.url).path
        check = partial(waiting.faults, api, package, client, call.method, path, number)
        faults += _tried(call.method.id, check)
    return Examination(
        name=name,
        methods=len(api.methods),
        messages=len(api.messages),
        types=len(api.messages) + len(api.enums),
        seconds=seconds,
        round_trips=round_trips,
        requests=len(calls),
        compared=compared,
        pagers=len(pagers),
        operations=len(operations),
        waits=len(waits),
        faults=tuple(faults),
    )


def _tried(what: str, check: Callable[[], list[str]]) -> list[str]:
    """Return the faults that a check finds; an error of it is one."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - one method's fault must not hide another's
        return [f"{what}: {type(error).__name__}: {str(error)[:300]}"]


def _imported(name: str, files: dict[str, str], folder: Path) -> ModuleType:
    """Write a package and import all of its modules, where any warning is an error."""
    for path, text in files.items():
        (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / name / path).write_text(text, "utf-8", newline="")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        package = importlib.import_module(name)
        for path in files:
            if path.endswith(".py"):
                module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                importlib.import_module(name if module == "__init__" else f"{name}.{module}")
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


def _calls(api: Api, client: OurClient, values: Values) -> tuple[list[Call], list[str]]:
    """Call every method once; return the calls, and the faults of those that could not be made."""
    calls: list[Call] = []
    faults: list[str] = []
    for method in api.methods.values():
        body = None if method.request is None else values.message(api.messages[method.request], share=0.5)
        if (method.request or "").endswith("HttpBody"):
            body = evolve(body, content_type="application/dicom")

        def made(method: Method = method, body: object = body) -> list[str]:
            calls.append(client.call(method, body))
            return []

        faults += _tried(method.id, made)
    return calls, faults


def _compared(calls: list[Call], document: bytes) -> tuple[int, list[str]]:
    """Return how many of the calls the official client can make, and how its requests differ."""
    official = OfficialClient(document)
    compared: list[Call] = []
    faults: list[str] = []

    def compare(call: Call) -> list[str]:
        request = official.request(call)
        if request is None:
            return []
        compared.append(call)
        return differences(call, request)

    for call in calls:
        faults += _tried(call.method.id, partial(compare, call))
    return len(compared), faults


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
