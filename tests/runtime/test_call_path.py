"""The extent of our own code that one call runs through, and modules that a call with a token never imports."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import groundwire
import groundwire_runtime
import pytest
from attrs import define, evolve, field
from groundwire import Client, Operation, credentials

from .test_client import export
from .wire import Wire, plain

OWN = tuple(str(Path(package.__file__ or "").parent) for package in (groundwire, groundwire_runtime))
KIND = "type.googleapis.com/google.earthengine.v1beta.OperationMetadata"
OPERATION = {
    "name": "projects/p/operations/A",
    "metadata": {"@type": KIND, "createTime": "2026-11-01T12:00:00Z"},
}

REQUEST = evolve(export(), request_id="r")


@define
class CallPath:
    """Our functions in the order in which a call first enters them, as (file, name, line)."""

    functions: dict[tuple[str, str, int], None] = field(factory=dict)

    def note(self, frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        # A comprehension is no function to a reader.
        if event == "call" and code.co_filename.startswith(OWN) and not code.co_name.startswith("<"):
            self.functions[code.co_filename, code.co_name, code.co_firstlineno] = None

    @property
    def files(self) -> list[str]:
        """The file of each function."""
        return [file for file, _, _ in self.functions]

    @property
    def changes(self) -> int:
        """Count the functions that are in another file than the one before."""
        return sum(here != there for here, there in zip(self.files, self.files[1:], strict=False))


def get(client: Client) -> Operation:
    return client.projects.operations.get("projects/p/operations/A")


def start(client: Client) -> Operation:
    return client.projects.image.export(REQUEST)


@pytest.mark.parametrize(("call", "files", "functions", "changes"), [(get, 19, 71, 27), (start, 21, 83, 35)])
def test_a_call_goes_through_few_files_and_functions(
    caplog: pytest.LogCaptureFixture,
    call: Callable[[Client], Operation],
    files: int,
    functions: int,
    changes: int,
) -> None:
    caplog.set_level("WARNING", logger="groundwire")  # nobody watches
    path = CallPath()
    with Wire([plain(json.dumps(OPERATION))]) as wire:
        facts: Any = {"endpoint": wire.url, "credentials": credentials.Token("canary-0001")}
        with Client(project="p", **facts) as client:
            for _ in range(2):  # connect, and fill the caches
                call(client)
            before = sys.getprofile()
            sys.setprofile(path.note)
            try:
                operation = call(client)
            finally:
                sys.setprofile(before)
    assert operation.name == OPERATION["name"]
    assert len(set(path.files)) <= files, sorted(set(path.files))
    assert len(path.functions) <= functions, sorted(path.functions)
    assert path.changes <= changes


CALL = """
import sys
from groundwire import Client, credentials
with Client(endpoint=sys.argv[1], credentials=credentials.Token("canary-0001")) as client:
    assert client.projects.operations.get("projects/p/operations/A").name
ours = {name.partition(".")[2] for name in sys.modules if name.startswith("groundwire_runtime.")}
features = {"google_auth", "google_errors", "google_tokens"}
print(*sorted(ours & features), *sorted(name for name in sys.modules if name.startswith("google.")))
"""


def test_a_call_with_a_token_never_imports_google_auth() -> None:
    with Wire([plain(json.dumps(OPERATION))]) as wire:
        command = [sys.executable, "-c", CALL, wire.url]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603 - our own code
        assert wire.header("authorization") == "Bearer canary-0001"
    assert ran.stdout.split() == []
