"""Clients of thousands of types: the first call of a process, and a type checker's time, beside small peers."""

from __future__ import annotations

import gzip
import importlib.util
import os
import site
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import groundwire_runtime
from groundwire_codegen.emit import emit
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate

from .measure import python

ROUNDS = 7
CALL = """
import sys
sys.path.insert(0, {folder!r})
from {package} import Client, {imported}
from groundwire_runtime.http import FunctionTransport, Response
answer = Response(status=200, headers={{"content-type": "application/json"}}, body={body!r})
with Client(transport=FunctionTransport(lambda _: answer), {options}) as client:
    client.{call}
"""
ANONYMOUS = {"imported": "credentials", "options": "credentials=credentials.anonymous()"}
EARTH_ENGINE = {
    **ANONYMOUS,
    "package": "groundwire",
    "body": b'{"name":"projects/a/operations/b"}',
    "call": 'projects.operations.get("projects/a/operations/b")',
}
GITHUB = {
    "package": "github_client",
    "imported": "messages",
    "options": "",
    "body": b'{"total_count":1,"artifacts":[]}',
    "call": 'actions.actions_list_artifacts_for_repo("a", "b")',
}
COMPUTE = {
    **ANONYMOUS,
    "package": "compute_client",
    "body": b'{"name":"x","status":"RUNNING","disks":[{"boot":true}],"networkInterfaces":[{"name":"n"}]}',
    "call": 'instances.get("p", "z", "x")',
}
OFFICIAL = """
import httplib2
from googleapiclient.discovery import build
class Http:
    credentials = None
    def request(self, *arguments, **options):
        return httplib2.Response({"status": 200, "content-type": "application/json"}), %r
    def close(self): ...
service = build("compute", "v1", http=Http(), static_discovery=True)
service.instances().get(project="p", zone="z", instance="x").execute()
"""
ONE_CALL = """
from github_client import Client
with Client() as client:
    print(client.licenses.licenses_get("mit").name)
"""
ONE_COMPUTE_CALL = """
from compute_client import Client
with Client() as client:
    print(client.instances.get("p", "z", "x").name)
"""
PEER_CALL = 'import requests\nprint(requests.get("https://api.example/licenses/mit").json())\n'


