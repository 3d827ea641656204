"""Real applications on loopback, and clients that are generated from the documents that they serve."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from groundwire_codegen.inputs import Inputs
from groundwire_codegen.pipeline import generate

from tests import guide

PATIENCE = 60.0
"""Seconds that an application may take to start."""


_RUNNING = re.compile(r"running on (http://127\.0\.0\.1:\d+)")


@contextmanager
def application(name: str, folder: Path) -> Iterator[str]:
    """Run an ASGI application in a folder; give its address."""
    log = folder / f"{name.partition(':')[0]}.log"
    command = [sys.executable, "-m", "uvicorn", name, "--port", "0"]
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=folder, stdout=file, stderr=file)  # noqa: S603 - our own
    try:
        until = time.monotonic() + PATIENCE
        while (found := _RUNNING.search(log.read_text("utf-8"))) is None:
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < until, f"{name} did not start"
        yield found[1]
    finally:
        process.terminate()
        process.wait(PATIENCE)


def client_of(endpoint: str, name: str, folder: Path) -> ModuleType:
    """Generate a client from the document that an application serves, and import it."""
    with urllib.request.urlopen(f"{endpoint}/api", timeout=PATIENCE) as answer:  # noqa: S310 - on loopback
        document = answer.read()
    (folder / f"{name}.json").write_bytes(document)
    package = folder / name
    package.mkdir()
    for path, text in generate(Inputs(name=f"{name}.json", document=document, package=name)).files.items():
        (package / path).parent.mkdir(exist_ok=True)
        (package / path).write_text(text, "utf-8")
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the image and the catalogue of the page on geospatial services into a folder."""
    place = tmp_path_factory.mktemp("services")
    for name, text in guide.files(guide.GEOSPATIAL.read_text("utf-8")).items():
        if name in ("image.py", "catalogue.py"):
            (place / name).write_text(text, "utf-8")
    subprocess.run([sys.executable, "image.py"], cwd=place, check=True, timeout=PATIENCE)
    return place