def run() -> list[tuple[str, str, float]]:
    """Return rows of (figure, peer, ratio)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_github(folder), *_compute(folder)]


def _github(folder: Path) -> Iterator[tuple[str, str, float]]:
    packed = Path(os.environ.get("GROUNDWIRE_VECTORS") or "") / "openapi" / "github.json.gz"
    if not packed.is_file():
        print("not measured: GROUNDWIRE_VECTORS names no folder with openapi/github.json.gz")
        return
    _generated(folder / "github_client", "github.json", gzip.decompress(packed.read_bytes()))
    yield from _first_call(
        folder, "first call, 1,223 operations", GITHUB, "Earth Engine client", EARTH_ENGINE
    )
    if importlib.util.find_spec("mypy") is None or importlib.util.find_spec("requests") is None:
        print("not measured: mypy or requests is not installed")
        return
    yield from _checked(folder)


def _compute(folder: Path) -> Iterator[tuple[str, str, float]]:
    if importlib.util.find_spec("googleapiclient") is None:
        print("not measured: googleapiclient is not installed")
        return
    place = importlib.util.find_spec("googleapiclient.discovery_cache")
    documents = next(iter(place.submodule_search_locations or ())) if place else ""
    document = Path(documents) / "documents" / "compute.v1.json"
    _generated(folder / "compute_client", document.name, document.read_bytes())
    official = python(OFFICIAL % COMPUTE["body"])
    yield from _first_call(folder, "first call, compute.v1", COMPUTE, "google-api-python-client", official)
    if importlib.util.find_spec("mypy") is None:
        print("not measured: mypy is not installed")
        return
    yield from _checked_compute(folder, document)


def _checked_compute(folder: Path, document: Path) -> Iterator[tuple[str, str, float]]:
    """Measure mypy of a program of one call, beside the same client in one module, as all were once laid out.

    The client is installed as packages are, and then beside the program: mypy checks the bodies of its functions there.
    """
    whole = folder / "whole"
    _generated(whole / "compute_client", document.name, document.read_bytes(), large_above=10**9)
    for where, place in (("installed", "programs"), ("beside the program", "")):
        commands: dict[str, list[str]] = {}
        for name, own in (("ours", folder), ("whole", whole)):
            interpreter = _installed(own / f"compute-{place}-environment", own)
            program = _program(own / place, "compute", ONE_COMPUTE_CALL)
            commands[name] = [*_mypy(interpreter), program, "--cache-dir", os.devnull]
        taken = _cpu_seconds(commands, 3)
        figure = f"mypy of one call, compute.v1 {where}, no cache"
        print(f"CPU seconds: {figure}: {taken['ours']:.2f}, in one module {taken['whole']:.2f}")
        yield figure, "s", taken["ours"]
        yield figure, "one module", taken["ours"] / taken["whole"]


def _generated(out: Path, name: str, document: bytes, **options: int) -> None:
    emit(out, generate(Inputs(name=name, document=document, package=out.name, **options)).files)


def _first_call(
    folder: Path, figure: str, ours: Mapping[str, object], peer: str, other: Mapping[str, object] | list[str]
) -> Iterator[tuple[str, str, float]]:
    theirs = other if isinstance(other, list) else python(CALL.format(folder=str(folder), **other))
    commands = {
        "ours": python(CALL.format(folder=str(folder), **ours)),
        "peer": theirs,
        "idle": python("pass"),
    }
    taken = _cpu_seconds(commands, ROUNDS)
    print(f"CPU seconds over an idle process: {figure}: {taken['ours'] - taken['idle']:.3f}")
    yield figure, peer, (taken["ours"] - taken["idle"]) / (taken["peer"] - taken["idle"])


def _checked(folder: Path) -> Iterator[tuple[str, str, float]]:
    """Measure mypy of a program of one call, with the client installed as packages are."""
    interpreter = _installed(folder / "environment", folder)
    commands: dict[str, list[str]] = {}
    for name, code in (("ours", ONE_CALL), ("peer", PEER_CALL)):
        commands[name] = [*_mypy(interpreter), _program(folder / "programs", name, code), "--cache-dir"]
    for figure, rounds, cache in (
        ("mypy of one call, 1,223 operations, no cache", 3, os.devnull),
        ("mypy of one call, 1,223 operations, cached", ROUNDS, str(folder / "cache")),
    ):
        taken = _cpu_seconds({name: [*command, cache] for name, command in commands.items()}, rounds)
        print(f"CPU seconds: {figure}: {taken['ours']:.2f}, requests {taken['peer']:.2f}")
        yield figure, "requests", taken["ours"] / taken["peer"]


def _installed(environment: Path, folder: Path) -> Path:
    """Return the interpreter of a new environment, in which the packages of a folder are installed."""
    venv.create(environment)
    places = [str(folder), str(Path(groundwire_runtime.__file__).parents[1]), *site.getsitepackages()]
    packages = next(environment.rglob("site-packages"))
    (packages / "places.pth").write_text("\n".join(places), "utf-8")
    return next(path for path in environment.glob("*/python*") if path.stem == "python")


def _program(folder: Path, name: str, code: str) -> str:
    """Return the path of a program in a folder. mypy finds packages that are there, installed or not."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(code, "utf-8")
    return str(folder / f"{name}.py")


def _mypy(interpreter: Path) -> list[str]:
    return [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(interpreter)]


def _cpu_seconds(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, float]:
    """Return the median CPU seconds of alternating processes; each runs once before, so that caches are filled."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            before = os.times()
            subprocess.run(command, check=True, capture_output=True, env=environment)
            after = os.times()
            used = after.children_user + after.children_system - before.children_user - before.children_system
            taken[name] += [used] if number else []
    return {name: statistics.median(values) for name, values in taken.items()}
